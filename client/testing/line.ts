// A line to the service that a test can cut, slow down or make lose answers. Everything else is a real request.
import { systemClock, type Clock } from '../api/clock.ts';
import type { Line } from '../api/http.ts';

export interface Sent {
  readonly method: string;
  readonly path: string;
  /** With its question mark. */
  readonly query: string;
  readonly body: string;
}

export class TestLine implements Line {
  clock: Clock = systemClock;
  readonly random = Math.random;
  readonly baseUrl: string;
  /** No request gets through, and no answer. */
  isDown = false;
  /** Requests that reach the service, whose answers do not come back: decided by method and path. */
  losesAnswer: (sent: Sent) => boolean = () => false;
  /** Requests that never get through nor fail, until they are cut off: the service withholds the answer. */
  holds: (sent: Sent) => boolean = () => false;
  /** How many of these there were. */
  held = 0;
  /** Answers in the place of the service. */
  answers: (sent: Sent) => Response | null = () => null;
  /** Changes what the service answered: the test is the server that lies. */
  forge: (path: string, body: string) => string = (_path, body) => body;
  /** Queries that begin like this do not reach the service: it answers as if they were not there. */
  hides: string | null = null;
  readonly sent: Sent[] = [];

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = new URL(input as string);
    const body = typeof init?.body === 'string' ? init.body : '';
    const sent = { method: init?.method ?? 'GET', path: url.pathname, query: url.search, body };
    this.sent.push(sent);
    this.#mustBeUp();
    if (this.holds(sent)) {
      this.held++;
      return cutOffBy(init?.signal);
    }
    if (this.hides !== null && url.search.startsWith(this.hides)) url.search = '';
    const response = this.answers(sent) ?? (await fetch(url, init));
    this.#mustBeUp();
    if (this.losesAnswer(sent)) {
      await response.text();
      throw new TypeError('the answer was lost');
    }
    const isStream = response.headers.get('content-type')?.includes('event-stream') ?? false;
    if (isStream) return response;
    const { status, headers } = response;
    const text = status === 204 ? null : this.forge(url.pathname, await response.text());
    return new Response(text, { status, headers });
  };

  #mustBeUp(): void {
    if (this.isDown) throw new TypeError('the line is down');
  }
}

function cutOffBy(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const cut = (): void => reject(signal?.reason as Error);
    if (signal?.aborted) cut();
    else signal?.addEventListener('abort', cut);
  });
}
