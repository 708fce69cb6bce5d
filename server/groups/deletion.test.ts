// G17: the owner deletes a group. It and its voice chat are over for everybody, and no row of it is left but the owner's signed word, which
// goes, too, after a month. On both kinds of database.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fromBase64url, toBase64url } from '../../crypto/bytes.ts';
import { deletionStatement } from '../../crypto/identity/statements.ts';
import { admissionOf, admitting, handoverTo, removalOf } from '../testing/changes.ts';
import { Harness, type Ticket } from '../testing/harness.ts';
import {
  memberRecord,
  profileOf,
  randomText,
  sealedName,
  type Draft,
  type Person,
} from '../testing/people.ts';
import { EventReader } from '../testing/stream.ts';
import { tablesOf } from '../testing/contents.ts';
import type { ToldDeletionShape } from './deletion-schema.ts';
import { toldMs } from './deletion.ts';

let harness: Harness;
let ada: Person, ben: Person, cyd: Person, mal: Person;
let group: Draft;
beforeEach(async () => {
  harness = await Harness.start();
  ada = await harness.person('Ada');
  ben = await harness.person('Ben');
  cyd = await harness.person('Cyd');
  mal = await harness.person('Mal');
  group = await harness.group(ada, ben, cyd);
});
afterEach(() => harness.close());

const at = (more = ''): string => `/api/groups/${group.groupId}${more}`;
const signed = async (by: Person) => {
  const { version, head } = await harness.state(ada, group);
  const fields = { groupId: fromBase64url(group.groupId), version, head, author: fromBase64url(by.identity) };
  return { version, signature: await by.sign(deletionStatement(fields)) };
};
const remove = async (by: Person) => harness.refusal('DELETE', at(), { by, body: await signed(by) });

const tables = (): Promise<string[]> => tablesOf(harness.testStore);

/** Every table that has a row with one of these in it, in any column. */
async function tablesWith(...ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const table of await tables()) {
    const rows = await harness.testStore.run(`select * from "${table}"`);
    if (rows.some((row) => Object.values(row).some((value) => ids.some((id) => value === id))))
      found.push(table);
  }
  return found;
}

/** Something of the group in every table: changes, shares, knocks, links, a picture, a voice chat that ended and one that runs. */
async function filled(): Promise<Ticket[]> {
  group = await harness.change(ada, group, [removalOf(cyd)]);
  await harness.change(ada, group, [admitting('approval', ada, ben)]);
  await harness.enter(mal, group);
  const invite = {
    ...{ door: randomText(32), secretVersion: 2, lifetimeMs: 3_600_000, uses: null },
    ...{ sealedSecret: randomText(73), sealedName: sealedName('group'), sealedInvite: randomText(73) },
  };
  await harness.ask('POST', at('/invites'), { by: ada, body: invite });
  await harness.ask('POST', at('/invites/take'), { by: mal, body: { door: invite.door } });
  const shown = { ...(await profileOf(ben, group, { revision: 2 })), picture: randomText(900) };
  await harness.ask('PUT', at('/profile'), { by: ben, body: shown });
  const over = await harness.join(ada, group);
  await harness.ask('POST', `/api/calls/${over.callId}/leave`, {
    ...{ by: ada, body: { livekitIdentity: over.livekit.identity } },
  });
  const runs = await harness.join(ada, group);
  await harness.join(ben, group);
  const open = { kind: 'open', generation: 1, epoch: 0, message: '', groupInfo: randomText(40), after: 0 };
  await harness.ask('POST', `/api/calls/${runs.callId}/log`, { by: ada, body: open });
  await harness.ask('PUT', `/api/calls/${runs.callId}/requests/${runs.livekit.identity}`, {
    ...{ by: ada, body: { generation: 1, message: randomText(40) } },
  });
  return [over, runs];
}

test('[G17] no row of it is left in any table, its voice chat is over, and another group is as it was', async () => {
  const other = await harness.group(ada, ben);
  const inOther = await harness.join(ben, other);
  const [over, runs] = (await filled()) as [Ticket, Ticket];
  const ids = [group.groupId, over.callId, runs.callId];
  const all = await tables();
  expect(await tablesWith(...ids)).toEqual(
    all.filter((table) => !['challenges', 'sessions', 'deletions'].includes(table)),
  );
  const before = await tablesWith(other.groupId, inOther.callId);
  expect(await remove(ada)).toBe('204');
  expect(await tablesWith(...ids)).toEqual(['deletions']);
  expect(await tablesWith(other.groupId, inOther.callId)).toEqual(before);
  expect([...harness.memorySfu.rooms.keys()]).toEqual([inOther.callId]);
  for (const by of [ada, ben, cyd, mal])
    expect(await harness.refusal('GET', at(), { by })).toBe('group_not_found');
  const log = `/api/calls/${runs.callId}/log?after=0`;
  expect(await harness.refusal('GET', log, { by: ben })).toBe('call_not_found');

  harness.nowMs += toldMs;
  await harness.app.tidy();
  expect(await tablesWith(...ids)).toEqual([]);
});

test('[G17] the owner alone may, by a signature over this group as it is; said again it is done', async () => {
  const body = await signed(ada);
  expect([await remove(ben), await remove(mal)]).toEqual(['not_allowed', 'group_not_found']);
  const wrong = [
    { ...body, signature: (await signed(ben)).signature },
    { ...body, signature: randomText(64).slice(0, -1) + 'A' },
  ];
  for (const one of wrong)
    expect(await harness.refusal('DELETE', at(), { by: ada, body: one })).toBe('bad_signature');
  await harness.change(ada, group, [handoverTo(ben)]);
  expect(await harness.refusal('DELETE', at(), { by: ada, body })).toBe('not_allowed');
  const bens = await signed(ben);
  await harness.change(ben, group, [admitting('approval', ada, ben, cyd)]);
  expect(await harness.refusal('DELETE', at(), { by: ben, body: bens })).toBe('history_conflict');
  const last = await signed(ben);
  expect(await harness.refusal('DELETE', at(), { by: ben, body: last })).toBe('204');
  expect(await harness.refusal('DELETE', at(), { by: ben, body: last })).toBe('204');
  expect(await harness.refusal('DELETE', at(), { by: ada, body: last })).toBe('group_not_found');
});

test('[G17] what stays is the owner’s word; the link opens nothing, and nobody makes the group again in its place', async () => {
  const { head } = await harness.state(ada, group);
  const told = async () => (await harness.ask<ToldDeletionShape>('GET', at('/deletion'), { by: ben })).body;
  expect(await told()).toEqual({ deletion: null });
  const body = await signed(ada);
  expect(await harness.refusal('DELETE', at(), { by: ada, body })).toBe('204');
  expect(await told()).toEqual({
    deletion: { ...body, author: ada.identity, head: toBase64url(head) },
  });
  const { door } = group;
  expect(await harness.refusal('POST', at('/preview'), { by: mal, body: { door } })).toBe('group_not_found');
  expect((await harness.enter(mal, group)).status).toBe(404);
  const again = { ...group, member: await memberRecord(ada, group) };
  expect(await harness.refusal('POST', '/api/groups', { by: ada, body: again })).toBe('group_exists');
});

test('[G17] members who listen are told, and who waits at the door', async () => {
  await harness.change(ada, group, [admitting('approval', ada, ben, cyd)]);
  await harness.enter(mal, group);
  const address = await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const [bens, mals] = [
    await EventReader.open(`${address}/api/events`, ben.token),
    await EventReader.open(`${address}/api/events`, mal.token),
  ];
  await bens.next(({ event }) => event === 'group');
  expect(await remove(ada)).toBe('204');
  const data = { groupId: group.groupId };
  expect(await bens.next(({ event }) => event === 'gone')).toEqual({ event: 'gone', data });
  expect(await mals.next(({ event }) => event === 'answer')).toEqual({ event: 'answer', data });
  expect(await harness.refusal('GET', at(`/knocks/${mal.identity}`), { by: mal })).toBe('group_not_found');
  for (const reader of [bens, mals]) reader.close();
});

test('[G17] while LiveKit is away the group stays, and can be deleted when it is back', async () => {
  await filled();
  harness.memorySfu.isDown = true;
  expect(await remove(ada)).toBe('livekit_unavailable');
  expect(await harness.refusal('GET', at(), { by: ben })).toBe('200');
  harness.memorySfu.isDown = false;
  expect(await remove(ada)).toBe('204');
  expect(await tablesWith(group.groupId)).toEqual(['deletions']);
});

test('[G17] what happens at the same moment leaves nothing behind either', async () => {
  await harness.change(ada, group, [admitting('approval', ada, ben, cyd)]);
  await harness.enter(mal, group);
  const { body: change } = await harness.drafted(ada, group, [admissionOf(mal)]);
  const body = await signed(ada);
  const tried = await Promise.all([
    harness.refusal('POST', at('/call'), { by: ben, body: { placeId: randomText(16) } }),
    harness.refusal('DELETE', at(), { by: ada, body }),
    harness.refusal('POST', at('/call'), { by: ada, body: { placeId: randomText(16) } }),
    harness.refusal('POST', at('/history'), { by: ada, body: change }),
  ]);
  if (tried[1] === 'history_conflict') expect(await remove(ada)).toBe('204');
  else expect(tried[1]).toBe('204');
  expect(await tablesWith(group.groupId)).toEqual(['deletions']);
  await expect.poll(() => [...harness.memorySfu.rooms.keys()]).toEqual([]);
});
