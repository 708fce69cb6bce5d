import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLibsqlStore } from './libsql.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aparte-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const session = { tokenHash: 'hash', identity: 'Ada', expiresAtMs: 1000 };
const group = {
  ...{ groupId: 'group', owner: 'Ada', nonce: 'nonce', secretVersion: 1, sealedName: 'group' },
  doorHash: 'door',
};
const member = {
  ...{ identity: 'Ada', inboxKey: 'inbox', mac: 'mac', signature: 'signature', sealedName: 'name' },
  ...{ secretVersion: 1, joinedAtMs: 0, nameVersion: 1 },
  ...{ sealedFace: 'face', profileRevision: 1, profileSignature: 'signature' },
};
const leaving = {
  ...{ groupId: 'group', author: 'Ada', after: 0, entries: ['departure'], state: 'state' },
  ...{ departing: ['Ada'], rotation: null, profile: null, admissions: null, closing: null, nowMs: 0 },
};
const limits = { membersPerGroup: 5, groupsPerIdentity: 3 };

describe('the embedded store', () => {
  test('keeps what was written, over a close and a new start', async () => {
    const first = await openLibsqlStore(join(folder, 'made', 'on', 'the', 'way'));
    await first.sessions.addSession(session);
    await first.close();
    const second = await openLibsqlStore(join(folder, 'made', 'on', 'the', 'way'));
    expect(await second.sessions.findSession('hash', 999)).toEqual({ identity: 'Ada', expiresAtMs: 1000 });
    await second.close();
  });

  test('syncs every commit, with a write-ahead log', async () => {
    const store = await openLibsqlStore(folder);
    await store.sessions.addSession(session);
    const reader = new Database(join(folder, 'aparte.db'));
    expect(reader.pragma('journal_mode', { simple: false })).toEqual([{ journal_mode: 'wal' }]);
    // Another connection sees the commit at once: it can be copied while the service runs (docs/operating.md, backup).
    expect(reader.prepare('select identity from sessions').all()).toEqual([{ identity: 'Ada' }]);
    reader.close();
    await store.close();
  });

  test('one service a folder: the second is told which variable to set', async () => {
    const store = await openLibsqlStore(folder);
    await expect(openLibsqlStore(folder)).rejects.toThrow(/is used by another Aparté service.*APARTE_DATA/);
    await store.sessions.addSession(session);
    await store.close();
    await (await openLibsqlStore(folder)).close();
  });

  test('a lock of another program refuses, and leaves nothing behind: what is accepted then is on disk', async () => {
    const store = await openLibsqlStore(folder);
    await store.groups.create(group, member, limits);
    const holder = new Database(join(folder, 'aparte.db'));
    holder.exec('begin immediate');
    const locked = { code: 'SQLITE_BUSY' };
    await expect(store.sessions.addSession(session)).rejects.toMatchObject(locked);
    await expect(store.sessions.takeChallenge('hash', 'Ada', 0)).rejects.toMatchObject(locked);
    await expect(store.groups.change(leaving)).rejects.toMatchObject(locked);
    expect(await store.groups.readAs('group', 'Ada', { seen: null, most: 9 })).toMatchObject({ version: 1 });
    holder.exec('rollback');
    await store.sessions.addSession(session);
    // Seen from outside, so committed.
    expect(holder.prepare('select identity from sessions').all([])).toEqual([{ identity: 'Ada' }]);
    expect(await store.groups.change(leaving)).toMatchObject({ departed: [{ identity: 'Ada', left: null }] });
    expect(holder.prepare('select version from groups').all([])).toEqual([{ version: 2 }]);
    holder.close();
    await store.close();
  });

  test('a folder that cannot be used, and a file that is no store, are one line each', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(openLibsqlStore(file)).rejects.toThrow(
      /^The folder .* cannot be written to: set APARTE_DATA/,
    );
    writeFileSync(
      join(folder, 'aparte.db'),
      'not a database, and longer than a header of one hundred bytes'.repeat(9),
    );
    const error = await openLibsqlStore(folder).catch((one: unknown) => one as Error);
    expect((error as Error).message).toMatch(/^The store in .* cannot be opened: [^\n]+$/);
    // The lock is free again: the same folder can be used once it is mended.
    rmSync(join(folder, 'aparte.db'));
    await (await openLibsqlStore(folder)).close();
  });

  test('the folder it makes is for its owner only', async () => {
    const made = join(folder, 'data');
    await (await openLibsqlStore(made)).close();
    chmodSync(made, 0o700); // throws if it is not ours
    const { statSync } = await import('node:fs');
    expect(statSync(made).mode & 0o077).toBe(0);
  });

  test('a migration that fails leaves nothing of itself behind', async () => {
    // A table of the first migration is there already, so that the migration stops in the middle.
    const database = new Database(join(folder, 'aparte.db'));
    database.exec('create table places (something text)');
    database.close();
    await expect(openLibsqlStore(folder)).rejects.toThrow(/brought up to date: 0001-first/);
    const after = new Database(join(folder, 'aparte.db'));
    const names = after
      .prepare("select name from sqlite_master where type = 'table' and name not like '%kysely%'")
      .all([]);
    expect(names).toEqual([{ name: 'places' }]);
    after.close();
  });

  test('[T3] what has expired is deleted, and nothing else', async () => {
    const store = await openLibsqlStore(folder);
    await store.sessions.addSession(session);
    await store.sessions.addSession({ ...session, tokenHash: 'later', expiresAtMs: 2000 });
    await store.sessions.addChallenge({ hash: 'old', identity: 'Ada', expiresAtMs: 1000 });
    await store.sessions.addChallenge({ hash: 'new', identity: 'Ada', expiresAtMs: 2000 });
    await store.sessions.prune(1000);
    const reader = new Database(join(folder, 'aparte.db'));
    expect(reader.prepare('select token_hash from sessions').all([])).toEqual([{ token_hash: 'later' }]);
    expect(reader.prepare('select hash from challenges').all([])).toEqual([{ hash: 'new' }]);
    reader.close();
    await store.close();
  });
});
