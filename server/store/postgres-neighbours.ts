// News between services on one PostgreSQL, by LISTEN and NOTIFY. NOTIFY follows the commit that it is about, in a statement of its own: in
// the same transaction it would make all commits take turns at the disk. So a service that is killed in between tells nobody, and one whose
// connection breaks may miss something: then everything may have changed, and the reconciler looks every two seconds at running calls.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Neighbours, News } from './neighbours.ts';

const channel = 'aparte';
/** PostgreSQL takes less than 8000 bytes at once. */
const mostBytes = 7_000;
const againMs = 250;
/** A connection that is gone without a word is noticed by this. */
const aliveMs = 10_000;

export interface NeighbourParts {
  readonly connection: pg.ClientConfig;
  /** Runs one statement on any connection. */
  readonly run: (statement: string, values: readonly unknown[]) => Promise<unknown>;
}

export class PostgresNeighbours implements Neighbours {
  readonly #parts: NeighbourParts;
  /** Our own news come back to us, too. */
  readonly #me = randomBytes(6).toString('base64url');
  /** News to tell, each once. */
  #waiting = new Set<string>();
  #telling: Promise<void> | undefined;
  #listening: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(parts: NeighbourParts) {
    this.#parts = parts;
  }

  tell(news: News): void {
    if (this.#closing.signal.aborted) return;
    this.#waiting.add(JSON.stringify(news));
    this.#telling ??= this.#tellAll().finally(() => (this.#telling = undefined));
  }

  listen(hear: (news: News) => void): void {
    this.#listening = this.#listenOn(hear);
  }

  /** Tells what is still to be told, and listens no more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#telling, this.#listening]);
  }

  /** What comes while a statement is under way goes with the next. */
  async #tellAll(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const payload = this.#nextPayload();
      try {
        await this.#parts.run('select pg_notify($1, $2)', [channel, payload]);
      } catch {
        if (this.#closing.signal.aborted) return;
        // Nobody is told as long as the database is away. Then one word for all that was missed.
        this.#waiting = new Set([JSON.stringify({ what: 'anything' } satisfies News)]);
        await pause(againMs);
      }
    }
  }

  #nextPayload(): string {
    const texts: string[] = [];
    let left = mostBytes;
    for (const text of this.#waiting) {
      left -= text.length + 1;
      if (left < 0) break;
      texts.push(text);
      this.#waiting.delete(text);
    }
    return `${this.#me}[${texts.join(',')}]`;
  }

  /** Listens until `close`, on one connection after the other. */
  async #listenOn(hear: (news: News) => void): Promise<void> {
    const { signal } = this.#closing;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      try {
        await this.#listenOnce(hear, isFirst);
      } catch {
        // Said by /readyz and by every request: here it is only tried again.
      }
      await pause(againMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves or rejects when the connection has ended. */
  async #listenOnce(hear: (news: News) => void, isFirst: boolean): Promise<void> {
    const { signal } = this.#closing;
    const client = new pg.Client(this.#parts.connection);
    const ended = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.on('end', () => resolve());
      signal.addEventListener('abort', () => resolve());
    });
    client.on('notification', ({ payload = '' }) => {
      if (!payload.startsWith(this.#me)) for (const news of parse(payload)) hear(news);
    });
    let alive: NodeJS.Timeout | undefined;
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      if (!isFirst) hear({ what: 'anything' });
      alive = setInterval(() => {
        client.query('select 1').catch(() => undefined);
      }, aliveMs);
      await ended;
    } finally {
      clearInterval(alive);
      await client.end().catch(() => undefined);
    }
  }
}

function parse(payload: string): readonly News[] {
  return JSON.parse(payload.slice(payload.indexOf('['))) as News[];
}
