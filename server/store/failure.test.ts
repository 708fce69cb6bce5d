// A store that is full, locked or read-only: the service says so, stays up, and goes on when it is mended. On both kinds of database.
import { join } from 'node:path';
import Database from 'libsql';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Harness } from '../testing/harness.ts';
import type { Draft, Person } from '../testing/people.ts';
import { kind, type StoreOptions } from '../testing/stores.ts';
import { storeFailureOf, type StoreFailure } from './failure.ts';

let harness: Harness;
let ada: Person;
let group: Draft;
beforeEach(async () => {
  harness = await Harness.start();
  ada = await harness.person('Ada');
  group = await harness.group(ada);
});
afterEach(() => harness.close());

const database = (): string => new URL(harness.testStore.databaseUrl ?? 'postgres:///x').pathname.slice(1);

/** The same store again, as `options` have it. */
async function reopen(options: StoreOptions = {}): Promise<void> {
  await harness.shut();
  await harness.open(options);
}

/** How each kind of database gets into that state, for real; gives the way out. */
const breaks: Readonly<Record<Exclude<StoreFailure, 'unreachable'>, () => Promise<() => Promise<void>>>> = {
  async full() {
    if (kind === 'libsql') {
      // SQLite's own limit: no page more than there are.
      await reopen({ pragmas: ['max_page_count = 1'] });
      return () => reopen();
    }
    // PostgreSQL's own error of a full disk, raised where a row would be written.
    await harness.testStore.run(
      `create function no_room() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
    );
    await harness.testStore.run(
      `create trigger full_disk before insert on challenges for each row execute function no_room()`,
    );
    return async () => {
      await harness.testStore.run(`drop trigger full_disk on challenges`);
    };
  },
  async read_only() {
    if (kind === 'libsql') {
      await reopen({ pragmas: ['query_only = on'] });
      return () => reopen();
    }
    const set = `alter database ${database()}`;
    await harness.testStore.run(`${set} set default_transaction_read_only = on`);
    await harness.testStore.run(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    // From here on every connection is a new one.
    const read = () => harness.ask('GET', `/api/groups/${group.groupId}`, { by: ada });
    await expect.poll(async () => [(await read()).status, (await read()).status]).toEqual([200, 200]);
    return () => mendReadOnly(set);
  },
  async locked() {
    if (kind === 'libsql') {
      const holder = new Database(join(harness.testStore.folder, 'aparte.db'));
      holder.exec('begin immediate');
      return () => {
        holder.exec('rollback');
        holder.close();
        return Promise.resolve();
      };
    }
    await reopen({ patienceMs: 1_000 });
    const holder = new pg.Client({ connectionString: harness.testStore.databaseUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('lock table challenges in exclusive mode');
    return async () => {
      await holder.end();
    };
  },
};

/** From a connection that may write all the same. */
async function mendReadOnly(set: string): Promise<void> {
  const client = new pg.Client({
    connectionString: harness.testStore.databaseUrl,
    options: '-c default_transaction_read_only=off',
  });
  await client.connect();
  await client.query(`${set} reset default_transaction_read_only`);
  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`);
  await client.end();
}

/** Asks for challenges until one is refused: where there is no room, the last page has room for a few. */
async function refusal(): Promise<{ code: string; retryAfter: unknown }> {
  for (let count = 0; count < 400; count += 1) {
    const { status, body, headers } = await harness.ask<{ error?: { code: string } }>(
      'POST',
      '/api/sessions/challenge',
      { body: { identity: ada.identity } },
    );
    if (status !== 201) return { code: body.error?.code ?? '', retryAfter: headers['retry-after'] };
  }
  throw new Error('nothing was refused');
}

describe('a store that cannot be written', () => {
  test.each(Object.keys(breaks) as (keyof typeof breaks)[])(
    '%s: a clear error, the service stays up, and goes on',
    async (failure) => {
      const mend = await breaks[failure]();
      harness.logLines.length = 0;
      expect(await refusal()).toEqual({ code: 'store_unavailable', retryAfter: '2' });
      const said = harness.logLines.filter((line) => line.includes('the store failed'));
      expect(said.map((line) => (JSON.parse(line) as { store: string }).store)).toEqual([failure]);
      expect((await harness.ask('GET', '/healthz')).status).toBe(200);
      expect(await harness.refusal('GET', `/api/groups/${group.groupId}`, { by: ada })).toBe('200');
      await mend();
      await expect.poll(() => harness.login(ada).then(() => 'in', String)).toBe('in');
      const { status } = await harness.ask('GET', `/api/groups/${group.groupId}`, { by: ada });
      expect(status).toBe(200);
    },
  );

  test('what is the service’s own fault is not put on the store', () => {
    for (const code of ['SQLITE_CONSTRAINT_UNIQUE', '23505', '42703', '22003', undefined])
      expect(storeFailureOf(Object.assign(new Error('x'), { code }))).toBeUndefined();
    expect(storeFailureOf(Object.assign(new Error('x'), { code: '57P01' }))).toBe('unreachable');
    expect(storeFailureOf(new Error('Connection terminated unexpectedly'))).toBe('unreachable');
    expect(storeFailureOf(null)).toBeUndefined();
  });
});
