// Changes of a group on the real service: roles, removal, ban, new link, handover, leaving; two people at once, and who was away meanwhile.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toBase64url } from '../../crypto/bytes.ts';
import { maySpeak, rankOf, roleOf } from '../../crypto/group/history/index.ts';
import type { Role } from '../../crypto/group/history/index.ts';
import { removal, TestPerson, World } from '../testing/world.ts';
import { hasMember } from './group.ts';

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
const role = ({ identity }: TestPerson, given: Role) => ({ kind: 'role', identity, role: given }) as const;
const seen = (by: TestPerson, id: string, whom: TestPerson) =>
  roleOf(by.groups.get(id)!.state, whom.identity);
const link = (person: TestPerson, id: string) => person.groups.get(id)!.secret;
const reload = async (person: TestPerson) => {
  const again = await TestPerson.create(person.name, world, person.store);
  await again.groups.load();
  return again;
};

/** Ada, who is the owner, and Ben, whom she made an admin, with others. */
async function withAdmin(...others: readonly string[]) {
  const { people, id } = await world.group('Ada', 'Ben', ...others);
  const [ada, ben, ...rest] = people as [TestPerson, TestPerson, ...TestPerson[]];
  await ada.groups.change(id, role(ben, 'admin'));
  await Promise.all([ben, ...rest].map((person) => person.groups.refresh(id)));
  return { ada, ben, rest, id };
}

test('[G9] roles are what the owner and admins made them, on every device, and nobody acts above their own', async () => {
  const { ada, ben, rest, id } = await withAdmin('Cyd', 'Dan');
  const [cyd, dan] = rest as [TestPerson, TestPerson];
  await ben.groups.change(id, role(cyd, 'listener'));
  await ben.groups.change(id, role(dan, 'admin'));
  for (const person of [ada, cyd, dan]) {
    await person.groups.refresh(id);
    expect([ada, ben, cyd, dan].map((whom) => seen(person, id, whom))).toEqual([
      ...['owner', 'admin', 'listener', 'admin'],
    ]);
  }
  for (const above of [ada, dan])
    await expect(ben.groups.change(id, removal(above))).rejects.toMatchObject({ code: 'not_allowed' });
  await expect(cyd.groups.change(id, role(dan, 'listener'))).rejects.toMatchObject({ code: 'not_allowed' });
  await ada.groups.change(id, role(dan, 'member'));
  expect(seen(ada, id, dan)).toBe('member');
});

test('[G10] [G13] an admin removes: new keys for who stays, also for who was away; the old link opens nothing, the new one all', async () => {
  const { ada, ben, rest, id } = await withAdmin('Cyd', 'Mal');
  const [cyd, mal] = rest as [TestPerson, TestPerson];
  const old = link(ada, id);
  cyd.line.isDown = true;
  await ben.groups.change(id, removal(mal));
  expect(link(ben, id).version).toBe(2);
  await ada.groups.refresh(id);
  expect(link(ada, id)).toEqual(link(ben, id));

  cyd.line.isDown = false;
  const back = await reload(cyd);
  await back.groups.refresh(id);
  expect(back.groups.get(id)).toMatchObject({ problem: null, isFresh: true, name: 'The rehearsal' });
  expect([link(back, id), names(back, id)]).toEqual([link(ada, id), ['Ada', 'Ben', 'Cyd']]);

  const dan = await world.person('Dan');
  await expect(dan.groups.preview(old)).rejects.toMatchObject({ code: 'group_not_found' });
  await expect(dan.groups.join(old, 'Dan')).rejects.toMatchObject({ code: 'group_not_found' });
  expect(await dan.groups.preview(link(ada, id))).toMatchObject({
    groupName: 'The rehearsal',
    memberCount: 3,
  });
  await dan.groups.join(link(ada, id), 'Dan');
  expect(names(dan, id)).toEqual(['Ada', 'Ben', 'Cyd', 'Dan']);
  expect(dan.groups.get(id)!.problem).toBeNull();
  await ada.groups.refresh(id);
  expect([names(ada, id), ada.groups.get(id)!.problem]).toEqual([['Ada', 'Ben', 'Cyd', 'Dan'], null]);
});

test('[G13] [G14] a new link: nobody goes, again and again, and who was away for all of it catches up at once', async () => {
  const { ada, ben, rest, id } = await withAdmin('Cyd');
  const [cyd] = rest as [TestPerson];
  for (const person of [ada, ben, ada]) {
    await person.groups.refresh(id);
    await person.groups.change(id, { kind: 'newLink', after: link(person, id).version });
  }
  expect(link(ada, id).version).toBe(4);
  await cyd.groups.refresh(id);
  expect(link(cyd, id)).toEqual(link(ada, id));
  expect(names(cyd, id)).toEqual(['Ada', 'Ben', 'Cyd']);
  expect([...cyd.groups.get(id)!.keysByVersion.keys()].sort()).toEqual([1, 2, 3, 4]);
  await expect(cyd.groups.change(id, { kind: 'newLink', after: 4 })).rejects.toMatchObject({
    code: 'not_allowed',
  });
});

test('[G9] two at once: the later one makes the change again as the group is then, and what is done already is done once', async () => {
  const { ada, ben, rest, id } = await withAdmin('Cyd', 'Dan');
  const [cyd, dan] = rest as [TestPerson, TestPerson];
  await Promise.all([ada.groups.change(id, removal(cyd)), ben.groups.change(id, role(dan, 'listener'))]);
  await Promise.all([ada, ben].map((person) => person.groups.refresh(id)));
  for (const person of [ada, ben]) {
    expect(names(person, id)).toEqual(['Ada', 'Ben', 'Dan']);
    expect(seen(person, id, dan)).toBe('listener');
  }
  const { version, secretVersion } = ada.groups.get(id)!.state;
  await Promise.all([ada.groups.change(id, removal(dan)), ben.groups.change(id, removal(dan))]);
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)!.state).toMatchObject({
    version: version + 2,
    secretVersion: secretVersion + 1,
  });
});

test('[G10] who was removed comes back by the new link, who is banned does not, and a new identity is seen as new', async () => {
  const { ada, rest, id } = await withAdmin('Cyd', 'Mal');
  const [cyd, mal] = rest as [TestPerson, TestPerson];
  await ada.groups.change(id, removal(cyd));
  await cyd.groups.join(link(ada, id), 'Cyd');
  await ada.groups.refresh(id);
  expect(names(ada, id)).toContain('Cyd');

  await ada.groups.change(id, removal(mal, true));
  await expect(mal.groups.join(link(ada, id), 'Mal')).rejects.toMatchObject({ code: 'removed_from_group' });
  const again = await world.person('Mal');
  await again.groups.join(link(ada, id), 'Mal');
  await ada.groups.refresh(id);
  const group = ada.groups.get(id)!;
  expect([hasMember(group, mal.identity), hasMember(group, again.identity)]).toEqual([false, true]);
  expect(rankOf(group.state, again.identity)).toBe(1);
});

test('[G10] who left comes back by the very same link, and as a member, whatever they were', async () => {
  const { ada, ben, id } = await withAdmin('Cyd');
  await ben.groups.leave(id);
  await ada.groups.refresh(id);
  expect(names(ada, id)).toEqual(['Ada', 'Cyd']);
  await ben.groups.join(link(ada, id), 'Ben');
  expect(seen(ben, id, ben)).toBe('member');
  await ada.groups.refresh(id);
  expect([names(ada, id), seen(ada, id, ben)]).toEqual([['Ada', 'Ben', 'Cyd'], 'member']);
});

test('[G9] the owner hands the group over before leaving it; alone, the device just forgets it', async () => {
  const { ada, ben, id } = await withAdmin();
  await expect(ada.groups.leave(id)).rejects.toMatchObject({ code: 'owner_must_hand_over' });
  await ada.groups.change(id, { kind: 'handover', identity: ben.identity });
  expect([seen(ada, id, ben), seen(ada, id, ada)]).toEqual(['owner', 'admin']);
  await ada.groups.leave(id);
  expect([ada.groups.all.length, ada.store.groups.size]).toEqual([0, 0]);
  await ben.groups.refresh(id);
  expect([names(ben, id), seen(ben, id, ben)]).toEqual([['Ben'], 'owner']);
  await ben.groups.leave(id);
  expect(ben.groups.all).toEqual([]);
});

test('a change whose answer got lost is not made twice', async () => {
  const { ada, rest, id } = await withAdmin('Mal');
  const [mal] = rest as [TestPerson];
  ada.line.losesAnswer = ({ method, path }) => method === 'POST' && path.endsWith('/history');
  await expect(ada.groups.change(id, removal(mal))).rejects.toMatchObject({ code: 'offline' });
  ada.line.losesAnswer = () => false;
  await ada.groups.refresh(id);
  const { version } = ada.groups.get(id)!.state;
  expect(names(ada, id)).toEqual(['Ada', 'Ben']);
  await ada.groups.change(id, removal(mal));
  expect(ada.groups.get(id)!.state.version).toBe(version);
});

test('[G12] whom only the service lists is taken out of its list with the next removal, which they cannot hinder', async () => {
  const { ada, ben, rest, id } = await withAdmin('Mal');
  const [mal] = rest as [TestPerson];
  // A statement made without the secret: the service takes what it cannot check.
  const ghost = await world.person('Ghost');
  const secret = { ...link(ada, id), secret: new Uint8Array(32).fill(7) };
  const { describeMember } = await import('./statements.ts');
  const { deriveGroupKeys } = await import('../../crypto/invite/index.ts');
  const member = await describeMember(ghost.device, {
    ...{ secret, keys: deriveGroupKeys(secret), name: 'Ghost', todayMs: 1 },
  });
  const door = deriveGroupKeys(link(ada, id)).door;
  await ghost.service.joinGroup(secret.groupId, door, { member, entries: [] });
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)!.problem).toBe('entries_refused');
  await ada.groups.change(id, removal(mal));
  expect([names(ada, id), ada.groups.get(id)!.problem]).toEqual([['Ada', 'Ben'], null]);
  await ben.groups.refresh(id);
  expect(
    ben.groups
      .get(id)!
      .stored.record.members.map(({ identity }) => toBase64url(identity))
      .sort(),
  ).toEqual([ada, ben].map(({ identity }) => toBase64url(identity)).sort());
});

test('[G9] how a group does things: one choice changes and the others stay, who is there stays as they were, who comes only listens', async () => {
  const { ada, ben, rest, id } = await withAdmin('Cyd');
  const [cyd] = rest as [TestPerson];
  await ada.groups.change(id, { kind: 'policy', change: { speaking: 'listen' } });
  // Ben does not know yet: his change is made again beside hers.
  await ben.groups.change(id, { kind: 'policy', change: { picture: '360p' } });
  const dan = await world.person('Dan');
  await dan.groups.join(link(ada, id), 'Dan');
  await ada.groups.refresh(id);
  const { policy, version } = ada.groups.get(id)!.state;
  expect(policy).toMatchObject({ speaking: 'listen', picture: '360p', admission: 'open' });
  expect([cyd, dan].map((whom) => seen(ada, id, whom))).toEqual(['member', 'listener']);
  await ada.groups.change(id, { kind: 'policy', change: { speaking: 'listen', picture: '360p' } });
  expect(ada.groups.get(id)!.state.version).toBe(version);
  await cyd.groups.refresh(id);
  const wish = { kind: 'policy', change: { codec: 'vp8' } } as const;
  await expect(cyd.groups.change(id, wish)).rejects.toMatchObject({ code: 'not_allowed' });
});

test('[G9] a listener speaks in the one call that an admin said, until it is taken back; a call is locked and opened, each once', async () => {
  const { ada, ben, rest, id } = await withAdmin('Cyd');
  const [cyd] = rest as [TestPerson];
  const [call, other] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)];
  await ada.groups.change(id, role(cyd, 'listener'));
  const speaks = async (isAllowed: boolean) => {
    const wish = { kind: 'speaker', callId: call, identity: cyd.identity, isAllowed } as const;
    for (let twice = 0; twice < 2; twice++) await ben.groups.change(id, wish);
    await cyd.groups.refresh(id);
    const { state } = cyd.groups.get(id)!;
    return [call, other].map((callId) => maySpeak(state, callId, cyd.identity));
  };
  const { version } = ada.groups.get(id)!.state;
  expect(await speaks(true)).toEqual([true, false]);
  expect(await speaks(false)).toEqual([false, false]);
  for (const isLocked of [true, true, false, false])
    await ben.groups.change(id, { kind: 'lock', callId: call, isLocked });
  expect(ben.groups.get(id)!.state).toMatchObject({ lock: null, version: version + 4 });
  const wish = { kind: 'lock', callId: call, isLocked: true } as const;
  await expect(cyd.groups.change(id, wish)).rejects.toMatchObject({ code: 'not_allowed' });
});
