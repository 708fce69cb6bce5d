// libsql as Kysely speaks to it, with one care: a statement that another program's lock refuses stays open in the driver until JavaScript
// collects it (tursodatabase/libsql-js#237), and as long as it is open nothing on the connection is committed. So the lock is taken first,
// by `exec`, which leaves nothing open, and no statement ever meets a lock. Used by libsql.ts.
import {
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type TransactionSettings,
} from 'kysely';
import type Database from 'libsql';

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
    prepare(sql) {
      const statement = database.prepare(sql);
      if (/^\s*select\b/i.test(sql)) return statement;
      return {
        reader: statement.reader,
        all: (values) => alone(() => statement.all(values)),
        run: (values) => alone(() => statement.run(values)),
        iterate: (values) => statement.iterate(values),
      };
    },
  };
}

/** What is done at once, as a promise that tells its failure. */
function settled(work: () => void): Promise<void> {
  return new Promise((resolve) => {
    work();
    resolve();
  });
}
