// G10, G12 at the service: who left, was removed or banned, and how they come back or do not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comeback, departure, pardonOf, removalOf, roleFor, signEntry } from '../testing/changes.ts';
import { Harness } from '../testing/harness.ts';
import type { Draft, Person } from '../testing/people.ts';
import type { GroupShape } from './schema.ts';

let harness: Harness;
let ada: Person, ben: Person, cyd: Person;
beforeAll(async () => {
  harness = await Harness.start({ groupLimits: { membersPerGroup: 3, groupsPerIdentity: 100 } });
  ada = await harness.person('Ada');
  ben = await harness.person('Ben');
  cyd = await harness.person('Cyd');
});
afterAll(() => harness.close());

const members = async (by: Person, { groupId }: Draft): Promise<string[]> =>
  (await harness.ask<GroupShape>('GET', `/api/groups/${groupId}`, { by })).body.members!.map(
    ({ identity }) => identity,
  );
const codeOf = async (entering: ReturnType<Harness['enter']>): Promise<unknown> => {
  const { status, body } = await entering;
  return status >= 400 ? (body as { error: { code: string } }).error.code : status;
};
/** A `return` after the group's present state. */
const returning = async (who: Person, group: Draft): Promise<string> =>
  (await signEntry(who, await harness.state(ada, group), comeback)).entry;

test('[G10] who leaves is out with their row and place, and back by the same link with a signed return only', async () => {
  const group = await harness.group(ada, ben);
  const bens = await harness.join(ben, group);
  const { body } = await harness.drafted(ben, group, [departure]);
  const url = `/api/groups/${group.groupId}/history`;
  expect((await harness.ask('POST', url, { by: ben, body })).status).toBe(201);
  expect(await members(ada, group)).toEqual([ada.identity]);
  await expect.poll(() => harness.memorySfu.rooms.has(bens.callId)).toBe(false);
  // Said again it is answered as the first time (T7); anything else is asked by who is no member, so there is no such group.
  expect((await harness.ask('POST', url, { by: ben, body })).body).toEqual({ version: 1 });
  const more = { ...body, after: 1 };
  expect(await harness.refusal('POST', url, { by: ben, body: more })).toBe('group_not_found');
  expect(await codeOf(harness.enter(ben, group))).toBe('removed_from_group');
  expect(await codeOf(harness.enter(ben, group, [await returning(ben, group)]))).toBe(201);
  expect((await harness.state(ada, group)).version).toBe(2);
  // The answer was lost: nothing changes.
  expect(await codeOf(harness.enter(ben, group, [await returning(ben, group)]))).toBe(200);
  expect((await harness.state(ada, group)).version).toBe(2);
});

test('[G10] a return that is somebody else’s, of before, or nothing of the kind, does not count', async () => {
  const group = await harness.group(ada, ben, cyd);
  await harness.depart(ben, group);
  const early = await returning(ben, group);
  await harness.depart(cyd, group);
  const state = await harness.state(ada, group);
  const cyds = (await signEntry(cyd, state, comeback)).entry;
  const forged = (await signEntry({ ...cyd, identity: ben.identity }, state, comeback)).entry;
  const leave = (await signEntry(ben, state, departure)).entry;
  expect(await codeOf(harness.enter(ben, group, [cyds]))).toBe('not_allowed');
  expect(await codeOf(harness.enter(ben, group, [forged]))).toBe('bad_signature');
  expect(await codeOf(harness.enter(ben, group, [leave]))).toBe('invalid_request');
  // Of an older version: told what was missed.
  const { groupId } = group;
  const late = await harness.enter(ben, group, [early]);
  const url = `/api/groups/${groupId}/history/read`;
  const whole = await harness.ask('POST', url, { by: ben, body: { door: group.door, after: 0 } });
  expect([late.status, (late.body as { page: unknown }).page]).toEqual([409, whole.body]);
  // Who never left has nothing to return from.
  const dot = await harness.person('Dot');
  expect(await codeOf(harness.enter(dot, group, [(await signEntry(dot, state, comeback)).entry]))).toBe(
    'not_allowed',
  );
  expect(await members(ada, group)).toEqual([ada.identity]);
});

test('[G10] who left comes back by a later link without more, and who was removed, too', async () => {
  let group = await harness.group(ada, ben);
  await harness.depart(ben, group);
  group = await harness.change(ada, group, 'rotation');
  expect(await codeOf(harness.enter(ben, group))).toBe(201);
  const before = group;
  group = await harness.remove(ada, group, ben);
  expect(await codeOf(harness.enter(ben, before))).toBe('group_not_found');
  expect(await codeOf(harness.enter(ben, before, [await returning(ben, group)]))).toBe('group_not_found');
  expect(await codeOf(harness.enter(ben, group))).toBe(201);
});

test('[G10] a ban holds by every link, with a return or without, until a pardon and then a new link', async () => {
  let group = await harness.group(ada, ben);
  group = await harness.change(ada, group, [removalOf(ben, true)]);
  const evade = async (): Promise<void> => {
    expect(await codeOf(harness.enter(ben, group))).toBe('removed_from_group');
    expect(await codeOf(harness.enter(ben, group, [await returning(ben, group)]))).toBe('removed_from_group');
  };
  await evade();
  group = await harness.change(ada, group, 'rotation');
  await evade();
  await harness.change(ada, group, [pardonOf(ben)]);
  expect(await codeOf(harness.enter(ben, group))).toBe(201);
});

test('[G10] who was banned before their rotation is not let in by what they sent at the same moment', async () => {
  const group = await harness.group(ada, ben);
  await harness.depart(ben, group);
  const entry = await returning(ben, group);
  const { body, door } = await harness.drafted(ada, group, [removalOf(ben, true)]);
  const [entered, banned] = await Promise.all([
    harness.enter(ben, group, [entry]),
    harness.ask('POST', `/api/groups/${group.groupId}/history`, { by: ada, body }),
  ]);
  expect([entered.status, banned.status]).not.toEqual([201, 201]);
  if (banned.status === 201) {
    expect(await members(ada, group)).toEqual([ada.identity]);
    expect(await codeOf(harness.enter(ben, { ...group, door: door ?? '', secretVersion: 2 }))).toBe(
      'removed_from_group',
    );
  }
});

test('[G10] a listener who leaves and comes back is a listener', async () => {
  const group = await harness.group(ada, ben);
  await harness.change(ada, group, [roleFor(ben, 'listener')]);
  await harness.depart(ben, group);
  await harness.enter(ben, group, [await returning(ben, group)]);
  const token = (await harness.join(ben, group)).livekit.token.split('.')[1] ?? '';
  expect(JSON.parse(Buffer.from(token, 'base64url').toString())).toMatchObject({
    video: { canPublish: false },
  });
});

test('nobody new comes in where eight times as many as a group has are gone', async () => {
  let group = await harness.group(ada);
  const people = await Promise.all(Array.from({ length: 24 }, (_, index) => harness.person(`P${index}`)));
  const actions = people.map((one) => removalOf(one));
  group = await harness.change(ada, group, actions);
  expect(await codeOf(harness.enter(ben, group))).toBe('group_full');
  // Who is among them may come back.
  const [first] = people;
  if (first) expect(await codeOf(harness.enter(first, group))).toBe(201);
});
