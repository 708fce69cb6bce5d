// Wakes whoever waits for something of a key (a call id, a group id) to change, here and at the other services on the same store
// (store/neighbours.ts). In memory: the store is the truth, a bell only says "look again". Nothing is carried, so nothing can be lost but
// a little time.

/** The key of a call's join requests, which only few of its members listen for. */
export const requestsOf = (callId: string): string => `${requestsKey}${callId}`;
/** The call whose bell or whose requests' bell has this key. */
export const callOf = (key: string): string => key.replace(requestsKey, '');
const requestsKey = 'requests ';

type Listener = () => void;

export class Bells {
  readonly #waiting = new Map<string, Set<Listener>>();
  readonly #watchers: ((key: string) => void)[] = [];
  readonly #tell: (key: string) => void;
  #isClosed = false;

  /** `tell` is told of every ring. */
  constructor(tell: (key: string) => void = () => undefined) {
    this.#tell = tell;
  }

  /** True from the stop of the service on: whoever wakes up should go home. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Wakes everybody who waits for `key`, at every service. */
  ring(key: string): void {
    this.#tell(key);
    this.wake(key);
  }

  /** Wakes those who wait here. */
  wake(key: string): void {
    for (const watcher of this.#watchers) watcher(key);
    const listeners = this.#waiting.get(key);
    this.#waiting.delete(key);
    for (const wake of listeners ?? []) wake();
  }

  /** Wakes everybody here. */
  wakeAll(): void {
    for (const key of [...this.#waiting.keys()]) this.wake(key);
  }

  /** Calls `watcher` at every ring or wake, before anybody who waits goes on. */
  watch(watcher: (key: string) => void): void {
    this.#watchers.push(watcher);
  }

  /** Wakes everybody, and lets nobody wait from now on. */
  close(): void {
    this.#isClosed = true;
    this.wakeAll();
  }

  /** How many wait, for the metrics. */
  get waitingCount(): number {
    const waiting = new Set<Listener>();
    for (const listeners of this.#waiting.values()) for (const one of listeners) waiting.add(one);
    return waiting.size;
  }

  /**
   * Listens for these keys from now on, so that nothing is missed between looking at the store and waiting. `rung`
   * resolves at the next ring of one of them, after `waitMs`, after `within` as much as is given there, or when `signal`
   * aborts. Call `stop` in the end.
   */
  listen(
    keys: readonly string[],
    waitMs: number,
    signal: AbortSignal,
  ): { rung: Promise<void>; within: (ms: number) => void; stop: () => void } {
    const { promise, resolve } = settle();
    let timer = setTimeout(resolve, waitMs);
    const within = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(resolve, ms);
    };
    for (const key of keys) this.#waiting.set(key, (this.#waiting.get(key) ?? new Set()).add(resolve));
    signal.addEventListener('abort', resolve);
    if (signal.aborted || this.#isClosed) resolve();
    const stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', resolve);
      for (const key of keys) {
        const listeners = this.#waiting.get(key);
        listeners?.delete(resolve);
        if (listeners?.size === 0) this.#waiting.delete(key);
      }
      resolve();
    };
    return { rung: promise, within, stop };
  }
}

function settle(): { promise: Promise<void>; resolve: Listener } {
  let resolve: Listener = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
