// G13, L4 and L2 at the service: a removal and its rotation, what they do to who is in the group and its call, and who only listens.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBase64url } from '../../crypto/bytes.ts';
import { roleOf } from '../../crypto/group/history/index.ts';
import {
  removalOf,
  roleFor,
  rotationFor,
  rotationTo,
  signEntry,
  type ChangeBody,
} from '../testing/changes.ts';
import { Harness, type ErrorAnswer } from '../testing/harness.ts';
import { randomText, type Draft, type Person } from '../testing/people.ts';
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

describe('a removal', () => {
  test('[G13] comes with the rotation in one: the old door is dead at once, who stays gets a share, who is removed has nothing', async () => {
    const group = await harness.group(ada, ben, cyd);
    const { body, door } = await harness.drafted(ada, group, [removalOf(cyd)]);
    expect((await send(ada, group, body)).status).toBe(201);
    const record = await read(ben, group);
    expect(record).toMatchObject({ secretVersion: 2, nameVersion: 2, sealedName: body.rotation?.sealedName });
    for (const { identity, carriedMac, secretVersion, nameVersion } of record.members!) {
      const share = body.rotation?.shares.find((one) => one.identity === identity);
      expect([carriedMac, secretVersion, nameVersion]).toEqual([share?.carriedMac, 1, 1]);
    }
    const url = `/api/groups/${group.groupId}`;
    const mine = body.rotation?.shares.find(({ identity }) => identity === ben.identity);
    expect((await harness.ask('GET', `${url}/rotations?after=1`, { by: ben })).body).toEqual({
      secretVersion: 2,
      sealedSecret: mine?.sealedSecret,
      previousSeals: [{ secretVersion: 2, previousSeal: body.rotation?.previousSeal }],
    });
    for (const asked of ['', '/history?after=0', '/rotations?after=0'])
      expect(await harness.refusal('GET', `${url}${asked}`, { by: cyd })).toBe('group_not_found');
    // The link of before opens nothing, for anybody.
    const old = { by: mal, body: { door: group.door } };
    expect(await harness.refusal('POST', `${url}/preview`, old)).toBe('group_not_found');
    expect((await harness.enter(mal, group)).body).toMatchObject({ error: { code: 'group_not_found' } });
    const later = { ...group, door: door ?? '', secretVersion: 2 };
    expect((await harness.enter(mal, later)).status).toBe(201);
    expect((await read(ben, group)).members!.find(({ identity }) => identity === mal.identity)).toMatchObject(
      {
        ...{ secretVersion: 2, carriedMac: null, nameVersion: 2 },
      },
    );
    const fresh = await harness.ask('GET', `${url}/rotations?after=2`, { by: mal });
    expect(fresh.body).toEqual({ secretVersion: 2, sealedSecret: null, previousSeals: [] });
  });

  test('[G13] with shares that miss somebody, add somebody, or none, is refused whole', async () => {
    const group = await harness.group(ada, ben, cyd);
    const before = await read(ada, group);
    const { body } = await harness.drafted(ada, group, [removalOf(cyd)]);
    const shared = (...people: readonly Person[]) => rotationFor(people.map(({ identity }) => identity));
    for (const people of [[ada], [ada, ben, cyd], [ada, mal], [ada, ben, ben], []] as Person[][])
      expect(await refusal(ada, group, { ...body, rotation: shared(...people) })).toBe('history_conflict');
    // Not without its entry, nor the entry without it, nor the removal alone.
    expect(await refusal(ada, group, { ...body, rotation: null })).toBe('invalid_request');
    const alone = { ...body, entries: body.entries.slice(0, 1) };
    for (const rotation of [body.rotation, null])
      expect(await refusal(ada, group, { ...alone, rotation })).toBe('invalid_request');
    expect(await read(ada, group)).toEqual(before);
    expect((await send(ada, group, body)).status).toBe(201);
  });

  test('[G13] somebody who comes in meanwhile is not left without the secret', async () => {
    const group = await harness.group(ada, ben, cyd);
    const { body } = await harness.drafted(ada, group, [removalOf(cyd)]);
    expect((await harness.enter(mal, group)).status).toBe(201);
    const answer = await send(ada, group, body);
    expect([answer.status, answer.body.page]).toEqual([409, { version: 0, entries: [] }]);
    expect(await names(ada, group)).toEqual(sorted(ada, ben, cyd, mal));
    // At the same moment: either they are in and the rotation is refused, or their door is a former one.
    const dot = await harness.person('Dot');
    const again = await harness.drafted(ada, group, [removalOf(cyd)]);
    const [entered, removed] = await Promise.all([harness.enter(dot, group), send(ada, group, again.body)]);
    expect([entered.status, removed.status]).toEqual(removed.status === 201 ? [404, 201] : [201, 409]);
  });

  test('[G9] an admin who was removed changes nothing any more, whatever was signed before', async () => {
    let group = await harness.group(ada, ben, cyd);
    group = await harness.change(ada, group, [roleFor(ben, 'admin')]);
    const kept = await harness.drafted(ben, group, [removalOf(cyd)]);
    group = await harness.remove(ada, group, ben);
    expect(await refusal(ben, group, kept.body)).toBe('group_not_found');
    // Nor once they are back, as a member.
    expect((await harness.enter(ben, group)).status).toBe(201);
    expect(await refusal(ben, group, kept.body)).toBe('history_conflict');
    const anew = await harness.drafted(ben, group, [removalOf(cyd)]);
    expect(await refusal(ben, group, anew.body)).toBe('not_allowed');
    expect(roleOf(await harness.state(ada, group), Buffer.from(ben.identity, 'base64url'))).toBe('member');
  });

  test('[L4] ends the place in a running call, which goes on under the keys of its beginning', async () => {
    const group = await harness.group(ada, ben);
    const adas = await harness.join(ada, group);
    const bens = await harness.join(ben, group);
    expect([adas.secretVersion, bens.secretVersion]).toEqual([1, 1]);
    const later = await harness.remove(ada, group, ben);
    await expect
      .poll(() => [...(harness.memorySfu.rooms.get(adas.callId) ?? [])])
      .toEqual([adas.livekit.identity]);
    await harness.enter(cyd, later);
    expect(await harness.join(cyd, later)).toMatchObject({ callId: adas.callId, secretVersion: 1 });
    const wish = { by: ben, body: { placeId: randomText(16) } };
    expect(await harness.refusal('POST', `/api/groups/${group.groupId}/call`, wish)).toBe('group_not_found');
    // The next call begins under the secret of now.
    for (const [by, { callId, livekit }] of [
      [ada, adas],
      [cyd, await harness.join(cyd, later)],
    ] as const)
      await harness.ask('POST', `/api/calls/${callId}/leave`, {
        by,
        body: { livekitIdentity: livekit.identity },
      });
    expect((await harness.join(ada, later)).secretVersion).toBe(2);
  });
});

describe('a rotation', () => {
  test('[G13] without a removal makes a new link, and the old one opens nothing', async () => {
    const group = await harness.group(ada, ben);
    const later = await harness.change(ada, group, 'rotation');
    expect((await harness.enter(mal, group)).status).toBe(404);
    expect((await harness.enter(mal, later)).status).toBe(201);
    expect(await names(ada, group)).toEqual(sorted(ada, ben, mal));
  });

  test('[G13] lives on over a restart, and each can follow from any earlier secret', async () => {
    let group = await harness.group(ada, ben);
    for (let round = 0; round < 3; round++) group = await harness.change(ada, group, 'rotation');
    const before = [await read(ben, group), await harness.state(ben, group)];
    await harness.restart();
    for (const one of [ada, ben, cyd, mal]) await harness.login(one);
    expect([await read(ben, group), await harness.state(ben, group)]).toEqual(before);
    const versions = async (after: number): Promise<unknown> => {
      const url = `/api/groups/${group.groupId}/rotations?after=${after}`;
      const { body } = await harness.ask<{ previousSeals: { secretVersion: number }[] }>('GET', url, {
        by: ben,
      });
      return body.previousSeals.map(({ secretVersion }) => secretVersion);
    };
    expect([await versions(0), await versions(2), await versions(4)]).toEqual([[4, 3, 2], [4, 3], []]);
  });

  test('[G13] to another version than the next is refused', async () => {
    const group = await harness.group(ada, ben);
    const state = await harness.state(ada, group);
    for (const version of [1, 3]) {
      const { entry } = await signEntry(ada, state, rotationTo(version, randomText(32)));
      const body = { after: 0, entries: [entry], rotation: rotationFor([ada.identity, ben.identity]) };
      expect(await refusal(ada, group, body)).toBe('invalid_request');
    }
  });
});

describe('a locked call', () => {
  const entering = (by: Person, group: string) =>
    harness.ask<ErrorAnswer>('POST', `/api/groups/${group}/call`, { by, body: { placeId: randomText(16) } });

  test('[G9] takes nobody new; who has a place comes back, and the next call is open', async () => {
    const group = await harness.group(ada, ben, cyd);
    const adas = await harness.join(ada, group);
    await harness.join(ben, group);
    const lock = { kind: 'lock', callId: Buffer.from(adas.callId, 'base64url') } as const;
    await harness.change(ada, group, [{ ...lock, isLocked: true }]);
    const refused = await entering(cyd, group.groupId);
    expect([refused.status, refused.body.error.code]).toEqual([403, 'call_locked']);
    const back = await harness.join(ben, group);
    expect(back.callId).toBe(adas.callId);
    await harness.change(ada, group, [{ ...lock, isLocked: false }]);
    await harness.join(cyd, group);
    await harness.change(ada, group, [{ ...lock, isLocked: true }]);
    for (const by of [ada, ben, cyd]) {
      const { callId, livekit } = await harness.join(by, group);
      const body = { livekitIdentity: livekit.identity };
      await harness.ask('POST', `/api/calls/${callId}/leave`, { by, body });
    }
    expect((await harness.join(cyd, group)).callId).not.toBe(adas.callId);
  });
});

describe('taking out of a call', () => {
  test('[C17] is for owner and admins, about who is below them; who was taken out may come back', async () => {
    const group = await harness.group(ada, ben, cyd, mal);
    await harness.change(ada, group, [roleFor(ben, 'admin')]);
    const tickets = new Map<
      Person,
      { readonly callId: string; readonly livekit: { readonly identity: string } }
    >();
    for (const person of [ada, ben, cyd]) tickets.set(person, await harness.join(person, group));
    const { callId } = tickets.get(ada)!;
    const url = `/api/calls/${callId}/removals`;
    const nameOf = (person: Person) => tickets.get(person)!.livekit.identity;
    const takeOut = async (by: Person, ...whom: readonly Person[]) => {
      const answer = await harness.ask('POST', url, {
        ...{ by, body: { livekitIdentities: whom.map(nameOf) } },
      });
      return answer.status === 204 ? 204 : (answer.body as ErrorAnswer).error.code;
    };
    const inside = async () =>
      ((await read(ada, group)).call?.participants ?? []).map(({ identity }) => identity).sort();
    expect(await takeOut(cyd, ben)).toBe('not_allowed');
    expect(await takeOut(cyd, cyd)).toBe('not_allowed');
    expect(await takeOut(ben, cyd, ada)).toBe('not_allowed');
    expect(await takeOut(ben, ben)).toBe('not_allowed');
    expect(await takeOut(mal, cyd)).toBe('call_not_found');
    expect(await inside()).toEqual(sorted(ada, ben, cyd));
    expect(await takeOut(ben, cyd)).toBe(204);
    expect(await takeOut(ben, cyd), 'again').toBe(204);
    expect(await inside()).toEqual(sorted(ada, ben));
    await expect.poll(() => harness.memorySfu.rooms.get(callId)?.has(nameOf(cyd))).toBe(false);
    const back = await harness.join(cyd, group);
    expect(back.callId).toBe(callId);
    tickets.set(cyd, back);
    expect(await takeOut(ada, ben, cyd)).toBe(204);
    expect(await inside()).toEqual(sorted(ada));
  });
});

describe('who only listens', () => {
  const mayPublish = (token: string): unknown => {
    const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    return (JSON.parse(claims) as { video: { canPublish: boolean } }).video.canPublish;
  };

  test('[L2] gets a token without sound and pictures, and loses or gains them in a running call', async () => {
    const group = await harness.group(ada, ben);
    await harness.change(ada, group, [roleFor(ben, 'listener')]);
    const adas = await harness.join(ada, group);
    const bens = await harness.join(ben, group);
    expect([adas, bens].map(({ livekit }) => mayPublish(livekit.token))).toEqual([true, false]);
    const speaker = { kind: 'speaker', identity: Buffer.from(ben.identity, 'base64url') } as const;
    const callId = Buffer.from(bens.callId, 'base64url');
    await harness.change(ada, group, [{ ...speaker, callId, isAllowed: true }]);
    const permitted = () => harness.memorySfu.mayPublish.get(bens.livekit.identity);
    await expect.poll(permitted).toBe(true);
    const url = `/api/calls/${bens.callId}/token`;
    const asked = { by: ben, body: { livekitIdentity: bens.livekit.identity } };
    const renewed = await harness.ask<{ livekit: { token: string } }>('POST', url, asked);
    expect(mayPublish(renewed.body.livekit.token)).toBe(true);
    await harness.change(ada, group, [{ ...speaker, callId, isAllowed: false }]);
    await expect.poll(permitted).toBe(false);
    expect(toBase64url(callId)).toBe(adas.callId);
  });
});
