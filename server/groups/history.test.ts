// G8–G14 at the service: what it takes, and what it refuses as members would. What a removal does is rotation.test.ts, coming back comeback.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isOwner } from '../../crypto/group/history/index.ts';
import {
  comeback,
  departure,
  draftChange,
  handoverTo,
  removalOf,
  roleFor,
  signEntry,
  type ChangeBody,
} from '../testing/changes.ts';
import { Harness, type ErrorAnswer } from '../testing/harness.ts';
import type { Draft, Person } from '../testing/people.ts';
import type { GroupShape } from './schema.ts';

let harness: Harness;
let ada: Person, ben: Person, cyd: Person, mal: Person;
beforeAll(async () => {
  harness = await Harness.start();
  ada = await harness.person('Ada');
  ben = await harness.person('Ben');
  cyd = await harness.person('Cyd');
  mal = await harness.person('Mal');
});
afterAll(() => harness.close());

interface Conflict extends ErrorAnswer {
  readonly page: { readonly version: number; readonly entries: readonly string[] };
}

const read = async (by: Person, { groupId }: Draft): Promise<GroupShape> =>
  (await harness.ask<GroupShape>('GET', `/api/groups/${groupId}`, { by })).body;
const names = async (by: Person, group: Draft): Promise<string[]> =>
  (await read(by, group)).members!.map(({ identity }) => identity).sort();
const send = (by: Person, { groupId }: Draft, body: ChangeBody) =>
  harness.ask<Conflict>('POST', `/api/groups/${groupId}/history`, { by, body });
const refusal = (by: Person, { groupId }: Draft, body: unknown) =>
  harness.refusal('POST', `/api/groups/${groupId}/history`, { by, body });
const sorted = (...people: readonly Person[]): string[] => people.map(({ identity }) => identity).sort();

describe('a change of a group', () => {
  test('[G8] is shown to every member and to who has the door, byte for byte, and to nobody else', async () => {
    const group = await harness.group(ada, ben);
    const { body, state } = await harness.drafted(ada, group, [
      roleFor(ben, 'admin'),
      roleFor(cyd, 'listener'),
    ]);
    const answer = await send(ada, group, body);
    expect([answer.status, answer.body]).toEqual([201, { version: 2 }]);
    const whole = { version: 2, entries: body.entries };
    const url = `/api/groups/${group.groupId}/history`;
    expect((await harness.ask('GET', `${url}?after=0`, { by: ben })).body).toEqual(whole);
    expect((await harness.ask('GET', `${url}?after=1`, { by: ben })).body).toEqual({
      ...{ version: 2, entries: body.entries.slice(1) },
    });
    const shown = { door: group.door, after: 0 };
    expect((await harness.ask('POST', `${url}/read`, { by: mal, body: shown })).body).toEqual(whole);
    expect(await harness.refusal('GET', `${url}?after=0`, { by: mal })).toBe('group_not_found');
    expect(await read(ben, group)).toMatchObject({ historyVersion: 2, version: 3, secretVersion: 1 });
    expect(await harness.state(ben, group)).toEqual(state);
  });

  test('[G10] of two admins at the same moment one is taken; the other gets what was missed and goes on from there', async () => {
    const group = await harness.group(ada, ben, cyd);
    await harness.change(ada, group, [roleFor(ben, 'admin')]);
    const adas = await harness.drafted(ada, group, [removalOf(cyd)]);
    const bens = await harness.drafted(ben, group, [roleFor(cyd, 'listener')]);
    const answers = await Promise.all([send(ada, group, adas.body), send(ben, group, bens.body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const [winner, loser] = answers[0].status === 201 ? [adas, answers[1]] : [bens, answers[0]];
    expect(loser.body).toMatchObject({
      error: { code: 'history_conflict' },
      page: { version: winner.state.version, entries: winner.body.entries },
    });
    expect(await harness.state(ada, group)).toEqual(winner.state);
  });

  test('[G10] sent again after a lost answer is there once', async () => {
    let group = await harness.group(ada, ben, cyd);
    const { body, door } = await harness.drafted(ada, group, [removalOf(cyd)]);
    for (let again = 0; again < 3; again++) {
      const { status, body: answer } = await send(ada, group, body);
      expect([status, answer]).toEqual([201, { version: 2 }]);
    }
    group = { ...group, door: door ?? '', secretVersion: 2 };
    expect(await read(ada, group)).toMatchObject({ historyVersion: 2, secretVersion: 2, version: 4 });
    // Also if more came since, and not with one byte changed.
    await harness.change(ada, group, [roleFor(ben, 'admin')]);
    expect((await send(ada, group, body)).body).toEqual({ version: 2 });
    const { entry } = await signEntry(ada, { ...(await harness.state(ada, group)), version: 1 }, departure);
    const changed = { ...body, entries: [body.entries[0] ?? '', entry] };
    expect(await refusal(ada, group, changed)).toBe('history_conflict');
  });

  test('[G8] forged, reordered, doubled or of another group is refused and changes nothing', async () => {
    const group = await harness.group(ada, ben);
    const other = await harness.group(ada, ben);
    const state = await harness.state(ada, group);
    const before = await read(ada, group);
    const two = (await harness.drafted(ada, group, [roleFor(ben, 'admin'), roleFor(ben, 'listener')])).body;
    const [first = '', second = ''] = two.entries;
    const foreign = await harness.drafted(ada, other, [roleFor(ben, 'admin')]);
    const later = await signEntry(ada, { ...state, version: 1 }, roleFor(ben, 'admin'));
    const spoilt = first.slice(0, -8) + 'AAAAAAAA';
    const signedByMal = await signEntry({ ...mal, identity: ada.identity }, state, roleFor(ben, 'admin'));
    const wrong: readonly (readonly [string, readonly string[]])[] = [
      ['bad_signature', [spoilt]],
      ['bad_signature', [signedByMal.entry]],
      ['bad_signature', foreign.body.entries],
      ['invalid_request', [second, first]],
      ['invalid_request', [first, first]],
      ['invalid_request', [second]],
      ['invalid_request', [later.entry]],
      ['invalid_request', [first.slice(4)]],
      ['invalid_request', []],
    ];
    for (const [code, entries] of wrong)
      expect(await refusal(ada, group, { after: 0, entries, rotation: null }), `${entries.length}`).toBe(
        code,
      );
    expect(await read(ada, group)).toEqual(before);
  });

  test('[G9] by who may not make it, or in the name of another, is refused', async () => {
    const group = await harness.group(ada, ben, cyd);
    const before = await read(ada, group);
    const by = async (author: Person, ...actions: Parameters<typeof draftChange>[2]['actions']) =>
      (
        await draftChange(author, await harness.state(ada, group), {
          actions,
          members: await names(ada, group),
        })
      ).body;
    // A member makes oneself or another admin, removes somebody, takes over, rotates.
    for (const action of [roleFor(ben, 'admin'), roleFor(cyd, 'listener'), removalOf(cyd), handoverTo(ben)])
      expect(await refusal(ben, group, await by(ben, action))).toBe('not_allowed');
    expect(await refusal(ben, group, await by(ben, comeback))).toBe('not_allowed');
    // The owner does not leave, and nobody signs for another.
    expect(await refusal(ada, group, await by(ada, departure))).toBe('not_allowed');
    expect(await refusal(ben, group, await by(ada, roleFor(ben, 'admin')))).toBe('not_allowed');
    // Who is no member: as if there were no such group.
    expect(await refusal(mal, group, await by(mal, departure))).toBe('group_not_found');
    expect(await refusal(mal, group, await by(ada, roleFor(mal, 'admin')))).toBe('group_not_found');
    expect(await read(ada, group)).toEqual(before);
  });

  test('[G9] an admin does what the owner made them for, until the role is gone; handing over makes another the owner', async () => {
    let group = await harness.group(ada, ben, cyd);
    group = await harness.change(ada, group, [roleFor(ben, 'admin')]);
    expect(await refusal(ben, group, (await harness.drafted(ben, group, [removalOf(ada)])).body)).toBe(
      'not_allowed',
    );
    group = await harness.remove(ben, group, cyd);
    group = await harness.change(ada, group, [handoverTo(ben)]);
    expect(isOwner(await harness.state(ada, group), Buffer.from(ben.identity, 'base64url'))).toBe(true);
    expect((await read(ada, group)).owner).toBe(ada.identity); // the founder, for G1
    group = await harness.remove(ben, group, ada);
    expect(await names(ben, group)).toEqual(sorted(ben));
    const more = await harness.drafted(ben, group, 'rotation');
    expect(await refusal(ada, group, more.body)).toBe('group_not_found');
  });
});
