// Whether the service serves another build than this page: asked whenever the line to it is back and the page is looked at again. A page
// that came out of the service worker's cache finds out so, and so does one that has been open for days.
import type { Clock } from '../api/clock.ts';

/** A line that comes and goes is no reason to ask each time. */
const atMostEveryMs = 10_000;

export interface BuildParts {
  /** Of this page. */
  readonly id: string;
  /** What the service serves now; null where it does not say. Never rejects. */
  readonly served: () => Promise<string | null>;
}

export class NewBuild {
  readonly #parts: BuildParts;
  readonly #clock: Clock;
  #served: string | null = $state(null);
  #dismissed: string | null = $state(null);
  #askedAtMs = Number.NEGATIVE_INFINITY;
  readonly isHere: boolean = $derived(this.#isHere());

  constructor(parts: BuildParts, clock: Clock) {
    this.#parts = parts;
    this.#clock = clock;
  }

  look(): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#askedAtMs < atMostEveryMs) return;
    this.#askedAtMs = nowMs;
    void this.#parts.served().then((served) => (this.#served = served ?? this.#served));
  }

  dismiss(): void {
    this.#dismissed = this.#served;
  }

  #isHere(): boolean {
    return this.#served !== null && this.#served !== this.#parts.id && this.#served !== this.#dismissed;
  }
}
