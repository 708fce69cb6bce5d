// F9 at work: asks every sender and receiver of a room what it sent or played, and compares with what the worker reports
// (conservation.ts). room.ts asks every two seconds, and cuts off what is named.
import type { RemoteTrack, RemoteTrackPublication, Room } from 'livekit-client';
import { Conservation, memory, playedAmount, sentBytes, type EndTotals } from './conservation.ts';
import { sourceOf } from './encryption.ts';
import type { FrameLink } from './frame-link.ts';
import type { MediaSource } from './types.ts';
import type { StatsMessage } from './worker/messages.ts';

/** What did not go through the worker. */
export interface Bypassed {
  readonly sources: readonly MediaSource[];
  readonly tracks: readonly RemoteTrack[];
}

/** A sender or receiver with what to name if it is guilty. */
interface End<T> {
  readonly what: T;
  /** Undefined: it was never handed to the worker. */
  readonly id: number | undefined;
  readonly frames: number;
  readonly isOff?: boolean;
  readonly amount: () => Promise<number>;
}

export class FrameCheck {
  readonly #link: FrameLink;
  readonly #sending = new Conservation(memory.sending);
  readonly #receiving = new Conservation(memory.receiving);
  #stats: Pick<StatsMessage, 'senders' | 'receivers'> = { senders: [], receivers: [] };

  constructor(link: FrameLink) {
    this.#link = link;
  }

  /** The worker's latest report. */
  note(stats: Pick<StatsMessage, 'senders' | 'receivers'>): void {
    this.#stats = stats;
  }

  /** One look. Call it every `checkEveryMs`. */
  async look(room: Room): Promise<Bypassed> {
    const sources = await guilty(this.#sending, this.#senders(room));
    const tracks = await guilty(this.#receiving, this.#receivers(room));
    return { sources, tracks };
  }

  #senders(room: Room): End<MediaSource>[] {
    return [...room.localParticipant.trackPublications.values()].flatMap(({ track }) => {
      const source = track && sourceOf(track.source);
      const sender = track?.sender;
      if (source === undefined || sender === undefined) return [];
      const id = this.#link.idOf(sender);
      const frames = this.#stats.senders.find((one) => one.id === id)?.sealed ?? 0;
      const isOff = givesNothing(sender.track);
      return [{ what: source, id, frames, isOff, amount: () => sentBytes(sender) }];
    });
  }

  #receivers(room: Room): End<RemoteTrack>[] {
    const publications = [...room.remoteParticipants.values()].flatMap(
      (participant) => [...participant.trackPublications.values()] as RemoteTrackPublication[],
    );
    return publications.flatMap(({ track }) => {
      const receiver = track?.receiver;
      if (track === undefined || receiver === undefined) return [];
      const id = this.#link.idOf(receiver);
      const frames = this.#stats.receivers.find((one) => one.id === id)?.opened ?? 0;
      return [{ what: track, id, frames, amount: () => playedAmount(receiver) }];
    });
  }
}

/** By what the sender itself holds, whatever LiveKit calls muted. */
function givesNothing(track: MediaStreamTrack | null): boolean {
  return track === null || !track.enabled || track.readyState === 'ended';
}

/** One that was never handed to the worker is guilty without a look. */
async function guilty<T>(conservation: Conservation, ends: readonly End<T>[]): Promise<T[]> {
  const totals: EndTotals[] = [];
  for (const { id, frames, isOff = false, amount } of ends) {
    if (id !== undefined) totals.push({ id, frames, isOff, amount: await amount() });
  }
  const named = conservation.check(totals);
  return ends.filter(({ id }) => id === undefined || named.includes(id)).map(({ what }) => what);
}
