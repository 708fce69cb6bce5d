// G5: the MAC of a member statement, against vectors made elsewhere.
import { describe, expect, it } from 'vitest';
import { fromHex, random, toHex } from '../bytes.ts';
import { createGroupSecret, deriveGroupKeys } from '../invite/index.ts';
import vectors from '../vectors/aparte/group.json' with { type: 'json' };
import { memberMac } from './index.ts';

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
    const keys = deriveGroupKeys(createGroupSecret(random(16)));
    const fields = { groupId: random(16), secretVersion: 1, identity: random(32), inboxKey: random(32) };
    expect(() => memberMac(keys, { ...fields, identity: random(31) })).toThrow(RangeError);
    expect(() => memberMac(keys, { ...fields, inboxKey: random(33) })).toThrow(RangeError);
    expect(() => memberMac(keys, { ...fields, groupId: random(15) })).toThrow(RangeError);
  });
});
