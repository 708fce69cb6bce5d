// The store in PostgreSQL, for more than one service on the same data. Every writing transaction is SERIALIZABLE: what libsql.ts has by
// having one writer. Where two of them meet, PostgreSQL lets one win and the other runs again; inside one service, work on the same
// call or group takes turns, so that only services meet. The tables and everything above are those of libsql.ts.
import { setTimeout as pause } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql, type LogEvent } from 'kysely';
import pg from 'pg';
import { createCallStore } from './calls.ts';
import { createDeletionStore } from './deletions.ts';
import type { Engine } from './engine.ts';
import { reasonOf, StoreError } from './failure.ts';
import { createGroupStore } from './groups.ts';
import { migrate } from './migrations.ts';
import { connectionOptions, openPool, survive } from './postgres-connection.ts';
import { PostgresNeighbours } from './postgres-neighbours.ts';
import { createInviteStore } from './invites.ts';
import { createKnockStore } from './knocks.ts';
import { createSessionStore } from './sessions.ts';
import type { Store } from './store.ts';
import type { Db, Tables, Tx } from './tables.ts';
import { Turns } from './turns.ts';

/** A PostgreSQL that is frozen or cut off does not close its end of a connection: the service ends all the same. */
const usualCloseMs = 3_000;
const usualPatienceMs = 10_000;
/** Tries of one transaction, and the longest pause before the first of them; it doubles. */
const tries = 10;
const pauseMs = 4;

/** Another transaction came between: a conflict, a deadlock, or the same new row. */
const conflicts = new Set(['40001', '40P01', '23505']);

export interface PostgresOptions {
  /** Told of every statement, for tests. */
  readonly onQuery?: (event: LogEvent) => void;
  readonly patienceMs?: number;
  readonly closeWithinMs?: number;
}

/** Opens the database (and creates or updates its tables). Throws `StoreError`. */
export async function openPostgresStore(
  url: string,
  { onQuery, patienceMs = usualPatienceMs, closeWithinMs = usualCloseMs }: PostgresOptions = {},
): Promise<Store> {
  await bringUpToDate(url);
  const pool = openPool(url, patienceMs);
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    ...(onQuery ? { log: onQuery } : {}),
  });
  const engine = createEngine(db);
  const neighbours = new PostgresNeighbours({
    connection: {
      ...connectionOptions(url),
      query_timeout: patienceMs,
      application_name: 'aparte news',
    },
    run: (statement, values) => pool.query(statement, [...values]),
  });
  return {
    sessions: createSessionStore(db),
    groups: createGroupStore(engine),
    calls: createCallStore(engine),
    knocks: createKnockStore(engine),
    deletions: createDeletionStore(engine),
    invites: createInviteStore(engine),
    neighbours,
    async check() {
      await sql`select 1`.execute(db);
    },
    async close() {
      const patience = new AbortController();
      const tooLong = pause(closeWithinMs, undefined, { signal: patience.signal, ref: false }).catch(
        () => undefined,
      );
      await Promise.race([neighbours.close().then(() => db.destroy()), tooLong]);
      patience.abort();
    },
  };
}

/** On a connection of its own: a migration takes as long as it takes, and waits for that of another service. */
async function bringUpToDate(url: string): Promise<void> {
  const pool = new pg.Pool(connectionOptions(url));
  survive(pool);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await sql`select 1`.execute(db); // whether it answers at all is said first
    await migrate(db, 'postgres');
  } catch (error) {
    throw new StoreError(
      `The store in PostgreSQL at ${placeOf(url)} (DATABASE_URL) cannot be opened: ${reasonOf(error)}`,
      { cause: error },
    );
  } finally {
    await db.destroy();
  }
}

/**
 * What is at this address, for `npm run doctor`: the server's version, and whether it has our tables. Changes nothing.
 * Throws `StoreError`.
 */
export async function describePostgres(url: string): Promise<string> {
  const client = new pg.Client(connectionOptions(url));
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{
      version: string;
      is_new: boolean;
      is_ours: boolean;
      is_standby: boolean;
    }>(
      `select current_setting('server_version') as version, to_regclass('calls') is null as is_new,
        has_schema_privilege(current_schema(), 'create') as is_ours, pg_is_in_recovery() as is_standby`,
    );
    const [found] = rows;
    if (found?.is_standby === true) throw new Error('it is a standby, which cannot be written to');
    if (found?.is_ours !== true) throw new Error('this user may not make tables there');
    return `PostgreSQL ${found.version} at ${placeOf(url)} ${found.is_new ? 'is new' : 'opens'}`;
  } catch (error) {
    throw new StoreError(`PostgreSQL at ${placeOf(url)} (DATABASE_URL) cannot be used: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function createEngine(db: Db): Engine {
  const turns = new Turns();
  return {
    db,
    atomically: (key, work) => turns.take(key, () => untilItHolds(db, work)),
    atOneMoment: (work) =>
      db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
  };
}

/** Runs a SERIALIZABLE transaction, again and again while others come between. */
async function untilItHolds<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().setIsolationLevel('serializable').execute(work);
    } catch (error) {
      const { code } = error as { code?: string };
      if (attempt === tries || code === undefined || !conflicts.has(code)) throw error;
      await pause(Math.random() * pauseMs * 2 ** attempt);
    }
  }
}

/** Host and database of an address, without what opens it. */
function placeOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? host}${pathname}`;
}
