// The embedded store: one libsql file through Kysely, write-ahead log, every commit on disk before it is answered.
// One process a folder, held by a lock that the kernel lets go when the process dies, however it dies.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, sql, type LogEvent } from 'kysely';
import Database from 'libsql';
import { createCallStore } from './calls.ts';
import { createDeletionStore } from './deletions.ts';
import type { Engine } from './engine.ts';
import { reasonOf, StoreError } from './failure.ts';
import { createGroupStore } from './groups.ts';
import { LibsqlDialect } from './libsql-dialect.ts';
import { migrate } from './migrations.ts';
import { alone } from './neighbours.ts';
import { createInviteStore } from './invites.ts';
import { createKnockStore } from './knocks.ts';
import { createSessionStore } from './sessions.ts';
import type { Store } from './store.ts';
import type { Db, Tables } from './tables.ts';

export interface LibsqlOptions {
  /** Told of every statement, for tests. */
  readonly onQuery?: (event: LogEvent) => void;
  /** Set on the connection when everything is there, for tests: a small disk, a store that may not be written. */
  readonly pragmas?: readonly string[];
}

/** Opens (and creates or updates) the store in `folder`. Throws `StoreError`. */
export async function openLibsqlStore(
  folder: string,
  { onQuery, pragmas = [] }: LibsqlOptions = {},
): Promise<Store> {
  const unlock = lockFolder(folder);
  try {
    const database = new Database(join(folder, 'aparte.db'));
    // FULL: with a write-ahead log, NORMAL could lose the last commits when the machine (not the process) dies.
    for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON'])
      database.pragma(pragma);
    const db = new Kysely<Tables>({
      dialect: new LibsqlDialect(database),
      ...(onQuery ? { log: onQuery } : {}),
    });
    await migrate(db as Kysely<unknown>, 'libsql');
    for (const pragma of pragmas) database.pragma(pragma);
    const engine = createEngine(db);
    return {
      sessions: createSessionStore(db),
      groups: createGroupStore(engine),
      calls: createCallStore(engine),
      knocks: createKnockStore(engine),
      deletions: createDeletionStore(engine),
      invites: createInviteStore(engine),
      neighbours: alone,
      async check() {
        await sql`select 1`.execute(db);
      },
      async close() {
        await db.destroy();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw new StoreError(`The store in ${folder} cannot be opened: ${reasonOf(error)}`, { cause: error });
  }
}

/** One connection, one transaction at a time: nothing runs beside anything. */
function createEngine(db: Db): Engine {
  return {
    db,
    atomically: (_key, work) => db.transaction().execute(work),
    atOneMoment: (work) => db.transaction().setAccessMode('read only').execute(work),
  };
}

function lockFolder(folder: string): () => void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = new Database(join(folder, 'lock.db'), { timeout: 0 });
    lock.exec('begin exclusive');
    return () => {
      lock.close();
    };
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_BUSY') {
      throw new StoreError(
        `The folder ${folder} is used by another Aparté service: end it, or set APARTE_DATA.`,
      );
    }
    throw new StoreError(`The folder ${folder} cannot be written to: set APARTE_DATA to one that can.`, {
      cause: error,
    });
  }
}
