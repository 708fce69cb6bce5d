// A group that a device kept before groups had a history goes on from where it was: the same people, offline, and the service is followed from the beginning.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseState } from '../../crypto/group/history/index.ts';
import { TestPerson, World } from '../testing/world.ts';
import { withHistory, withProfiles, type GroupBefore } from './migration.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

test('[G11] a group of before begins with an empty history, shows whom it showed, and catches up', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const { record, proofs: ____, ...kept } = ben.store.groups.get(id)!;
  const { historyVersion: _, nameVersion: __, sealedFace: ___, ...rest } = record;
  const before: GroupBefore = {
    ...{ id, secret: kept.secret, secretVersion: 1, name: kept.name },
    record: {
      ...rest,
      members: record.members.map(({ identity, inboxKey, mac, signature, sealedName, joinedAtMs }) => ({
        ...{ identity, inboxKey, mac, signature, sealedName, joinedAtMs },
      })),
      removals: [{ removedAtMs: 1 }],
    },
  };
  const after = withProfiles(withHistory(before));
  const members = record.members.map((member) => ({ ...member, profile: null }));
  expect(after).toEqual({ ...kept, record: { ...record, members } });
  expect(parseState(after.state).version).toBe(0);
  ben.store.groups.set(id, after);
  await ada.groups.change(id, { kind: 'newLink', after: 1 });

  const again = await TestPerson.create('Ben', world, ben.store);
  await again.groups.load();
  const names = () =>
    again.groups
      .get(id)!
      .members.map(({ name }) => name)
      .sort();
  expect(names()).toEqual(['Ada', 'Ben']);
  await again.groups.refresh(id);
  expect([names(), again.groups.get(id)!.secret]).toEqual([['Ada', 'Ben'], ada.groups.get(id)!.secret]);
});
