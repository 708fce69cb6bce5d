// The service in the hands of Mal: stands where people think the service is and passes everything on, until an attack says what to
// answer instead. Real sockets on both sides; the service behind it is the product's own. pages.ts has what attacks answer.
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback, type LoopbackServer } from '../../client/e2e/harness/loopback-server.ts';

/** A request to the API. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed; null where there is none. */
  readonly body: unknown;
  /** base64url of the identity whose session it is. */
  readonly by: string | null;
  /** Aborts when the asker hangs up. */
  readonly hungUp: AbortSignal;
  /** Aborts at the next nudge, the end of an attack among them. */
  readonly nudged: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** Parsed; null where there is none. */
  readonly body: unknown;
}

/** What Mal answers. `truth` asks the service; a read whose answer comes after the attack has ended is asked again. */
export type Attack = (asked: Asked, truth: () => Promise<Answer>) => Promise<Answer>;

export class HostileService {
  #attack: Attack | null = null;
  #nudge = new AbortController();
  #target = new URL('http://unset');
  readonly #owners = new Map<string, string>();

  /** For `AparteOptions.front`. */
  readonly stand = (serviceUrl: string): Promise<LoopbackServer> => {
    this.#target = new URL(serviceUrl);
    return listenOnLoopback((asked, answer) => {
      void this.#serve(asked, answer).catch(() => answer.destroy());
    });
  };

  /** From now on, reads that wait included. Returns the way to end it. */
  attack(attack: Attack): () => void {
    this.#attack = attack;
    this.nudge();
    return () => {
      if (this.#attack === attack) this.#attack = null;
      this.nudge();
    };
  }

  /** Reads that wait are asked again, without waiting: for what was written past the service. */
  nudge(): void {
    this.#nudge.abort();
    this.#nudge = new AbortController();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', this.#target);
    const hangUp = new AbortController();
    outgoing.once('close', () => hangUp.abort());
    const body = await readAll(incoming);
    const send = (path: string, signal: AbortSignal): Promise<IncomingMessage> =>
      this.#send(incoming, { path, body, signal });
    if (!url.pathname.startsWith('/api/') || url.pathname === '/api/events') {
      const answer = await send(url.pathname + url.search, hangUp.signal);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('error', () => outgoing.destroy()).pipe(outgoing);
      return;
    }
    const asked: Asked = {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: parse(body),
      by: this.#owners.get(incoming.headers.authorization?.replace(/^Bearer /, '') ?? '') ?? null,
      hungUp: hangUp.signal,
      nudged: this.#nudge.signal,
    };
    const truth = async (): Promise<Answer & { headers: IncomingMessage['headers'] }> => {
      const answer = await this.#sendOrAgain(url, hangUp.signal, send);
      const text = await readAll(answer);
      const parsed = { status: answer.statusCode ?? 502, body: parse(text), headers: answer.headers };
      this.#noteSession(asked, parsed);
      return parsed;
    };
    const answer = await this.#answer(asked, truth);
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
    outgoing.writeHead(answer.status, headers);
    outgoing.end(answer.body === null ? undefined : JSON.stringify(answer.body));
  }

  async #answer(
    asked: Asked,
    truth: () => Promise<Answer & { headers: IncomingMessage['headers'] }>,
  ): Promise<Answer & { headers: IncomingMessage['headers'] }> {
    const json = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
    for (;;) {
      const attack = this.#attack;
      if (attack === null) return truth();
      const answer = await attack(asked, truth);
      const isOver = this.#attack !== attack && asked.method === 'GET';
      if (!isOver) return { ...answer, headers: json };
    }
  }

  /** A long poll that is cut short by a nudge is asked again without waiting. */
  async #sendOrAgain(
    url: URL,
    hungUp: AbortSignal,
    send: (path: string, signal: AbortSignal) => Promise<IncomingMessage>,
  ): Promise<IncomingMessage> {
    const path = url.pathname + url.search;
    if (!url.searchParams.has('waitMs')) return send(path, hungUp);
    const nudged = this.#nudge.signal;
    try {
      return await send(path, AbortSignal.any([hungUp, nudged]));
    } catch (error) {
      if (!nudged.aborted || hungUp.aborted) throw error;
      const now = new URL(url);
      now.searchParams.set('waitMs', '0');
      return send(now.pathname + now.search, hungUp);
    }
  }

  #send(
    incoming: IncomingMessage,
    { path, body, signal }: { path: string; body: Buffer; signal: AbortSignal },
  ): Promise<IncomingMessage> {
    const { method, headers } = incoming;
    const { hostname, port } = this.#target;
    return new Promise((resolve, reject) => {
      const out = request({ hostname, port, path, method, headers, signal }, resolve);
      out.on('error', reject);
      out.end(body);
    });
  }

  #noteSession({ path, body }: Asked, { status, body: answer }: Answer): void {
    if (path !== '/api/sessions' || status >= 300) return;
    this.#owners.set((answer as { token: string }).token, (body as { identity: string }).identity);
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
