// Where an address and an invite link lead, over the real service and the real groups of people.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeInvite } from '../../crypto/invite/index.ts';
import { inviteLink } from '../router/invite-link.ts';
import { Router } from '../router/router.ts';
import { firstVisit, type TestBrowser } from '../testing/browser.ts';
import { World, type TestPerson } from '../testing/world.ts';
import { DoorModel } from './doors.svelte.ts';
import { Faces } from './faces.ts';
import { Whereabouts } from './whereabouts.svelte.ts';

const origin = 'https://talk.example';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

interface Tab {
  readonly at: Whereabouts;
  readonly browser: TestBrowser;
  /** What was arrived at, in order. */
  readonly seen: string[];
}

/** A tab of this person's, opened at `path`. */
function tabOf(person: TestPerson, path = '/'): Tab {
  const browser = firstVisit(origin + path);
  const doors = new DoorModel(person);
  const faces = new Faces(person.looks.pictures, () => Promise.resolve(null));
  const seen: string[] = [];
  const at = new Whereabouts({
    router: new Router(browser),
    ground: () => ({ core: person, doors, faces }),
    groups: () => person.groups.all,
    onLeave: () => undefined,
    onArrive: (route) => seen.push(route.name === 'group' ? route.groupId : route.name),
  });
  return { at, browser, seen };
}

const payloadOf = (person: TestPerson, id: string): string => encodeInvite(person.groups.get(id)!.secret);
const paste = ({ browser }: Tab, payload: string): void => {
  browser.paste(new URL(inviteLink(origin, payload)).hash);
  browser.fire('hashchange');
};

test('an address of mine is shown; one that is not mine leads to my first group, and the start is for who has none', async () => {
  const { people, id } = await world.group('Ada');
  const ada = people[0]!;
  const other = await ada.groups.create('Ada', 'The other');
  for (const groupId of [id, other.id]) {
    const tab = tabOf(ada, `/?g=${groupId}`);
    tab.at.arriveFirst();
    expect([tab.seen, tab.at.shownId]).toEqual([[groupId], groupId]);
  }
  const first = ada.groups.all[0]!.id;
  const stranger = tabOf(ada, '/?g=AAAAAAAAAAAAAAAAAAAAAA');
  stranger.at.arriveFirst();
  expect([stranger.seen, stranger.browser.entries]).toEqual([[first], [`${origin}/?g=${first}`]]);
  const alone = tabOf(await world.person('Ben'), '/?g=AAAAAAAAAAAAAAAAAAAAAA');
  alone.at.arriveFirst();
  expect(alone.at.invite).toBeNull();
});

test('[G3] a link into a group of mine leads there, one into another is opened first, and neither stays in the history', async () => {
  const { people, id } = await world.group('Ada');
  const ada = people[0]!;
  const payload = payloadOf(ada, id);
  const mine = tabOf(ada, '/?new');
  paste(mine, payload);
  expect([mine.seen, mine.at.invite]).toEqual([[id], null]);

  const ben = tabOf(await world.person('Ben'));
  paste(ben, payload);
  expect(ben.at.shownId).toBeNull();
  await expect.poll(() => ben.at.invite?.view.phase).toBe('ready');
  expect(ben.at.invite?.view).toMatchObject({ groupName: 'The rehearsal' });
  for (const { browser } of [mine, ben]) expect(browser.entries.join()).not.toContain(payload);
});

test('a link of a later secret than mine asks for the group first, and leads there where I am still in it', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  await ada.groups.change(id, { kind: 'newLink', after: ada.groups.get(id)!.state.secretVersion });
  const tab = tabOf(ben);
  paste(tab, payloadOf(ada, id));
  expect(tab.at.invite).not.toBeNull();
  await expect.poll(() => tab.seen).toEqual([id]);
  expect([tab.at.invite, ben.groups.get(id)!.secret.version]).toEqual([
    null,
    ada.groups.get(id)!.secret.version,
  ]);
});

test('a damaged link says so, and the way back is open', async () => {
  const { people, id } = await world.group('Ada');
  const tab = tabOf(people[0]!);
  paste(tab, 'AAAA');
  expect(tab.at.invite?.view.phase).toBe('damaged');
  tab.at.arrive({ name: 'group', groupId: id });
  expect([tab.at.invite, tab.at.shownId]).toEqual([null, id]);
});

test('where I wait at the door, the link leads to the waiting and asks for nothing twice', async () => {
  const { people, id } = await world.group('Ada');
  const ada = people[0]!;
  await ada.groups.change(id, { kind: 'policy', change: { admission: 'approval' } });
  const ben = await world.person('Ben');
  const { secret } = ada.groups.get(id)!;
  await ben.knocking.join(secret, { myName: 'Ben', groupName: 'The rehearsal' });
  const tab = tabOf(ben);
  paste(tab, payloadOf(ada, id));
  expect([tab.seen, tab.at.invite]).toEqual([[id], null]);
});
