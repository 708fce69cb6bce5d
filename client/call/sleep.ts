// Whether the device slept, or the page was frozen: no timer runs meanwhile, so time has gone on by more than it should have between
// two looks (C8): by the monotonic clock, or by the date alone where that clock stands still while the machine is suspended. A date that
// somebody sets on looks like sleep, which does no harm. session.ts then reads the log at once, and renews its leaf after a longer sleep.
import type { Clock, Timer } from '../api/clock.ts';

export const lookEveryMs = 5_000;
/** More than a busy page or a tab in the background is late by. */
export const leastSleepMs = 20_000;

export interface SleepWatchParts {
  readonly clock: Clock;
  /** So long nothing ran. */
  readonly onWoke: (sleptMs: number) => void;
}

export class SleepWatch {
  readonly #parts: SleepWatchParts;
  #last: { readonly nowMs: number; readonly dateMs: number };
  #timer: Timer | null = null;

  constructor(parts: SleepWatchParts) {
    this.#parts = parts;
    this.#last = readingOf(parts.clock);
  }

  start(): void {
    this.#last = readingOf(this.#parts.clock);
    this.#timer = this.#parts.clock.after(lookEveryMs, () => this.#look());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    const { nowMs, dateMs } = readingOf(this.#parts.clock);
    const lateMs = Math.max(nowMs - this.#last.nowMs, dateMs - this.#last.dateMs) - lookEveryMs;
    this.start();
    if (lateMs >= leastSleepMs) this.#parts.onWoke(lateMs);
  }
}

function readingOf(clock: Clock): { nowMs: number; dateMs: number } {
  return { nowMs: clock.now(), dateMs: clock.today() };
}
