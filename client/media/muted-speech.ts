// Whether somebody talks into a microphone that they have muted: most of the last moments were loud. Only this device listens, and only to
// say so; nothing of it is kept or sent. microphone.ts feeds it while it is muted.

/** Louder than what a keyboard and a fan leave after the browser's own gain control (about −32 dBFS). */
export const loudRms = 0.025;
/** Samples that count, at ten a second, and how many of them must be loud. */
const window = 15;
const loudAtLeast = 7;
/** Said for so long after the last word. */
const standsMs = 2_500;

export class MutedSpeech {
  #recent: boolean[] = [];
  #untilMs = Number.NEGATIVE_INFINITY;

  /** Another sample; the result is whether it is to be said now. */
  note(rms: number, nowMs: number): boolean {
    this.#recent = [...this.#recent, rms >= loudRms].slice(-window);
    if (this.#recent.filter(Boolean).length >= loudAtLeast) this.#untilMs = nowMs + standsMs;
    return nowMs < this.#untilMs;
  }

  /** Unmuted, or another microphone: what was is over. */
  reset(): void {
    this.#recent = [];
    this.#untilMs = Number.NEGATIVE_INFINITY;
  }
}
