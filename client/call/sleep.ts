// Whether the device slept, or the page was frozen: no timer runs meanwhile, so the clock has gone on by more than it should have
// between two looks (C8). session.ts then reads the log at once, and renews its leaf after a longer sleep.
import type { Clock, Timer } from '../api/clock.ts';

export const lookEveryMs = 5_000;
/** More than a busy page or a tab in the background is late by. */
export const leastSleepMs = 20_000;

export interface SleepWatchParts {
  readonly clock: Clock;
  /** So long nothing ran. */
  readonly onWoke: (sleptMs: number) => void;
  /** The clock was put back by a look's length or more: times that were planned by it mean nothing any more. */
  readonly onSetBack: () => void;
}

export class SleepWatch {
  readonly #parts: SleepWatchParts;
  #lastMs: number;
  #timer: Timer | null = null;

  constructor(parts: SleepWatchParts) {
    this.#parts = parts;
    this.#lastMs = parts.clock.now();
  }

  start(): void {
    this.#lastMs = this.#parts.clock.now();
    this.#timer = this.#parts.clock.after(lookEveryMs, () => this.#look());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    const lateMs = this.#parts.clock.now() - this.#lastMs - lookEveryMs;
    this.start();
    if (lateMs >= leastSleepMs) this.#parts.onWoke(lateMs);
    else if (lateMs <= -lookEveryMs) this.#parts.onSetBack();
  }
}
