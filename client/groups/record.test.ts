// Lists that come in pages: put together of one version, followed to the end, and refused by name where they do not fit together.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toBase64url } from '../../crypto/bytes.ts';
import type { Sent } from '../testing/line.ts';
import { TestPerson, World } from '../testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open({ membersPerGroup: 100, groupsPerIdentity: 100, membersPerPage: 2 });
});
afterEach(() => world.close());

type Page = { version: number; members: { identity: string }[]; next: string | null };
const names = ['Ada', 'Ben', 'Cyd', 'Dan', 'Eve'];
const isPage = ({ method, path }: Sent): boolean => method === 'GET' && path.endsWith('/members');
const shown = (person: TestPerson, id: string) =>
  person.groups
    .get(id)!
    .members.map(({ name }) => name)
    .sort();

async function five() {
  const { people, id } = await world.group(...names);
  const [ada, ben, cyd] = people as [TestPerson, TestPerson, TestPerson];
  // Another one's change: what is known is not of the present version.
  await cyd.looks.showMe(id, { name: 'Cyd', face: { kind: 'emoji', emoji: '🌿', tone: 2 } });
  return { ada, ben, cyd, id };
}

/** Changes what the service says in its pages after the first. */
function forgePages(person: TestPerson, change: (page: Page) => Page): void {
  person.line.forge = (path, body) =>
    path.endsWith('/members') ? JSON.stringify(change(JSON.parse(body) as Page)) : body;
}

test('a group of many pages is whole, for its founder, who joins, and who comes again', async () => {
  const { ada, ben, id } = await five();
  for (const person of [ada, ben]) {
    const before = person.line.sent.filter(isPage).length;
    await person.groups.refresh(id);
    expect(shown(person, id)).toEqual(names);
    expect(person.groups.get(id)).toMatchObject({ problem: null, isFresh: true });
    expect(person.line.sent.filter(isPage).length - before).toBe(2);
  }
  const again = await TestPerson.create('Ben', world, ben.store);
  await again.groups.load();
  expect(shown(again, id)).toEqual(names);
});

test('what has not changed is not sent again, and nothing of it is checked or kept anew', async () => {
  const { ada, cyd, id } = await five();
  await ada.groups.refresh(id);
  const { verified, members } = ada.groups.get(id)!;
  const before = ada.line.sent.length;
  const saves = vi.spyOn(ada.store, 'saveGroup');
  await ada.groups.refresh(id);
  expect(ada.line.sent.slice(before).map(({ query }) => query)).toEqual([
    `?seen=${ada.groups.get(id)!.stored.record.version}`,
  ]);
  expect(ada.groups.get(id)!.verified).toBe(verified);
  expect(ada.groups.get(id)!.members).toBe(members);
  expect(saves).toHaveBeenCalledTimes(0);
  await ada.groups.change(id, { kind: 'removal', identity: cyd.identity, isBanned: false });
  expect(shown(ada, id)).toEqual(['Ada', 'Ben', 'Dan', 'Eve']);
  expect(saves).toHaveBeenCalledTimes(1);
});

test('[G12] a list with something wrong in it is asked for again, whole, although its version stands', async () => {
  const { ada, id } = await five();
  forgePages(ada, (page) => ({
    ...page,
    members: page.members.map((one) => ({ ...one, mac: one.identity })),
  }));
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)?.problem).toBe('entries_refused');
  forgePages(ada, (page) => page);
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)?.problem).toBeNull();
  expect(shown(ada, id)).toEqual(names);
});

test('[G11] a list that is said to stand counts as the folded history lets it: who is gone is gone', async () => {
  const { ada, ben, cyd, id } = await five();
  await ben.groups.refresh(id);
  const { record } = ben.groups.get(id)!.stored;
  await ada.groups.change(id, { kind: 'removal', identity: cyd.identity, isBanned: true });
  // The service goes on about the version of before, with no list.
  ben.line.forge = (path, body) =>
    /^\/api\/groups\/[\w-]{22}$/.test(path)
      ? JSON.stringify({
          ...(JSON.parse(body) as object),
          version: record.version,
          members: null,
          next: null,
        })
      : body;
  await ben.groups.refresh(id);
  const { members, problem } = ben.groups.get(id)!;
  expect(members.map(({ name }) => name)).not.toContain('Cyd');
  expect(problem).toBe('entries_refused');
});

test('a group that changes between two pages is read again from the first, and never mixed', async () => {
  const { ada, ben, cyd, id } = await five();
  let isFirst = true;
  const { fetch } = ada.line;
  ada.line.fetch = async (input, init) => {
    const isMembers = new URL(input as string).pathname.endsWith('/members');
    if (isMembers && isFirst) {
      isFirst = false;
      await cyd.groups.change(id, { kind: 'departure' });
      await ben.looks.showMe(id, { name: 'Benno', face: { kind: 'initials' } });
    }
    return fetch(input, init);
  };
  await ada.groups.refresh(id);
  expect(shown(ada, id)).toEqual(['Ada', 'Benno', 'Dan', 'Eve']);
  await ben.groups.refresh(id);
  expect(ada.groups.get(id)!.stored.record).toEqual(ben.groups.get(id)!.stored.record);
  expect(ada.groups.get(id)).toMatchObject({ problem: null, isFresh: true });
});

test('one whose pages are never of one version is not taken', async () => {
  const { ada, id } = await five();
  let version = 1000;
  forgePages(ada, (page) => ({ ...page, version: version++ }));
  const before = ada.groups.get(id)!.stored.record;
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)!.isFresh).toBe(false);
  expect(ada.groups.get(id)!.stored.record).toBe(before);
  expect(ada.line.sent.filter(isPage).length).toBeLessThan(60);
});

test('pages that overlap, run backwards or in a ring, or lead nowhere are refused by name, and what is known stays', async () => {
  const { ada, ben, id } = await five();
  await ben.groups.refresh(id);
  const first = ben.groups
    .get(id)!
    .stored.record.members.map(({ identity }) => toBase64url(identity))
    .sort();
  const forgeries: ((page: Page) => Page)[] = [
    (page) => ({ ...page, members: [{ ...page.members[0]!, identity: first[1]! }, ...page.members] }),
    (page) => ({ ...page, members: [...page.members].reverse() }),
    (page) => ({ ...page, members: [page.members[0]!, page.members[0]!] }),
    (page) => ({ ...page, next: first[0]! }),
    (page) => ({ ...page, members: [], next: page.next ?? first[4]! }),
    (page) => ({ ...page, next: first[4]! }),
  ];
  for (const forge of forgeries) {
    let asked = 0;
    forgePages(ada, (page) => (asked++ < 50 ? forge(page) : { ...page, next: null }));
    await ada.groups.refresh(id);
    expect(ada.groups.get(id)).toMatchObject({ problem: 'group_refused', isFresh: false });
    expect(shown(ada, id)).toEqual(names);
    expect(asked).toBeLessThan(4);
  }
});

test('a service that says that nothing changed of a version that is not known is refused by name', async () => {
  const { ada, id } = await five();
  ada.line.forge = (path, body) =>
    /^\/api\/groups\/[\w-]{22}$/.test(path)
      ? JSON.stringify({ ...(JSON.parse(body) as object), members: null, next: null })
      : body;
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)).toMatchObject({ problem: 'group_refused', isFresh: false });
});

test('[G14] earlier keys are followed over pages; in a ring, or of two versions, they are refused', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  for (let version = 1; version < 6; version++)
    await ada.groups.change(id, { kind: 'newLink', after: version });
  type Told = { secretVersion: number; previousSeals: { secretVersion: number }[] };
  /** Two boxes a page, as a service with a smaller page would tell them. */
  const paged = (change: (told: Told) => Told) => {
    ben.line.forge = (path, body) => {
      if (!path.endsWith('/rotations')) return body;
      const told = JSON.parse(body) as Told;
      return JSON.stringify(change({ ...told, previousSeals: told.previousSeals.slice(0, 2) }));
    };
  };
  let asked = 0;
  paged((told) => ({ ...told, secretVersion: told.secretVersion + asked++ }));
  await ben.groups.refresh(id);
  expect(ben.groups.get(id)?.problem).toBe('group_refused');
  paged((told) => ({ ...told, previousSeals: [...told.previousSeals, told.previousSeals[0]!] }));
  await ben.groups.refresh(id);
  expect(ben.groups.get(id)?.problem).toBe('group_refused');
  paged((told) => told);
  await ben.groups.refresh(id);
  expect(ben.groups.get(id)).toMatchObject({ problem: null, isFresh: true });
  expect([...ben.groups.get(id)!.keysByVersion.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(shown(ben, id)).toEqual(['Ada', 'Ben']);
});
