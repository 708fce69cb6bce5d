// The least that can be done with livekit-client: join, microphone, camera, no encryption. Baseline of the benchmarks and, in the
// browser tests, the outsider with a valid token. Never part of the product, which has no plaintext path (F8).
import { RemoteVideoTrack, Room, RoomEvent, Track, type RemoteTrack, type VideoCodec } from 'livekit-client';

/** What tests and benchmarks call on this page. */
export interface Bare {
  /** Where to ask for `{url, token}`: set before the join button is used. */
  ticketUrl: string;
  codec: VideoCodec;
  join(options?: { readonly microphone: boolean }): Promise<void>;
  camera(isOn: boolean): Promise<void>;
  microphone(isOn: boolean): Promise<void>;
  leave(): Promise<void>;
  /** Every track this page is subscribed to: identity, source and what the server says about encryption. */
  tracks(): readonly { readonly identity: string; readonly source: string; readonly isEncrypted: boolean }[];
  readonly dataPackets: number;
}

declare global {
  interface Window {
    bare: Bare;
  }
}

let room: Room | null = null;
let dataPackets = 0;
/** The camera's last change, so that the next one waits for its end. */
let turning: Promise<unknown> = Promise.resolve();
const elements = new Map<RemoteTrack, HTMLMediaElement>();
const media = document.querySelector('#media')!;

function attach(track: RemoteTrack): void {
  const element = track.attach();
  if (track.kind === Track.Kind.Video) element.muted = true;
  media.append(element);
  elements.set(track, element);
}

function remove(track: RemoteTrack): void {
  track.detach();
  elements.get(track)?.remove();
}

const bare: Bare = {
  ticketUrl: '',
  codec: 'vp8',
  async join(options = { microphone: true }) {
    performance.mark('bare:join:tap');
    const answer = await fetch(bare.ticketUrl, { method: 'POST' });
    const ticket = (await answer.json()) as { url: string; token: string };
    // What the product publishes with, but for encryption (client/media/livekit-room.ts).
    room = new Room({
      dynacast: true,
      publishDefaults: {
        ...{ red: false, dtx: true, forceStereo: false, stopMicTrackOnMute: false },
        ...{ videoCodec: bare.codec, simulcast: true, backupCodec: false },
      },
    });
    room.on(RoomEvent.TrackSubscribed, attach);
    room.on(RoomEvent.TrackUnsubscribed, remove);
    room.on(RoomEvent.TrackMuted, ({ track }) => {
      if (track instanceof RemoteVideoTrack) remove(track);
    });
    room.on(RoomEvent.TrackUnmuted, ({ track }) => {
      if (track instanceof RemoteVideoTrack) attach(track);
    });
    room.on(RoomEvent.DataReceived, () => dataPackets++);
    await room.connect(ticket.url, ticket.token, { rtcConfig: { iceServers: [] } });
    if (options.microphone) await room.localParticipant.setMicrophoneEnabled(true);
    performance.mark('bare:join:published');
  },
  async camera(isOn) {
    performance.mark('bare:camera:tap');
    await turning;
    turning = room?.localParticipant.setCameraEnabled(isOn) ?? turning;
    await turning;
    performance.mark('bare:camera:published');
  },
  async microphone(isOn) {
    await room?.localParticipant.setMicrophoneEnabled(isOn);
  },
  async leave() {
    await room?.disconnect();
    room = null;
  },
  tracks() {
    const participants = [...(room?.remoteParticipants.values() ?? [])];
    return participants.flatMap((participant) =>
      [...participant.trackPublications.values()]
        .filter((publication) => publication.isSubscribed)
        .map((publication) => ({
          identity: participant.identity,
          source: publication.source,
          isEncrypted: publication.isEncrypted,
        })),
    );
  },
  get dataPackets() {
    return dataPackets;
  },
};
window.bare = bare;

document.querySelector('#join')!.addEventListener('click', () => void bare.join());
document.querySelector('#camera')!.addEventListener('click', () => void bare.camera(true));
document.querySelector('#leave')!.addEventListener('click', () => void bare.leave());
