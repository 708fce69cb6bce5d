// A start opens the group of the page, and the others when nobody waits any more: each of them once, the damaged ones not at all.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../e2e/harness/wait.ts';
import { TestPerson, World } from '../testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** Somebody in twenty groups, after a reload: nothing of them is open yet. */
async function manyGroups() {
  const before = await world.person('Ada');
  for (let count = 0; count < 20; count++) await before.groups.create('Ada', `Group ${count}`);
  const ada = await TestPerson.create('Ada', world, before.store);
  const ids = await ada.store.groupIds();
  return { ada, ids, wanted: ids[13]! };
}

const open = (of: TestPerson) => of.groups.all.map(({ id }) => id);

test('the group of the page is open first, and all of them in the end', async () => {
  const { ada, ids, wanted } = await manyGroups();
  await ada.groups.start(wanted);
  expect(open(ada)).toEqual([wanted]);
  const told: number[] = [];
  ada.groups.subscribe(() => told.push(ada.groups.all.length));
  await ada.groups.loaded;
  expect(open(ada)).toHaveLength(20);
  expect(new Set(open(ada))).toEqual(new Set(ids));
  expect(told).toEqual([9, 17, 20]);
});

test('where that one is damaged, or none is wanted, another is there; damaged ones are left out', async () => {
  const { ada, ids, wanted } = await manyGroups();
  const stored = ada.store.groups.get(wanted)!;
  for (const id of [wanted, ids[0]!, ids[19]!])
    ada.store.groups.set(id, { ...ada.store.groups.get(id)!, state: stored.state.slice(1) });
  await ada.groups.start(wanted);
  expect(open(ada)).toEqual([ids[1]]);
  await ada.groups.loaded;
  expect(open(ada)).toHaveLength(17);
  const again = await TestPerson.create('Ada', world, ada.store);
  await again.groups.start(null);
  expect(open(again)).toEqual([ids[1]]);
});

test('a store that fails on the way is heard of by who waits', async () => {
  const { ada, wanted } = await manyGroups();
  const { loadGroup } = ada.store;
  ada.store.loadGroup = (id) => (id === wanted ? loadGroup(id) : Promise.reject(new Error('broken')));
  await ada.groups.start(wanted);
  await expect(ada.groups.loaded).rejects.toThrow('broken');
  expect(open(ada)).toEqual([wanted]);
});

test('an event for a group that is not open yet waits for it, and what came from the service stays', async () => {
  const { ada, ids, wanted } = await manyGroups();
  const last = ids[19]!;
  await ada.groups.start(wanted);
  const { record } = ada.store.groups.get(last)!;
  await ada.groups.onEvent({ groupId: record.groupId, version: record.version, call: null });
  await until(() => ada.groups.get(last)?.isFresh === true, { what: 'the group is fresh' });
  await ada.groups.loaded;
  expect(ada.groups.get(last)?.isFresh).toBe(true);
  expect(open(ada)).toHaveLength(20);
});
