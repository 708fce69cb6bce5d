// A service that lies about a group's history or keeps a new secret back (G11, G13): named, and what is known stays in force.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { random } from '../../crypto/bytes.ts';
import {
  encodeAction,
  genesisState,
  parseEntry,
  type Action,
  type GroupState,
  type HistoryEntry,
} from '../../crypto/group/history/index.ts';
import { rotate, signChange } from '../../crypto/group/index.ts';
import {
  endLies,
  forgeEarlierKeys,
  forgeGroup,
  forgeHistory,
  forgeSecret,
  rawRecord,
} from '../testing/lies.ts';
import { removal, TestPerson, World } from '../testing/world.ts';
import { isRemoved } from './group.ts';

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
const reload = async (person: TestPerson) => {
  const again = await TestPerson.create(person.name, world, person.store);
  await again.groups.load();
  return again;
};

/** Ada, Ben and Mal, whom Ada removed; and Ben has seen it. */
async function afterRemoval() {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  const before = await rawRecord(ben, id);
  await ada.groups.change(id, removal(mal));
  await ben.groups.refresh(id);
  const { groupId } = ada.groups.get(id)!.secret;
  const entries = (await ada.service.history(groupId, 0)).entries.map(parseEntry);
  return { ada, ben, mal, id, before, entries };
}

/** Ada's signed changes, from the beginning on. */
async function historyOf(ada: TestPerson, id: string, actions: readonly Action[]): Promise<HistoryEntry[]> {
  const { record } = ada.groups.get(id)!.stored;
  let state: GroupState = genesisState(record);
  const entries: HistoryEntry[] = [];
  for (const action of actions) {
    const signed = await signChange(ada.device.identity, state, { action, atMs: 1 });
    entries.push(signed.entry);
    state = signed.state;
  }
  return entries;
}

async function staysAt(ben: TestPerson, id: string, problem: string): Promise<void> {
  await ben.groups.refresh(id);
  expect(ben.groups.get(id)).toMatchObject({ problem, isFresh: false });
  expect(names(ben, id)).toEqual(['Ada', 'Ben']);
}

test('[G11] a history that got shorter is rolled back, also after a reload, and the removal stays in force', async () => {
  const { ada, ben, mal, id, before, entries } = await afterRemoval();
  forgeHistory(ben, entries.slice(0, -1), () => before);
  await staysAt(ben, id, 'group_rolled_back');
  const again = await reload(ben);
  forgeHistory(again, [], () => before);
  await staysAt(again, id, 'group_rolled_back');
  expect(isRemoved(again.groups.get(id)!, mal.identity)).toBe(true);
  endLies(again);
  await again.groups.refresh(id);
  expect(again.groups.get(id)).toMatchObject({ problem: null, isFresh: true });
  expect(link(again, id)).toEqual(link(ada, id));
});

test('[G11] a record of before beside the whole history is a roll-back, too', async () => {
  const { ben, id, before } = await afterRemoval();
  forgeGroup(ben, () => before);
  await staysAt(ben, id, 'group_rolled_back');
});

test('[G11] another history with right signatures is a fork: as long as what is known, or longer', async () => {
  const { ada, ben, mal, id } = await afterRemoval();
  const other = await historyOf(ada, id, [
    { kind: 'role', identity: mal.identity, role: 'admin' },
    { kind: 'role', identity: ben.identity, role: 'listener' },
    { kind: 'role', identity: ben.identity, role: 'member' },
  ]);
  forgeHistory(ben, other);
  await staysAt(ben, id, 'group_forked');
});

test('[G11] changes that nobody with the right signed are forged, of a kind that is not known a matter for a newer page', async () => {
  const { ben, id, entries } = await afterRemoval();
  const author = ben.identity;
  const next = { version: entries.length + 1, author, atMs: 1, signature: random(64) };
  const action = encodeAction({ kind: 'role', identity: author, role: 'admin' });
  forgeHistory(ben, [...entries, { ...next, action }]);
  await staysAt(ben, id, 'group_forged');
  forgeHistory(ben, [...entries, { ...next, action: new Uint8Array([200]) }]);
  await staysAt(ben, id, 'group_newer');
  endLies(ben);
  await ben.groups.refresh(id);
  expect(ben.groups.get(id)).toMatchObject({ problem: null, isFresh: true });
});

test('[G13] a secret that is kept back, or another one, is refused by name; who was removed is out all the same', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  const { secret, members, state } = ada.groups.get(id)!;
  const other = await rotate(state, { secret, members });
  const share = other.shares.find(({ identity }) => identity.join() === ben.identity.join())!;
  await ada.groups.change(id, removal(mal));
  for (const sealed of [null, share.sealedSecret, random(81)]) {
    forgeSecret(ben, sealed);
    await staysAt(ben, id, 'secret_refused');
    expect(isRemoved(ben.groups.get(id)!, mal.identity)).toBe(true);
  }
  const again = await reload(ben);
  expect(names(again, id)).toEqual(['Ada', 'Ben']);
  expect(isRemoved(again.groups.get(id)!, mal.identity)).toBe(true);
  await again.groups.refresh(id);
  expect(again.groups.get(id)).toMatchObject({ problem: null, isFresh: true });
  expect(link(again, id)).toEqual(link(ada, id));
});

test('[G14] earlier keys that the service garbles: who had the secret has them anyway, who came later as soon as it tells the truth', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Mal');
  const [ada, ben, mal] = people as [TestPerson, TestPerson, TestPerson];
  const dan = await world.person('Dan');
  for (const person of [ben, dan]) forgeEarlierKeys(person);
  await ada.groups.change(id, removal(mal));
  await ben.groups.refresh(id);
  expect(names(ben, id)).toEqual(['Ada', 'Ben']);
  expect(ben.groups.get(id)).toMatchObject({ problem: null, isFresh: true });
  expect([...ben.groups.get(id)!.keysByVersion.keys()].sort()).toEqual([1, 2]);

  await dan.groups.join(link(ada, id), 'Dan');
  expect(names(dan, id)).toEqual(['Dan']);
  expect(dan.groups.get(id)?.problem).toBe('entries_refused');
  endLies(dan);
  await dan.groups.refresh(id);
  expect(names(dan, id)).toEqual(['Ada', 'Ben', 'Dan']);
  expect(dan.groups.get(id)?.problem).toBeNull();
});

test('[G11] a link of a later secret proves a longer history than the service shows to who joins by it', async () => {
  const { ada, id, entries, before } = await afterRemoval();
  const dan = await world.person('Dan');
  const { answers } = dan.line;
  dan.line.forge = (path, body) => (path.endsWith('/members') ? JSON.stringify(before) : body);
  forgeHistoryOf(dan, entries.slice(0, 0), before);
  await expect(dan.groups.join(link(ada, id), 'Dan')).rejects.toMatchObject({ code: 'group_rolled_back' });
  dan.line.answers = answers;
});

function forgeHistoryOf(person: TestPerson, entries: readonly HistoryEntry[], record: object): void {
  const { forge } = person.line;
  forgeHistory(person, entries, () => record);
  const forged = person.line.forge;
  person.line.forge = (path, body) => (path.endsWith('/members') ? forge(path, body) : forged(path, body));
}

function link(person: TestPerson, id: string) {
  return person.groups.get(id)!.secret;
}
