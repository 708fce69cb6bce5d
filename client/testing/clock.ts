// Clocks for tests: one that stands still until the test moves it, and the real one with a device that can sleep.
import { systemClock, type Clock, type Timer } from '../api/clock.ts';

export class ManualClock implements Clock {
  #nowMs = 1_800_000_000_000;
  #dateMs = 0;
  #timers: { atMs: number; task: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  today(): number {
    return this.#nowMs + this.#dateMs;
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

  /** Time goes on while nothing runs: the page is frozen. What came due meanwhile runs with the next `pass`. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }

  /** Only the date moves: the machine was suspended and its monotonic clock stood still, or somebody set the date. */
  moveDate(ms: number): void {
    this.#dateMs += ms;
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

interface Sleeping {
  readonly atMs: number;
  readonly task: () => void;
  handle: Timer;
}

/** The real clock of a device that can be made to sleep: time goes on, and timers that came due meanwhile run when it wakes. */
export class SleepingClock implements Clock {
  #sleptMs = 0;
  #timers: Sleeping[] = [];

  now(): number {
    return systemClock.now() + this.#sleptMs;
  }

  today(): number {
    return systemClock.today() + this.#sleptMs;
  }

  after(delayMs: number, task: () => void): Timer {
    const timer: Sleeping = {
      atMs: this.now() + delayMs,
      task,
      handle: systemClock.after(delayMs, () => this.#run(timer)),
    };
    this.#timers.push(timer);
    return { cancel: () => this.#drop(timer) };
  }

  sleep(ms: number): void {
    this.#sleptMs += ms;
    for (const timer of this.#timers) {
      timer.handle.cancel();
      timer.handle = systemClock.after(Math.max(0, timer.atMs - this.now()), () => this.#run(timer));
    }
  }

  #run(timer: Sleeping): void {
    this.#drop(timer);
    timer.task();
  }

  #drop(timer: Sleeping): void {
    timer.handle.cancel();
    this.#timers = this.#timers.filter((other) => other !== timer);
  }
}

/** Lets everything that is ready to go on go on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}
