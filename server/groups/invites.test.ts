// G16 at the service: links that end hand out the sealed secret so often and so long, and say why not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { admitting, removalOf, roleFor } from '../testing/changes.ts';
import { Harness } from '../testing/harness.ts';
import { randomText, sealedName, type Draft, type Person } from '../testing/people.ts';
import { hashDoor } from './doors.ts';
import type { InvitePreviewShape, InvitesShape, NewInviteShape, TakenInviteShape } from './invite-schema.ts';
import { invitesPerGroup, rememberedMs } from './invites.ts';

const hour = 3_600_000;
let harness: Harness;
let ada: Person, ben: Person, cyd: Person, dan: Person, mal: Person;
let group: Draft;
beforeAll(async () => {
  harness = await Harness.start();
});
beforeEach(async () => {
  ada = await harness.person('Ada');
  ben = await harness.person('Ben');
  cyd = await harness.person('Cyd');
  dan = await harness.person('Dan');
  mal = await harness.person('Mal');
  group = await harness.group(ada, ben);
});
afterAll(() => harness.close());

const url = (more = ''): string => `/api/groups/${group.groupId}/invites${more}`;
const draft = (more: Partial<NewInviteShape> = {}): NewInviteShape => ({
  ...{ door: randomText(32), secretVersion: 1, lifetimeMs: hour, uses: 1 },
  ...{ sealedSecret: randomText(73), sealedName: sealedName('group'), sealedInvite: randomText(73) },
  ...more,
});
const make = (by: Person, body: NewInviteShape) => harness.ask<InvitesShape>('POST', url(), { by, body });
const made = async (by: Person, more: Partial<NewInviteShape> = {}): Promise<NewInviteShape> => {
  const body = draft(more);
  expect((await make(by, body)).status).toBe(201);
  return body;
};
const idOf = ({ door }: NewInviteShape): string => hashDoor(door).toString('base64url');
const list = async (by: Person) =>
  (await harness.ask<InvitesShape>('GET', url(), { by })).body.invites.map(({ inviteId, used }) => [
    inviteId,
    used,
  ]);
const take = async (by: Person, { door }: Pick<NewInviteShape, 'door'>): Promise<unknown> => {
  const { status, body } = await harness.ask<TakenInviteShape>('POST', url('/take'), { by, body: { door } });
  return status === 200 ? body : (body as unknown as { error: { code: string } }).error.code;
};
const revoke = (by: Person, invite: NewInviteShape) =>
  harness.refusal('DELETE', url(`/${idOf(invite)}`), { by });

describe('a link that ends', () => {
  test('[G16] shows the group, hands out what was sealed for it, and counts each identity once', async () => {
    const invite = await made(ada, { uses: 2 });
    const preview = await harness.ask<InvitePreviewShape>('POST', url('/preview'), {
      ...{ by: cyd, body: { door: invite.door } },
    });
    expect(preview.body).toEqual({
      ...{ groupId: group.groupId, owner: ada.identity, nonce: group.nonce, secretVersion: 1 },
      ...{ sealedName: invite.sealedName, memberCount: 2, admission: 'open' },
      expiresAtMs: harness.nowMs + hour,
    });
    const given = { secretVersion: 1, sealedSecret: invite.sealedSecret };
    expect([await take(cyd, invite), await take(cyd, invite)]).toEqual([given, given]);
    expect(await list(ben)).toEqual([[idOf(invite), 1]]);
    // Who is inside is not counted.
    expect([await take(ben, invite), await list(ada)]).toEqual([given, [[idOf(invite), 1]]]);
    expect(await take(dan, invite)).toEqual(given);
    expect([await take(mal, invite), await list(ada)]).toEqual(['invite_used_up', []]);
    expect(await harness.refusal('POST', url('/preview'), { by: mal, body: { door: invite.door } })).toBe(
      'invite_used_up',
    );
    // A lost answer of who was counted.
    expect(await take(dan, invite)).toEqual(given);
  });

  test('[G16] ten at once for three uses are three', async () => {
    const invite = await made(ada, { uses: 3 });
    const people = await Promise.all(Array.from({ length: 10 }, (_, at) => harness.person(`P${at}`)));
    const outcomes = await Promise.all(people.map((one) => take(one, invite)));
    expect(outcomes.filter((one) => typeof one === 'object')).toHaveLength(3);
    expect(outcomes.filter((one) => one === 'invite_used_up')).toHaveLength(7);
  });

  test('[G16] is over when its time is, is told so for a week, and then forgotten', async () => {
    const invite = await made(ada, { uses: null });
    expect(await take(cyd, invite)).toBeTypeOf('object');
    harness.nowMs += hour - 1;
    await Promise.all([ada, cyd, dan].map((one) => harness.login(one)));
    expect(await take(dan, invite)).toBeTypeOf('object');
    harness.nowMs += 1;
    expect([await take(cyd, invite), await take(dan, invite), await list(ada)]).toEqual([
      ...['invite_expired', 'invite_expired', []],
    ]);
    await harness.app.tidy();
    expect(await take(dan, invite)).toBe('invite_expired');
    harness.nowMs += rememberedMs;
    await harness.login(dan);
    await harness.app.tidy();
    expect(await take(dan, invite)).toBe('invite_expired');
    harness.nowMs += 1;
    await harness.app.tidy();
    expect(await take(dan, invite)).toBe('group_not_found');
    const left = await harness.testStore.run('select * from takers where group_id = $1', [group.groupId]);
    expect(left).toEqual([]);
  });

  test('[G16] is revoked by who made it, or by an admin, and by nobody else', async () => {
    const [mine, bens] = [await made(ada, { uses: null }), await made(ben, { uses: null })];
    expect([await revoke(ben, mine), await revoke(mal, mine)]).toEqual(['not_allowed', 'group_not_found']);
    expect(await take(cyd, mine)).toBeTypeOf('object');
    expect([await revoke(ben, bens), await revoke(ben, bens), await revoke(ada, mine)]).toEqual([
      '204',
      '204',
      '204',
    ]);
    expect([await take(cyd, mine), await take(dan, bens), await list(ada)]).toEqual([
      ...['invite_revoked', 'invite_revoked', []],
    ]);
    const rows = await harness.testStore.run('select * from invites where group_id = $1', [group.groupId]);
    expect(rows.map((row) => [row['sealed_secret'], row['sealed_invite']])).toEqual([
      ['', ''],
      ['', ''],
    ]);
    const third = await made(ben);
    await harness.change(ada, group, [roleFor(ben, 'listener')]);
    expect(await revoke(ada, third)).toBe('204');
  });

  test('[G13] [G16] ends with every other link at a rotation, and none is made for a secret of before', async () => {
    const invite = await made(ada, { uses: null });
    await take(cyd, invite);
    group = await harness.change(ada, group, 'rotation');
    expect([await take(cyd, invite), await take(dan, invite), await list(ada)]).toEqual([
      ...['group_not_found', 'group_not_found', []],
    ]);
    expect((await make(ada, draft())).body).toMatchObject({ error: { code: 'history_conflict' } });
    expect(await take(dan, await made(ada, { secretVersion: 2 }))).toMatchObject({ secretVersion: 2 });
  });

  test('[G16] [T5] is made and listed by members; for who has not the link it is as if there were none', async () => {
    const invite = await made(ada);
    for (const [method, path, body] of [
      ['POST', '', draft()],
      ['GET', '', undefined],
      ['DELETE', `/${idOf(invite)}`, undefined],
      ['POST', '/preview', { door: randomText(32) }],
      ['POST', '/take', { door: randomText(32) }],
      // The door of the group is none of a link's.
      ['POST', '/take', { door: group.door }],
    ] as const)
      expect(await harness.refusal(method, url(path), { by: mal, body })).toBe('group_not_found');
    expect(
      await harness.refusal('POST', `/api/groups/${group.groupId}/preview`, {
        by: mal,
        body: { door: invite.door },
      }),
    ).toBe('group_not_found');
    const stored = await harness.testStore.run('select * from invites where group_id = $1', [group.groupId]);
    expect(JSON.stringify(stored)).not.toContain(invite.door);
  });

  test('[G16] under approval its people wait like all others; who is banned is handed nothing', async () => {
    await harness.change(ada, group, [admitting('approval', ada, ben)]);
    const invite = await made(ada, { uses: null });
    expect(await take(cyd, invite)).toBeTypeOf('object');
    expect((await harness.enter(cyd, group)).status).toBe(202);
    group = await harness.change(ada, group, [removalOf(mal, true)]);
    const next = await made(ada, { uses: null, secretVersion: 2 });
    expect([await take(mal, next), await take(mal, invite)]).toEqual([
      'removed_from_group',
      'group_not_found',
    ]);
    expect((await list(ada))[0]).toEqual([idOf(next), 0]);
  });

  test('[G16] the same again is the same; there are so many in a group', async () => {
    const body = draft({ uses: null });
    const answers = [await make(ada, body), await make(ada, body)];
    expect(answers.map(({ status, body: { invites } }) => [status, invites.length])).toEqual([
      [201, 1],
      [200, 1],
    ]);
    expect((await make(ada, { ...body, sealedSecret: randomText(73) })).status).toBe(409);
    for (let count = 1; count < invitesPerGroup; count++) await made(ben);
    expect((await make(ada, draft())).body).toMatchObject({ error: { code: 'too_many_invites' } });
    // What is revoked makes room only when it is forgotten, so that nobody can make without end.
    await revoke(ada, body);
    expect((await make(ada, draft())).body).toMatchObject({ error: { code: 'too_many_invites' } });
  });
});
