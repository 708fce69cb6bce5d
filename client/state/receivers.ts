// What everybody else in the call can decode (M7), of what they say in their heartbeats (A3). Who has said nothing can VP8 alone; somebody
// who has only just come is waited for before a picture that runs is changed for them. place.ts tells the media room.
import type { Clock, Timer } from '../api/clock.ts';
import type { PeerStatus } from '../call/peers.ts';
import { betterCodecs, nothingKnown, type BetterCodec, type Receivable } from '../media/codec-choice.ts';

/** Their first heartbeat comes within a second of theirs (A5), once they are connected. */
export const wordWithinMs = 4_000;
/** In calls of more nobody waits for everybody's heartbeats (A5). */
const mostKnown = 20;

export class Receivers {
  readonly #clock: Clock;
  readonly #onChange: (receivable: Receivable) => void;
  /** When somebody came of whom nothing is known yet. */
  readonly #sinceMs = new Map<string, number>();
  #peers: ReadonlyMap<string, Pick<PeerStatus, 'decodes'>> = new Map();
  #said = nothingKnown;
  #timer: Timer | null = null;

  constructor(clock: Clock, onChange: (receivable: Receivable) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Everybody else in the newest epoch, by LiveKit identity. */
  note(peers: ReadonlyMap<string, Pick<PeerStatus, 'decodes'>>): void {
    this.#peers = peers;
    const nowMs = this.#clock.now();
    for (const name of this.#sinceMs.keys()) if (!peers.has(name)) this.#sinceMs.delete(name);
    for (const name of peers.keys()) if (!this.#sinceMs.has(name)) this.#sinceMs.set(name, nowMs);
    this.#judge();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #judge(): void {
    const nowMs = this.#clock.now();
    const words = [...this.#peers].map(([name, { decodes }]) => {
      const leftMs = (this.#sinceMs.get(name) ?? 0) + wordWithinMs - nowMs;
      return { decodes, leftMs };
    });
    const isCrowd = words.length + 1 > mostKnown;
    const awaited = words.filter(({ decodes, leftMs }) => decodes === null && leftMs > 0);
    this.#timer?.cancel();
    if (awaited.length > 0) {
      const nextMs = Math.min(...awaited.map(({ leftMs }) => leftMs));
      this.#timer = this.#clock.after(nextMs, () => this.#judge());
    }
    const those = (can: (word: (typeof words)[number], codec: BetterCodec) => boolean): BetterCodec[] =>
      isCrowd ? [] : betterCodecs.filter((codec) => words.every((word) => can(word, codec)));
    this.#say({
      toStart: those(({ decodes }, codec) => decodes?.includes(codec) === true),
      toKeep: those((word, codec) => word.decodes?.includes(codec) ?? awaited.includes(word)),
    });
  }

  #say(receivable: Receivable): void {
    const [before, now] = [this.#said, receivable].map(
      ({ toStart, toKeep }) => `${toStart.join()} ${toKeep.join()}`,
    );
    if (before === now) return;
    this.#said = receivable;
    this.#onChange(receivable);
  }
}
