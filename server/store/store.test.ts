// What the store promises to everything above it, on both kinds of database (vitest.config.ts runs it twice). What the service makes
// of it is in server/calls and server/groups.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomText } from '../testing/people.ts';
import { createTestStore, kind, type TestStore } from '../testing/stores.ts';
import {
  onlyState,
  type AppendWish,
  type ChangeWish,
  type GroupLimits,
  type MemberRow,
  type Store,
} from './store.ts';

const limits = { membersPerGroup: 5, groupsPerIdentity: 3 };
const nowMs = 1_800_000_000_000;
const all = { seen: null, most: 100 };

let testStore: TestStore;
let store: Store;
/** As another service on the same data has it; libsql has one service only. */
let other: Store;
beforeEach(async () => {
  testStore = await createTestStore();
  await open();
});
afterEach(async () => {
  await close();
  await testStore.remove();
});

async function open(): Promise<void> {
  store = await testStore.open();
  other = kind === 'postgres' ? await testStore.open() : store;
}
async function close(): Promise<void> {
  await store.close();
  if (other !== store) await other.close();
}
/** One service, then the other. */
const inTurn = (index: number): Store => (index % 2 === 0 ? store : other);

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
const head = (groupId: string, owner: string) => ({
  ...{ groupId, owner, nonce: 'nonce', secretVersion: 1, sealedName: 'group', doorHash: 'door' },
});
const joining = (groupId: string, identity: string, given: GroupLimits = limits) => ({
  ...{ groupId, member: member(identity), historyVersion: 0, change: null, limits: given },
});
const change = (wish: Partial<ChangeWish> = {}): ChangeWish => ({
  ...{ groupId: 'group', author: 'Ada', after: 0, entries: [randomText(9)], state: randomText(9) },
  ...{ departing: [], rotation: null, profile: null, admissions: null, closing: null, nowMs },
  ...wish,
});
const rotation = (secretVersion: number, ...remaining: readonly string[]) => ({
  ...{ secretVersion, doorHash: `door ${secretVersion}`, sealedName: `group ${secretVersion}` },
  previousSeal: `keys of ${secretVersion - 1}`,
  shares: remaining.map((identity) => ({
    identity,
    sealedSecret: `secret ${secretVersion} for ${identity}`,
    carriedMac: `mac ${secretVersion} of ${identity}`,
  })),
  mayStay: () => true,
});
const seat = (groupId: string, identity: string) => ({
  ...{ groupId, identity, livekitIdentity: `${identity}-${randomText(6)}`, newCallId: randomText(16) },
  ...{ placeId: randomText(16), nowMs, deadlineMs: nowMs + 30_000, maxParticipants: 50 },
});
const entry = (callId: string, identity: string, change: Partial<AppendWish> = {}): AppendWish => ({
  ...{ callId, identity, kind: 'commit', generation: 1, epoch: 0, message: randomText(30) },
  ...{ groupInfo: randomText(30), welcome: null, after: 0, keptEntries: 4096 },
  ...change,
});

/** A group of Ada and others, with a call that all of them are in, opened. */
async function call(...others: readonly string[]): Promise<string> {
  expect(
    await store.groups.create(head('group', 'Ada'), member('Ada'), { ...limits, membersPerGroup: 100 }),
  ).toBe('created');
  for (const other of others) {
    await store.groups.addMember(joining('group', other, { ...limits, membersPerGroup: 100 }));
  }
  const joined = await Promise.all(
    ['Ada', ...others].map((who, index) => inTurn(index).calls.join(seat('group', who))),
  );
  const callIds = new Set(joined.map((one) => (typeof one === 'string' ? one : one.call.callId)));
  expect(callIds.size).toBe(1);
  const [callId = ''] = callIds;
  const opened = await store.calls.append(entry(callId, 'Ada', { kind: 'open', message: '' }));
  expect(opened).toEqual({ outcome: 'accepted', position: 1, generation: 1, epoch: 0 });
  return callId;
}

describe('the store', () => {
  test('keeps what was written over a close and a new start, with numbers as numbers', async () => {
    const callId = await call('Ben');
    await store.sessions.addSession({ tokenHash: 'hash', identity: 'Ada', expiresAtMs: nowMs });
    const before = [
      await store.groups.readAs('group', 'Ben', all),
      await store.calls.readAs(callId, 'Ben', { ...onlyState, after: 0, requestsSeen: -1 }),
      await store.calls.counts(),
    ];
    await close();
    await open();
    const after = [
      await store.groups.readAs('group', 'Ben', all),
      await store.calls.readAs(callId, 'Ben', { ...onlyState, after: 0, requestsSeen: -1 }),
      await store.calls.counts(),
    ];
    expect(after).toEqual(before);
    expect(after[2]).toEqual({ calls: 1, places: 2 });
    expect(before[1]).toMatchObject({ startedAtMs: nowMs, endedAtMs: null, position: 1, epoch: 0 });
    expect(await store.sessions.findSession('hash', nowMs - 1)).toEqual({
      identity: 'Ada',
      expiresAtMs: nowMs,
    });
  });

  test('[T3] a challenge is taken once, however many ask at the same moment', async () => {
    await store.sessions.addChallenge({ hash: 'one', identity: 'Ada', expiresAtMs: nowMs + 1 });
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, index) => inTurn(index).sessions.takeChallenge('one', 'Ada', nowMs)),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  test('everybody who starts a call at the same moment is in the same one', async () => {
    const people = Array.from({ length: 12 }, (_, index) => `person-${index}`);
    const callId = await call(...people);
    expect(await store.calls.places(callId)).toHaveLength(13);
    expect((await store.calls.open()).live).toMatchObject([{ callId, participantsVersion: 13 }]);
  });

  test('one place an identity, though all its tabs join at the same moment', async () => {
    await store.groups.create(head('group', 'Ada'), member('Ada'), limits);
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => inTurn(index).calls.join(seat('group', 'Ada'))),
    );
    const live = await store.calls.liveOf('group');
    expect(live?.places.map(({ identity }) => identity)).toEqual(['Ada']);
  });

  test('[D1] [D2] of racing commits exactly one wins each epoch, and the log has no gap', async () => {
    const people = ['Ben', 'Cid', 'Dan', 'Eve', 'Fay'];
    const callId = await call(...people);
    for (let epoch = 0; epoch < 5; epoch += 1) {
      const outcomes = await Promise.all(
        people.map((who, index) => inTurn(index).calls.append(entry(callId, who, { epoch }))),
      );
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(
        ['accepted', ...people.slice(1).map(() => 'conflict')].sort(),
      );
    }
    const view = await store.calls.readAs(callId, 'Ada', { ...onlyState, after: 0 });
    if (typeof view === 'string') throw new Error(view);
    expect(view.entries.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6]);
    expect([view.position, view.epoch]).toEqual([6, 5]);
  });

  test('limits hold though many come at the same moment', async () => {
    await store.groups.create(head('group', 'Ada'), member('Ada'), limits);
    const added = await Promise.all(
      Array.from({ length: 12 }, (_, index) => inTurn(index).groups.addMember(joining('group', `p${index}`))),
    );
    expect(added.filter((one) => one === 'added')).toHaveLength(limits.membersPerGroup - 1);
    // The groups of one identity are counted over groups: work on each takes turns of its own.
    const made = await Promise.all(
      Array.from({ length: 9 }, (_, index) =>
        inTurn(index).groups.create(head(`g${index}`, 'Zoe'), member('Zoe'), limits),
      ),
    );
    expect(made.filter((one) => one === 'created')).toHaveLength(limits.groupsPerIdentity);
  });

  test('[L4] a removal and a join at the same moment: who is removed has no place', async () => {
    const callId = await call('Ben');
    await Promise.all([
      store.calls.join(seat('group', 'Ben')),
      other.groups.change(change({ departing: ['Ben'], rotation: rotation(2, 'Ada') })),
      store.calls.join(seat('group', 'Ben')),
    ]);
    expect((await store.calls.places(callId)).map(({ identity }) => identity)).toEqual(['Ada']);
    // By the door of before: judged by an older history.
    expect(await store.groups.addMember(joining('group', 'Ben'))).toBe('moved');
  });

  test('[D6] requests are dropped with the last place, and the call is forgotten when its time has come', async () => {
    const callId = await call();
    const [mine] = await store.calls.places(callId);
    const place = { livekitIdentity: mine?.livekitIdentity ?? '' };
    await store.calls.request({ callId, identity: 'Ada', ...place, generation: 1, message: 'ask' });
    const left = await store.calls.leave(callId, 'Ada', { ...place, nowMs });
    expect(left).toMatchObject({ callEnded: true });
    expect(await testStore.run('select * from requests')).toEqual([]);
    expect(await testStore.run('select * from entries')).toEqual([]);
    await store.calls.markRoomDeleted(callId);
    await store.calls.prune(nowMs + 1);
    expect(await testStore.run('select * from places')).toEqual([]);
  });

  test('names are ordered byte by byte, whatever the language of the database', async () => {
    await store.groups.create(head('group', 'b'), member('b'), limits);
    for (const identity of ['_a', 'B', '-c', 'a']) await store.groups.addMember(joining('group', identity));
    const row = await store.groups.readAs('group', 'b', all);
    expect(row?.members?.map(({ identity }) => identity)).toEqual(['-c', 'B', '_a', 'a', 'b']);
  });
});

describe('pages', () => {
  test('of members: each is on one, in the order of identities, of one version, also while people come and go', async () => {
    await store.groups.create(head('group', 'm'), member('m'), limits);
    for (const identity of ['c', 'x', 'a', 'p']) await store.groups.addMember(joining('group', identity));
    const names = (page: { members: readonly { identity: string }[] | null } | null) =>
      page?.members?.map(({ identity }) => identity);
    const first = await store.groups.readAs('group', 'x', { seen: null, most: 2 });
    expect([names(first), first?.next, first?.version]).toEqual([['a', 'c'], 'c', 5]);
    const second = await other.groups.membersAs('group', 'x', { after: 'c', most: 2 });
    expect([names(second), second?.next, second?.version]).toEqual([['m', 'p'], 'p', 5]);
    const last = await store.groups.membersAs('group', 'x', { after: 'p', most: 2 });
    expect([names(last), last?.next]).toEqual([['x'], null]);
    const exact = await store.groups.membersAs('group', 'x', { after: 'm', most: 2 });
    expect([names(exact), exact?.next]).toEqual([['p', 'x'], null]);
    // The last one of a page is gone, another has come before: the cursor stands, and the version says so.
    const wish = change({ author: 'm', departing: ['c'], rotation: rotation(2, 'm', 'a', 'p', 'x') });
    expect(await store.groups.change(wish)).toMatchObject({ departed: [{ identity: 'c' }] });
    const moved = await store.groups.membersAs('group', 'x', { after: 'c', most: 9 });
    expect([names(moved), moved?.next, moved?.version]).toEqual([['m', 'p', 'x'], null, 6]);
    expect(moved?.members.map(({ carriedMac }) => carriedMac)).toEqual(
      ['m', 'p', 'x'].map((identity) => `mac 2 of ${identity}`),
    );
    expect(await store.groups.membersAs('group', 'x', { after: 'zz', most: 9 })).toMatchObject({
      ...{ members: [], next: null },
    });
    expect(await store.groups.membersAs('group', 'c', { after: '', most: 9 })).toBeNull();
    expect(await store.groups.membersAs('other', 'x', { after: '', most: 9 })).toBeNull();
  });

  test('of members are left out for who has seen the version, and for nobody else', async () => {
    await store.groups.create(head('group', 'a'), member('a'), limits);
    const seenAs = (seen: number, who = 'a') => store.groups.readAs('group', who, { seen, most: 9 });
    expect(await seenAs(1)).toMatchObject({ version: 1, members: null, next: null });
    expect((await seenAs(2))?.members).toHaveLength(1);
    expect(await seenAs(1, 'b')).toBeNull();
    await store.groups.addMember(joining('group', 'b'));
    expect((await seenAs(1))?.members).toHaveLength(2);
    const profile = { sealedName: 's', sealedFace: 'f', nameVersion: 1, profileRevision: 2 };
    await store.groups.setProfile({
      ...{ groupId: 'group', identity: 'b', picture: undefined },
      profile: { ...profile, profileSignature: 's' },
    });
    expect((await seenAs(2))?.members).toHaveLength(2);
    expect((await seenAs(3))?.members).toBeNull();
  });

  test('[G14] of earlier keys: newest first, down to what is asked for', async () => {
    await store.groups.create(head('group', 'a'), member('a'), limits);
    for (let version = 2; version <= 300; version += 1)
      await store.groups.change(
        change({ author: 'a', after: version - 2, rotation: rotation(version, 'a') }),
      );
    const page = async (after: number, before: number | null) =>
      (await other.groups.rotationsAs('group', 'a', { after, before }))?.previousSeals.map(
        ({ secretVersion }) => secretVersion,
      ) ?? [];
    const first = await page(0, null);
    expect([first.length, first[0], first.at(-1)]).toEqual([256, 300, 45]);
    const second = await page(0, 45);
    expect([second.length, second[0], second.at(-1)]).toEqual([43, 44, 2]);
    expect(await page(297, null)).toEqual([300, 299, 298]);
    expect(await page(297, 299)).toEqual([298]);
    expect(await page(0, 2)).toEqual([]);
  });
});

describe('a history', () => {
  const rows = (table: string): Promise<Record<string, unknown>[]> =>
    testStore.run(`select * from ${table} order by 1, 2`);
  const everything = async (): Promise<unknown[]> =>
    Promise.all(['groups', 'members', 'history', 'shares', 'previous_seals', 'places'].map(rows));

  test('[G10] of racing changes exactly one wins each version, and the history has no gap', async () => {
    const people = ['Ben', 'Cid', 'Dan'];
    await call(...people);
    for (let after = 0; after < 5; after += 1) {
      const wishes = people.map((author) => change({ author, after, entries: [`${author} ${after}`] }));
      const outcomes = await Promise.all(wishes.map((wish, index) => inTurn(index).groups.change(wish)));
      expect(outcomes.filter((one) => one === 'conflict')).toHaveLength(2);
    }
    const { version, entries } = await store.groups.history('group', 0);
    expect([version, entries.length]).toEqual([5, 5]);
    expect(entries.map((entry) => entry.slice(4))).toEqual(['0', '1', '2', '3', '4']);
    expect(await store.groups.history('group', 3)).toEqual({ version: 5, entries: entries.slice(3) });
  });

  test('[G13] a rotation is stored with its entries, whole: door, name, shares, keys of before; who went is gone with place and share', async () => {
    const callId = await call('Ben', 'Cid');
    expect(await store.groups.change(change({ rotation: rotation(2, 'Ada', 'Ben', 'Cid') }))).toEqual({
      departed: [],
      answered: [],
    });
    const wish = { after: 1, entries: ['removal', 'rotation'], departing: ['Cid', 'Nobody'] };
    const outcome = await store.groups.change(change({ ...wish, rotation: rotation(3, 'Ben', 'Ada') }));
    if (typeof outcome === 'string') throw new Error(outcome);
    expect(outcome.departed).toMatchObject([{ identity: 'Cid', left: { callId, callEnded: false } }]);
    expect(await store.groups.readAs('group', 'Ben', all)).toMatchObject({
      ...{ secretVersion: 3, nameVersion: 3, historyVersion: 3, doorHash: 'door 3', sealedName: 'group 3' },
      members: [
        { identity: 'Ada', secretVersion: 1, carriedMac: 'mac 3 of Ada' },
        { identity: 'Ben', secretVersion: 1, carriedMac: 'mac 3 of Ben' },
      ],
    });
    expect((await rows('shares')).map((row) => row['identity'])).toEqual(['Ada', 'Ben']);
    expect((await store.calls.places(callId)).map(({ identity }) => identity)).not.toContain('Cid');
    const seals = [
      { secretVersion: 3, previousSeal: 'keys of 2' },
      { secretVersion: 2, previousSeal: 'keys of 1' },
    ];
    expect(await store.groups.rotationsAs('group', 'Ben', { after: 0, before: null })).toEqual({
      ...{ secretVersion: 3, sealedSecret: 'secret 3 for Ben', previousSeals: seals },
    });
    expect(
      (await store.groups.rotationsAs('group', 'Ben', { after: 2, before: null }))?.previousSeals,
    ).toEqual([seals[0]]);
    expect(await store.groups.rotationsAs('group', 'Cid', { after: 0, before: null })).toBeNull();
    // The call that runs goes on under the keys of its beginning.
    expect((await store.calls.liveOf('group'))?.secretVersion).toBe(1);
  });

  test('[G13] what is refused, or breaks in the middle, changes nothing', async () => {
    await call('Ben', 'Cid');
    const before = await everything();
    const gone = { entries: ['removal', 'rotation'], departing: ['Cid'] };
    for (const shares of [['Ada'], ['Ada', 'Ben', 'Cid'], ['Ada', 'Dan'], ['Ada', 'Ben', 'Ben'], []])
      expect(await store.groups.change(change({ ...gone, rotation: rotation(2, ...shares) }))).toBe(
        'conflict',
      );
    expect(await store.groups.change(change({ after: 1 }))).toBe('conflict');
    expect(await store.groups.change(change({ author: 'Dan' }))).toBe('not_member');
    expect(await everything()).toEqual(before);
    // The last of its statements fails: none of the others was.
    const broken = rotation(2, 'Ada', 'Ben');
    const shares = broken.shares.map((share) => ({ ...share, carriedMac: null as unknown as string }));
    await expect(store.groups.change(change({ ...gone, rotation: { ...broken, shares } }))).rejects.toThrow();
    expect(await everything()).toEqual(before);
    // Who may not stay has no share.
    const picky = { ...rotation(2, 'Ada', 'Ben'), mayStay: (identity: string) => identity !== 'Cid' };
    expect(await store.groups.change(change({ rotation: picky }))).toMatchObject({
      departed: [{ identity: 'Cid' }],
    });
  });

  test('[G10] who enters with an entry enters with it or not at all', async () => {
    await store.groups.create(head('group', 'Ada'), member('Ada'), limits);
    await store.groups.change(change());
    const comeback = { after: 1, entries: ['return'], state: 'after the return' };
    const wish = { ...joining('group', 'Ben'), historyVersion: 1, change: comeback };
    const outcomes = await Promise.all([
      store.groups.addMember(wish),
      other.groups.change(change({ after: 1 })),
    ]);
    const { version } = await store.groups.history('group', 0);
    expect(version).toBe(2);
    expect(await store.groups.isMember('group', 'Ben')).toBe(outcomes[0] === 'added');
    expect(outcomes[1] === 'conflict').toBe(outcomes[0] === 'added');
    // Judged by a history of before, or with a statement for a secret of before: not at all.
    const late = { ...joining('group', 'Cid'), historyVersion: 1 };
    expect(await store.groups.addMember(late)).toBe('moved');
    const remaining = await store.groups.membersOf('group');
    await store.groups.change(change({ after: 2, rotation: rotation(2, ...remaining) }));
    expect(await store.groups.addMember({ ...late, historyVersion: 3 })).toBe('moved');
  });

  test('pages are of 256 entries', async () => {
    await store.groups.create(head('group', 'Ada'), member('Ada'), limits);
    const all = Array.from({ length: 300 }, (_, index) => `entry ${index}`);
    for (let after = 0; after < 300; after += 60)
      await store.groups.change(change({ after, entries: all.slice(after, after + 60) }));
    const page = await store.groups.history('group', 0);
    expect(page).toEqual({ version: 300, entries: all.slice(0, 256) });
    expect((await store.groups.history('group', 256)).entries).toEqual(all.slice(256));
  });
});
