// Sessions (T3): a challenge, a signature over it and this service's host, a token for an hour. Challenges and tokens are
// kept as SHA-256, so that a copy of the store opens no session. `guard.ts` asks `find` for every other route.
import { createHash, randomBytes } from 'node:crypto';
import { fromBase64url } from '../../crypto/bytes.ts';
import { sessionStatement } from '../../crypto/identity/statements.ts';
import { verify } from '../../crypto/identity/verify.ts';
import { AppError } from '../errors.ts';
import type { SessionStore } from '../store/store.ts';

export const challengeMs = 60_000;
export const sessionMs = 60 * 60_000;

/** Who asks, as the guard found out. */
export interface Caller {
  readonly identity: string;
  readonly tokenHash: string;
  readonly expiresAtMs: number;
}

export interface Proof {
  readonly identity: string;
  readonly challenge: string;
  readonly signature: string;
  /** Host of this service as the request named it. */
  readonly audience: string;
}

export class SessionService {
  readonly #store: SessionStore;
  readonly #now: () => number;

  constructor(store: SessionStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async challenge(identity: string): Promise<{ challenge: string; expiresAtMs: number }> {
    const challenge = randomBytes(32).toString('base64url');
    const expiresAtMs = this.#now() + challengeMs;
    await this.#store.addChallenge({ hash: hash(challenge), identity, expiresAtMs });
    return { challenge, expiresAtMs };
  }

  /** Throws `challenge_refused` or `bad_signature`. The challenge is used up either way. */
  async open(proof: Proof): Promise<{ token: string; expiresAtMs: number }> {
    const isFresh = await this.#store.takeChallenge(hash(proof.challenge), proof.identity, this.#now());
    if (!isFresh) throw new AppError('challenge_refused');
    const statement = sessionStatement(proof.audience, fromBase64url(proof.challenge));
    if (!(await verify(fromBase64url(proof.identity), statement, fromBase64url(proof.signature)))) {
      throw new AppError('bad_signature');
    }
    const token = randomBytes(32).toString('base64url');
    const expiresAtMs = this.#now() + sessionMs;
    await this.#store.addSession({ tokenHash: hash(token), identity: proof.identity, expiresAtMs });
    return { token, expiresAtMs };
  }

  /** Who holds `token`; null if nobody does any more. */
  async find(token: string): Promise<Caller | null> {
    const tokenHash = hash(token);
    const session = await this.#store.findSession(tokenHash, this.#now());
    return session ? { ...session, tokenHash } : null;
  }

  close(caller: Caller): Promise<void> {
    return this.#store.deleteSession(caller.tokenHash);
  }
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
