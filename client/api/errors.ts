// The one error that client/api throws. Codes are the server's (docs/operating.md) or one of this side's own below.

/**
 * Codes of this side, beside the service's:
 * - `offline`    the request did not reach the service, or its answer did not arrive
 * - `timeout`    no answer in time
 * - `bad_answer` the answer is not what the service's schema promises
 * - `group_moving` a group that went on changing while its pages were read
 * - `http_NNN`   a refusal without a code: something in between answered
 */
export class ApiError extends Error {
  /** Of the service, or of this side. */
  readonly code: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** What the service asked to wait before another try, if it did. */
  readonly retryAfterMs: number | null;
  /** The parsed body of the refusal, unchecked: a lost race at the log carries a page. */
  readonly body: unknown;

  constructor(code: string, status: number, more: { retryAfterMs?: number | null; body?: unknown } = {}) {
    super(`the service answered ${code} (${status})`);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.body = more.body;
  }

  /** The service itself said nothing: whether it did anything is not known. */
  get isUnanswered(): boolean {
    return this.status === 0 ? this.code !== 'bad_answer' : this.code.startsWith('http_5');
  }

  /** Nothing is known about what the service did: the line failed, or the service (or a proxy) fell over. */
  get isLineTrouble(): boolean {
    return this.status === 0 ? this.code !== 'bad_answer' : this.status === 429 || this.status >= 500;
  }
}

/** The code of whatever was thrown, for a `Problem`: `failed` where it has none. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'failed';
}
