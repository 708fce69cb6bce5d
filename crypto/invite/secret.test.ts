// G1, G2, G4: the group's id, its secret and the keys derived from it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equal, fromHex, random, toHex, utf8 } from '../bytes.ts';
import { memberMac } from '../group/index.ts';
import { anyBytes, mutations, refusal } from '../test/fuzz.ts';
import vectors from '../vectors/aparte/group.json' with { type: 'json' };
import { sealEnvelope, openEnvelope } from './envelope.ts';
import { checkGroupId, createGroupId } from './group-id.ts';
import { openText, sealText } from './sealed-text.ts';
import { createGroupSecret, deriveGroupKeys } from './secret.ts';

const owner = fromHex(vectors.owner);
const nonce = fromHex(vectors.nonce);
const groupId = fromHex(vectors.groupId);

describe('a group id', () => {
  it('[G1] is the one of the independent vector', () => {
    expect(toHex(createGroupId(owner, nonce))).toBe(vectors.groupId);
    expect(checkGroupId(groupId, owner, nonce)).toBe(true);
  });

  it('[G1] belongs to no other owner, nonce or id: every change of a bit or a length is refused', () => {
    for (const changed of mutations(owner)) expect(checkGroupId(groupId, changed, nonce)).toBe(false);
    for (const changed of mutations(nonce)) expect(checkGroupId(groupId, owner, changed)).toBe(false);
    for (const changed of mutations(groupId)) expect(checkGroupId(changed, owner, nonce)).toBe(false);
    // A byte moved from one field to the other keeps the hashed bytes the same.
    const moved = new Uint8Array([...nonce]);
    expect(checkGroupId(groupId, new Uint8Array([...owner, moved[0]!]), moved.slice(1))).toBe(false);
    expect(() => createGroupId(owner, random(15))).toThrow(RangeError);
  });
});

describe('a group secret', () => {
  it('[G2] gives the keys of the independent vectors', () => {
    for (const row of vectors.versions) {
      const keys = deriveGroupKeys({ groupId, version: row.version, secret: fromHex(row.secret) });
      expect(
        Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, toHex(key as Uint8Array)])),
      ).toEqual(row.keys);
    }
  });

  it('[G2] is 32 fresh random bytes of version 1', () => {
    const [one, other] = [createGroupSecret(groupId), createGroupSecret(groupId)];
    expect([one.secret.length, one.version, one.groupId]).toEqual([32, 1, groupId]);
    expect(equal(one.secret, other.secret)).toBe(false);
  });

  it('[G2] gives other keys for every name, group, version and secret', () => {
    fc.assert(
      fc.property(anyBytes(32), fc.integer({ min: 1, max: 2 ** 32 - 2 }), (secret, version) => {
        const changedSecret = secret.slice();
        changedSecret[0]! ^= 1;
        const all = [
          { groupId, version, secret },
          { groupId, version: version + 1, secret },
          { groupId: random(16), version, secret },
          { groupId, version, secret: changedSecret },
        ].flatMap((given) => Object.values(deriveGroupKeys(given)).map((key) => toHex(key as Uint8Array)));
        expect(new Set(all).size).toBe(20);
      }),
    );
  });

  it('[G2] of wrong lengths or version is misuse', () => {
    const good = createGroupSecret(groupId);
    for (const wrong of [
      { secret: random(31) },
      { groupId: random(17) },
      { version: 0 },
      { version: 2 ** 32 },
      { version: 1.5 },
    ]) {
      expect(() => deriveGroupKeys({ ...good, ...wrong })).toThrow(RangeError);
    }
  });

  it('[G4] gives a door key that opens no name and no envelope and makes no MAC', () => {
    const { door, ...keys } = deriveGroupKeys(createGroupSecret(groupId));
    const place = { groupId, what: 'groupName', subject: new Uint8Array() } as const;
    const sealed = sealText(keys, place, 'Les voisins');
    expect(refusal(() => openText({ seal: door }, place, sealed))).toBe('not_opened');
    const context = { groupId, callId: random(16), generation: 1, epoch: 0n, kind: 'commit' } as const;
    const envelope = sealEnvelope(keys.handshake, context, utf8('commit'));
    expect(refusal(() => openEnvelope(door, context, envelope))).toBe('not_opened');
    const fields = { groupId, secretVersion: 1, identity: owner, inboxKey: random(32) };
    expect(equal(memberMac({ member: door }, fields), memberMac(keys, fields))).toBe(false);
  });
});
