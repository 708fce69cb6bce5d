// Hold to talk, as a state of one grip: pressed, held once it lasts, let go. It fails closed: whoever looks away, loses the key or the
// pointer is muted again, and only a new press begins anew. shortcuts.ts and MicButton.svelte hand it what the browser says.

export interface HoldParts {
  /** Whether a hold would let me be heard: I am in the call, and muted by my own wish or an admin's. */
  readonly isPossible: () => boolean;
  /** Heard from now on, or no more. */
  readonly talk: (isHeld: boolean) => void;
  /** Runs `task` in `delayMs`; the result takes that back. */
  readonly after: (delayMs: number, task: () => void) => () => void;
}

export type Grip = 'pointer' | 'key';

/** A press that is shorter is a tap. */
export const holdAfterMs = 200;
/** Keys that repeat do so many times a second: one that has stopped was let go of, and nobody told us. */
const lostAfterMs = 1_500;

export class Hold {
  readonly #parts: HoldParts;
  #grip: Grip | null = null;
  #isHeld = false;
  #cancelStart: (() => void) | null = null;
  #cancelWatch: (() => void) | null = null;

  constructor(parts: HoldParts) {
    this.#parts = parts;
  }

  /** False where there is nothing to hold, or something is held already: the press is the browser's. */
  press(grip: Grip, delayMs: number): boolean {
    if (this.#grip !== null || !this.#parts.isPossible()) return false;
    this.#grip = grip;
    if (delayMs === 0) this.#start();
    else this.#cancelStart = this.#parts.after(delayMs, () => this.#start());
    return true;
  }

  /** What the press was; null where it was none of ours, or ended before. */
  release(grip: Grip): 'tap' | 'hold' | null {
    if (this.#grip !== grip) return null;
    const was = this.#isHeld ? 'hold' : 'tap';
    this.stop();
    return was;
  }

  /** The key is still down, says its repetition. */
  repeat(): void {
    if (this.#grip !== 'key') return;
    this.#cancelWatch?.();
    this.#cancelWatch = this.#parts.after(lostAfterMs, () => this.stop());
  }

  /** Another key went down: from now on the held one does not repeat, and that means nothing. */
  interrupt(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = null;
  }

  get grip(): Grip | null {
    return this.#grip;
  }

  /** Muted again, whatever is still pressed. */
  stop(): void {
    this.interrupt();
    this.#cancelStart?.();
    this.#cancelStart = null;
    this.#grip = null;
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#parts.talk(false);
  }

  #start(): void {
    this.#cancelStart = null;
    if (!this.#parts.isPossible()) {
      this.#grip = null;
      return;
    }
    this.#isHeld = true;
    this.#parts.talk(true);
  }
}
