// G18–G20 at the service: it keeps the latest profile that its member signed, tells everybody, and gives pictures to members only.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromBase64url } from '../../crypto/bytes.ts';
import { profileHash } from '../../crypto/identity/statements.ts';
import { roleFor, rotationFor, rotationTo, signEntry, type ChangeBody } from '../testing/changes.ts';
import { Harness } from '../testing/harness.ts';
import { profileOf, randomText, sealedName, type Draft, type Person } from '../testing/people.ts';
import { EventReader, type StreamEvent } from '../testing/stream.ts';
import type { GroupShape, PreviewShape } from './schema.ts';

let harness: Harness;
let ada: Person, ben: Person, mal: Person;
beforeAll(async () => {
  harness = await Harness.start({ env: { APARTE_IDENTITY_LIMIT: '100000', APARTE_ADDRESS_LIMIT: '100000' } });
  [ada, ben, mal] = [await harness.person('Ada'), await harness.person('Ben'), await harness.person('Mal')];
});
afterAll(() => harness.close());

const read = async (by: Person, { groupId }: Draft): Promise<GroupShape> =>
  (await harness.ask<GroupShape>('GET', `/api/groups/${groupId}`, { by })).body;
const mine = async (by: Person, group: Draft) =>
  (await read(by, group)).members!.find(({ identity }) => identity === by.identity);
const put = (by: Person, { groupId }: Pick<Draft, 'groupId'>, body: unknown) =>
  harness.refusal('PUT', `/api/groups/${groupId}/profile`, { by, body });
const picture = (by: Person, { groupId }: Draft, hash: string) =>
  harness.refusal('GET', `/api/groups/${groupId}/pictures/${hash}`, { by });
const hashOf = (sealed: string): string =>
  createHash('sha256').update(fromBase64url(sealed)).digest('base64url');

describe('a profile', () => {
  test('[G18] of a later revision takes the place of the last, and everybody is told', async () => {
    const group = await harness.group(ada, ben);
    const address = await harness.app.listen({ host: '127.0.0.1', port: 0 });
    const reader = await EventReader.open(`${address}/api/events`, ben.token);
    const isTold = ({ event, data }: StreamEvent): boolean =>
      event === 'group' && (data as { version: number }).version === 3;
    const wish = await profileOf(ada, group, { name: 'Ada L.', revision: 7 });
    expect(await put(ada, group, wish)).toBe('204');
    await reader.next(isTold);
    reader.close();
    const { sealedName: name, nameVersion, profile } = wish;
    expect(await mine(ada, group)).toMatchObject({ sealedName: name, nameVersion, profile });
    expect((await read(ben, group)).version).toBe(3);
    // The same again, as after a lost answer: nothing changes, and nobody is told.
    expect(await put(ada, group, wish)).toBe('204');
    expect((await read(ben, group)).version).toBe(3);
  });

  test('[G18] of an older revision, or another one of the same, is refused and changes nothing', async () => {
    const group = await harness.group(ada);
    expect(await put(ada, group, await profileOf(ada, group, { revision: 5 }))).toBe('204');
    const before = await mine(ada, group);
    for (const revision of [1, 4, 5])
      expect(await put(ada, group, await profileOf(ada, group, { name: 'Old', revision }))).toBe(
        'profile_outdated',
      );
    expect(await mine(ada, group)).toEqual(before);
    expect(await put(ada, group, await profileOf(ada, group, { revision: 0xffff_ffff }))).toBe('204');
  });

  test('[G18] needs the signature of its member over all of it', async () => {
    const group = await harness.group(ada, ben);
    const before = await mine(ada, group);
    const good = await profileOf(ada, group, { revision: 2 });
    const other = await profileOf(ada, group, { name: 'Another', revision: 3 });
    const wrong = [
      await profileOf(ben, group, { revision: 2 }),
      { ...good, sealedName: other.sealedName },
      { ...good, profile: { ...good.profile, sealedFace: other.profile.sealedFace } },
      { ...good, profile: { ...good.profile, revision: 3 } },
      await profileOf(ada, await harness.group(ada), { revision: 2 }),
    ];
    for (const body of wrong) expect(await put(ada, group, body)).toBe('bad_signature');
    // Under a secret that there is not yet.
    const later = await profileOf(ada, { ...group, secretVersion: 2 }, { revision: 2 });
    expect(await put(ada, group, later)).toBe('invalid_request');
    expect(await mine(ada, group)).toEqual(before);
    // Nor does one come in without it.
    const { sealedName: name, profile } = await profileOf(mal, group);
    const { door, groupId } = group;
    const record = { ...(await mine(ada, group)), identity: mal.identity, sealedName: name, profile };
    const body = { door, member: record, entries: [] };
    expect(await harness.refusal('POST', `/api/groups/${groupId}/members`, { by: mal, body })).toBe(
      'invalid_request',
    );
  });

  test('[T5] is set by members only, and a group that is none answers alike', async () => {
    const group = await harness.group(ada);
    const wish = await profileOf(mal, group, { revision: 2 });
    for (const groupId of [group.groupId, randomText(16)]) {
      expect(await put(mal, { groupId }, wish)).toBe('group_not_found');
      expect(await picture(mal, { ...group, groupId }, randomText(32))).toBe('group_not_found');
    }
  });

  test('is set thirty times a minute by one identity, and no more: each makes everybody look again', async () => {
    const strict = await Harness.start();
    const cyd = await strict.person('Cyd');
    const group = await strict.group(cyd);
    const wish = await profileOf(cyd, group, { revision: 2 });
    const url = `/api/groups/${group.groupId}`;
    const ask = (): Promise<string> => strict.refusal('PUT', `${url}/profile`, { by: cyd, body: wish });
    const answers: string[] = [];
    for (let at = 0; at < 31; at += 1) answers.push(await ask());
    expect(answers).toEqual([...Array<string>(30).fill('204'), 'rate_limited']);
    expect((await strict.ask('GET', url, { by: cyd })).status).toBe(200);
    await strict.close();
  });
});

describe('a picture', () => {
  const sealed = (length = 900): string => randomText(length);

  test('[G20] is read by its hash by members, until another takes its place, it is taken away, or who shows it goes', async () => {
    const group = await harness.group(ada, ben);
    const [first, second] = [sealed(), sealed(64 * 1024)];
    let revision = 1;
    const show = async (shown?: string | null): Promise<string> => {
      revision += 1;
      const wish = await profileOf(ben, group, { revision });
      return put(ben, group, shown === undefined ? wish : { ...wish, picture: shown });
    };
    expect(await show(first)).toBe('204');
    const url = `/api/groups/${group.groupId}/pictures/${hashOf(first)}`;
    expect((await harness.ask('GET', url, { by: ada })).body).toEqual({ picture: first });
    expect(await picture(mal, group, hashOf(first))).toBe('group_not_found');
    // A new name leaves it.
    expect(await show()).toBe('204');
    expect(await picture(ada, group, hashOf(first))).toBe('200');
    expect(await show(second)).toBe('204');
    expect(await picture(ada, group, hashOf(first))).toBe('not_found');
    expect(await picture(ada, group, hashOf(second))).toBe('200');
    expect(await show(null)).toBe('204');
    expect(await picture(ada, group, hashOf(second))).toBe('not_found');
    expect(await show(first)).toBe('204');
    await harness.depart(ben, group);
    expect(await picture(ada, group, hashOf(first))).toBe('not_found');
  });

  test('[G20] of one group is not read in another', async () => {
    const [here, there] = [await harness.group(ada), await harness.group(ada)];
    const shown = sealed();
    expect(await put(ada, here, { ...(await profileOf(ada, here, { revision: 2 })), picture: shown })).toBe(
      '204',
    );
    expect(await picture(ada, there, hashOf(shown))).toBe('not_found');
  });

  test('[T1] of more than 64 KiB is refused', async () => {
    const group = await harness.group(ada);
    const wish = await profileOf(ada, group, { revision: 2 });
    expect(await put(ada, group, { ...wish, picture: sealed(64 * 1024 + 1) })).toBe('invalid_request');
    expect(await put(ada, group, { ...wish, picture: sealed(41) })).toBe('invalid_request');
    expect(await put(ada, group, { ...wish, picture: sealed(100 * 1024) })).toBe('payload_too_large');
  });
});

describe('the profile of a group', () => {
  const face = (): { sealedName: string; sealedFace: string } => ({
    sealedName: sealedName(randomText(8)),
    sealedFace: randomText(106),
  });
  const actionOf = (of: { sealedName: string; sealedFace: string }) =>
    ({
      kind: 'profile',
      hash: profileHash(fromBase64url(of.sealedName), fromBase64url(of.sealedFace)),
    }) as const;
  const change = (by: Person, { groupId }: Draft, body: unknown) =>
    harness.refusal('POST', `/api/groups/${groupId}/history`, { by, body });
  const preview = async ({ groupId, door }: Draft): Promise<PreviewShape> =>
    (await harness.ask<PreviewShape>('POST', `/api/groups/${groupId}/preview`, { by: mal, body: { door } }))
      .body;

  test('[G19] is the one whose hash an owner or admin signed, with its picture', async () => {
    const group = await harness.group(ada, ben);
    const [wanted, shown] = [face(), randomText(700)];
    const { body } = await harness.drafted(ada, group, [actionOf(wanted)]);
    expect(await change(ada, group, { ...body, profile: { ...wanted, picture: shown } })).toBe('201');
    expect(await read(ben, group)).toMatchObject({ ...wanted, nameVersion: 1, historyVersion: 1 });
    expect(await picture(ben, group, hashOf(shown))).toBe('200');
    expect(await preview(group)).toMatchObject({ ...wanted, picture: shown });
    // A new name leaves the picture; a picture of nothing takes it away.
    const renamed = face();
    const next = await harness.drafted(ada, group, [actionOf(renamed)]);
    expect(await change(ada, group, { ...next.body, profile: renamed })).toBe('201');
    expect(await preview(group)).toMatchObject({ ...renamed, picture: shown });
    const bare = face();
    const last = await harness.drafted(ada, group, [actionOf(bare)]);
    expect(await change(ada, group, { ...last.body, profile: { ...bare, picture: null } })).toBe('201');
    expect(await preview(group)).toMatchObject({ ...bare, picture: null });
  });

  test('[G19] is refused of a member, without its entry, and where the entry is of another one', async () => {
    const group = await harness.group(ada, ben);
    const before = await read(ada, group);
    const wanted = face();
    const { body } = await harness.drafted(ada, group, [actionOf(wanted)]);
    const byBen = await harness.drafted(ben, group, [actionOf(wanted)]);
    expect(await change(ben, group, { ...byBen.body, profile: wanted })).toBe('not_allowed');
    const other = await harness.drafted(ada, group, [roleFor(ben, 'admin')]);
    const twice = await harness.drafted(ada, group, [actionOf(wanted), actionOf(wanted)]);
    for (const wrong of [
      body,
      { ...body, profile: face() },
      { ...body, profile: { ...wanted, sealedName: face().sealedName } },
      { ...other.body, profile: wanted },
      { ...twice.body, profile: wanted },
    ])
      expect(await change(ada, group, wrong)).toBe('invalid_request');
    expect(await read(ada, group)).toEqual(before);
  });

  test('[G19] [G13] comes along with a rotation, or who joins by the new link could not read it', async () => {
    const group = await harness.group(ada, ben);
    const wanted = face();
    const { body } = await harness.drafted(ada, group, [actionOf(wanted)]);
    expect(await change(ada, group, { ...body, profile: wanted })).toBe('201');
    const rotated = await harness.drafted(ada, group, 'rotation');
    expect(await change(ada, group, rotated.body)).toBe('invalid_request');
    const state = await harness.state(ada, group);
    const door = randomText(32);
    const again = face();
    const turned = await signEntry(ada, state, rotationTo(2, door));
    const signed = await signEntry(ada, turned.next, actionOf(again));
    const whole: ChangeBody = {
      ...{ after: state.version, entries: [turned.entry, signed.entry], profile: again },
      rotation: rotationFor([ada.identity, ben.identity]),
    };
    expect(await change(ada, group, whole)).toBe('201');
    expect(await read(ben, group)).toMatchObject({ ...again, nameVersion: 2, secretVersion: 2 });
    expect(await preview({ ...group, door })).toMatchObject(again);
  });
});
