// The worker's only source of time: given from outside, so that tests move it by hand.

export interface Clock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Runs `task` once, `ms` from now. Returns the way to cancel it. */
  after(ms: number, task: () => void): () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};
