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

/** A room whose every sender and receiver goes through `link`. */
export function createRoom(link: FrameLink, events: EncryptionEvents): Room {
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
