// News between services on one PostgreSQL, by LISTEN and NOTIFY. NOTIFY follows the commit that it is about, in a statement of its own: in
// the same transaction it would make all commits take turns at the disk. So a service that is killed between the two tells nobody: a long
// poll elsewhere learns of that change at its end (25 s), an event stream with the next one. After a connection was lost, everything may
// have changed.
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
  #isTelling = false;
  #telling: Promise<void> = Promise.resolve();
  #listening: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(parts: NeighbourParts) {
    this.#parts = parts;
  }

  tell(news: News): void {
    if (this.#closing.signal.aborted) return;
    this.#waiting.add(JSON.stringify(news));
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#telling = this.#tellAll();
  }

  listen(hear: (news: News) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#listening = this.#listenOn(hear, resolve);
    });
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
        if (this.#closing.signal.aborted) break;
        // Nobody is told as long as the database is away. Then one word for all that was missed.
        this.#waiting = new Set([JSON.stringify({ what: 'anything' } satisfies News)]);
        await pause(againMs);
      }
    }
    this.#isTelling = false; // in the same step as the last look at what is waiting
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

  /** Listens until `close`, on one connection after the other. `tried` is called after the first has begun, or could not. */
  async #listenOn(hear: (news: News) => void, tried: () => void): Promise<void> {
    const { signal } = this.#closing;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const began = (): void => {
        if (!isFirst) hear({ what: 'anything' });
        tried();
      };
      // Why it failed is said by /readyz and by every request: here it is only tried again.
      await this.#listenOnce(hear, began).catch(() => undefined);
      tried();
      await pause(againMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves when the connection has ended; rejects when it could not begin. */
  async #listenOnce(hear: (news: News) => void, began: () => void): Promise<void> {
    const { signal } = this.#closing;
    const client = new pg.Client(this.#parts.connection);
    let alive: NodeJS.Timeout | undefined;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    client.on('error', end);
    client.on('end', end);
    signal.addEventListener('abort', end);
    client.on('notification', ({ payload = '' }) => {
      if (!payload.startsWith(this.#me)) for (const news of parse(payload)) hear(news);
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      began();
      alive = setInterval(() => {
        client.query('select 1').catch(end);
      }, aliveMs);
      if (!signal.aborted) await ended;
    } finally {
      clearInterval(alive);
      signal.removeEventListener('abort', end);
      // Not waited for: a PostgreSQL that is frozen or cut off does not close its end.
      void client.end().catch(() => undefined);
    }
  }
}

/** What cannot be read is of another release, and may mean anything. */
function parse(payload: string): readonly News[] {
  try {
    return JSON.parse(payload.slice(payload.indexOf('['))) as News[];
  } catch {
    return [{ what: 'anything' }];
  }
}
