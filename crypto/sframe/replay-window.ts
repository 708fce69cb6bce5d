// Replay protection of one receiving key (RFC 9605 §9.3, F5): which of the last 1024 counters were seen. `isFresh` may be
// asked before decryption; `accept` is called only after the tag verified, so that forged counters cannot move the window.

const SIZE = 1024;

export class ReplayWindow {
  /** One bit per counter, at counter mod 1024. */
  readonly #seen = new Uint32Array(SIZE / 32);
  #highest = -1;

  /** False for a counter that was accepted before or has fallen out of the window. */
  isFresh(ctr: number): boolean {
    if (ctr > this.#highest) return true;
    if (ctr <= this.#highest - SIZE) return false;
    return !this.#has(ctr);
  }

  /** Marks `ctr` as seen. False, and no change, if it was not fresh. */
  accept(ctr: number): boolean {
    if (!this.isFresh(ctr)) return false;
    if (ctr > this.#highest) {
      if (ctr - this.#highest >= SIZE) this.#seen.fill(0);
      else for (let skipped = this.#highest + 1; skipped < ctr; skipped++) this.#set(skipped, false);
      this.#highest = ctr;
    }
    this.#set(ctr, true);
    return true;
  }

  #has(ctr: number): boolean {
    const bit = ctr % SIZE;
    return ((this.#seen[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
  }

  #set(ctr: number, isSeen: boolean): void {
    const bit = ctr % SIZE;
    const mask = 1 << (bit & 31);
    const word = this.#seen[bit >>> 5] as number;
    this.#seen[bit >>> 5] = isSeen ? word | mask : word & ~mask;
  }
}
