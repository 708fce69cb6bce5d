// What was verified once is not verified again, and nothing that changed is taken for it (G12, G18): a remembered signature says that it is
// one, and nothing of whether its member counts.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { concat, random } from '../bytes.ts';
import { deriveGroupKeys } from '../invite/index.ts';
import { mutations } from '../test/fuzz.ts';
import { about, comeback, departure, grow, policy, removal, role } from '../test/history.ts';
import { person } from '../test/people.ts';
import {
  groupAt,
  listed,
  personNamed,
  rotatedBy,
  type Person,
  type RotatingGroup,
} from '../test/rotating.ts';
import {
  decodeProofs,
  encodeProofs,
  openSeals,
  signProfile,
  verifyMembers,
  type ListedMember,
  type Proofs,
  type VerifiedMembers,
} from './index.ts';

const [ada, ben, cyd, mal] = (await Promise.all(
  ['Ada', 'Ben', 'Cyd', 'Mal'].map(async (name) => personNamed(name, await person())),
)) as [Person, Person, Person, Person];
const group = await groupAt(ada, ben, cyd);
const known = (await verifiedWith(new Set(), group)).proofs;

let checked: { readonly mock: { readonly calls: readonly unknown[] } };
beforeEach(() => {
  checked = vi.spyOn(crypto.subtle, 'verify');
});
afterEach(() => {
  vi.restoreAllMocks();
});
/** Signatures that were checked since the last question. */
const checks = (): number => checked.mock.calls.length;

function verifiedWith(
  proofs: Proofs,
  of: RotatingGroup,
  given: { list?: readonly ListedMember[]; before?: VerifiedMembers } = {},
): Promise<VerifiedMembers> {
  const { state, secret, previousSeals } = of;
  const { list = of.list, before } = given;
  const seals = openSeals(secret, previousSeals);
  return verifyMembers(list, { state, secret, seals, proofs, ...(before && { known: before.profiles }) });
}

const verdictOf = ({ members, refused, refusedProfiles }: VerifiedMembers): unknown => ({
  members: members.map(({ name, revision, role: of }) => [name, revision, of]),
  refused: refused.map(({ code }) => code),
  refusedProfiles: refusedProfiles.map(({ code }) => code),
});
const names = (of: VerifiedMembers): string[] => of.members.map(({ name }) => name);
const entryOf = (of: Person): ListedMember =>
  group.list.find(({ identity }) => identity === of.identity.publicKey)!;
const without = (of: Person): ListedMember[] =>
  group.list.filter(({ identity }) => identity !== of.identity.publicKey);

async function named(of: Person, name: string, revision: number): Promise<ListedMember> {
  const { groupId, version: secretVersion } = group.secret;
  const place = { groupId, secretVersion, keys: deriveGroupKeys(group.secret) };
  const profile = { name, face: { kind: 'initials' }, revision } as const;
  return { ...entryOf(of), ...(await signProfile(of.identity, place, profile)) };
}

describe('proofs', () => {
  it('[G12] spare every signature that was good before, and give the same verdict', async () => {
    const first = await verifiedWith(new Set(), group);
    expect(checks()).toBe(6);
    const again = await verifiedWith(decodeProofs(encodeProofs(first.proofs)), group);
    expect(checks()).toBe(6);
    expect(verdictOf(again)).toEqual(verdictOf(first));
    expect(again.proofs).toEqual(first.proofs);
  });

  it('[G18] leave one signature to check where one member has another profile, two where one is new', async () => {
    const renamed = await named(ben, 'Benno', 2);
    const verdict = await verifiedWith(known, group, { list: [...without(ben), renamed] });
    expect([names(verdict), checks()]).toEqual([['Ada', 'Cyd', 'Benno'], 1]);
    const newcomer = await listed(group.secret, mal);
    expect(names(await verifiedWith(known, group, { list: [...group.list, newcomer] }))).toContain('Mal');
    expect(checks()).toBe(3);
  });

  it('[G12] [G13] let nobody through a rotation who was not carried over, and cost no signature of who was', async () => {
    const rotated = await rotatedBy(ada.identity, group);
    const before = checks();
    expect(names(await verifiedWith(known, rotated))).toEqual(['Ada', 'Ben', 'Cyd']);
    expect(checks()).toBe(before);
    const [one, other] = rotated.list as [ListedMember, ListedMember];
    const list = [...group.list, { ...one, carriedMac: other.carriedMac }, { ...one, carriedMac: null }];
    expect(verdictOf(await verifiedWith(known, rotated, { list }))).toMatchObject({
      members: [],
      refused: list.map(() => 'bad_mac'),
    });
  });

  it('[G12] let nobody through who is banned, removed, gone or not admitted since', async () => {
    const after = async (...acts: Parameters<typeof grow>[1][]): Promise<unknown> => {
      const { state } = await grow(group.state, ...acts);
      return verdictOf(await verifiedWith(known, { ...group, state }));
    };
    const rest = {
      members: [
        ['Ada', 1, 'owner'],
        ['Ben', 1, 'member'],
      ],
      refusedProfiles: [],
    };
    for (const isBanned of [true, false]) {
      const acts = [ada.identity, removal(cyd.identity, isBanned)] as const;
      expect(await after(acts)).toEqual({ ...rest, refused: ['removed'] });
    }
    expect(await after([cyd.identity, departure])).toEqual({ ...rest, refused: ['removed'] });
    expect(await after([ada.identity, policy({ admission: 'approval' }, [ben.identity])])).toEqual({
      ...rest,
      refused: ['not_member'],
    });
    expect(await after([cyd.identity, departure], [cyd.identity, comeback])).toMatchObject({ refused: [] });
    const admitted = [ada.identity, about('admission', cyd.identity)] as const;
    expect(
      await after([ada.identity, policy({ admission: 'approval' }, [ben.identity])], admitted),
    ).toMatchObject({ refused: [] });
    // And a role is that of now.
    expect(await after([ada.identity, role(ben.identity, 'admin')])).toMatchObject({
      members: [
        ['Ada', 1, 'owner'],
        ['Ben', 1, 'admin'],
        ['Cyd', 1, 'member'],
      ],
    });
    const banned = await rotatedBy(ada.identity, group, removal(cyd.identity, true));
    const back = await listed(banned.secret, cyd);
    const { proofs } = await verifiedWith(known, { ...banned, state: group.state, secret: group.secret });
    const list = [...banned.list, entryOf(cyd), back];
    expect(verdictOf(await verifiedWith(new Set([...known, ...proofs]), banned, { list }))).toEqual({
      ...rest,
      refused: ['removed', 'removed'],
    });
  });

  it('[G12] [G18] do not cover an entry with any bit changed', async () => {
    for (const field of ['identity', 'inboxKey', 'mac', 'signature', 'sealedName'] as const)
      for (const bytes of [...mutations(entryOf(cyd)[field])].filter((_, at) => at % 3 === 0)) {
        const list = [...without(cyd), { ...entryOf(cyd), [field]: bytes }];
        const verdict = await verifiedWith(known, group, { list });
        expect([names(verdict), verdict.refused.length], field).toEqual([['Ada', 'Ben'], 1]);
      }
    const { profile } = entryOf(cyd) as ListedMember & { profile: NonNullable<ListedMember['profile']> };
    for (const field of ['signature', 'sealedFace'] as const)
      for (const bytes of [...mutations(profile[field])].filter((_, at) => at % 3 === 0)) {
        const list = [...without(cyd), { ...entryOf(cyd), profile: { ...profile, [field]: bytes } }];
        expect(names(await verifiedWith(known, group, { list })), field).toEqual(['Ada', 'Ben']);
      }
    const higher = { ...entryOf(cyd), profile: { ...profile, revision: 9 } };
    expect(names(await verifiedWith(known, group, { list: [higher] }))).toEqual([]);
    // Good for one, and shown as another's.
    const { signature } = entryOf(ben);
    expect(names(await verifiedWith(known, group, { list: [{ ...entryOf(cyd), signature }] }))).toEqual([]);
  });

  it('[G18] do not bring an older profile back', async () => {
    const second = await verifiedWith(known, group, { list: [await named(ben, 'Benno', 2)] });
    const proofs = new Set([...known, ...second.proofs]);
    const verdict = await verifiedWith(proofs, group, { before: second });
    expect(verdictOf(verdict)).toMatchObject({ refused: [], refusedProfiles: ['wrong_version'] });
    expect(names(verdict)).toEqual(['Ada', 'Benno', 'Cyd']);
  });

  it('of a bad signature there are none', async () => {
    const list = [{ ...entryOf(cyd), signature: random(64) }];
    const { proofs } = await verifiedWith(known, group, { list });
    expect(proofs.size).toBe(0);
    expect(verdictOf(await verifiedWith(proofs, group, { list }))).toMatchObject({
      refused: ['bad_signature'],
    });
  });

  it('that are damaged, cut, or none at all are found by checking everything again', async () => {
    const kept = encodeProofs(known);
    const damaged = kept.map((byte) => byte ^ 1);
    for (const read of [damaged, kept.subarray(1), random(3), new Uint8Array(0), undefined, null, 'x', {}]) {
      const before = checks();
      const verdict = await verifiedWith(decodeProofs(read), group);
      expect([names(verdict), checks() - before]).toEqual([['Ada', 'Ben', 'Cyd'], 6]);
    }
    const half = decodeProofs(concat(kept.subarray(0, 96), damaged.subarray(96)));
    const before = checks();
    await verifiedWith(half, group);
    expect(checks() - before).toBe(3);
  });
});
