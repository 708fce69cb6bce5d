// Asks the SFU again, by itself, for what is sent and does not arrive (M6): soon at first, then ever more seldom. call.svelte.ts tells
// it what is stalled; the button on a row does the same at once.
import type { Clock, Timer } from '../api/clock.ts';

/** From the moment that it is said. */
export const firstRetryMs = 4_000;
export const maxRetryMs = 60_000;

interface Case {
  nextAtMs: number;
  gapMs: number;
  /** Since when nothing of theirs is stalled; null while something is. A stall that comes back soon is the same one. */
  wellSinceMs: number | null;
}

export class Recovery {
  readonly #clock: Clock;
  readonly #retry: (livekitIdentity: string) => void;
  readonly #cases = new Map<string, Case>();
  #timer: Timer | null = null;

  constructor(clock: Clock, retry: (livekitIdentity: string) => void) {
    this.#clock = clock;
    this.#retry = retry;
  }

  /** LiveKit identities of whom something is stalled now. */
  update(names: readonly string[]): void {
    const stalled = new Set(names);
    const nowMs = this.#clock.now();
    for (const [name, known] of this.#cases) {
      if (stalled.has(name)) known.wellSinceMs = null;
      else known.wellSinceMs ??= nowMs;
      if (known.wellSinceMs !== null && nowMs - known.wellSinceMs >= maxRetryMs) this.#cases.delete(name);
    }
    for (const name of stalled) {
      if (!this.#cases.has(name))
        this.#cases.set(name, { nextAtMs: nowMs + firstRetryMs, gapMs: firstRetryMs, wellSinceMs: null });
    }
    this.#plan();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #plan(): void {
    this.#timer?.cancel();
    const nowMs = this.#clock.now();
    const stalled = [...this.#cases.values()].filter(({ wellSinceMs }) => wellSinceMs === null);
    if (stalled.length === 0) return;
    const inMs = Math.min(...stalled.map(({ nextAtMs }) => nextAtMs)) - nowMs;
    this.#timer = this.#clock.after(Math.max(0, inMs), () => this.#run());
  }

  #run(): void {
    const nowMs = this.#clock.now();
    for (const [name, one] of this.#cases) {
      if (one.wellSinceMs !== null || one.nextAtMs > nowMs) continue;
      one.gapMs = Math.min(maxRetryMs, 2 * one.gapMs);
      one.nextAtMs = nowMs + one.gapMs;
      this.#retry(name);
    }
    this.#plan();
  }
}
