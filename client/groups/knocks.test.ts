// G15 on real devices and the real service: asking to be let in, waiting, the answers; what admins are shown; and a service that lets
// somebody in by itself.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { random, toBase64url, toHex } from '../../crypto/bytes.ts';
import { encodeState } from '../../crypto/group/history/index.ts';
import { deriveGroupKeys, type GroupSecret } from '../../crypto/invite/index.ts';
import { systemClock } from '../api/clock.ts';
import { agree, removal, TestPerson, World, type TestCall } from '../testing/world.ts';
import { describeMember } from './statements.ts';

/** How long a knock waits. */
const knockMs = 7 * 24 * 3_600_000;

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const names = (person: TestPerson, id: string) =>
  person.groups
    .get(id)!
    .members.map((member) => member.name)
    .sort();
const link = (person: TestPerson, id: string) => person.groups.get(id)!.secret;
const states = (person: TestPerson) => person.knocking.all.map(({ state }) => state);
const atDoor = (person: TestPerson, id: string) => {
  const waiting = person.doors.get(id);
  return waiting && [...waiting.people.map(({ name }) => name), waiting.refused];
};
const reload = async (person: TestPerson) => {
  const again = await TestPerson.create(person.name, world, person.store);
  await Promise.all([again.groups.load(), again.knocking.load()]);
  return again;
};
const ask = (person: TestPerson, secret: GroupSecret) =>
  person.knocking.join(secret, { myName: person.name, groupName: 'The rehearsal' });
const approval = { kind: 'policy', change: { admission: 'approval' } } as const;

/** Ada, who is the owner, and others, in a group that asks first. */
async function closed(...others: readonly string[]) {
  const { people, id } = await world.group('Ada', ...others);
  const [ada, ...rest] = people as [TestPerson, ...TestPerson[]];
  await ada.groups.change(id, approval);
  await Promise.all(rest.map((person) => person.groups.refresh(id)));
  return { ada, rest, id };
}

test('[G9] [G15] approval begins with everybody who is there, and ends as it began', async () => {
  const { ada, rest, id } = await closed('Ben', 'Cyd');
  const [ben] = rest as [TestPerson];
  for (const person of [ada, ...rest]) expect(names(person, id)).toEqual(['Ada', 'Ben', 'Cyd']);
  expect(ben.groups.get(id)!.problem).toBeNull();
  const { version } = ada.groups.get(id)!.state;
  await ada.groups.change(id, approval);
  expect(ada.groups.get(id)!.state.version).toBe(version);
  await expect(
    ben.groups.change(id, { kind: 'policy', change: { admission: 'open' } }),
  ).rejects.toMatchObject({ code: 'not_allowed' });
  await ada.groups.change(id, { kind: 'policy', change: { admission: 'open' } });
  await ben.groups.refresh(id);
  expect([names(ben, id), ada.doors.get(id)]).toEqual([['Ada', 'Ben', 'Cyd'], null]);
});

test('[G15] who asks waits, also through a reload, is seen by admins under their own name and key, and comes in when one says so', async () => {
  const { ada, rest, id } = await closed('Ben');
  const [ben] = rest as [TestPerson];
  const mal = await world.person('Mal');
  expect(await mal.groups.preview(link(ada, id))).toMatchObject({ admission: 'approval', memberCount: 2 });
  expect(await ask(mal, link(ada, id))).toBeNull();
  expect([states(mal), mal.groups.all]).toEqual([['waiting'], []]);
  const again = await reload(mal);
  await again.knocking.refreshAll();
  expect(states(again)).toEqual(['waiting']);

  await Promise.all([ada.doors.refresh(id), ben.doors.refresh(id)]);
  expect([atDoor(ada, id), atDoor(ben, id), names(ada, id)]).toEqual([['Mal', 0], null, ['Ada', 'Ben']]);
  expect(ada.doors.get(id)!.people[0]!.identity).toEqual(mal.identity);
  await ada.groups.change(id, { kind: 'admission', identity: mal.identity });
  await again.knocking.refreshAll();
  expect([states(again), again.store.knocks.size]).toEqual([[], 0]);
  await Promise.all([ben.groups.refresh(id), ada.doors.refresh(id)]);
  for (const person of [ada, ben, again]) {
    expect(names(person, id)).toEqual(['Ada', 'Ben', 'Mal']);
    expect(person.groups.get(id)!.problem).toBeNull();
  }
  expect(atDoor(ada, id)).toEqual([0]);
});

test('[G13] [G15] who was let in while away comes in also after a new link was made', async () => {
  const { ada, rest, id } = await closed('Ben');
  const mal = await world.person('Mal');
  await ask(mal, link(ada, id));
  mal.line.isDown = true;
  await ada.groups.change(id, { kind: 'admission', identity: mal.identity });
  await ada.groups.change(id, { kind: 'newLink', after: 1 });
  await mal.knocking.refreshAll();
  expect(states(mal)).toEqual(['waiting']);
  mal.line.isDown = false;
  await mal.knocking.refreshAll();
  expect([names(mal, id), link(mal, id)]).toEqual([['Ada', 'Ben', 'Mal'], link(ada, id)]);
  await rest[0]!.groups.refresh(id);
  expect(names(rest[0]!, id)).toEqual(['Ada', 'Ben', 'Mal']);
});

test('[G15] the other answers: declined and not again at once, the link replaced, the group opened, the own mind changed', async () => {
  const { ada, id } = await closed('Ben');
  const old = link(ada, id);
  const mal = await world.person('Mal');
  await ask(mal, old);
  await ada.doors.refresh(id);
  await ada.doors.decline(id, mal.identity);
  expect(atDoor(ada, id)).toEqual([0]);
  await mal.knocking.refreshAll();
  expect(states(mal)).toEqual(['declined']);
  await expect(mal.knocking.again(id)).rejects.toMatchObject({ code: 'knock_declined', status: 429 });
  await mal.knocking.withdraw(id);
  expect([states(mal), mal.store.knocks.size]).toEqual([[], 0]);

  const [cyd, dan] = [await world.person('Cyd'), await world.person('Dan')];
  await Promise.all([ask(cyd, old), ask(dan, old)]);
  await dan.knocking.withdraw(id);
  await ada.doors.refresh(id);
  expect([atDoor(ada, id), states(dan)]).toEqual([['Cyd', 0], []]);
  await ada.groups.change(id, { kind: 'newLink', after: 1 });
  await cyd.knocking.refreshAll();
  expect(states(cyd)).toEqual(['outdated']);
  await expect(cyd.knocking.again(id)).rejects.toMatchObject({ code: 'group_not_found' });

  await ask(cyd, link(ada, id));
  await ada.groups.change(id, { kind: 'policy', change: { admission: 'open' } });
  await cyd.knocking.refreshAll();
  expect([states(cyd), names(cyd, id)]).toEqual([[], ['Ada', 'Ben', 'Cyd']]);
});

test('[G15] nobody answers for a week, the group is not there any more, no network: each is told from the others', async () => {
  const { ada, id } = await closed();
  const [cyd, dan] = [await world.person('Cyd'), await world.person('Dan')];
  await Promise.all([ask(cyd, link(ada, id)), ask(dan, link(ada, id))]);
  dan.line.answers = ({ path }) =>
    path.includes('/knocks/') ? Response.json({ error: { code: 'group_not_found' } }, { status: 404 }) : null;
  dan.line.clock = { ...systemClock, today: () => world.harness.nowMs };
  await dan.knocking.refreshAll();
  expect(states(dan)).toEqual(['gone']);
  cyd.line.isDown = true;
  await cyd.knocking.refreshAll();
  expect(states(cyd)).toEqual(['waiting']);
  cyd.line.isDown = false;
  world.harness.nowMs += knockMs;
  cyd.line.clock = dan.line.clock;
  await cyd.knocking.refreshAll();
  expect(states(cyd)).toEqual(['expired']);
  await cyd.knocking.again(id);
  expect(states(cyd)).toEqual(['waiting']);
});

test('[G15] a knock that does not prove to come by the link is not shown, and is counted; one by a link that is newer here is', async () => {
  const { ada, rest, id } = await closed('Ben');
  const [ben] = rest as [TestPerson];
  await ada.groups.change(id, { kind: 'role', identity: ben.identity, role: 'admin' });
  await ben.groups.refresh(id);
  const [ghost, mal] = [await world.person('Ghost'), await world.person('Mal')];
  const secret = { ...link(ada, id), secret: random(32) };
  const member = await describeMember(ghost.device, {
    ...{ secret, keys: deriveGroupKeys(secret), name: 'Ben', todayMs: 1 },
  });
  const { door } = deriveGroupKeys(link(ada, id));
  await ghost.service.joinGroup(secret.groupId, door, { member, entries: [] });
  await ask(mal, link(ada, id));
  await ada.doors.refresh(id);
  expect(atDoor(ada, id)).toEqual(['Mal', 1]);
  // The service puts another key under a name it cannot read.
  ada.line.forge = (path, body) =>
    path.endsWith('/knocks') ? body.replaceAll(toBase64url(mal.identity), toBase64url(random(32))) : body;
  await ada.doors.refresh(id);
  expect(atDoor(ada, id)).toEqual([2]);
  ada.line.forge = (_path, body) => body;

  await ada.groups.change(id, { kind: 'newLink', after: 1 });
  await ask(mal, link(ada, id));
  await ben.doors.refresh(id);
  expect([atDoor(ben, id), link(ben, id).version]).toEqual([['Mal', 0], 2]);
});

test('[G12] [G15] whom the service lets in by itself is in no list of members, and in no call', async () => {
  const { ada, rest, id } = await closed('Ben');
  const [ben] = rest as [TestPerson];
  const calls = [await ada.enter(id), await ben.enter(id)];
  const before = await agree(calls, 2);
  const mal = await world.person('Mal');
  const { state } = ada.groups.get(id)!;
  // The service writes the admission into its own books, where nobody signed it: it lets in, gives a place and a token.
  const admitted = new Set([...state.admitted, toHex(mal.identity)]);
  const open = toBase64url(encodeState({ ...state, admitted }));
  await world.harness.testStore.run('update groups set state = $1 where group_id = $2', [open, id]);
  await mal.groups.join(link(ada, id), 'Mal');
  const mals = await mal.enter(id);
  const isListed = (person: TestPerson) =>
    person.groups
      .get(id)!
      .stored.record.members.some(({ identity }) => toBase64url(identity) === toBase64url(mal.identity));
  await Promise.all([ada.groups.refresh(id), ben.groups.refresh(id)]);
  for (const person of [ada, ben]) {
    expect([isListed(person), names(person, id)]).toEqual([true, ['Ada', 'Ben']]);
    expect(person.groups.get(id)!.problem).toBe('entries_refused');
  }
  // What Mal commits is refused: the others begin anew, and no key of theirs is one of Mal's.
  await Promise.all(calls.map((call) => call.until(() => call.restarts > 0, 'a new generation')));
  await mal.leave();
  await Promise.all(calls.map((call) => call.until(() => call.secret !== before, 'new keys')));
  await agree(calls, 2);
  const keysOf = (call: TestCall): string[] => call.epochs.map(({ baseKey }) => toHex(baseKey));
  const theirs = new Set(calls.flatMap(keysOf));
  expect(mals.epochs.length).toBeGreaterThan(0);
  expect(keysOf(mals).filter((key) => theirs.has(key))).toEqual([]);
  // Let in by an admin, they are in.
  await world.harness.testStore.run('update groups set state = $1 where group_id = $2', [
    toBase64url(encodeState(state)),
    id,
  ]);
  await ada.groups.change(id, { kind: 'admission', identity: mal.identity });
  await Promise.all([ben, mal].map((person) => person.groups.refresh(id)));
  expect(names(ben, id)).toEqual(['Ada', 'Ben', 'Mal']);
  const again = await mal.enter(id);
  await agree([...calls, again], 3);
}, 30_000);

test('[G15] who was removed is not let in by the link of before, and with the one of now asks first', async () => {
  const { ada, rest, id } = await closed('Ben');
  const [ben] = rest as [TestPerson];
  await ada.groups.change(id, removal(ben));
  await ben.groups.refresh(id);
  expect(await ask(ben, link(ada, id))).toBeNull();
  await ada.doors.refresh(id);
  expect(atDoor(ada, id)).toEqual(['Ben', 0]);
  await ada.groups.change(id, { kind: 'admission', identity: ben.identity });
  await ben.knocking.refreshAll();
  expect([names(ben, id), ben.groups.get(id)!.problem]).toEqual([['Ada', 'Ben'], null]);
});
