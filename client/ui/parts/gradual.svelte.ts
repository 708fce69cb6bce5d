// A long list that is drawn a screenful at once, and to its end while the page has nothing else to do: everything is in the page in the
// end, for the keyboard, for finding in the page and for screen readers, and nobody waits for it.

const first = 30;
const step = 20;
/** A page that is never idle draws on all the same. */
const latestMs = 200;

export class Gradual {
  #drawn = $state(first);
  readonly #total: () => number;

  /** In a component, while it is made. */
  constructor(total: () => number) {
    this.#total = total;
    $effect(() => {
      if (this.#drawn >= total()) return undefined;
      return whenIdle(() => (this.#drawn += step));
    });
  }

  /** How many are drawn. */
  get drawn(): number {
    return Math.min(this.#drawn, this.#total());
  }

  /** How many are still to come: the room for them is there. */
  get left(): number {
    return this.#total() - this.drawn;
  }
}

/** Gives the way to call it off. */
export function whenIdle(work: () => void): () => void {
  // Not in Safari.
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(work, 16);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(work, { timeout: latestMs });
  return () => cancelIdleCallback(handle);
}
