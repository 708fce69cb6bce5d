// Every query of the store has its index: each statement of a group's and a call's whole life is explained by the database itself, and
// none may read a table from one end to the other. On both kinds of database.
import type { LogEvent } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestStore, kind, type TestStore } from '../testing/stores.ts';
import { onlyState, type MemberRow, type Store } from './store.ts';

const limits = { membersPerGroup: 100, groupsPerIdentity: 100 };
const nowMs = 1_800_000_000_000;

/** Indexes that hold only what these statements ask for: they read them whole, on purpose. */
const wholeIndexes: readonly (readonly [index: string, statement: RegExp])[] = [
  ['calls_live', /^select count\(\*\) as "n" from "calls" where "ended_at_ms" is null$/],
  ['calls_undeleted', /^select \* from "calls" where "room_deleted" = \S+$/],
  ['places_active', /^select count\(\*\) as "n" from "places" where "state" <> \S+$/],
];

let testStore: TestStore;
let asked: Map<string, readonly unknown[]>;
beforeEach(async () => {
  testStore = await createTestStore();
  asked = new Map();
});
afterEach(() => testStore.remove());

const member = (identity: string): MemberRow => ({
  ...{
    identity,
    inboxKey: 'inbox',
    mac: 'mac',
    signature: 'signature',
    sealedName: 'name',
    secretVersion: 1,
  },
  ...{ sealedFace: 'face', nameVersion: 1, profileRevision: 1, profileSignature: 'signature' },
  joinedAtMs: nowMs,
});

/** Asks the store everything that it can be asked. */
async function live({ sessions, groups, calls, knocks, invites, deletions }: Store): Promise<void> {
  const session = { identity: 'Ada', expiresAtMs: nowMs + 1 };
  await sessions.addChallenge({ hash: 'hash', ...session });
  await sessions.takeChallenge('hash', 'Ada', nowMs);
  await sessions.addSession({ tokenHash: 'hash', ...session });
  await sessions.findSession('hash', nowMs);
  await sessions.deleteSession('hash');
  await sessions.prune(nowMs);

  const head = {
    groupId: 'group',
    owner: 'Ada',
    nonce: 'n',
    secretVersion: 1,
    sealedName: 's',
    doorHash: 'd',
  };
  for (let again = 0; again < 2; again += 1) await groups.create(head, member('Ada'), limits);
  const joining = { groupId: 'group', historyVersion: 0, change: null, limits };
  for (const identity of ['Ben', 'Cid']) await groups.addMember({ ...joining, member: member(identity) });
  const comeback = { after: 0, entries: ['e'], state: 's' };
  await groups.addMember({ ...joining, member: member('Dan'), change: comeback });
  const knock = {
    ...{ groupId: 'group', historyVersion: 1, change: null, nowMs, untilMs: nowMs + 9 },
    limits: { ...limits, perGroup: 9, perIdentity: 9 },
  };
  for (const identity of ['Eve', 'Eve', 'Fay', 'Gil'])
    await knocks.knock({ ...knock, member: member(identity) });
  await knocks.find('group', 'Eve', nowMs);
  await knocks.waiting('group', nowMs);
  await knocks.withdraw('group', 'Fay');
  await knocks.decline('group', 'Gil', nowMs + 1);
  await knocks.prune(nowMs + 2);
  const invite = {
    ...{ groupId: 'group', doorHash: 'h', madeBy: 'Ada', madeAtMs: nowMs, expiresAtMs: nowMs + 9, uses: 2 },
    ...{ sealedName: 's', sealedInvite: 'i', secretVersion: 1, sealedSecret: 's', most: 9 },
  };
  for (const doorHash of ['h', 'h', 'i']) await invites.make({ ...invite, doorHash });
  await invites.list('group', nowMs);
  await invites.find('group', 'h', nowMs);
  for (const identity of ['Zoe', 'Zoe'])
    await invites.take({ groupId: 'group', doorHash: 'h', identity, nowMs });
  for (const madeBy of ['Ada', null]) await invites.revoke('group', 'h', madeBy);
  await invites.prune(nowMs);
  await groups.head('group');
  await groups.memberCount('group');
  await groups.isMember('group', 'Ada');
  await groups.folded('group');
  for (const seen of [null, 9]) await groups.readAs('group', 'Ada', { seen, most: 2 });
  for (const after of ['', 'Ada']) await groups.membersAs('group', 'Ada', { after, most: 2 });
  const profile = { sealedName: 's', sealedFace: 'f', nameVersion: 1, profileSignature: 's' };
  for (const picture of [{ hash: 'h', sealed: 'p' }, null, undefined])
    for (const profileRevision of [2, 1])
      await groups.setProfile({
        ...{ groupId: 'group', identity: 'Ada', picture },
        profile: { ...profile, profileRevision: profileRevision + (picture === null ? 1 : 0) },
      });
  await groups.pictureAs('group', 'Ada', 'h');
  await groups.pictureOfGroup('group');
  await groups.groupsOf('Ada');
  await groups.membersOf('group');

  const seat = (identity: string, place: string) => ({
    ...{ groupId: 'group', identity, livekitIdentity: place, newCallId: 'call', nowMs },
    ...{ placeId: place, deadlineMs: nowMs + 1, maxParticipants: 10 },
  });
  for (const [who, place] of [
    ['Ada', 'ada-1'],
    ['Ada', 'ada-2'],
    ['Ben', 'ben-1'],
    ['Cid', 'cid-1'],
    ['Cid', 'cid-1'],
  ] as const)
    await calls.join(seat(who, place));
  const callId = 'call';
  await calls.renew(callId, 'Ada', { livekitIdentity: 'ada-2', deadlineMs: nowMs + 2 });
  const entry = {
    callId,
    identity: 'Ada',
    generation: 1,
    epoch: 0,
    groupInfo: 'i',
    after: 0,
    keptEntries: 9,
  };
  await calls.append({ ...entry, kind: 'open', message: '', welcome: null });
  for (const [identity, livekitIdentity] of [
    ['Ben', 'ben-1'],
    ['Cid', 'cid-1'],
  ] as const)
    await calls.request({ callId, identity, livekitIdentity, generation: 1, message: 'ask' });
  const welcome = { message: 'welcome', to: ['ben-1'] };
  await calls.append({ ...entry, kind: 'commit', message: 'm', welcome });
  await calls.append({ ...entry, kind: 'commit', message: 'm', welcome: null });
  await calls.readAs(callId, 'Ada', { after: 0, withWelcomes: true, requestsSeen: 0 });
  await calls.readAs(callId, 'Ada', { ...onlyState, after: 0 });
  await calls.withdraw(callId, 'Cid', 'cid-1');
  await calls.liveOf('group');
  await calls.open();
  await calls.places(callId);
  await calls.counts();
  await calls.applyChanges(
    callId,
    { present: ['ada-2'], away: [{ livekitIdentity: 'ben-1', deadlineMs: nowMs }], left: ['ben-1'] },
    nowMs,
  );
  const shares = ['Ada', 'Dan'].map((identity) => ({ identity, sealedSecret: 's', carriedMac: 'm' }));
  const changing = {
    groupId: 'group',
    author: 'Ada',
    state: 's',
    nowMs,
    departing: [],
    rotation: null,
    profile: null,
  };
  await groups.change({
    ...{ ...changing, after: 1, entries: ['a'], closing: null },
    admissions: { identities: ['Eve'], membersPerGroup: 9 },
  });
  await groups.change({
    ...{ ...changing, after: 2, entries: ['p'], admissions: null },
    closing: { mayStay: (identity) => identity !== 'Eve', knocksUntilMs: nowMs + 9, mostKnocks: 9 },
  });
  await groups.change({
    ...{ ...changing, after: 3, entries: ['r', 'r', 'k'], admissions: null, closing: null },
    ...{ departing: ['Ben', 'Cid', 'Nobody'] },
    rotation: {
      ...{ secretVersion: 2, doorHash: 'd', sealedName: 's', previousSeal: 'p', shares },
      mayStay: () => true,
    },
    profile: { sealedName: 's', sealedFace: 'f', nameVersion: 2, picture: { hash: 'h', sealed: 'p' } },
  });
  await groups.history('group', 0);
  for (const before of [null, 9]) await groups.rotationsAs('group', 'Ada', { after: 0, before });
  await calls.leave(callId, 'Ada', { livekitIdentity: 'ada-2', nowMs, isUndone: true });
  await calls.markRoomDeleted(callId);
  await calls.prune(nowMs + 1);
  await calls.join(seat('Ada', 'ada-3'));
  await deletions.roomsOf('group');
  const deletion = { groupId: 'group', author: 'Ada', version: 6, head: 'h', signature: 's', untilMs: nowMs };
  expect(await deletions.delete(deletion)).toMatchObject({ members: ['Ada', 'Dan'] });
  await deletions.find('group', nowMs);
  await deletions.prune(nowMs);
}

/** The lines of a plan that read more of a table than the query asks for. */
async function wasteful(statement: string, values: readonly unknown[]): Promise<string[]> {
  const whole = wholeIndexes.find(([, pattern]) => pattern.test(statement))?.[0];
  if (kind === 'libsql') {
    const lines = (await testStore.run(`explain query plan ${statement}`, values)).map(({ detail }) =>
      String(detail),
    );
    return lines.filter(
      (line) =>
        /^SCAN (?!\d+ CONSTANT ROWS?$)/.test(line) && (whole === undefined || !line.endsWith(` ${whole}`)),
    );
  }
  const first = await firstColumns();
  const lines = (await testStore.run(`explain ${statement}`, values)).map((row) => String(row['QUERY PLAN']));
  return lines.filter((line, index) => {
    if (line.includes('Seq Scan')) return true;
    const [, name] = /Index (?:Only )?Scan (?:Backward )?(?:using|on) (\w+)/.exec(line) ?? [];
    if (name === undefined || name === whole) return false;
    // A condition on later columns alone reads the index from end to end.
    const condition = /Index Cond: (.*)/.exec(lines[index + 1] ?? '')?.[1] ?? '';
    return !new RegExp(`\\b${first.get(name) ?? ''}\\b`).test(condition);
  });
}

/** The first column of each index of PostgreSQL. */
async function firstColumns(): Promise<Map<unknown, string>> {
  const rows = await testStore.run(
    `select c.relname as name, a.attname as first from pg_index i join pg_class c on c.oid = i.indexrelid
      join pg_attribute a on a.attrelid = i.indexrelid and a.attnum = 1`,
  );
  return new Map(rows.map(({ name, first }) => [name, String(first)]));
}

async function explainAll(): Promise<string[]> {
  const bad: string[] = [];
  for (const [statement, values] of asked) {
    for (const line of await wasteful(statement, values)) bad.push(`${line.trim()}: ${statement}`);
  }
  return bad;
}

/** As the store's own connections have it (postgres.ts): then a plan reads a table whole only where no index can be used. */
async function withoutWholeTables(): Promise<void> {
  if (testStore.databaseUrl === undefined) return;
  const database = new URL(testStore.databaseUrl).pathname.slice(1);
  await testStore.run(`alter database ${database} set enable_seqscan = off`);
}

test('no query of the store reads a table from end to end', async () => {
  let isListening = false;
  const onQuery = ({ query }: LogEvent): void => {
    if (isListening && /^(select|insert|update|delete|with)\b/.test(query.sql))
      asked.set(query.sql, query.parameters);
  };
  const store = await testStore.open({ onQuery });
  isListening = true;
  await live(store);
  await store.close();
  expect(asked.size).toBeGreaterThan(50);
  await withoutWholeTables();
  expect(await explainAll()).toEqual([]);
});

test('this test sees a query without an index', async () => {
  await (await testStore.open()).close();
  await withoutWholeTables();
  for (const index of ['members_identity', 'calls_ended']) await testStore.run(`drop index ${index}`);
  asked.set(`select group_id from members where identity = $1`, ['Ada']);
  asked.set(`delete from calls where ended_at_ms < $1`, [5]);
  asked.set(`select identity from members where group_id = $1`, ['group']);
  expect(await explainAll()).toHaveLength(2);
});
