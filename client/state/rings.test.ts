// A voice chat that begins elsewhere is said once: not what runs already, not my own, not one I am in, not again when people come and go.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestPerson, World } from '../testing/world.ts';
import { Rings } from './rings.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** What a page of this person's would say of this group, after every change. */
function listen(person: TestPerson, id: string, isMine = (): boolean => false) {
  const rings = new Rings();
  const said: string[] = [];
  const look = (): void => {
    const group = person.groups.get(id);
    const ring = group && rings.note(group, { me: person.identity, isMine: isMine() });
    if (ring) said.push(ring.callId);
  };
  look();
  person.groups.subscribe(look);
  return said;
}

test('a voice chat of others is said once, whoever comes and goes, and the next one again', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = people as [TestPerson, TestPerson, TestPerson];
  const said = listen(cyd, id);
  const look = () => cyd.groups.refresh(id);
  await look();
  expect(said).toEqual([]);
  await ada.enter(id);
  await look();
  await ben.enter(id);
  await look();
  await ada.leave();
  await look();
  await ada.enter(id);
  await look();
  expect(said).toHaveLength(1);
  await ada.leave();
  await ben.leave();
  await look();
  await ben.enter(id);
  await look();
  expect(said).toHaveLength(2);
  expect(said[0]).not.toBe(said[1]);
});

test('what runs already when the page opens has not begun', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  await ada.enter(id);
  const again = await TestPerson.create('Ben', world, ben.store);
  await again.groups.load();
  const said = listen(again, id);
  await again.groups.refresh(id);
  await again.groups.refresh(id);
  expect([again.groups.get(id)!.call !== null, said]).toEqual([true, []]);
});

test('nobody is told of a voice chat that they began, are entering, or are in on another device', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const said = listen(ben, id);
  const entering = listen(ada, id, () => true);
  for (const person of [ada, ben]) await person.groups.refresh(id);
  // As another tab of Ben's would.
  await ben.enter(id);
  for (const person of [ada, ben]) await person.groups.refresh(id);
  await ada.enter(id);
  for (const person of [ada, ben]) await person.groups.refresh(id);
  await ben.leave();
  for (const person of [ada, ben]) await person.groups.refresh(id);
  expect([said, entering]).toEqual([[], []]);
});

test('a voice chat of somebody who is not known yet is said as soon as they are', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const said = listen(ben, id);
  await ben.groups.refresh(id);
  const dan = await world.person('Dan');
  const { stored } = ben.groups.get(id)!;
  await dan.groups.join(ada.groups.get(id)!.secret, 'Dan');
  await dan.enter(id);
  const { call } = await dan.service.group(stored.record.groupId);
  // The event comes before the list with Dan in it.
  const early = ben.groups.onEvent({ groupId: stored.record.groupId, version: stored.record.version, call });
  await early;
  expect(said).toEqual([]);
  await ben.groups.refresh(id);
  expect(said).toHaveLength(1);
});
