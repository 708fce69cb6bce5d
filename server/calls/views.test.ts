// One reading for all who wake at one ring, and never less than the ring promised.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallView } from '../store/store.ts';
import { Harness } from '../testing/harness.ts';
import type { Person } from '../testing/people.ts';
import { Bells, requestsOf } from './bells.ts';
import { CallViews } from './views.ts';

let harness: Harness;
let ada: Person;
let ben: Person;
let callId: string;
let bells: Bells;
let views: CallViews;
let readings: number;
beforeEach(async () => {
  harness = await Harness.start();
  [ada, ben] = [await harness.person('Ada'), await harness.person('Ben')];
  const group = await harness.group(ada, ben);
  callId = (await harness.join(ada, group)).callId;
  await harness.join(ben, group);
  bells = new Bells();
  const { calls } = harness.store;
  const counted: typeof calls.readAs = (...wish) => {
    readings++;
    return calls.readAs(...wish);
  };
  views = new CallViews({ store: { calls: { ...calls, readAs: counted } }, bells });
  readings = 0;
});
afterEach(() => harness.close());

const wish = { after: 0, seen: 2, withWelcomes: false, requestsSeen: null };
const read = (person: Person, more: Partial<typeof wish> = {}) =>
  views.readAs(callId, person.identity, { ...wish, ...more });
const positionOf = async (view: ReturnType<typeof read>) => ((await view) as CallView).position;
const open = () =>
  harness.store.calls.append({
    ...{ callId, identity: ada.identity, kind: 'open', generation: 1, epoch: 0 },
    ...{ message: '', groupInfo: 'x', welcome: null, after: 0, keptEntries: 1024 },
  });

test('everybody who reads the same shares one reading, until the bell rings', async () => {
  const both = await Promise.all([read(ada), read(ben), read(ada)]);
  expect([readings, new Set(both).size]).toEqual([1, 1]);
  await open();
  bells.ring(callId);
  expect(await Promise.all([positionOf(read(ada)), positionOf(read(ben))])).toEqual([1, 1]);
  expect(readings).toBe(2);
  bells.ring(requestsOf(callId));
  await read(ada);
  expect(readings).toBe(3);
});

test('a reading that began before the ring is not shared after it', async () => {
  const before = read(ada);
  await open();
  bells.ring(callId);
  expect(await positionOf(read(ben))).toBe(1);
  await before;
});

test('who knows more than a shared reading shows reads again, and so does who follows requests', async () => {
  await read(ada);
  await open();
  expect(await positionOf(read(ben, { after: 1 }))).toBe(1);
  expect(readings).toBe(2);
  await views.readAs(callId, ben.identity, { ...wish, requestsSeen: 0 });
  await views.readAs(callId, ben.identity, { ...wish, requestsSeen: 0 });
  expect(readings).toBe(4);
});

test("Welcomes are in the readings of those who wait for one, and in nobody else's", async () => {
  const welcomed = { ...wish, withWelcomes: true };
  const both = await Promise.all([
    views.readAs(callId, ada.identity, welcomed),
    views.readAs(callId, ben.identity, welcomed),
  ]);
  expect([readings, new Set(both).size]).toEqual([1, 1]);
  expect(await read(ada)).not.toBe(both[0]);
  expect(readings).toBe(2);
});

test('[D4] a shared reading is shown only to who has a place in it', async () => {
  await read(ada);
  const mal = await harness.person('Mal');
  expect(await read(mal)).toBe('no_call');
  expect(await views.readAs('nowhere', ada.identity, wish)).toBe('no_call');
  expect(await views.readAs('nowhere', ada.identity, wish)).toBe('no_call');
});
