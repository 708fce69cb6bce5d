// Sessions and events against the real service: one proof for many requests, a new one when the old is refused, events that
// come back after every kind of loss.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toBase64url } from '../../crypto/bytes.ts';
import { removal, World, type TestPerson } from '../testing/world.ts';
import type { EventsHandle } from './events.ts';
import type { GroupEvent } from './schemas.ts';

let world: World;
const open: EventsHandle[] = [];
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  for (const events of open.splice(0)) events.close();
  await world.close();
});

const asked = (person: TestPerson, path: string) =>
  person.line.sent.filter((sent) => sent.path === path).length;

/** Everything that a person hears, and waiting for it. */
function listen(person: TestPerson) {
  const heard: { groups: GroupEvent[]; gone: string[]; connected: boolean[] } = {
    groups: [],
    gone: [],
    connected: [],
  };
  const looks = new Set<() => void>();
  const told =
    <T>(note: (value: T) => void) =>
    (value: T) => {
      note(value);
      for (const look of looks) look();
    };
  const events = person.service.followEvents({
    onGroup: told((event) => heard.groups.push(event)),
    onGone: told((groupId) => heard.gone.push(toBase64url(groupId))),
    onKnock: () => undefined,
    onAnswer: () => undefined,
    onConnected: told((isConnected) => heard.connected.push(isConnected)),
  });
  open.push(events);
  const until = (is: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!is()) return;
        looks.delete(look);
        resolve();
      };
      looks.add(look);
      look();
    });
  return { heard, events, until };
}

test('[T3] any number of requests at once share one proof', async () => {
  const ada = await world.person('Ada');
  const groups = await Promise.all(
    [1, 2, 3].map((n) => ada.groups.create('Ada', `Group ${n}`).catch(String)),
  );
  expect(groups).toHaveLength(3);
  expect(asked(ada, '/api/sessions/challenge')).toBe(1);
  expect(asked(ada, '/api/sessions')).toBe(1);
});

test('[T3] a token that the service no longer takes is replaced once, and nobody notices', async () => {
  const { people, id } = await world.group('Ada');
  const ada = people[0]!;
  world.harness.nowMs += 2 * 60 * 60_000;
  await ada.groups.refresh(id);
  expect(ada.groups.get(id)!.isFresh).toBe(true);
  expect(asked(ada, '/api/sessions')).toBe(2);
});

test('[T3] a service that takes no token at all is not asked for ever', async () => {
  const { people, id } = await world.group('Ada');
  const ada = people[0]!;
  const through = ada.line.fetch;
  ada.line.fetch = async (input, init) => {
    const isOpen = (input as string).includes('/api/sessions');
    if (isOpen) return through(input, init);
    return Response.json({ error: { code: 'session_required', message: '' } }, { status: 401 });
  };
  await expect(ada.service.group(ada.groups.get(id)!.secret.groupId)).rejects.toMatchObject({ status: 401 });
  expect(asked(ada, '/api/sessions')).toBe(2);
});

test('events tell of members, of the voice chat, and of being out', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people as [TestPerson, TestPerson];
  const { heard, until } = listen(ben);
  await until(() => heard.groups.length > 0);
  expect(heard.groups[0]!.call).toBeNull();
  await ada.enter(id);
  await until(() => heard.groups.at(-1)!.call?.participants.length === 1);
  await ada.groups.change(id, removal(ben));
  await until(() => heard.gone.length > 0);
  expect(heard.gone).toEqual([id]);
});

test('events come back by themselves after the connection was lost, at once when woken', async () => {
  const { people } = await world.group('Ada');
  const ada = people[0]!;
  const { heard, events, until } = listen(ada);
  await until(() => heard.groups.length === 1);
  ada.line.isDown = true;
  world.harness.app.server.closeAllConnections();
  await until(() => heard.connected.at(-1) === false);
  ada.line.isDown = false;
  events.wake();
  await until(() => heard.connected.at(-1) === true);
  await until(() => heard.groups.length === 2);
});

test('events that are none, or not of the documented shape, change nothing', async () => {
  const ada = await world.person('Ada');
  const through = ada.line.fetch;
  const strange = [
    ': a comment\n\n',
    'event: group\ndata: {not json\n\n',
    'event: group\ndata: {"groupId":"short","version":1,"call":null}\n\n',
    'event: gone\ndata: {"groupId":7}\n\n',
    'event: party\ndata: {}\n\n',
    `event: gone\ndata: {"groupId":"${'A'.repeat(22)}"}\n\n`,
  ];
  ada.line.fetch = (input, init) =>
    (input as string).endsWith('/api/events')
      ? Promise.resolve(new Response(strange.join(''), { headers: { 'content-type': 'text/event-stream' } }))
      : through(input, init);
  const { heard, until } = listen(ada);
  await until(() => heard.gone.length > 0);
  expect(heard.groups).toEqual([]);
  expect(heard.gone[0]).toBe('A'.repeat(22));
});
