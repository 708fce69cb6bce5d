// What a device verified of a group it does not verify again: neither at the next start, nor because somebody else changed (decision 0016).
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { endLies, forgeGroup, rawRecord } from '../testing/lies.ts';
import { removal, TestPerson, World } from '../testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

const names = (person: TestPerson, id: string) =>
  person.groups
    .get(id)!
    .members.map((member) => member.name)
    .sort();
/** Statements of kind `member` and `profile` that were verified while `work` ran. */
async function checksIn(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(crypto.subtle, 'verify');
  await work();
  const said = spy.mock.calls.map(([, , , statement]) => new TextDecoder().decode(statement as Uint8Array));
  spy.mockRestore();
  return said.filter((text) => /Aparté\/1 (member|profile)/.test(text)).length;
}
const reload = async (person: TestPerson) => TestPerson.create(person.name, world, person.store);

test('[G12] the next start checks no signature, a first one after a page without this all of them', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada] = people as [TestPerson];
  const again = await reload(ada);
  expect(await checksIn(() => again.groups.load())).toBe(0);
  expect(names(again, id)).toEqual(['Ada', 'Ben', 'Cyd']);
  const { proofs, ...before } = ada.store.groups.get(id)!;
  expect(proofs).toHaveLength(6 * 32);
  for (const stored of [before, { ...before, proofs: proofs!.map((byte) => byte ^ 8) }]) {
    ada.store.groups.set(id, stored);
    const other = await reload(ada);
    expect(await checksIn(() => other.groups.load())).toBe(6);
    expect(names(other, id)).toEqual(['Ada', 'Ben', 'Cyd']);
  }
});

test('[G12] what is stored and was changed there is checked, and counts no more', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const stored = ada.store.groups.get(id)!;
  const members = stored.record.members.map((one) =>
    one.identity.join() === ben.identity.join()
      ? { ...one, signature: one.signature.map((byte, at) => byte ^ (at === 5 ? 1 : 0)) }
      : one,
  );
  ada.store.groups.set(id, { ...stored, record: { ...stored.record, members } });
  const again = await reload(ada);
  await again.groups.load();
  expect(names(again, id)).toEqual(['Ada', 'Cyd']);
});

test('[G18] one who changes their name costs everybody one signature, one who is removed none', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = people as [TestPerson, TestPerson, TestPerson];
  await ben.looks.showMe(id, { name: 'Benno', face: { kind: 'initials' } });
  const old = await rawRecord(cyd, id);
  expect(await checksIn(() => ada.groups.refresh(id))).toBe(1);
  expect(names(ada, id)).toEqual(['Ada', 'Benno', 'Cyd']);
  await ada.groups.change(id, removal(cyd));
  await ben.groups.refresh(id);
  const again = await reload(ben);
  expect(await checksIn(() => again.groups.load())).toBe(0);
  expect(names(again, id)).toEqual(['Ada', 'Benno']);
  // Everything in it is signed and was good before.
  forgeGroup(again, (record) => ({ ...record, members: old.members }));
  expect(await checksIn(() => again.groups.refresh(id))).toBe(0);
  expect(again.groups.get(id)).toMatchObject({ members: [], problem: 'entries_refused' });
  endLies(again);
  await again.groups.refresh(id);
  expect([names(again, id), again.groups.get(id)!.problem]).toEqual([['Ada', 'Benno'], null]);
});
