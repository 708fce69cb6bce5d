// G15 in the event streams: who hears that somebody waits at the door, and who hears the answer.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { admissionOf, admitting, roleFor } from '../testing/changes.ts';
import { Harness } from '../testing/harness.ts';
import type { Draft, Person } from '../testing/people.ts';
import { EventReader } from '../testing/stream.ts';

let harness: Harness;
let address: string;
let ada: Person, ben: Person, cyd: Person, mal: Person;
let group: Draft;
let readers: EventReader[];
beforeEach(async () => {
  harness = await Harness.start();
  address = await harness.app.listen({ host: '127.0.0.1', port: 0 });
  ada = await harness.person('Ada');
  ben = await harness.person('Ben');
  cyd = await harness.person('Cyd');
  mal = await harness.person('Mal');
  readers = [];
  group = await harness.group(ada, ben, cyd);
  await harness.change(ada, group, [roleFor(ben, 'admin'), admitting('approval', ada, ben, cyd)]);
});
afterEach(async () => {
  for (const reader of readers) reader.close();
  await harness.close();
});

async function listen(...people: readonly Person[]): Promise<EventReader[]> {
  const opened = await Promise.all(
    people.map((person) => EventReader.open(`${address}/api/events`, person.token)),
  );
  readers.push(...opened);
  return opened;
}
const bells = (reader: EventReader, event: string) => reader.events.filter((one) => one.event === event);
const end = (by: Person, whose: Person) =>
  harness.ask('DELETE', `/api/groups/${group.groupId}/knocks/${whose.identity}`, { by });

test('[G15] admins hear a knock, nobody else does; who knocked hears each answer', async () => {
  const [adas, bens, cyds, mals] = (await listen(ada, ben, cyd, mal)) as [
    ...[EventReader, EventReader, EventReader, EventReader],
  ];
  const data = { groupId: group.groupId };
  const isKnock = ({ event }: { event: string }): boolean => event === 'knock';
  const isAnswer = ({ event }: { event: string }): boolean => event === 'answer';
  await harness.enter(mal, group);
  for (const reader of [adas, bens]) expect(await reader.next(isKnock)).toEqual({ event: 'knock', data });

  await end(ada, mal);
  expect(await mals.next(isAnswer)).toEqual({ event: 'answer', data });
  await adas.next(isKnock, adas.events.length);

  harness.nowMs += 3_599_000;
  harness.nowMs += 1_000;
  await Promise.all([ada, mal].map((person) => harness.login(person)));
  const [again] = (await listen(mal)) as [EventReader];
  await harness.enter(mal, group);
  await harness.change(ada, group, [admissionOf(mal)]);
  expect(await again.next(isAnswer)).toEqual({ event: 'answer', data });
  // The group itself came after it, or before: Cyd has seen it, and heard no bell.
  await cyds.next(({ event, data: told }) => event === 'group' && (told as { version: number }).version > 4);
  expect([bells(cyds, 'knock'), bells(cyds, 'answer'), bells(mals, 'knock')]).toEqual([[], [], []]);
});

test('[G15] a new link, and a group that opens, are heard by everybody who waits', async () => {
  const [mals] = (await listen(mal)) as [EventReader];
  await harness.enter(mal, group);
  const next = await harness.change(ada, group, 'rotation');
  const isAnswer = ({ event }: { event: string }): boolean => event === 'answer';
  await mals.next(isAnswer);
  await harness.enter(mal, next);
  const seen = mals.events.length;
  await harness.change(ada, next, [admitting('open')]);
  expect(await mals.next(isAnswer, seen)).toMatchObject({ event: 'answer' });
});
