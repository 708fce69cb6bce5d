// G15 at the service: who comes by the link where somebody has to let them in has nothing of the group until an `admission` names them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { admissionOf, admitting, comeback, removalOf, roleFor, signEntry } from '../testing/changes.ts';
import { Harness } from '../testing/harness.ts';
import { memberRecord, randomText, type Draft, type Person } from '../testing/people.ts';
import { knockMs, pauseMs } from './knocks.ts';
import type { KnocksShape, KnockStatusShape } from './knock-schema.ts';
import type { GroupShape, PreviewShape } from './schema.ts';

let harness: Harness;
let ada: Person, ben: Person, mal: Person, cyd: Person;
beforeAll(async () => {
  const knockLimits = { perGroup: 4, perIdentity: 3, perAddress: 1000 };
  harness = await Harness.start({
    groupLimits: { membersPerGroup: 5, groupsPerIdentity: 100 },
    knockLimits,
  });
  ada = await harness.person('Ada');
});
beforeEach(async () => {
  await harness.login(ada);
  ben = await harness.person('Ben');
  cyd = await harness.person('Cyd');
  mal = await harness.person('Mal');
});
afterAll(() => harness.close());

const at = ({ groupId }: Pick<Draft, 'groupId'>): string => `/api/groups/${groupId}`;
const read = async (by: Person, group: Draft): Promise<GroupShape> =>
  (await harness.ask<GroupShape>('GET', at(group), { by })).body;
const members = async (by: Person, group: Draft): Promise<string[]> =>
  (await read(by, group)).members!.map(({ identity }) => identity);
const waiting = async (by: Person, group: Draft): Promise<string[]> =>
  (await harness.ask<KnocksShape>('GET', `${at(group)}/knocks`, { by })).body.knocks.map(
    ({ identity }) => identity,
  );
const statusOf = async (by: Person, group: Draft): Promise<string> => {
  const url = `${at(group)}/knocks/${by.identity}`;
  const { status, body } = await harness.ask<KnockStatusShape>('GET', url, { by });
  return status === 200 ? body.state : harness.refusal('GET', url, { by });
};
const end = (by: Person, group: Draft, whose: Person) =>
  harness.refusal('DELETE', `${at(group)}/knocks/${whose.identity}`, { by });
const codeOf = async (entering: ReturnType<Harness['enter']>): Promise<unknown> => {
  const { status, body } = await entering;
  return status >= 400 ? (body as { error: { code: string } }).error.code : status;
};
/** Ada's group with approval, and Ben in it. */
const closedGroup = async (...others: readonly Person[]): Promise<Draft> => {
  const group = await harness.group(ada, ben, ...others);
  return harness.change(ada, group, [admitting('approval', ada, ben, ...others)]);
};

describe('a knock', () => {
  test('[G15] is kept apart: who waits is not listed, reads nothing, and gets no place in the call', async () => {
    const group = await closedGroup();
    await harness.join(ada, group);
    const preview = await harness.ask<PreviewShape>('POST', `${at(group)}/preview`, {
      ...{ by: mal, body: { door: group.door } },
    });
    expect(preview.body).toMatchObject({ admission: 'approval', memberCount: 2 });
    const knocked = await harness.enter(mal, group);
    expect([knocked.status, knocked.body]).toEqual([
      202,
      { state: 'waiting', knockedAtMs: harness.nowMs, untilMs: harness.nowMs + knockMs },
    ]);
    expect(await members(ada, group)).toEqual([ada.identity, ben.identity].sort());
    const { body: change } = await harness.drafted(ada, group, [roleFor(ben, 'admin')]);
    const asked = [
      ['GET', at(group)],
      ['GET', `${at(group)}/history?after=0`],
      ['GET', `${at(group)}/rotations?after=0`],
      ['GET', `${at(group)}/knocks`],
      ['POST', `${at(group)}/history`, change],
      ['POST', `${at(group)}/history/read`, { door: group.door, after: 0 }],
      ['POST', `${at(group)}/call`, { placeId: randomText(16) }],
      ['DELETE', `${at(group)}/knocks/${ben.identity}`],
    ] as const;
    for (const [method, url, body] of asked)
      expect([url, await harness.refusal(method, url, { by: mal, body })]).toEqual([url, 'not_admitted']);
    // Who has not knocked learns nothing, the link's door apart (T5).
    for (const [method, url, body] of asked.filter(([, to]) => !to.endsWith('/read')))
      expect(await harness.refusal(method, url, { by: cyd, body })).toBe('group_not_found');
  });

  test('[G15] is let in by an admission of the history, and by nothing else', async () => {
    const group = await closedGroup();
    await harness.enter(mal, group);
    expect(await statusOf(mal, group)).toBe('waiting');
    await expect(harness.change(ben, group, [admissionOf(mal)])).rejects.toThrow('not_allowed');
    const { version } = await read(ada, group);
    await harness.change(ada, group, [admissionOf(mal)]);
    const { version: after, members: listed } = await read(mal, group);
    expect(after).toBe(version + 1);
    expect(listed!.map(({ identity }) => identity)).toContain(mal.identity);
    expect([await statusOf(mal, group), await waiting(ada, group)]).toEqual(['admitted', []]);
    expect((await harness.join(mal, group)).page.participants).toHaveLength(1);
    // Said again, after a lost answer: a member already.
    expect(await codeOf(harness.enter(mal, group))).toBe(200);
  });

  test('[G12] [G15] a row that no admission stands behind opens no call, whoever wrote it', async () => {
    const group = await closedGroup();
    const record = await memberRecord(mal, group);
    const { profile, ...unsigned } = record;
    const { revision: profileRevision, sealedFace, signature: profileSignature } = profile;
    const said = { sealedFace, profileRevision, profileSignature, nameVersion: 1 };
    const row = { ...unsigned, ...said, secretVersion: 1, joinedAtMs: harness.nowMs };
    const limits = { membersPerGroup: 9, groupsPerIdentity: 9 };
    const { historyVersion } = await read(ada, group);
    const { groupId } = group;
    // As one who breaks into the service would.
    await harness.store.groups.addMember({ groupId, member: row, historyVersion, change: null, limits });
    expect(
      await harness.refusal('POST', `${at(group)}/call`, { by: mal, body: { placeId: randomText(16) } }),
    ).toBe('not_admitted');
  });

  test('[G15] is shown to admins as it came, oldest first, and to no other member', async () => {
    const group = await closedGroup();
    const record = await memberRecord(mal, group);
    await harness.ask('POST', `${at(group)}/members`, {
      ...{ by: mal, body: { door: group.door, member: record, entries: [] } },
    });
    harness.nowMs += 1;
    await harness.enter(cyd, group);
    const { body } = await harness.ask<KnocksShape>('GET', `${at(group)}/knocks`, { by: ada });
    const knockedAtMs = harness.nowMs - 1;
    expect(body.knocks[0]).toEqual({
      ...{ ...record, secretVersion: 1, knockedAtMs, untilMs: knockedAtMs + knockMs },
    });
    expect(await waiting(ada, group)).toEqual([mal.identity, cyd.identity]);
    expect(await harness.refusal('GET', `${at(group)}/knocks`, { by: ben })).toBe('not_allowed');
    expect(await end(ben, group, mal)).toBe('not_allowed');
    // Again, with another name: in the same place.
    await harness.enter(mal, group);
    expect(await waiting(ada, group)).toEqual([mal.identity, cyd.identity]);
    // Nobody looks after somebody else's.
    const others = `${at(group)}/knocks/${mal.identity}`;
    expect(await harness.refusal('GET', others, { by: ada })).toBe('group_not_found');
  });

  test('[G15] is taken back by who knocked, and then nobody is admitted', async () => {
    const group = await closedGroup();
    await harness.enter(mal, group);
    const { body } = await harness.drafted(ada, group, [admissionOf(mal)]);
    expect(await end(mal, group, mal)).toBe('204');
    expect([await statusOf(mal, group), await waiting(ada, group)]).toEqual(['group_not_found', []]);
    expect(await harness.refusal('POST', `${at(group)}/history`, { by: ada, body })).toBe('knock_gone');
    expect((await harness.state(ada, group)).version).toBe(1);
    expect(await end(mal, group, mal)).toBe('204');
    expect(await codeOf(harness.enter(mal, group))).toBe(202);
  });

  test('[G15] is declined by an admin: nothing of the record is kept, and the next has to wait', async () => {
    const group = await closedGroup();
    await harness.enter(mal, group);
    expect(await end(ada, group, mal)).toBe('204');
    expect([await statusOf(mal, group), await waiting(ada, group)]).toEqual(['declined', []]);
    const rows = await harness.testStore.run(`select * from knocks where identity = '${mal.identity}'`);
    expect(rows.map((row) => [row['inbox_key'], row['mac'], row['signature'], row['sealed_name']])).toEqual([
      ['', '', '', ''],
    ]);
    const { status, headers, body } = await harness.enter(mal, group);
    expect([status, headers['retry-after'], body]).toEqual([
      ...[429, String(pauseMs / 1000), { error: { code: 'knock_declined', message: expect.any(String) } }],
    ]);
    // Taking it back is no way around that, nor does it touch anybody else.
    expect(await end(mal, group, mal)).toBe('204');
    expect(await codeOf(harness.enter(mal, group))).toBe('knock_declined');
    expect(await codeOf(harness.enter(cyd, group))).toBe(202);
    harness.nowMs += pauseMs;
    await harness.login(mal);
    expect(await codeOf(harness.enter(mal, group))).toBe(202);
  });

  test('[G15] waits a week, and leaves nothing behind', async () => {
    const group = await closedGroup();
    await harness.enter(mal, group);
    harness.nowMs += knockMs - 1;
    await harness.login(ada);
    await harness.login(mal);
    expect(await waiting(ada, group)).toEqual([mal.identity]);
    harness.nowMs += 1;
    expect([await waiting(ada, group), await statusOf(mal, group)]).toEqual([[], 'group_not_found']);
    await expect(harness.change(ada, group, [admissionOf(mal)])).rejects.toThrow('knock_gone');
    await harness.app.tidy();
    expect(await harness.testStore.run('select * from knocks')).toEqual([]);
  });
});

describe('what strangers can do', () => {
  test('[G15] so many wait in one group, of one identity, and no more; members are not locked out, and a new link clears all', async () => {
    const group = await closedGroup();
    const people = await Promise.all(['P', 'Q', 'R', 'S'].map((name) => harness.person(name)));
    for (const one of people) expect(await codeOf(harness.enter(one, group))).toBe(202);
    const full = await harness.enter(mal, group);
    expect([full.status, full.body]).toMatchObject([429, { error: { code: 'too_many_knocks' } }]);
    expect(Number(full.headers['retry-after'])).toBeGreaterThan(0);
    // Who waits already is not turned away, nor is a member.
    expect([await codeOf(harness.enter(people[0]!, group)), await codeOf(harness.enter(ben, group))]).toEqual(
      [...[202, 200]],
    );
    const next = await harness.change(ada, group, 'rotation');
    expect([await waiting(ada, next), await statusOf(people[0]!, next)]).toEqual([[], 'outdated']);
    expect(await codeOf(harness.enter(people[0]!, group))).toBe('group_not_found');
    expect(await codeOf(harness.enter(mal, next))).toBe(202);

    const more = await Promise.all([closedGroup(), closedGroup(), closedGroup()]);
    for (const one of more.slice(0, 2)) expect(await codeOf(harness.enter(mal, one))).toBe(202);
    expect(await codeOf(harness.enter(mal, more[2]))).toBe('too_many_knocks');
  });

  test('[G15] one network address knocks so often in an hour', async () => {
    const strict = await Harness.start({ knockLimits: { perGroup: 9, perIdentity: 9, perAddress: 2 } });
    const owner = await strict.person('Ada');
    const group = await strict.change(owner, await strict.group(owner), [admitting('approval', owner)]);
    const [p, q, r] = [await strict.person('P'), await strict.person('Q'), await strict.person('R')];
    const answers = [
      await strict.enter(p, group),
      await strict.enter(q, group),
      await strict.enter(p, group),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const refused = await strict.enter(r, group);
    expect([refused.status, refused.body]).toMatchObject([429, { error: { code: 'too_many_knocks' } }]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await strict.close();
  });

  test('[G15] who is banned or removed does not even knock, and who left does with a return', async () => {
    const dot = await harness.person('Dot');
    let group = await closedGroup(cyd, dot);
    await harness.depart(dot, group);
    expect(await codeOf(harness.enter(dot, group))).toBe('removed_from_group');
    const url = `${at(group)}/history/read`;
    const shown = { door: group.door, after: 0 };
    expect((await harness.ask('POST', url, { by: dot, body: shown })).status).toBe(200);
    const back = (await signEntry(dot, await harness.state(ada, group), comeback)).entry;
    expect(await codeOf(harness.enter(dot, group, [back]))).toBe(202);
    expect(await members(ada, group)).not.toContain(dot.identity);
    await harness.change(ada, group, [admissionOf(dot)]);
    expect(await members(ada, group)).toContain(dot.identity);
    group = await harness.change(ada, group, [removalOf(cyd, true)]);
    expect(await codeOf(harness.enter(cyd, group))).toBe('removed_from_group');
  });
});

describe('beginning and ending approval', () => {
  test('[G15] who came in at that very moment and was not admitted with it waits from then on, and is out of the call', async () => {
    const group = await harness.group(ada, ben, mal);
    const ticket = await harness.join(mal, group);
    await harness.join(ada, group);
    await harness.change(ada, group, [admitting('approval', ada, ben)]);
    expect(await members(ada, group)).toEqual([ada.identity, ben.identity].sort());
    expect([await waiting(ada, group), await statusOf(mal, group)]).toEqual([[mal.identity], 'waiting']);
    await expect
      .poll(() => harness.memorySfu.rooms.get(ticket.callId)?.has(ticket.livekit.identity))
      .toBe(false);
    await harness.change(ada, group, [admissionOf(mal)]);
    expect(await members(ada, group)).toContain(mal.identity);
  });

  test('[G15] where the group opens again, who waits may come in without more', async () => {
    const group = await closedGroup();
    await harness.enter(mal, group);
    await harness.change(ada, group, [admitting('open')]);
    expect(await statusOf(mal, group)).toBe('open');
    expect(await codeOf(harness.enter(mal, group))).toBe(201);
    expect([await statusOf(mal, group), await members(ada, group)]).toEqual([
      'admitted',
      expect.arrayContaining([mal.identity]),
    ]);
    expect(await harness.testStore.run('select * from knocks where group_id = $1', [group.groupId])).toEqual(
      [],
    );
  });

  test('[G15] a full group takes nobody in, at the door or from it', async () => {
    const group = await closedGroup(cyd);
    const [p, q] = [await harness.person('P'), await harness.person('Q')];
    for (const one of [mal, p, q]) expect(await codeOf(harness.enter(one, group))).toBe(202);
    await harness.change(ada, group, [admissionOf(mal), admissionOf(p)]);
    await expect(harness.change(ada, group, [admissionOf(q)])).rejects.toThrow('group_full');
    expect(await codeOf(harness.enter(await harness.person('R'), group))).toBe('group_full');
    expect(await statusOf(q, group)).toBe('waiting');
  });
});
