// Whether the service can be reached, as the requests of one session find out, and how long to wait before the next try.
import { backoffMs, wait, type Clock } from '../api/clock.ts';
import { ApiError } from '../api/errors.ts';

/** Whoever missed the answer to a commit does not hear those who heard of it: so not much longer than that may last (C6). */
const lineBackoff = { firstMs: 300, maxMs: 1_500 };

export interface LineWatchParts {
  readonly clock: Clock;
  readonly random: () => number;
  /** Told on every change. */
  readonly onLine: (isUp: boolean) => void;
}

export class LineWatch {
  readonly #parts: LineWatchParts;
  #failures = 0;

  constructor(parts: LineWatchParts) {
    this.#parts = parts;
  }

  /** The last request failed. */
  get isDown(): boolean {
    return this.#failures > 0;
  }

  /** A request was answered. */
  works(): void {
    if (this.#failures > 0) this.#parts.onLine(true);
    this.#failures = 0;
  }

  /** Waits a little after a failure of the line, until `signal` aborts. Throws `error` if no waiting mends it. */
  async trouble(error: unknown, signal: AbortSignal): Promise<void> {
    if (!(error instanceof ApiError) || !error.isLineTrouble) throw error;
    const attempt = this.#failures++;
    if (attempt === 0) this.#parts.onLine(false);
    const { clock, random } = this.#parts;
    await wait(clock, error.retryAfterMs ?? backoffMs(lineBackoff, attempt, random), signal);
  }
}
