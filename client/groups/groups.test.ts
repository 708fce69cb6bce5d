// Groups of a device against the real service: what is kept, what is refused, what is forgotten only when the person says so.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { random, toBase64url } from '../../crypto/bytes.ts';
import { decodeInvite, encodeInvite } from '../../crypto/invite/index.ts';
import { forgeGroup, rawRecord } from '../testing/lies.ts';
import { removal, TestPerson, World } from '../testing/world.ts';
import { hasMember, isRemoved } from './group.ts';
import { GroupRoster } from './roster.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** Sorted: the test's clock stands still, so everybody joined at the same moment. */
const names = (person: TestPerson, id: string) =>
  person.groups
    .get(id)!
    .members.map((member) => member.name)
    .sort();

/** The same device after a reload. */
const reload = async (person: TestPerson) => {
  const again = await TestPerson.create(person.name, world, person.store);
  await again.groups.load();
  return again;
};

test('[G3] who has the link sees the name of the group, joins, and knows everybody', async () => {
  const ada = await world.person('Ada');
  const ben = await world.person('Ben');
  const group = await ada.groups.create('Ada', 'The rehearsal');
  const secret = decodeInvite(encodeInvite(group.secret));
  expect(await ben.groups.preview(secret)).toEqual({
    ...{ groupName: 'The rehearsal', face: { kind: 'initials' }, picture: null, memberCount: 1 },
    admission: 'open',
  });
  const joined = await ben.groups.join(secret, 'Ben');
  expect(joined.name).toBe('The rehearsal');
  expect(names(ben, group.id)).toEqual(['Ada', 'Ben']);
  expect(joined.isFresh).toBe(true);
});

test('[G1] [T5] a link for another group or with another secret opens nothing', async () => {
  const ada = await world.person('Ada');
  const ben = await world.person('Ben');
  const { secret } = await ada.groups.create('Ada', 'The rehearsal');
  for (const other of [
    { ...secret, secret: random(32) },
    { ...secret, groupId: random(16) },
  ]) {
    await expect(ben.groups.preview(other)).rejects.toMatchObject({ code: 'group_not_found' });
    await expect(ben.groups.join(other, 'Ben')).rejects.toMatchObject({ code: 'group_not_found' });
  }
  expect(ben.groups.all).toEqual([]);
});

test('[G1] a service that names another owner is not believed, before joining and after', async () => {
  const { people, id } = await world.group('Ada', 'Mal');
  const [ada, mal] = people as [TestPerson, TestPerson];
  forgeGroup(ada, (record) => ({ ...record, owner: toBase64url(mal.identity), version: 99 }));
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)).toMatchObject({ problem: 'group_refused', isFresh: false });
  expect(names(ada, id)).toEqual(['Ada', 'Mal']);

  const ben = await world.person('Ben');
  ben.line.forge = (path, body) =>
    path.endsWith('/preview') ? body.replace(toBase64url(ada.identity), toBase64url(mal.identity)) : body;
  await expect(ben.groups.preview(ada.groups.get(id)!.secret)).rejects.toMatchObject({
    code: 'group_refused',
  });
});

test('[G5] a member whom only the service vouches for is not in the group, and this is said while it lasts', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada] = people as [TestPerson];
  const versions = { secretVersion: 1, carriedMac: null, nameVersion: 1, profile: null };
  const stranger = { ...memberOf(await world.person('Mal')), ...versions, joinedAtMs: 1 };
  forgeGroup(ada, (record) => ({ ...record, members: [...record.members, stranger] }));
  await ada.groups.refresh(id);
  expect(names(ada, id)).toEqual(['Ada', 'Ben']);
  expect(ada.groups.get(id)).toMatchObject({ isFresh: true, problem: 'entries_refused' });
  forgeGroup(ada, (record) => record);
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)!.problem).toBeNull();
});

test('[G11] [G12] a removal once seen counts for ever, through a reload and whatever roster the service shows', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  const before = await rawRecord(ada, id);
  await ada.groups.change(id, removal(mal));
  await ben.groups.refresh(id);
  expect(names(ben, id)).toEqual(['Ada', 'Ben']);
  const again = await reload(ben);
  const missing = before.members.find((member) => member['identity'] === toBase64url(mal.identity))!;
  forgeGroup(again, (record) => ({ ...record, members: [...record.members, missing] }));
  await again.groups.refresh(id);
  const group = again.groups.get(id)!;
  expect(group).toMatchObject({ isFresh: true, problem: 'entries_refused' });
  expect([hasMember(group, mal.identity), isRemoved(group, mal.identity)]).toEqual([false, true]);
});

test('[G9] [G10] a member removes nobody, and who is removed cannot come back by the old link, nor read on', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  await expect(mal.groups.change(id, removal(ben))).rejects.toMatchObject({ code: 'not_allowed' });
  const { secret: old } = ada.groups.get(id)!;
  await ada.groups.change(id, removal(mal));
  await expect(mal.groups.join(old, 'Mal')).rejects.toMatchObject({ code: 'group_not_found' });
  await mal.groups.refresh(id);
  expect(mal.groups.get(id)).toMatchObject({ problem: 'group_gone', isFresh: false });
});

test('the version that nobody signed is no reason for anything', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada] = people as [TestPerson];
  for (const version of [1_000_000, 0]) {
    forgeGroup(ada, (record) => ({ ...record, version }));
    await ada.groups.refresh(id);
    expect(ada.groups.get(id)).toMatchObject({ problem: null, isFresh: true });
  }
});

test('refreshing many times at once never looks like a roll-back', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada] = people as [TestPerson];
  const { secret } = ada.groups.get(id)!;
  const newcomers = await Promise.all(['Cyd', 'Dan', 'Eve'].map((name) => world.person(name)));
  await Promise.all(
    newcomers.map(async (person) => {
      await person.groups.join(secret, person.name);
      await Promise.all([ada.groups.refresh(id), ada.groups.refresh(id)]);
    }),
  );
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)!.problem).toBeNull();
  expect(names(ada, id)).toHaveLength(5);
});

test('without network a group is shown as this device remembers it', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const again = await reload(people[0]!);
  again.line.isDown = true;
  expect(again.groups.get(id)).toMatchObject({ name: 'The rehearsal', isFresh: false, problem: null });
  expect(names(again, id)).toEqual(['Ada', 'Ben']);
  void again.groups.refresh(id);
  expect(again.groups.get(id)!.isFresh).toBe(false);
});

test('founding a group twice because the answer got lost founds one', async () => {
  const ada = await world.person('Ada');
  ada.line.losesAnswer = (sent) => sent.path === '/api/groups';
  await expect(ada.groups.create('Ada', 'The rehearsal')).rejects.toMatchObject({ code: 'offline' });
  ada.line.losesAnswer = () => false;
  const { id } = await ada.groups.create('Ada', 'The rehearsal');
  const bodies = ada.line.sent.filter((sent) => sent.path === '/api/groups').map((sent) => sent.body);
  // By itself three times (T7), and once more by hand.
  expect([bodies.length, new Set(bodies).size]).toEqual([4, 1]);
  expect(ada.groups.all.map((group) => group.id)).toEqual([id]);
});

test('a device without room still learns of a removal, and says that it will forget', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  await ada.groups.change(id, removal(mal));
  ben.store.isFull = true;
  await ben.groups.refresh(id);
  expect(names(ben, id)).toEqual(['Ada', 'Ben']);
  expect(ben.groups.get(id)!.problem).toBe('storage_full');
});

test('leaving forgets the group here and there, also when the service forgot it first', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = people as [TestPerson, TestPerson, TestPerson];
  await ben.groups.leave(id);
  expect([ben.groups.all.length, ben.store.groups.size]).toEqual([0, 0]);
  await ada.groups.refresh(id);
  expect(names(ada, id)).toEqual(['Ada', 'Cyd']);
  await ada.groups.change(id, removal(cyd));
  await cyd.groups.leave(id);
  expect(cyd.groups.all).toEqual([]);
});

test('a device that forgets a group stays a member, is told nothing of it, and opens it again by its link', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const { secret } = ben.groups.get(id)!;
  await ben.looks.showMe(id, { name: 'Benno', face: { kind: 'picture', bytes: random(9) } });
  await ben.groups.forget(id);
  expect([ben.groups.all.length, ben.store.groups.size, ben.store.pictures.size]).toEqual([0, 0, 0]);
  await ben.groups.onEvent({ groupId: secret.groupId, version: 9, call: null });
  expect(ben.groups.all).toEqual([]);
  await ada.groups.refresh(id);
  expect(names(ada, id)).toEqual(['Ada', 'Benno']);
  await ben.groups.join(secret, 'Ben');
  expect(names(ben, id)).toEqual(['Ada', 'Benno']);
  expect(ben.groups.get(id)!.problem).toBeNull();
});

test('when a voice chat was last seen is noted as it begins and as it ends, and stays through a reload', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  expect(ben.groups.get(id)!.lastCallAtMs).toBeNull();
  await ada.enter(id);
  await ben.groups.refresh(id);
  const began = ben.groups.get(id)!.lastCallAtMs!;
  expect(began).toBeGreaterThan(Date.now() - 60_000);
  await ben.groups.refresh(id);
  expect(ben.groups.get(id)!.lastCallAtMs).toBe(began);
  await ada.leave();
  await ben.groups.refresh(id);
  const ended = ben.groups.get(id)!.lastCallAtMs!;
  expect(ended).toBeGreaterThan(began);
  await ben.groups.refresh(id);
  expect((await reload(ben)).groups.get(id)!.lastCallAtMs).toBe(ended);
});

test('[C3] the roster asks once for an identity that it does not know, and not again right away', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada] = people as [TestPerson];
  const roster = new GroupRoster(ada.groups, id, ada.line.clock);
  const count = () => ada.line.sent.filter((sent) => sent.method === 'GET').length;
  const before = count();
  const unknown = random(32);
  expect(await Promise.all([roster.isMember(unknown), roster.isMember(ada.identity)])).toEqual([false, true]);
  expect(await roster.isMember(unknown)).toBe(false);
  expect(count() - before).toBe(1);
  expect(await roster.isMember(random(32))).toBe(false);
  expect(count() - before).toBe(2);
});

/** A statement of somebody who never held the secret. */
function memberOf(person: TestPerson): Record<string, string> {
  return {
    identity: toBase64url(person.identity),
    inboxKey: toBase64url(person.device.inboxKey),
    mac: toBase64url(random(32)),
    signature: toBase64url(random(64)),
    sealedName: toBase64url(random(60)),
  };
}
