// G1, G5, G6: who counts as a member, whatever the service puts into the record, and what stays true once seen.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, random, toHex, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { leaveStatement, memberStatement } from '../identity/index.ts';
import { createGroupId, createGroupSecret, deriveGroupKeys, sealText } from '../invite/index.ts';
import { anyBytes, mutations } from '../test/fuzz.ts';
import { groupOf, memberOf, person, removalBy, type TestGroup } from '../test/people.ts';
import vectors from '../vectors/aparte/group.json' with { type: 'json' };
import {
  isVerifiedMember,
  memberMac,
  verifyGroup,
  type MemberRecord,
  type RemovalRecord,
  type VerifiedGroup,
} from './index.ts';

const [ada, ben, cyd, mal] = await Promise.all([person(), person(), person(), person()]);
const group = await groupOf(ada, { Ben: ben, Cyd: cyd });
const { secret, record } = group;

function names(verified: VerifiedGroup): string[] {
  return verified.members.map((member) => member.name);
}

function codes(verified: VerifiedGroup): string[] {
  return verified.refused.map((entry) => entry.code);
}

/** The record with these members instead, verified. */
function withMembers(members: readonly MemberRecord[], given: TestGroup = group): Promise<VerifiedGroup> {
  return verifyGroup({ ...given.record, members }, given.secret, []);
}

function withRemovals(
  removals: readonly RemovalRecord[],
  kept: readonly RemovalRecord[] = [],
): Promise<VerifiedGroup> {
  return verifyGroup({ ...record, removals }, secret, kept);
}

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CryptoError);
  return (error as CryptoError).code;
}

describe('the MAC of a member', () => {
  it('[G5] is the one of the independent vectors', () => {
    for (const row of vectors.versions) {
      const fields = {
        groupId: fromHex(vectors.groupId),
        secretVersion: row.version,
        identity: fromHex(vectors.member),
        inboxKey: fromHex(row.inboxKey),
      };
      expect(toHex(memberMac({ member: fromHex(row.keys.member) }, fields))).toBe(row.mac);
    }
  });

  it('[G5] is not made over fields of other lengths, which could shift into each other', () => {
    const keys = deriveGroupKeys(secret);
    const fields = { groupId: random(16), secretVersion: 1, identity: random(32), inboxKey: random(32) };
    expect(() => memberMac(keys, { ...fields, identity: random(31) })).toThrow(RangeError);
    expect(() => memberMac(keys, { ...fields, inboxKey: random(33) })).toThrow(RangeError);
    expect(() => memberMac(keys, { ...fields, groupId: random(15) })).toThrow(RangeError);
  });
});

describe('verifyGroup', () => {
  it('[G5] counts members whose signature, MAC and name verify', async () => {
    const verified = await verifyGroup(record, secret, []);
    expect(names(verified)).toEqual(['Ada', 'Ben', 'Cyd']);
    expect(verified.refused).toEqual([]);
    expect(verified.owner).toEqual(ada.publicKey);
    expect(isVerifiedMember(verified, ben.publicKey)).toBe(true);
    expect(isVerifiedMember(verified, mal.publicKey)).toBe(false);
    expect(isVerifiedMember(verified, new Uint8Array())).toBe(false);
  });

  it('[G1] refuses an owner or a nonce that do not give the group id of the link', async () => {
    expect(await refusalOf(verifyGroup({ ...record, owner: mal.publicKey }, secret, []))).toBe('wrong_group');
    expect(await refusalOf(verifyGroup({ ...record, nonce: random(16) }, secret, []))).toBe('wrong_group');
    const nonce = random(16);
    const own = { ...record, owner: mal.publicKey, nonce, groupId: createGroupId(mal.publicKey, nonce) };
    expect(await refusalOf(verifyGroup(own, secret, []))).toBe('wrong_group');
  });

  it('[G5] refuses a record of another version of the secret', async () => {
    expect(await refusalOf(verifyGroup({ ...record, secretVersion: 2 }, secret, []))).toBe('wrong_version');
  });

  it('[G5] refuses a ghost that the service adds without the group secret', async () => {
    const guessed = { ...createGroupSecret(secret.groupId), version: secret.version };
    const ghost = await memberOf(guessed, mal, { name: 'Ben' });
    const verified = await withMembers([...record.members, ghost]);
    expect(names(verified)).toEqual(['Ada', 'Ben', 'Cyd']);
    expect(verified.refused).toEqual([{ identity: mal.publicKey, code: 'bad_mac' }]);
  });

  it('[G5] refuses a member that another member signed for', async () => {
    const keys = deriveGroupKeys(secret);
    const honest = await memberOf(secret, ben, { name: 'Ben' });
    const fields = {
      groupId: secret.groupId,
      secretVersion: 1,
      identity: ben.publicKey,
      inboxKey: random(32),
    };
    const mac = memberMac(keys, fields);
    const forged = {
      ...honest,
      inboxKey: fields.inboxKey,
      mac,
      signature: await mal.sign(memberStatement({ ...fields, mac })),
    };
    const verified = await withMembers([forged]);
    expect([names(verified), codes(verified)]).toEqual([[], ['bad_signature']]);
  });

  it('[G5] refuses a statement of another group or another version of the secret', async () => {
    const elsewhere = await groupOf(mal);
    const foreign = await memberOf(elsewhere.secret, ben, { name: 'Ben' });
    const later = await memberOf({ ...secret, version: 2 }, ben, { name: 'Ben' });
    const verified = await withMembers([foreign, later]);
    expect([names(verified), codes(verified)]).toEqual([[], ['bad_mac', 'bad_mac']]);
  });

  it('[G5] refuses a member whose name does not open or is moved from somebody else', async () => {
    const [first, second, third] = record.members as [MemberRecord, MemberRecord, MemberRecord];
    const moved = { ...second, sealedName: third.sealedName };
    const verified = await withMembers([first, moved, { ...third, sealedName: new Uint8Array() }]);
    expect([names(verified), codes(verified)]).toEqual([['Ada'], ['not_opened', 'malformed']]);
  });

  it('[G5] counts an identity once: the first good entry, and a bad one before it does no harm', async () => {
    const again = await memberOf(secret, ben, { name: 'Ben again' });
    const spoilt = { ...again, mac: random(32) };
    const verified = await withMembers([spoilt, ...record.members, again]);
    expect(names(verified)).toEqual(['Ada', 'Ben', 'Cyd']);
    expect(codes(verified)).toEqual(['bad_mac', 'malformed']);
  });

  it('[G5] refuses an entry with any bit changed or field cut, and nobody else with it', async () => {
    const [first, second] = record.members as [MemberRecord, MemberRecord];
    for (const field of ['identity', 'inboxKey', 'mac', 'signature', 'sealedName'] as const) {
      const spoilt = [...mutations(second[field])].map((bytes) => ({ ...second, [field]: bytes }));
      const verified = await withMembers([first, ...spoilt]);
      expect(names(verified), field).toEqual(['Ada']);
      expect(verified.refused, field).toHaveLength(spoilt.length);
    }
  });

  it('[G5] refuses entries of any bytes with a code, and never throws', async () => {
    const entry = fc.record({
      identity: anyBytes(0, 40),
      inboxKey: anyBytes(0, 40),
      mac: anyBytes(0, 40),
      signature: anyBytes(0, 70),
      sealedName: anyBytes(0, 70),
      joinedAtMs: fc.double(),
    });
    const removal = fc.record({
      identity: anyBytes(0, 40),
      removedAtMs: fc.double(),
      signature: anyBytes(0, 70),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry), fc.array(removal), async (entries, removals) => {
        const verified = await verifyGroup(
          { ...record, members: [...entries, ...record.members], removals },
          secret,
          [],
        );
        expect(names(verified)).toEqual(['Ada', 'Ben', 'Cyd']);
        expect(verified.refused).toHaveLength(entries.length + removals.length);
        expect(verified.removals).toEqual([]);
      }),
      { numRuns: 40 },
    );
    for (const field of ['groupId', 'owner', 'nonce'] as const) {
      for (const bytes of mutations(record[field])) {
        expect(await refusalOf(verifyGroup({ ...record, [field]: bytes }, secret, []))).toBe('wrong_group');
      }
    }
  });
});

describe('a removal', () => {
  it('[G6] by the owner takes the member out of the roster', async () => {
    const removal = await removalBy(ada, secret.groupId, { identity: ben.publicKey });
    const verified = await withRemovals([removal]);
    expect(names(verified)).toEqual(['Ada', 'Cyd']);
    expect(verified.refused).toEqual([{ identity: ben.publicKey, code: 'removed' }]);
    expect(verified.removals).toEqual([removal]);
    expect(isVerifiedMember(verified, ben.publicKey)).toBe(false);
  });

  it('[G6] that was seen once holds although the service no longer sends it or lets the member join anew', async () => {
    const { removals } = await withRemovals([
      await removalBy(ada, secret.groupId, { identity: ben.publicKey }),
    ]);
    const forgotten = await withRemovals([], removals);
    expect(names(forgotten)).toEqual(['Ada', 'Cyd']);
    expect(forgotten.removals).toEqual(removals);
    const fresh = await memberOf(secret, ben, { name: 'Ben' });
    const rejoined = await verifyGroup({ ...record, members: [...record.members, fresh] }, secret, removals);
    expect(names(rejoined)).toEqual(['Ada', 'Cyd']);
  });

  it('[G6] is kept beside new ones, once for each identity, and a second proof is not asked', async () => {
    const kept = await removalBy(ada, secret.groupId, { identity: ben.publicKey });
    const again = await removalBy(ada, secret.groupId, { identity: ben.publicKey, atMs: 7 });
    const spoilt = { ...again, signature: random(64) };
    const other = await removalBy(ada, secret.groupId, { identity: cyd.publicKey });
    const verified = await withRemovals([spoilt, again, other, other], [kept]);
    expect(verified.removals).toEqual([kept, other]);
    expect(names(verified)).toEqual(['Ada']);
  });

  it('[G6] counts only if the owner signed it', async () => {
    const groupId = secret.groupId;
    const identity = ben.publicKey;
    const leave = await ben.sign(leaveStatement({ groupId, identity, atMs: 1_800_000_000_001 }));
    const good = await removalBy(ada, groupId, { identity });
    const bad: RemovalRecord[] = [
      await removalBy(mal, groupId, { identity }),
      await removalBy(ben, groupId, { identity }),
      await removalBy(ada, random(16), { identity }),
      { ...good, signature: leave },
      { ...good, removedAtMs: good.removedAtMs + 1 },
      { ...good, identity: cyd.publicKey },
    ];
    const verified = await withRemovals(bad);
    expect(names(verified)).toEqual(['Ada', 'Ben', 'Cyd']);
    expect(codes(verified)).toEqual(bad.map(() => 'bad_signature'));
    expect(verified.removals).toEqual([]);
  });

  it('[G6] with any bit changed or field cut is refused', async () => {
    const good = await removalBy(ada, secret.groupId, { identity: ben.publicKey });
    const bad = (['identity', 'signature'] as const).flatMap((field) =>
      [...mutations(good[field])].map((bytes: Bytes) => ({ ...good, [field]: bytes })),
    );
    const times = [-1, 0.5, Number.NaN, Infinity, 2 ** 60].map((removedAtMs) => ({ ...good, removedAtMs }));
    const verified = await withRemovals([...bad, ...times]);
    expect(names(verified)).toEqual(['Ada', 'Ben', 'Cyd']);
    expect(verified.removals).toEqual([]);
  });

  it('[G6] that was kept is proved again, so that another group’s does not slip in', async () => {
    const foreign = await removalBy(mal, random(16), { identity: ben.publicKey });
    const verified = await withRemovals([], [foreign]);
    expect([names(verified), codes(verified)]).toEqual([['Ada', 'Ben', 'Cyd'], ['bad_signature']]);
  });

  it('[G6] of the owner is refused, also when the owner signed it', async () => {
    const verified = await withRemovals([await removalBy(ada, secret.groupId, { identity: ada.publicKey })]);
    expect([names(verified), codes(verified)]).toEqual([['Ada', 'Ben', 'Cyd'], ['not_allowed']]);
  });
});

it('[G7] a member may rename itself, and the roster has the new name', async () => {
  const [first, second] = record.members as [MemberRecord, MemberRecord];
  const place = { groupId: secret.groupId, what: 'memberName', subject: ben.publicKey } as const;
  const renamed = { ...second, sealedName: sealText(deriveGroupKeys(secret), place, 'Benno') };
  expect(names(await withMembers([first, renamed]))).toEqual(['Ada', 'Benno']);
});
