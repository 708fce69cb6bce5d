import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Harness } from '../testing/harness.ts';
import { roleFor } from '../testing/changes.ts';
import { draftGroup, memberRecord, randomText, type Person } from '../testing/people.ts';
import type { GroupShape } from './schema.ts';

let harness: Harness;
let ada: Person;
let ben: Person;
let cyd: Person;
let mal: Person;
beforeAll(async () => {
  harness = await Harness.start({ groupLimits: { membersPerGroup: 4, groupsPerIdentity: 30 } });
  [ada, ben, cyd, mal] = [
    await harness.person('Ada'),
    await harness.person('Ben'),
    await harness.person('Cyd'),
    await harness.person('Mal'),
  ];
});
afterAll(() => harness.close());

const read = async (by: Person, groupId: string): Promise<GroupShape> =>
  (await harness.ask<GroupShape>('GET', `/api/groups/${groupId}`, { by })).body;

describe('creating a group', () => {
  test('[G1] the owner is who the group id was made from', async () => {
    const draft = draftGroup(ada);
    const body = { ...draft, member: await memberRecord(ada, draft) };
    const created = await harness.ask<GroupShape>('POST', '/api/groups', { by: ada, body });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      groupId: draft.groupId,
      owner: ada.identity,
      nonce: draft.nonce,
      secretVersion: 1,
      version: 1,
      historyVersion: 0,
      sealedName: draft.sealedName,
      sealedFace: null,
      nameVersion: 1,
      members: [
        { ...body.member, secretVersion: 1, carriedMac: null, nameVersion: 1, joinedAtMs: harness.nowMs },
      ],
      next: null,
      call: null,
    });
    const stolen = { ...draft, member: await memberRecord(mal, draft) };
    expect(await harness.refusal('POST', '/api/groups', { by: mal, body: stolen })).toBe('invalid_request');
    expect(await harness.refusal('POST', '/api/groups', { by: mal, body })).toBe('not_allowed');
    // The history begins with the first secret (G9).
    const later = { ...body, secretVersion: 2 };
    expect(await harness.refusal('POST', '/api/groups', { by: ada, body: later })).toBe('invalid_request');
  });

  test('repeated with the same bytes it answers 200, with others it is refused', async () => {
    const draft = draftGroup(ada);
    const body = { ...draft, member: await memberRecord(ada, draft) };
    expect((await harness.ask('POST', '/api/groups', { by: ada, body })).status).toBe(201);
    harness.nowMs += 1000;
    const again = await harness.ask<GroupShape>('POST', '/api/groups', { by: ada, body });
    expect([again.status, again.body.version]).toEqual([200, 1]);
    const other = { ...body, door: randomText(32) };
    expect(await harness.refusal('POST', '/api/groups', { by: ada, body: other })).toBe('group_exists');
  });

  test('[G5] a member statement that does not verify for this group and version is refused', async () => {
    const draft = draftGroup(ada);
    const member = await memberRecord(ada, draft);
    const wrong = [
      { ...member, mac: randomText(32) },
      { ...member, inboxKey: randomText(32) },
      { ...member, signature: randomText(64).slice(0, -1) + 'A' },
      await memberRecord(ada, { ...draft, secretVersion: 2 }),
      await memberRecord(ada, draftGroup(ada)),
    ];
    for (const one of wrong) {
      const asked = { by: ada, body: { ...draft, member: one } };
      expect(await harness.refusal('POST', '/api/groups', asked)).toBe('bad_signature');
    }
    expect(await harness.refusal('GET', `/api/groups/${draft.groupId}`, { by: ada })).toBe('group_not_found');
  });

  test('ten tries at once make one group', async () => {
    const draft = draftGroup(ada);
    const body = { ...draft, member: await memberRecord(ada, draft) };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => harness.ask('POST', '/api/groups', { by: ada, body })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array<number>(9).fill(200), 201]);
  });
});

describe('the door', () => {
  test('[G4] opens the preview and the group, and is kept as a hash', async () => {
    const group = await harness.group(ada);
    const url = `/api/groups/${group.groupId}/preview`;
    const preview = await harness.ask('POST', url, { by: ben, body: { door: group.door } });
    expect(preview.status).toBe(200);
    const { groupId, nonce, sealedName } = group;
    expect(preview.body).toEqual({
      groupId,
      owner: ada.identity,
      nonce,
      secretVersion: 1,
      sealedName,
      sealedFace: null,
      picture: null,
      memberCount: 1,
      admission: 'open',
    });
    expect((await harness.enter(ben, group)).status).toBe(201);
    expect((await harness.enter(ben, group)).status).toBe(200);
    const { version, members } = await read(ben, group.groupId);
    expect([version, members!.map((member) => member.identity)]).toEqual([
      2,
      [ada.identity, ben.identity].sort(),
    ]);
    const head = await harness.store.groups.head(group.groupId);
    expect(JSON.stringify(head)).not.toContain(group.door);
  });

  test('[T5] unknown group and wrong door answer alike, on every route', async () => {
    const group = await harness.group(ada);
    const nowhere = draftGroup(ada).groupId;
    const member = await memberRecord(mal, group);
    const { body: change } = await harness.drafted(ada, group, [roleFor(mal, 'admin')]);
    for (const groupId of [group.groupId, nowhere]) {
      const at = `/api/groups/${groupId}`;
      const answers = [
        await harness.ask('POST', `${at}/preview`, { by: mal, body: { door: randomText(32) } }),
        await harness.ask('POST', `${at}/members`, {
          by: mal,
          body: { door: randomText(32), member, entries: [] },
        }),
        await harness.ask('GET', at, { by: mal }),
        await harness.ask('POST', `${at}/call`, { by: mal, body: { placeId: randomText(16) } }),
        await harness.ask('POST', `${at}/history`, { by: mal, body: change }),
        await harness.ask('GET', `${at}/history?after=0`, { by: mal }),
        await harness.ask('POST', `${at}/history/read`, {
          by: mal,
          body: { door: randomText(32), after: 0 },
        }),
        await harness.ask('GET', `${at}/rotations?after=0`, { by: mal }),
      ];
      for (const { status, body } of answers) {
        expect(status).toBe(404);
        expect(body).toMatchObject({ error: { code: 'group_not_found' } });
      }
      expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    }
    expect((await read(ada, group.groupId)).version).toBe(1);
  });

  test('[G5] nobody enters with a statement that is not their own', async () => {
    const group = await harness.group(ada);
    const url = `/api/groups/${group.groupId}/members`;
    const bens = await memberRecord(ben, group);
    expect(
      await harness.refusal('POST', url, { by: mal, body: { door: group.door, member: bens, entries: [] } }),
    ).toBe('not_allowed');
    const forged = { ...bens, identity: mal.identity };
    expect(
      await harness.refusal('POST', url, {
        by: mal,
        body: { door: group.door, member: forged, entries: [] },
      }),
    ).toBe('bad_signature');
    expect((await read(ada, group.groupId)).members).toHaveLength(1);
  });

  test('a full group, and an identity with too many groups, are told so', async () => {
    const group = await harness.group(ada, ben, cyd, mal);
    const dot = await harness.person('Dot');
    expect((await harness.enter(dot, group)).body).toMatchObject({ error: { code: 'group_full' } });
    for (let i = 0; i < 30; i++) await harness.group(dot);
    const draft = draftGroup(dot);
    const body = { ...draft, member: await memberRecord(dot, draft) };
    expect(await harness.refusal('POST', '/api/groups', { by: dot, body })).toBe('too_many_groups');
    expect((await harness.enter(dot, await harness.group(ada))).body).toMatchObject({
      error: { code: 'too_many_groups' },
    });
  });
});
