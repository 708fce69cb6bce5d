// The counter of a sealing key (K5). It is made with the key, lives as long as the key and knows no way back: tracks, senders
// and connections come and go above it.

const MAX_COUNTER = 2 ** 48 - 1;

export class Counter {
  #next = 0;

  /** `start` is for tests of the end of the range only: a key begins at 0. */
  constructor(start = 0) {
    this.#next = start;
  }

  /** A number never given before; null when the key is used up (at 2⁴⁸ − 1). */
  take(): number | null {
    return this.#next >= MAX_COUNTER ? null : this.#next++;
  }
}
