// The first ten digits of an identity's half of its safety numbers (S1), for who has a namesake: computed when first asked for, a few
// dozen milliseconds with pauses, and kept. knowledge.svelte.ts asks.
import { SvelteMap } from 'svelte/reactivity';
import type { Bytes } from '../../crypto/bytes.ts';
import { ownDigits } from '../../crypto/safety/index.ts';
import type { Clock } from '../api/clock.ts';
import { wait } from '../api/clock.ts';
import { idOf } from './ids.ts';

export class Excerpts {
  readonly #clock: Clock;
  readonly #known = new SvelteMap<string, string>();
  readonly #asked: Record<string, true> = {};
  #queue: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** "30417 88265"; null until it is computed. */
  of(identity: Bytes): string | null {
    const id = idOf(identity);
    if (!this.#asked[id]) {
      this.#asked[id] = true;
      this.#queue = this.#queue.then(() => this.#compute(id, identity));
    }
    return this.#known.get(id) ?? null;
  }

  async #compute(id: string, identity: Bytes): Promise<void> {
    const digits = await ownDigits(identity, { pause: () => wait(this.#clock, 0) });
    this.#known.set(id, `${digits.slice(0, 5)} ${digits.slice(5, 10)}`);
  }
}
