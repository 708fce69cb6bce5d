// A clock that stands still until the test moves it.
import type { Clock, Timer } from '../api/clock.ts';

export class ManualClock implements Clock {
  #nowMs = 1_800_000_000_000;
  #timers: { atMs: number; task: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): Timer {
    const timer = { atMs: this.#nowMs + delayMs, task };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /** How long until the next timer; null where none is set. */
  get nextMs(): number | null {
    const next = Math.min(...this.#timers.map((timer) => timer.atMs));
    return Number.isFinite(next) ? next - this.#nowMs : null;
  }

  /** Lets time pass, running what comes due in its order, and lets promises settle in between. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await settle();
      const due = this.#timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!due) break;
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      this.#timers = this.#timers.filter((timer) => timer !== due);
      due.task();
    }
    this.#nowMs = untilMs;
    await settle();
  }
}

/** Lets everything that is ready to go on go on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}
