// One request to the service: JSON in, checked answer out, every failure an `ApiError`. Deadlines and the caller's wish
// to stop become one AbortSignal. Reads are tried again with back-off; what may change something only where nobody answered, since the same
// sent twice has one effect (docs/service.md), and only where it says so.
import * as v from 'valibot';
import { backoffMs, wait, type Clock } from './clock.ts';
import { ApiError } from './errors.ts';
import { errorSchema } from './schemas.ts';

const defaultTimeoutMs = 10_000;
const mostAttempts = 3;
const readBackoff = { firstMs: 250, maxMs: 2_000 };

/** What the platform gives: the only place that gets hold of `fetch`. */
export interface Line {
  readonly fetch: typeof fetch;
  /** Origin of the service without a slash at the end; '' for the page's own. */
  readonly baseUrl: string;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
}

export type AnySchema = v.GenericSchema<unknown, unknown>;

export interface HttpRequest<S extends AnySchema | null> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Shape of the answer; null where nothing is answered. */
  readonly answer: S;
  readonly body?: object;
  readonly token?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean;
  /** Changes nothing: may be sent again when the line fails. */
  readonly isRead?: boolean;
  /** Sent twice it does what it does once: may be sent again when no answer of the service came. */
  readonly isRepeatable?: boolean;
}

export type Answer<S extends AnySchema | null> = S extends AnySchema ? v.InferOutput<S> : undefined;

/** Sends `request`. Throws `ApiError`, or the reason of `request.signal` when the caller gave up. */
export async function send<S extends AnySchema | null>(
  line: Line,
  request: HttpRequest<S>,
): Promise<Answer<S>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce(line, request);
    } catch (error) {
      if (attempt >= mostAttempts || !mayRepeat(request, error)) throw error;
      const delayMs = error.retryAfterMs ?? backoffMs(readBackoff, attempt - 1, line.random);
      await wait(line.clock, delayMs, request.signal);
      request.signal?.throwIfAborted();
    }
  }
}

function mayRepeat(request: HttpRequest<AnySchema | null>, error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  if (request.isRead) return error.isLineTrouble;
  return request.isRepeatable === true && error.isUnanswered;
}

async function sendOnce<S extends AnySchema | null>(line: Line, request: HttpRequest<S>): Promise<Answer<S>> {
  const { response, text } = await exchange(line, request);
  const body = parseJson(text);
  if (!response.ok) throw refusal(response, body);
  if (request.answer === null) return undefined as Answer<S>;
  const checked = v.safeParse(request.answer, body);
  if (!checked.success) throw new ApiError('bad_answer', response.status);
  return checked.output as Answer<S>;
}

/** The round trip with its deadline: the body has to be here in time, not only the head. */
async function exchange(
  line: Line,
  request: HttpRequest<AnySchema | null>,
): Promise<{ response: Response; text: string }> {
  request.signal?.throwIfAborted();
  const abort = new AbortController();
  const init = requestInit(request, abort.signal);
  const giveUp = () => abort.abort();
  request.signal?.addEventListener('abort', giveUp);
  const late = { is: false };
  const deadline = line.clock.after(request.timeoutMs ?? defaultTimeoutMs, () => {
    late.is = true;
    abort.abort();
  });
  try {
    const response = await line.fetch(line.baseUrl + request.path, init);
    return { response, text: await response.text() };
  } catch {
    request.signal?.throwIfAborted();
    throw new ApiError(late.is ? 'timeout' : 'offline', 0);
  } finally {
    deadline.cancel();
    request.signal?.removeEventListener('abort', giveUp);
  }
}

function requestInit(request: HttpRequest<AnySchema | null>, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  if (request.token !== undefined) headers['authorization'] = `Bearer ${request.token}`;
  return {
    method: request.method,
    headers,
    signal,
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    ...(request.keepalive ? { keepalive: true } : {}),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A refusal in the service's own words, or a bare status where a proxy answered instead. */
export function refusal(response: Response, body: unknown): ApiError {
  const checked = v.safeParse(errorSchema, body);
  const code = checked.success ? checked.output.error.code : `http_${response.status}`;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 60) * 1000 : null;
  return new ApiError(code, response.status, { retryAfterMs, body });
}
