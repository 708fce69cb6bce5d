// Who is banned: on the screen of owner and admins alone, with the name they had; pardoned, they are gone from it and may join again.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removal, World, type TestPerson } from '../testing/world.ts';
import { bannedIn } from './bans.ts';
import { idOf } from './ids.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

function seenBy(person: TestPerson, id: string) {
  const digitsOf = () => '30417 88265';
  return bannedIn(person.groups.get(id)!, { me: person.identity, changing: null, digitsOf });
}

test('[G10] owner and admins see who is banned, by the name they had, and nobody else does; a pardon lets them join again', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd', 'Mal');
  const [ada, ben, cyd, mal] = people as [TestPerson, TestPerson, TestPerson, TestPerson];
  await ada.groups.change(id, { kind: 'role', identity: ben.identity, role: 'admin' });
  await Promise.all([ben, cyd].map(({ groups }) => groups.refresh(id)));
  expect(seenBy(ada, id)).toEqual([]);
  await ada.groups.change(id, removal(mal, true));
  await Promise.all([ben, cyd].map(({ groups }) => groups.refresh(id)));
  const shown = { id: idOf(mal.identity), name: 'Mal', digits: '30417 88265', isChanging: false };
  expect([ada, ben, cyd].map((person) => seenBy(person, id))).toEqual([[shown], [shown], []]);

  const pardon = { kind: 'pardon', identity: mal.identity } as const;
  await expect(cyd.groups.change(id, pardon)).rejects.toMatchObject({ code: 'not_allowed' });
  await expect(mal.groups.join(ada.groups.get(id)!.secret, 'Mal')).rejects.toMatchObject({
    code: 'removed_from_group',
  });
  await Promise.all([ada.groups.change(id, pardon), ben.groups.change(id, pardon)]);
  expect(seenBy(ada, id)).toEqual([]);
  await mal.groups.join(ada.groups.get(id)!.secret, 'Mal');
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)!.members.map(({ name }) => name)).toContain('Mal');
});

test('[G10] of several the latest stands first; on a device that never read the name there is none', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = people as [TestPerson, TestPerson, TestPerson];
  await ada.groups.change(id, removal(ben, true));
  await ada.groups.change(id, removal(cyd, true));
  expect(seenBy(ada, id).map(({ name }) => name)).toEqual(['Cyd', 'Ben']);
  const late = await world.person('Late');
  await late.groups.join(ada.groups.get(id)!.secret, 'Late');
  await ada.groups.change(id, { kind: 'role', identity: late.identity, role: 'admin' });
  await late.groups.refresh(id);
  expect(seenBy(late, id).map(({ name }) => name)).toEqual(['', '']);
});
