// G12: who counts as a member of a group with a history, whatever the service, a former member or both put into the list.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../bytes.ts';
import { memberStatement } from '../identity/index.ts';
import { createGroupSecret, deriveGroupKeys, type GroupSecret } from '../invite/index.ts';
import { anyBytes, mutations } from '../test/fuzz.ts';
import {
  about,
  beginningOf,
  comeback,
  departure,
  grow,
  policy,
  refusalOf,
  removal,
  role,
  rotation,
} from '../test/history.ts';
import { person } from '../test/people.ts';
import { groupAt, listed, personNamed, rotatedBy, verified, type Person } from '../test/rotating.ts';
import {
  memberMac,
  openSeals,
  verifyMembers,
  type ChainedKeys,
  type ListedMember,
  type VerifiedMembers,
} from './index.ts';

const names = ['Ada', 'Ben', 'Cyd', 'Mal'] as const;
const [ada, ben, cyd, mal] = (await Promise.all(
  names.map(async (name) => personNamed(name, await person())),
)) as [Person, Person, Person, Person];
const first = await groupAt(ada, ben, cyd);
const second = await rotatedBy(ada.identity, first);
const third = await rotatedBy(ada.identity, {
  ...second,
  list: [...second.list, await listed(second.secret, mal)],
});

const counted = (of: VerifiedMembers): string[] => of.members.map(({ name }) => name);
const codes = (of: VerifiedMembers): string[] => of.refused.map(({ code }) => code);
const entryOf = (list: readonly ListedMember[], of: Person): ListedMember =>
  list.find(({ identity }) => identity === of.identity.publicKey)!;

/** The entry with a MAC under `secret` that somebody who has it made for it. */
function withMac(entry: ListedMember, secret: GroupSecret): ListedMember {
  const { identity, inboxKey } = entry;
  const fields = { groupId: secret.groupId, secretVersion: secret.version, identity, inboxKey };
  return { ...entry, carriedMac: memberMac(deriveGroupKeys(secret), fields) };
}

describe('verifyMembers', () => {
  it('[G12] counts members by their own MAC at first, and by the carried one after rotations', async () => {
    expect(counted(await verified(first))).toEqual(['Ada', 'Ben', 'Cyd']);
    expect(counted(await verified(second))).toEqual(['Ada', 'Ben', 'Cyd']);
    const { members, refused } = await verified(third);
    expect(members.map((one) => [one.name, one.role, one.secretVersion])).toEqual([
      ['Ada', 'owner', 1],
      ['Ben', 'member', 1],
      ['Cyd', 'member', 1],
      ['Mal', 'member', 2],
    ]);
    expect(refused).toEqual([]);
  });

  it('[G12] refuses all where the secret is not the one of the history', async () => {
    const { state, list } = second;
    const seals = new Map<number, ChainedKeys>();
    const refusal = (secret: GroupSecret): Promise<string> =>
      refusalOf(verifyMembers(list, { state, secret, seals }));
    expect(await refusal(first.secret)).toBe('wrong_version');
    expect(await refusal({ ...createGroupSecret(state.groupId), version: 2 })).toBe('wrong_secret');
    expect(await refusal({ ...second.secret, groupId: random(16) })).toBe('wrong_group');
    expect(await refusal({ ...second.secret, version: 3 })).toBe('wrong_version');
  });

  it('[G12] refuses who has no MAC under the secret in force, whoever had an older one', async () => {
    const ghost = await listed(first.secret, mal);
    const list = [ghost, withMac(ghost, first.secret), { ...ghost, carriedMac: random(32) }];
    expect(codes(await verified(second, list))).toEqual(['bad_mac', 'bad_mac', 'bad_mac']);
    expect(codes(await verified(first, [{ ...ghost, mac: random(32), carriedMac: ghost.mac }]))).toEqual([
      'bad_mac',
    ]);
    // An old MAC of one's own is not asked: that it was carried over says that it was good.
    expect(codes(await verified(third, second.list))).toEqual(['bad_mac', 'bad_mac', 'bad_mac']);
  });

  it('[G12] refuses a carried MAC moved from somebody else or from another inbox key', async () => {
    const [one, other] = [entryOf(second.list, ben), entryOf(second.list, cyd)];
    const moved = [
      { ...one, carriedMac: other.carriedMac },
      { ...other, carriedMac: one.carriedMac },
    ];
    expect(codes(await verified(second, moved))).toEqual(['bad_mac', 'bad_mac']);
    const again = await listed(first.secret, await personNamed('Ben', ben.identity));
    expect(codes(await verified(second, [{ ...again, carriedMac: one.carriedMac }]))).toEqual(['bad_mac']);
  });

  it('[G12] refuses a statement of the future, of no version, or signed for another one', async () => {
    const entry = entryOf(second.list, ben);
    const later = await listed({ ...second.secret, version: 3 }, ben);
    const wrong = [later, { ...entry, secretVersion: 0 }, { ...entry, secretVersion: 1.5 }];
    expect(codes(await verified(second, wrong))).toEqual(wrong.map(() => 'wrong_version'));
    expect(codes(await verified(third, [withMac({ ...entry, secretVersion: 2 }, third.secret)]))).toEqual([
      'bad_signature',
    ]);
  });

  it('[G12] refuses who was removed, although a member made the MAC anew', async () => {
    const group = await rotatedBy(ada.identity, second, removal(cyd.identity));
    const old = entryOf(second.list, cyd);
    const list = [...group.list, old, withMac(old, group.secret)];
    const verdict = await verified(group, list);
    expect(counted(verdict)).toEqual(['Ada', 'Ben']);
    expect(codes(verdict)).toEqual(['removed', 'removed']);
  });

  it('[G12] counts who was removed and comes back by a link of now', async () => {
    const group = await rotatedBy(ada.identity, second, removal(cyd.identity));
    const back = await listed(group.secret, cyd);
    expect(counted(await verified(group, [...group.list, back]))).toEqual(['Ada', 'Ben', 'Cyd']);
  });

  it('[G12] refuses who is banned by a link of now too, until pardoned', async () => {
    const group = await rotatedBy(ada.identity, second, removal(cyd.identity, true));
    const back = await listed(group.secret, cyd);
    expect(codes(await verified(group, [back]))).toEqual(['removed']);
    const { state } = await grow(group.state, [ada.identity, about('pardon', cyd.identity)]);
    const old = withMac(entryOf(second.list, cyd), group.secret);
    const verdict = await verified({ ...group, state }, [old, back]);
    expect([counted(verdict), codes(verdict)]).toEqual([['Cyd'], ['removed']]);
  });

  it('[G12] refuses who left, until they sign that they are back', async () => {
    const { state } = await grow(second.state, [cyd.identity, departure]);
    expect(codes(await verified({ ...second, state }))).toEqual(['removed']);
    const back = await grow(state, [cyd.identity, comeback]);
    expect(counted(await verified({ ...second, state: back.state }))).toEqual(['Ada', 'Ben', 'Cyd']);
    const rotated = await rotatedBy(ada.identity, { ...second, state });
    expect(rotated.rotation.shares.map(({ identity }) => identity)).not.toContain(cyd.identity.publicKey);
  });

  it('[G12] refuses who was not admitted where people are asked for', async () => {
    const { state } = await grow(second.state, [
      ada.identity,
      policy({ admission: 'approval' }, [ben.identity]),
    ]);
    const verdict = await verified({ ...second, state });
    expect([counted(verdict), codes(verdict)]).toEqual([['Ada', 'Ben'], ['not_member']]);
    const { state: admitted } = await grow(state, [ada.identity, about('admission', cyd.identity)]);
    expect(counted(await verified({ ...second, state: admitted }))).toEqual(['Ada', 'Ben', 'Cyd']);
  });

  it('[G12] refuses an inbox key to which nothing can be sealed, which would stop every rotation', async () => {
    const small = { ...ben, inboxKey: { ...ben.inboxKey, publicKey: new Uint8Array(32) } };
    const entry = await listed(first.secret, small);
    expect(codes(await verified(first, [entry]))).toEqual(['malformed']);
  });

  it('[G12] opens names under the key they were sealed with, and no other', async () => {
    const entry = entryOf(third.list, mal);
    expect(entry.nameVersion).toBe(2);
    const wrong = [1, 3, 4, 0].map((nameVersion) => ({ ...entry, nameVersion }));
    expect(codes(await verified(third, wrong))).toEqual([
      'not_opened',
      'not_opened',
      'not_opened',
      'not_opened',
    ]);
    expect(codes(await verified({ ...third, previousSeals: new Map() }))).toEqual(
      Array(4).fill('not_opened'),
    );
  });

  it('[G12] shows the role that the history gives', async () => {
    const { state } = await grow(
      second.state,
      [ada.identity, role(ben.identity, 'admin')],
      [ben.identity, role(cyd.identity, 'listener')],
    );
    const { members } = await verified({ ...second, state });
    expect(members.map((one) => one.role)).toEqual(['owner', 'admin', 'listener']);
  });

  it('[G12] refuses an entry with any bit changed or field cut, and nobody else with it', async () => {
    const [owner, entry] = [entryOf(third.list, ada), entryOf(third.list, mal)];
    for (const field of ['identity', 'inboxKey', 'mac', 'signature', 'sealedName', 'carriedMac'] as const) {
      const spoilt = [...mutations(entry[field]!)].map((bytes) => ({ ...entry, [field]: bytes }));
      const verdict = await verified(third, [owner, ...spoilt]);
      expect(counted(verdict), field).toEqual(['Ada']);
      expect(verdict.refused, field).toHaveLength(spoilt.length);
    }
  });

  it('[G12] refuses entries of any bytes with a code, and never throws', async () => {
    const entry = fc.record({
      identity: anyBytes(0, 40),
      inboxKey: anyBytes(0, 40),
      mac: anyBytes(0, 40),
      carriedMac: fc.oneof(fc.constant(null), anyBytes(0, 40)),
      signature: anyBytes(0, 70),
      sealedName: anyBytes(0, 70),
      profile: fc.oneof(
        fc.constant(null),
        fc.record({ revision: fc.double(), sealedFace: anyBytes(0, 110), signature: anyBytes(0, 70) }),
      ),
      secretVersion: fc.oneof(fc.nat(3), fc.double()),
      nameVersion: fc.oneof(fc.nat(3), fc.double()),
      joinedAtMs: fc.double(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry), async (entries) => {
        const verdict = await verified(third, [...entries, ...third.list]);
        expect(counted(verdict)).toEqual([...names]);
        expect(verdict.refused).toHaveLength(entries.length);
      }),
      { numRuns: 40 },
    );
  });

  it('[G12] refuses a statement that another member signed', async () => {
    const entry = await listed(second.secret, mal);
    const { identity, inboxKey, mac, secretVersion } = entry;
    const statement = memberStatement({
      groupId: first.state.groupId,
      secretVersion,
      identity,
      inboxKey,
      mac,
    });
    expect(counted(await verified(second, [entry]))).toEqual(['Mal']);
    expect(
      codes(await verified(second, [{ ...entry, signature: await ben.identity.sign(statement) }])),
    ).toEqual(['bad_signature']);
  });

  it('[G12] needs the group’s own history', async () => {
    const state = (await grow(beginningOf(ada.identity), [ada.identity, rotation(2)])).state;
    const seals = openSeals(second.secret, new Map());
    expect(await refusalOf(verifyMembers(second.list, { state, secret: second.secret, seals }))).toBe(
      'wrong_group',
    );
  });
});
