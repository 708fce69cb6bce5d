// Proves to the service who we are (T3): challenge → signed statement → bearer token, kept in memory only. One handshake
// at a time however many requests need it; a token the service no longer takes is replaced once, without the caller knowing.
import { toBase64url } from '../../crypto/bytes.ts';
import type { Identity } from '../../crypto/identity/index.ts';
import { sessionStatement } from '../../crypto/identity/statements.ts';
import { ApiError } from './errors.ts';
import { send, type AnySchema, type Answer, type HttpRequest, type Line } from './http.ts';
import { challengeSchema, sessionSchema } from './schemas.ts';

/** T3: a token lasts an hour. Counted from its arrival, since the clocks of both sides need not agree. */
const useTokenMs = 55 * 60_000;

export interface SessionParts {
  readonly line: Line;
  readonly identity: Identity;
  /** `host` of the service's address, which the signature names (T3). */
  readonly audience: string;
}

export class Session {
  readonly #parts: SessionParts;
  #current: { readonly token: string; readonly untilMs: number } | null = null;
  #pending: Promise<string> | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** A token that is good now. Concurrent callers share one handshake. Throws `ApiError`. */
  token(): Promise<string> {
    const current = this.#current;
    if (current && current.untilMs > this.#parts.line.clock.now()) {
      return Promise.resolve(current.token);
    }
    this.#pending ??= this.#handshake().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  /** The token if there is one already: for requests that leave with the page and cannot wait. */
  get tokenNow(): string | null {
    return this.#current?.token ?? null;
  }

  /** Says that the service refused `token`: the next call of `token()` makes a new one. */
  refuse(token: string): void {
    if (this.#current?.token === token) this.#current = null;
  }

  /** Sends `request` in this session; a 401 is answered once with a new token. */
  async send<S extends AnySchema | null>(request: HttpRequest<S>): Promise<Answer<S>> {
    const token = await this.token();
    try {
      return await send(this.#parts.line, { ...request, token });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      this.refuse(token);
      return send(this.#parts.line, { ...request, token: await this.token() });
    }
  }

  async #handshake(): Promise<string> {
    const { line, identity, audience } = this.#parts;
    const { challenge } = await send(line, {
      method: 'POST',
      path: '/api/sessions/challenge',
      body: { identity: toBase64url(identity.publicKey) },
      answer: challengeSchema,
    });
    const signature = await identity.sign(sessionStatement(audience, challenge));
    const { token } = await send(line, {
      method: 'POST',
      path: '/api/sessions',
      body: {
        identity: toBase64url(identity.publicKey),
        challenge: toBase64url(challenge),
        signature: toBase64url(signature),
      },
      answer: sessionSchema,
    });
    this.#current = { token, untilMs: line.clock.now() + useTokenMs };
    return token;
  }
}
