// Our place inside livekit-client (M1–M4): an encryption manager that puts the frame worker between every sender, receiver and
// the network, and refuses everything else. It never says that anything may pass unencrypted: it has no way to (F8).
import {
  EngineEvent,
  ParticipantEvent,
  RoomEvent,
  Track,
  type BaseE2EEManager,
  type RemoteTrackPublication,
  type Room,
} from 'livekit-client';
import { codecOf, type Codec } from '../../crypto/sframe/index.ts';
import { usesEncodedStreams, type FrameLink } from './frame-link.ts';
import type { MediaSource } from './types.ts';

type Engine = Parameters<BaseE2EEManager['setupEngine']>[0];
type Transport = { readonly _pc?: RTCPeerConnection | null };

const SOURCES: Partial<Record<Track.Source, MediaSource>> = {
  [Track.Source.Microphone]: 'microphone',
  [Track.Source.Camera]: 'camera',
  [Track.Source.ScreenShare]: 'screen',
  [Track.Source.ScreenShareAudio]: 'screenAudio',
};

/** Our name of a LiveKit source; undefined for one that has none and is never sent or opened. */
export function sourceOf(source: Track.Source): MediaSource | undefined {
  return SOURCES[source];
}

/** What the manager tells the call that it works for. */
export interface EncryptionEvents {
  /** The frame worker knows whose sound this receiver carries (F4), and LiveKit's name of the track; livekit-client may take longer to. */
  onSound(receiver: RTCRtpReceiver, trackSid: string, livekitIdentity: string): void;
  /** The SFU's answer to the first offer of an engine has been applied. */
  onNegotiated(): void;
  /** A peer connection was made that may carry media. */
  onTransport(connection: RTCPeerConnection): void;
}

/** A receiver whose track is announced but not bound yet: what its stream id said. */
interface Unbound {
  readonly participantSid: string;
  readonly trackSid: string;
}

export class EncryptionManager implements BaseE2EEManager {
  /** Room's constructor assigns it, and we do not listen: what goes over the data channel is sealed before it comes here (A1). */
  get isDataChannelEncryptionEnabled(): boolean {
    return false;
  }

  set isDataChannelEncryptionEnabled(_wished: boolean) {
    // See above.
  }

  readonly isEnabled = true;
  readonly #link: FrameLink;
  readonly #events: EncryptionEvents;
  readonly #unbound = new Map<RTCRtpReceiver, Unbound>();
  /** What a receiver that has its track is bound as. */
  readonly #boundAs = new WeakMap<RTCRtpReceiver, string>();
  #room: Room | null = null;

  constructor(link: FrameLink, events: EncryptionEvents) {
    this.#link = link;
    this.#events = events;
  }

  setup(room: Room): void {
    this.#room = room;
    room.localParticipant.on(ParticipantEvent.LocalSenderCreated, (sender, track) =>
      this.#protect(sender, track),
    );
    const bindAll = (): void => this.#bindAnnounced();
    room
      .on(RoomEvent.ParticipantConnected, bindAll)
      .on(RoomEvent.TrackPublished, bindAll)
      .on(RoomEvent.Connected, bindAll)
      .on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
        if (track.receiver !== undefined) this.#bind(track.receiver, participant.identity, publication);
      })
      .on(RoomEvent.TrackUnsubscribed, (track) => {
        if (track.receiver !== undefined) this.#unbind(track.receiver);
      });
  }

  /** Called for every engine, also after a full reconnect. */
  setupEngine(engine: Engine): void {
    engine.on(EngineEvent.TransportsCreated, (...transports) => {
      for (const transport of transports as unknown as (Transport | undefined)[]) {
        if (transport === undefined) continue;
        assertInsertable(transport);
        this.#awaitAnswer(transport);
        if (transport._pc) this.#events.onTransport(transport._pc);
      }
    });
    // Before livekit-client's own: what it calls subscribed is in the frame worker's hands by then, or counts as cut off (F8).
    engine.prependListener(EngineEvent.MediaTrackAdded, (track, stream, receiver) =>
      this.#receive(track, stream, receiver),
    );
    // Where the server says something else of a track that runs, its frames are judged by that, as its place on the screen is (F4).
    engine.on(EngineEvent.ParticipantUpdate, () => queueMicrotask(() => this.#bindRunning()));
  }

  setParticipantCryptorEnabled(): void {
    // What the server says of a track's encryption decides nothing.
  }

  setSifTrailer(): void {
    // Frames that the server injects do not open, like any other frame without a key.
  }

  encryptData(): Promise<never> {
    return Promise.reject(new Error('data packets are sealed elsewhere'));
  }

  handleEncryptedData(): Promise<never> {
    return Promise.reject(new Error('data packets are sealed elsewhere'));
  }

  on(): this {
    return this;
  }

  #awaitAnswer({ _pc: connection }: Transport): void {
    const look = (): void => {
      if (connection?.signalingState !== 'stable' || connection.remoteDescription === null) return;
      connection.removeEventListener('signalingstatechange', look);
      this.#events.onNegotiated();
    };
    connection?.addEventListener('signalingstatechange', look);
  }

  /** M2. A sender that cannot be protected loses its track before anything is negotiated. */
  #protect(sender: RTCRtpSender, track: Track): void {
    try {
      const source = sourceOf(track.source);
      if (source === undefined) throw new TypeError(`track source must be one of ours, got ${track.source}`);
      this.#link.attachSender(sender, source, sendCodec(track));
    } catch (error) {
      track.mediaStreamTrack.enabled = false;
      void sender.replaceTrack(null).catch(() => undefined);
      throw error;
    }
  }

  #receive(track: MediaStreamTrack, stream: MediaStream, receiver: RTCRtpReceiver): void {
    this.#link.attachReceiver(receiver);
    this.#unbind(receiver);
    // `PA_…|TR_…`; some browsers name the track instead.
    const [participantSid = '', rest = ''] = stream.id.split('|');
    const trackSid = [rest, track.id].find((id) => id.startsWith('TR')) ?? '';
    this.#unbound.set(receiver, { participantSid, trackSid });
    this.#bindAnnounced();
  }

  /** Binds receivers whose participant and track are known by now. `TrackSubscribed` says it for all, but may come late. */
  #bindAnnounced(): void {
    for (const [receiver, { participantSid, trackSid }] of [...this.#unbound]) {
      for (const participant of this.#room?.remoteParticipants.values() ?? []) {
        const publication = participant.trackPublications.get(trackSid);
        if (participant.sid !== participantSid || publication === undefined) continue;
        this.#bind(receiver, participant.identity, publication);
      }
    }
  }

  #bindRunning(): void {
    for (const participant of this.#room?.remoteParticipants.values() ?? []) {
      const publications = participant.trackPublications.values() as Iterable<RemoteTrackPublication>;
      for (const publication of publications) {
        const receiver = publication.track?.receiver;
        if (receiver === undefined || !this.#boundAs.has(receiver)) continue;
        if (this.#boundAs.get(receiver) !== nameOf(participant.identity, publication))
          this.#bind(receiver, participant.identity, publication);
      }
    }
  }

  #unbind(receiver: RTCRtpReceiver): void {
    this.#boundAs.delete(receiver);
    this.#link.bind(receiver, null);
  }

  #bind(receiver: RTCRtpReceiver, livekitIdentity: string, publication: RemoteTrackPublication): void {
    this.#unbound.delete(receiver);
    this.#boundAs.set(receiver, nameOf(livekitIdentity, publication));
    const source = sourceOf(publication.source);
    const codec =
      codecOf(publication.mimeType ?? '') ?? (publication.kind === Track.Kind.Audio ? 'opus' : 'vp8');
    this.#link.bind(receiver, source === undefined ? null : { livekitIdentity, source, codec });
    if (source !== undefined && publication.kind === Track.Kind.Audio)
      this.#events.onSound(receiver, publication.trackSid, livekitIdentity);
  }
}

function nameOf(livekitIdentity: string, { source }: RemoteTrackPublication): string {
  return `${source} ${livekitIdentity}`;
}

/** M1: without this flag Chromium may send in clear. Thrown inside livekit-client's set-up, so that `connect` rejects. */
function assertInsertable({ _pc: connection }: Transport): void {
  if (!usesEncodedStreams()) return;
  const configuration = connection?.getConfiguration() as { encodedInsertableStreams?: boolean } | undefined;
  if (configuration?.encodedInsertableStreams === true) return;
  connection?.close();
  throw new Error('a peer connection without encodedInsertableStreams is not used');
}

function sendCodec(track: Track): Codec {
  if (track.kind === Track.Kind.Audio) return 'opus';
  const { codec } = track as unknown as { codec?: string };
  return codecOf(`video/${codec ?? ''}`) ?? 'vp8';
}
