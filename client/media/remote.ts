// What the others send, as the screen sees it: one view per LiveKit participant, with the state of each track as the frame worker
// reports it. livekit-client's events come in through room.ts; nothing here believes a name, an attribute or metadata (M4).
import type { RemoteParticipant, RemoteTrack, RemoteTrackPublication, Room } from 'livekit-client';
import { sourceOf } from './encryption.ts';
import type { FrameLink } from './frame-link.ts';
import type { Levels, Loudness } from './levels.ts';
import type { RemoteParticipantView, RemoteTrackView } from './types.ts';
import type { ReceiverCounts } from './worker/messages.ts';

/** Frames that keep coming for this long while none opens make a track `failing`. */
const failingAfterMs = 2000;
/** After this long without any frame, those that did not open are forgotten: a muted track gets a second of injected silence. */
const forgetAfterMs = 1500;

/** A picture that is announced has a tile when its track is here, or after this long without: laying it out would delay the track. */
const announcedForMs = 1000;

interface Progress {
  counts: ReceiverCounts;
  /** Since the receiver was bound to this track. */
  hasOpened: boolean;
  /** First and last time that frames came without one that opened. */
  stuck: { readonly sinceMs: number; readonly untilMs: number } | null;
}

export class RemoteView {
  readonly #link: FrameLink;
  readonly #levels: Levels;
  readonly #streams = new WeakMap<MediaStreamTrack, MediaStream>();
  readonly #progress = new Map<number, Progress>();
  /** Receivers whose frames came past the worker (F9). One that did so once is not listened to again. */
  readonly #cutOff = new WeakSet<RTCRtpReceiver>();
  readonly #announcedMs = new WeakMap<RemoteTrackPublication, number>();

  constructor(link: FrameLink, levels: Levels) {
    this.#link = link;
    this.#levels = levels;
  }

  /** Nothing of this receiver is shown or played from now on. */
  cutOff({ receiver }: Pick<RemoteTrack, 'receiver'>): void {
    if (receiver !== undefined) this.#cutOff.add(receiver);
  }

  isCutOff({ receiver }: Pick<RemoteTrack, 'receiver'>): boolean {
    return receiver !== undefined && this.#cutOff.has(receiver);
  }

  /** A receiver is to carry another track. */
  reset(receiverId: number): void {
    Object.assign(this.#of(receiverId), { hasOpened: false, stuck: null });
  }

  opened(receiverId: number): void {
    const progress = this.#of(receiverId);
    progress.hasOpened = true;
    progress.stuck = null;
  }

  count(receivers: readonly ReceiverCounts[], nowMs: number): void {
    for (const counts of receivers) {
      const progress = this.#of(counts.id);
      if (counts.opened > progress.counts.opened) progress.stuck = null;
      else if (counts.arrived > progress.counts.arrived) {
        const isNew = progress.stuck === null || nowMs - progress.stuck.untilMs > forgetAfterMs;
        progress.stuck = { sinceMs: isNew ? nowMs : (progress.stuck?.sinceMs ?? nowMs), untilMs: nowMs };
      }
      progress.counts = counts;
    }
  }

  /** Everybody in LiveKit's room but me. */
  participants(room: Room, nowMs: number): RemoteParticipantView[] {
    return [...room.remoteParticipants.values()].map((participant) => this.#participant(participant, nowMs));
  }

  #participant(participant: RemoteParticipant, nowMs: number): RemoteParticipantView {
    const publications = [...participant.trackPublications.values()] as RemoteTrackPublication[];
    const tracks = publications
      .map((publication) => this.#track(publication, nowMs))
      .filter((track) => track !== null);
    const loudness = this.#loudness(publications, nowMs);
    return { livekitIdentity: participant.identity, ...loudness, tracks };
  }

  /** Null for what is not there for the screen: an unknown source, a picture that is off or only just announced. */
  #track(publication: RemoteTrackPublication, nowMs: number): RemoteTrackView | null {
    const source = sourceOf(publication.source);
    const isPicture = source === 'camera' || source === 'screen';
    if (source === undefined || (isPicture && publication.isMuted)) return null;
    if (isPicture && this.#isOnlyAnnounced(publication, nowMs)) return null;
    const receiver = publication.track?.receiver;
    const progress = this.#progress.get((receiver && this.#link.idOf(receiver)) ?? 0);
    const media = publication.track?.mediaStreamTrack;
    if (publication.track !== undefined && this.isCutOff(publication.track))
      return { source, stream: null, isMuted: publication.isMuted, status: 'failing' };
    const stream = isPicture && media !== undefined ? this.#streamOf(media) : null;
    return { source, stream, isMuted: publication.isMuted, status: statusOf(progress, nowMs) };
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

  #of(receiverId: number): Progress {
    const known = this.#progress.get(receiverId);
    if (known !== undefined) return known;
    const fresh = { counts: { id: receiverId, arrived: 0, opened: 0 }, hasOpened: false, stuck: null };
    this.#progress.set(receiverId, fresh);
    return fresh;
  }
}

function statusOf(progress: Progress | undefined, nowMs: number): RemoteTrackView['status'] {
  if (progress === undefined) return 'waiting';
  const { stuck } = progress;
  const isStuck = stuck !== null && stuck.untilMs - stuck.sinceMs >= failingAfterMs;
  if (isStuck && nowMs - stuck.untilMs <= forgetAfterMs) return 'failing';
  return progress.hasOpened ? 'playing' : 'waiting';
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
  return a.source === b?.source && a.stream === b.stream && a.isMuted === b.isMuted && a.status === b.status;
}
