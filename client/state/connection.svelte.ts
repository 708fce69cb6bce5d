// Whether the service can be reached, as the person should know it: the browser's own word at once, a lost event stream
// only when it stays lost.
import type { Clock } from '../api/clock.ts';

/** The service is called unreachable only after this. */
const graceMs = 3_000;

export class Connection {
  readonly #clock: Clock;
  #isOnline = $state(true);
  #isMissed = $state(false);
  /** Whether events come in right now. */
  #isConnected = true;
  readonly isOffline: boolean = $derived(!this.#isOnline || this.#isMissed);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the browser says of the network. */
  setOnline(isOnline: boolean): void {
    this.#isOnline = isOnline;
  }

  /** What the event stream says. */
  setConnected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    if (isConnected) this.#isMissed = false;
    else this.#clock.after(graceMs, () => (this.#isMissed = !this.#isConnected));
  }
}
