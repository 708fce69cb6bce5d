// A store of its own for each test: a folder, or a database. Which kind is said by the vitest project (vitest.config.ts), so that the
// same tests run on both.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import pg from 'pg';
import { openLibsqlStore, type LibsqlOptions } from '../store/libsql.ts';
import type { Kind } from '../store/migrations.ts';
import { openPostgresStore, type PostgresOptions } from '../store/postgres.ts';
import type { Store } from '../store/store.ts';

export const kind: Kind = process.env.APARTE_TEST_STORE === 'postgres' ? 'postgres' : 'libsql';

export type StoreOptions = LibsqlOptions & PostgresOptions;

export interface TestStore {
  /** A folder that is there for either kind. */
  readonly folder: string;
  /** The database's address; undefined for libsql. */
  readonly databaseUrl: string | undefined;
  open(options?: StoreOptions): Promise<Store>;
  /** Runs one statement of SQL past the store, on a connection of its own; gives the rows. */
  run(statement: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Deletes it; everything is closed before. */
  remove(): Promise<void>;
}

export async function createTestStore(): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), 'aparte-test-'));
  const removeFolder = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  if (kind === 'libsql') {
    return {
      folder,
      databaseUrl: undefined,
      open: (options) => openLibsqlStore(folder, options),
      run: (statement, values) => Promise.resolve(askFile(join(folder, 'aparte.db'), statement, values)),
      remove() {
        removeFolder();
        return Promise.resolve();
      },
    };
  }
  const name = `aparte_test_${randomBytes(6).toString('hex')}`;
  const server = process.env.APARTE_TEST_POSTGRES ?? '';
  await ask(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const databaseUrl = url.href;
  return {
    folder,
    databaseUrl,
    open: (options) => openPostgresStore(databaseUrl, options),
    run: (statement, values) => ask(databaseUrl, statement, values),
    async remove() {
      removeFolder();
      await ask(server, `drop database ${name} with (force)`);
    },
  };
}

async function ask(
  url: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** PostgreSQL's `$1` is `?1` here. */
function askFile(
  path: string,
  statement: string,
  values: readonly unknown[] = [],
): Record<string, unknown>[] {
  const database = new Database(path);
  try {
    const prepared = database.prepare(statement.replace(/\$(\d)/g, '?$1'));
    if (prepared.reader) return prepared.all([...values]) as Record<string, unknown>[];
    prepared.run([...values]);
    return [];
  } finally {
    database.close();
  }
}
