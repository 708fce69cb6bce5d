// Who spoke lately, so that they stand before who is silent: who speaks for a second qualifies, and who has been silent for a minute is
// forgotten. In the order in which they qualified, so that a conversation of two does not change places with every sentence.
import type { Clock } from '../api/clock.ts';

const qualifyMs = 1_000;
const expireMs = 60_000;
/** Between words. */
const pauseMs = 600;

interface Speech {
  beganMs: number;
  lastMs: number;
  qualifiedMs: number | null;
}

export class Speakers {
  readonly #clock: Clock;
  readonly #speeches = new Map<string, Speech>();
  #recent: readonly string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those who speak now, by id; called often. Returns who spoke lately, the same array while it is the same people. */
  update(speaking: Iterable<string>): readonly string[] {
    const nowMs = this.#clock.now();
    for (const id of speaking) this.#note(id, nowMs);
    for (const [id, { lastMs }] of this.#speeches) if (nowMs - lastMs > expireMs) this.#speeches.delete(id);
    const recent = [...this.#speeches]
      .filter(([, { qualifiedMs }]) => qualifiedMs !== null)
      .sort(([, a], [, b]) => Number(a.qualifiedMs) - Number(b.qualifiedMs))
      .map(([id]) => id);
    const isSame = recent.length === this.#recent.length && recent.every((id, i) => id === this.#recent[i]);
    if (!isSame) this.#recent = recent;
    return this.#recent;
  }

  /** Who of them spoke last; null before anybody did. */
  get latest(): string | null {
    let latest: { id: string; lastMs: number } | null = null;
    for (const [id, { lastMs, qualifiedMs }] of this.#speeches)
      if (qualifiedMs !== null && (latest === null || lastMs > latest.lastMs)) latest = { id, lastMs };
    return latest?.id ?? null;
  }

  #note(id: string, nowMs: number): void {
    const known = this.#speeches.get(id);
    if (known === undefined) {
      this.#speeches.set(id, { beganMs: nowMs, lastMs: nowMs, qualifiedMs: null });
      return;
    }
    if (nowMs - known.lastMs > pauseMs) known.beganMs = nowMs;
    known.lastMs = nowMs;
    if (nowMs - known.beganMs >= qualifyMs) known.qualifiedMs ??= nowMs;
  }
}
