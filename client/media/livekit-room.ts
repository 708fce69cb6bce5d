// How livekit-client's Room is made and connected: encryption before anything else (M1), and nothing that would add a second
// codec, redundancy around the ciphertext, or a server of somebody else.
import { DefaultReconnectPolicy, Room, setLogLevel, type RoomConnectOptions } from 'livekit-client';
import { EncryptionManager, type EncryptionEvents } from './encryption.ts';
import type { FrameLink } from './frame-link.ts';

/** About 16 s in all; after that the call is `lost` and the session asks for a new ticket. */
const RECONNECT_DELAYS_MS = [0, 300, 1200, 2700, 4800, 7000];

export interface Ticket {
  readonly url: string;
  readonly token: string;
}

// Its log names identities and addresses; what people need to know of it is in the snapshot.
setLogLevel('silent');

/** How to let go of a room: `releaseRoom`. */
const deviceListeners = new WeakMap<Room, () => void>();

/** A room whose every sender and receiver goes through `link`. Given back with `releaseRoom`. */
export function createRoom(link: FrameLink, events: EncryptionEvents): Room {
  const { made, release } = withDeviceListeners(() => newRoom(link, events));
  deviceListeners.set(made, release);
  return made;
}

/** Nothing reaches or keeps a room from now on that was left. */
export function releaseRoom(room: Room): void {
  room.removeAllListeners();
  deviceListeners.get(room)?.();
}

// A Room has itself forgotten by a FinalizationRegistry, whose callback shares its scope with others that hold the Room: each room of the
// page's life would stay, with the call around it (`npm run bench -- leaks`). Without the registry it is ours to forget it.
Reflect.set(Room, 'cleanupRegistry', undefined);

/** A Room listens for devices from its constructor on, and never stops. */
function withDeviceListeners<T>(make: () => T): { made: T; release: () => void } {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  if (mediaDevices === undefined) return { made: make(), release: () => undefined };
  const added: (readonly [string, EventListener])[] = [];
  const note = (type: string, listener: EventListener, options?: AddEventListenerOptions): void => {
    added.push([type, listener]);
    EventTarget.prototype.addEventListener.call(mediaDevices, type, listener, options);
  };
  Object.defineProperty(mediaDevices, 'addEventListener', { value: note, configurable: true });
  try {
    const made = make();
    const release = (): void => {
      for (const [type, listener] of added.splice(0)) mediaDevices.removeEventListener(type, listener);
    };
    return { made, release };
  } finally {
    Reflect.deleteProperty(mediaDevices, 'addEventListener');
  }
}

function newRoom(link: FrameLink, events: EncryptionEvents): Room {
  return new Room({
    encryption: { e2eeManager: new EncryptionManager(link, events) },
    // Pictures are played by the screen's own elements, which livekit-client cannot watch: see picture-size.ts.
    adaptiveStream: false,
    dynacast: true,
    stopLocalTrackOnUnpublish: false,
    disconnectOnPageLeave: true,
    reconnectPolicy: new DefaultReconnectPolicy(RECONNECT_DELAYS_MS),
    publishDefaults: {
      red: false,
      dtx: true,
      forceStereo: false,
      backupCodec: false,
      stopMicTrackOnMute: false,
    },
  });
}

/** Connects with encryption switched on before the first byte. Rejects if it cannot. */
export async function connectRoom(room: Room, { url, token }: Ticket): Promise<void> {
  await room.setE2EEEnabled(true);
  await room.connect(url, token, connectOptions(url));
}

/**
 * On the loopback interface no ICE server is needed, and the list that a local LiveKit would send is not used. Elsewhere the list
 * is the operator's: without their own TURN nobody behind a strict firewall could take part.
 */
function connectOptions(url: string): RoomConnectOptions {
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
  return { autoSubscribe: true, maxRetries: 1, ...(isLocal ? { rtcConfig: { iceServers: [] } } : {}) };
}
