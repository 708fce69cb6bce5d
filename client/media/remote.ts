// What the others send, as the screen sees it: one view per LiveKit participant, with the state of each track as arrival.ts has it.
// livekit-client's events come in through room.ts; nothing here believes a name, an attribute or metadata (M4).
import type { RemoteParticipant, RemoteTrack, RemoteTrackPublication, Room } from 'livekit-client';
import { Arrivals, type Arrival } from './arrival.ts';
import { sourceOf } from './encryption.ts';
import type { FrameLink } from './frame-link.ts';
import { HeldPictures } from './held-pictures.ts';
import type { Levels, Loudness } from './levels.ts';
import type { MediaSource, RemoteParticipantView, RemoteTrackView } from './types.ts';

/** A picture that is announced has a tile when its track is here, or after this long without: laying it out would delay the track. */
const announcedForMs = 1000;

export class RemoteView {
  readonly #link: FrameLink;
  readonly #levels: Levels;
  readonly #streams = new WeakMap<MediaStreamTrack, MediaStream>();
  /** What arrives on each receiver. */
  readonly arrivals = new Arrivals();
  /**
   * Receivers whose frames came past the worker, and LiveKit's names of the tracks (F9). What did so once is not listened to again, nor
   * where it comes in on another receiver after it was asked for again.
   */
  readonly #cutOff = new WeakSet<RTCRtpReceiver>();
  readonly #cutOffNames = new Set<string>();
  readonly #held = new HeldPictures();
  readonly #announcedMs = new WeakMap<RemoteTrackPublication, number>();

  constructor(link: FrameLink, levels: Levels) {
    this.#link = link;
    this.#levels = levels;
  }

  /** Nothing of this receiver is shown or played from now on. */
  cutOff({ receiver, sid }: Pick<RemoteTrack, 'receiver' | 'sid'>): void {
    if (receiver !== undefined) this.#cutOff.add(receiver);
    if (sid !== undefined) this.#cutOffNames.add(sid);
  }

  /** Also what was never handed to the frame worker: there is nobody to say that it is sealed (F8). */
  isCutOff({ receiver, sid }: Pick<RemoteTrack, 'receiver' | 'sid'>): boolean {
    if (receiver === undefined || this.#link.idOf(receiver) === undefined) return true;
    return this.#cutOff.has(receiver) || (sid !== undefined && this.#cutOffNames.has(sid));
  }

  /** Whether a track is as it should be: asking for it again would only interrupt it. */
  isWell(publication: RemoteTrackPublication, nowMs: number): boolean {
    const { track } = publication;
    if (track === undefined || this.isCutOff(track)) return false;
    const { status, isArriving } = this.#arrivalOf(publication, nowMs);
    return publication.isMuted || (status === 'playing' && isArriving);
  }

  /** Everybody in LiveKit's room but me. */
  participants(room: Room, nowMs: number): RemoteParticipantView[] {
    this.#held.keep(room.remoteParticipants);
    return [...room.remoteParticipants.values()].map((participant) => this.#participant(participant, nowMs));
  }

  #participant(participant: RemoteParticipant, nowMs: number): RemoteParticipantView {
    const publications = [...participant.trackPublications.values()] as RemoteTrackPublication[];
    const tracks = publications
      .map((publication) => this.#track(publication, nowMs))
      .filter((track) => track !== null);
    const loudness = this.#loudness(publications, nowMs);
    const { identity } = participant;
    const isOff = (source: MediaSource): boolean =>
      publications.some((one) => sourceOf(one.source) === source && one.isMuted);
    return {
      livekitIdentity: identity,
      ...loudness,
      tracks: this.#held.with(identity, tracks, { isOff, nowMs }),
    };
  }

  /** Null for what is not there for the screen: an unknown source, a picture that is off or only just announced. */
  #track(publication: RemoteTrackPublication, nowMs: number): RemoteTrackView | null {
    const source = sourceOf(publication.source);
    const isPicture = source === 'camera' || source === 'screen';
    if (source === undefined || (isPicture && publication.isMuted)) return null;
    if (isPicture && this.#isOnlyAnnounced(publication, nowMs)) return null;
    const { isMuted } = publication;
    if (publication.track !== undefined && this.isCutOff(publication.track))
      return { source, stream: null, isMuted, status: 'damaged', isArriving: true };
    const media = publication.track?.mediaStreamTrack;
    const stream = isPicture && media !== undefined ? this.#streamOf(media) : null;
    return { source, stream, isMuted, ...this.#arrivalOf(publication, nowMs) };
  }

  #arrivalOf({ track }: RemoteTrackPublication, nowMs: number): Arrival {
    return this.arrivals.of(track?.receiver && this.#link.idOf(track.receiver), nowMs);
  }

  #isOnlyAnnounced(publication: RemoteTrackPublication, nowMs: number): boolean {
    if (publication.track !== undefined) return false;
    const sinceMs = this.#announcedMs.get(publication) ?? nowMs;
    this.#announcedMs.set(publication, sinceMs);
    return nowMs - sinceMs < announcedForMs;
  }

  #loudness(publications: readonly RemoteTrackPublication[], nowMs: number): Loudness {
    const microphone = publications.find(
      ({ source, isMuted }) => sourceOf(source) === 'microphone' && !isMuted,
    );
    return this.#levels.measure(microphone?.track?.mediaStreamTrack, nowMs);
  }

  /** The same stream for the same track, so that a playing element is not disturbed. */
  #streamOf(track: MediaStreamTrack): MediaStream {
    const known = this.#streams.get(track);
    if (known !== undefined) return known;
    const stream = new MediaStream([track]);
    this.#streams.set(track, stream);
    return stream;
  }
}

/** Whether two lists show the same, so that nobody is woken for nothing. */
export function isSameView(
  a: readonly RemoteParticipantView[],
  b: readonly RemoteParticipantView[],
): boolean {
  return a.length === b.length && a.every((one, i) => isSameParticipant(one, b[i] as RemoteParticipantView));
}

function isSameParticipant(a: RemoteParticipantView, b: RemoteParticipantView): boolean {
  const isSame =
    a.livekitIdentity === b.livekitIdentity && a.isSpeaking === b.isSpeaking && a.level === b.level;
  return (
    isSame &&
    a.tracks.length === b.tracks.length &&
    a.tracks.every((track, i) => isSameTrack(track, b.tracks[i]))
  );
}

function isSameTrack(a: RemoteTrackView, b: RemoteTrackView | undefined): boolean {
  const isSame = a.source === b?.source && a.stream === b.stream && a.isMuted === b.isMuted;
  return isSame && a.status === b.status && a.isArriving === b.isArriving && a.isHeld === b.isHeld;
}
