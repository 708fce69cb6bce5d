// Time as the client sees it, so that tests decide when it passes: a clock, one-shot timers, waiting that can be cut
// short, and the one formula for backing off. Used by api, groups, call and state; nobody calls setTimeout directly.

/** Handle of a pending timer. */
export type Timer = { readonly cancel: () => void };

export interface Clock {
  /** For durations: only ever goes on, whatever somebody sets the machine's clock to. */
  now(): number;
  /** Milliseconds since 1970, as the machine has it: for what people read. */
  today(): number;
  /** Runs `task` once, `delayMs` from now. */
  after(delayMs: number, task: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  today: () => Date.now(),
  after: (delayMs, task) => {
    const handle = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs`, or as soon as `signal` aborts: the caller looks at the signal. */
export function wait(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const done = () => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(delayMs, done);
    signal?.addEventListener('abort', done);
  });
}

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Exponential back-off with full upper half jitter: between half and all of `first × 2^attempt`, at most `max`. */
export function backoffMs(backoff: Backoff, attempt: number, random: () => number): number {
  const full = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt, 30));
  return full / 2 + (full / 2) * random();
}
