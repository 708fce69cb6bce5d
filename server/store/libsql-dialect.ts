// libsql as Kysely speaks to it, with one care: a statement that another program's lock refuses stays open in the driver until JavaScript
// collects it (tursodatabase/libsql-js#237), and as long as it is open nothing on the connection is committed. So the lock is taken first,
// by `exec`, which leaves nothing open, and no statement ever meets a lock. Used by libsql.ts.
import {
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type SqliteStatement,
  type TransactionSettings,
} from 'kysely';
import type Database from 'libsql';

/** More than the store has. */
const mostStatements = 200;

export class LibsqlDialect extends SqliteDialect {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): SqliteDriver {
    return new LibsqlDriver(this.#database);
  }

  /** SQLite rolls back DDL as well; Kysely's own adapter does not count on it, and would leave half a migration behind. */
  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true;
      }
    })();
  }
}

class LibsqlDriver extends SqliteDriver {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    super({ database: lockedFirst(database) });
    this.#database = database;
  }

  /** Who only reads is not stopped by somebody else's lock. */
  override async beginTransaction(
    _connection: DatabaseConnection,
    { accessMode }: Partial<TransactionSettings> = {},
  ): Promise<void> {
    await settled(() => this.#database.exec(accessMode === 'read only' ? 'begin' : 'begin immediate'));
  }

  override async commitTransaction(): Promise<void> {
    await settled(() => this.#database.exec('commit'));
  }

  override async rollbackTransaction(): Promise<void> {
    await settled(() => {
      if (this.#database.inTransaction) this.#database.exec('rollback');
    });
  }
}

/** A write outside of a transaction gets one of its own, that begins with the lock. */
function lockedFirst(database: Database.Database): SqliteDatabase {
  const isInTransaction = (): boolean => database.inTransaction;
  const alone = <T>(write: () => T): T => {
    if (isInTransaction()) return write();
    database.exec('begin immediate');
    try {
      const result = write();
      database.exec('commit');
      return result;
    } catch (error) {
      // After some failures (a full disk) SQLite has rolled back by itself.
      if (isInTransaction()) database.exec('rollback');
      throw error;
    }
  };
  return {
    close: () => {
      database.close();
    },
    prepare: remembered((sql) => {
      const statement = database.prepare(sql);
      const { reader } = statement;
      const isRead = /^\s*select\b/i.test(sql);
      const run = <T>(work: () => T): T => (isRead ? work() : alone(work));
      return {
        reader,
        all: (values) => run(() => statement.all(values)),
        run: (values) => run(() => statement.run(values)),
        iterate: (values) => statement.iterate(values),
      };
    }),
  };
}

/** The same few statements come again and again: to prepare one takes longer than to run it. */
function remembered(prepare: SqliteDatabase['prepare']): SqliteDatabase['prepare'] {
  const known = new Map<string, SqliteStatement>();
  return (sql) => {
    const statement = known.get(sql) ?? prepare(sql);
    // Lists of values make statements without end: the one that was not asked for longest goes.
    known.delete(sql);
    known.set(sql, statement);
    if (known.size > mostStatements) known.delete(known.keys().next().value as string);
    return statement;
  };
}

/** What is done at once, as a promise that tells its failure. */
function settled(work: () => void): Promise<void> {
  return new Promise((resolve) => {
    work();
    resolve();
  });
}
