// The way from every schema there ever was to the present one, with data in it, on both kinds of database.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import Database from 'libsql';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestStore, kind, type TestStore } from '../testing/stores.ts';
import { inWordsOf, migrate, migrations } from './migrations.ts';
import { onlyState } from './store.ts';

let testStore: TestStore;
beforeEach(async () => {
  testStore = await createTestStore();
});
afterEach(() => testStore.remove());

const names = Object.keys(migrations);

/** Makes the tables as the migration `to` left them. */
async function makeTables(to: string): Promise<void> {
  const { databaseUrl, folder } = testStore;
  const dialect =
    databaseUrl === undefined
      ? new SqliteDialect({ database: new Database(join(folder, 'aparte.db')) })
      : new PostgresDialect({ pool: new pg.Pool({ connectionString: databaseUrl }) });
  const db = new Kysely<unknown>({ dialect });
  await migrate(db, kind, to);
  await db.destroy();
}

/** Tables, columns and indexes, as the database itself describes them. */
async function schema(): Promise<unknown[]> {
  return testStore.run(
    kind === 'libsql'
      ? `select name, sql from sqlite_master where name not like '%kysely%' order by name`
      : `select table_name as name, column_name || ' ' || data_type || ' ' || is_nullable || coalesce(column_default, '') as sql
         from information_schema.columns where table_schema = 'public' and table_name not like '%kysely%'
         union all select indexname, indexdef from pg_indexes where schemaname = 'public' and indexname not like '%kysely%'
         order by name, sql`,
  );
}

/** A group of Ada and Ben with a running call of two entries: what each release could hold. */
const rows: readonly string[] = [
  `insert into sessions values ('hash', 'Ada', 2000)`,
  `insert into groups (group_id, owner, nonce, secret_version, version, sealed_name, door_hash)
    values ('group', 'Ada', 'nonce', 1, 3, 'sealed', 'door')`,
  `insert into members (group_id, identity, inbox_key, mac, signature, sealed_name, joined_at_ms)
    values ('group', 'Ada', 'inbox', 'mac', 'sig', 'ada', 1), ('group', 'Ben', 'inbox', 'mac', 'sig', 'ben', 2)`,
  `insert into calls (call_id, group_id, started_at_ms, generation, epoch, position, group_info, participants_version)
    values ('call', 'group', 1800000000000, 1, 1, 2, 'info', 2)`,
  `insert into places (call_id, livekit_identity, identity, state, deadline_ms, seq)
    values ('call', 'ada-1', 'Ada', 'present', 0, 1), ('call', 'ben-1', 'Ben', 'left', 0, 2)`,
  `insert into entries (call_id, position, kind, generation, epoch, message)
    values ('call', 1, 'open', 1, 0, ''), ('call', 2, 'commit', 1, 0, 'first')`,
];

/** In what was there before groups had a history. */
const removal = `insert into removals values ('group', 'Cid', 5, 'sig')`;

describe('migrations', () => {
  test.each(names)(
    'from %s, with data, to the present: all of it is there and can be worked with',
    async (name) => {
      await makeTables(name);
      for (const row of rows) await testStore.run(row);
      if (name < '0004-history') await testStore.run(removal);
      const store = await testStore.open();
      expect(await store.groups.readAs('group', 'Ben', { seen: null, most: 9 })).toMatchObject({
        ...{
          owner: 'Ada',
          version: 3,
          doorHash: 'door',
          historyVersion: 0,
          secretVersion: 1,
          nameVersion: 1,
        },
        members: [
          { identity: 'Ada', secretVersion: 1, nameVersion: 1, carriedMac: null, profileRevision: 0 },
          { identity: 'Ben', secretVersion: 1, nameVersion: 1, carriedMac: null, sealedFace: null },
        ],
      });
      expect(await store.groups.folded('group')).toMatchObject({ state: null });
      const profile = { sealedName: 'n', sealedFace: 'f', nameVersion: 1, profileRevision: 1 };
      const wished = { groupId: 'group', profile: { ...profile, profileSignature: 's' } };
      const picture = { hash: 'hash', sealed: 'picture' };
      expect(await store.groups.setProfile({ ...wished, identity: 'Ben', picture })).toBe('set');
      expect(await store.groups.pictureAs('group', 'Ada', 'hash')).toBe('picture');
      expect(await store.groups.history('group', 0)).toEqual({ version: 0, entries: [] });
      const author = {
        groupId: 'group',
        author: 'Ada',
        departing: [],
        admissions: null,
        closing: null,
        nowMs: 1,
      };
      const changed = {
        ...author,
        after: 0,
        entries: ['first'],
        state: 'state',
        rotation: null,
        profile: null,
      };
      expect(await store.groups.change(changed)).toEqual({ departed: [], answered: [] });
      expect(await store.sessions.findSession('hash', 1999)).toMatchObject({ identity: 'Ada' });
      const wish = { ...onlyState, after: 0, requestsSeen: -1 };
      expect(await store.calls.readAs('call', 'Ada', wish)).toMatchObject({
        ...{
          startedAtMs: 1_800_000_000_000,
          secretVersion: 1,
          generation: 1,
          epoch: 1,
          requests: [],
          requestsVersion: 0,
        },
        entries: [{ position: 1 }, { position: 2, message: 'first', welcome: null }],
      });
      const appended = await store.calls.append({
        ...{ callId: 'call', identity: 'Ada', kind: 'commit', generation: 1, epoch: 1, message: 'second' },
        ...{ groupInfo: 'info', welcome: null, after: 0, keptEntries: 10 },
      });
      expect(appended).toEqual({ outcome: 'accepted', position: 3, generation: 1, epoch: 2 });
      await store.close();

      const moved = await schema();
      const fresh = await createTestStore();
      await (await fresh.open()).close();
      const old = testStore;
      testStore = fresh;
      expect(moved).toEqual(await schema());
      expect(moved.length).toBeGreaterThan(15);
      await old.remove();
    },
  );

  test('two services that start at the same moment on a new store bring it up to date once', async () => {
    if (kind === 'libsql') {
      // One service a folder: the second is refused, the first goes on.
      const [first, second] = await Promise.allSettled([testStore.open(), testStore.open()]);
      expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
      for (const one of [first, second]) if (one.status === 'fulfilled') await one.value.close();
      return;
    }
    const stores = await Promise.all([testStore.open(), testStore.open(), testStore.open()]);
    for (const store of stores) await store.check();
    for (const store of stores) await store.close();
    expect(await testStore.run('select name from kysely_migration order by name')).toEqual(
      names.map((name) => ({ name })),
    );
  });

  test('a store of a newer release is refused in one line, and left as it is', async () => {
    await makeTables(names.at(-1) ?? '');
    await testStore.run(`insert into kysely_migration values ('9999-later', '2030-01-01')`);
    const before = await schema();
    await expect(testStore.open()).rejects.toThrow(/cannot be opened: .*brought up to date[^\n]*9999-later/);
    expect(await schema()).toEqual(before);
  });

  test('none was edited after it was released', () => {
    const hashes = Object.entries(migrations).map(([name, statements]) => {
      const hash = createHash('sha256');
      for (const statement of statements) hash.update(inWordsOf(kind, statement).replace(/\s+/g, ' ') + ';');
      return `${name} ${hash.digest('hex').slice(0, 16)}`;
    });
    expect(hashes).toEqual(released[kind]);
  });
});

const swept = '0003-swept-calls ab5570d91ab661e1';
const released = {
  libsql: [
    '0001-first 44bb0266667fa731',
    '0002-join-requests dc6cc4734e6943c4',
    swept,
    '0004-history a23a05629b3990ce',
    '0005-knocks d6613d495924bcb5',
    '0006-profiles f000f56b313e1ff9',
    '0007-invites 8221637216830cad',
    '0008-deletions 83c3cb289eb05731',
    '0009-place-ids fdd5a2e6c8bad655',
  ],
  postgres: [
    '0001-first 9881ad5a47860d11',
    '0002-join-requests 717fecb7d8172e24',
    swept,
    '0004-history fcf12c60ec1270db',
    '0005-knocks 66023c0ae336610a',
    '0006-profiles 6e35091e77f02e86',
    '0007-invites f7186f56c9e14e4d',
    '0008-deletions 12f906e261a516a1',
    '0009-place-ids 60a0b131cc13d8e0',
  ],
};
