// G16: links that end. What the service keeps of one opens for nobody without the link, and nowhere else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random, toHex } from '../bytes.ts';
import { anyBytes, mutations, refusal } from '../test/fuzz.ts';
import {
  createGroupSecret,
  createLimitedInvite,
  decodeInvite,
  decodeLink,
  deriveGroupKeys,
  deriveInviteKeys,
  encodeInvite,
  encodeLimitedInvite,
  openForInvite,
  openInvite,
  sealForInvite,
  sealInvite,
} from './index.ts';

const groupId = random(16);
const secret = { ...createGroupSecret(groupId), version: 3 };
const invite = createLimitedInvite(groupId);

describe('a link that ends', () => {
  it('[G16] is read back as it was made, beside the other kind, and holds nothing of the group secret', () => {
    fc.assert(
      fc.property(anyBytes(16), anyBytes(32), (id, value) => {
        const given = { groupId: id, secret: value };
        const payload = encodeLimitedInvite(given);
        expect(payload).toMatch(/^[A-Za-z0-9_-]{71}$/);
        expect(decodeLink(payload)).toEqual({ kind: 'limited', invite: given });
        expect(refusal(() => decodeInvite(payload))).toBe('malformed');
      }),
    );
    expect(decodeLink(encodeInvite(secret))).toEqual({ kind: 'whole', secret });
  });

  it('[G16] [O1] damaged anywhere is refused', () => {
    const payload = encodeLimitedInvite(invite);
    for (let at = 0; at < payload.length; at++) {
      const other = payload[at] === 'A' ? 'B' : 'A';
      expect(refusal(() => decodeLink(payload.slice(0, at) + other + payload.slice(at + 1)))).toBe(
        'malformed',
      );
    }
    for (const wrong of ['', payload.slice(1), `${payload}A`, `${payload}=`])
      expect(refusal(() => decodeLink(wrong))).toBe('malformed');
  });

  it('[G16] opens the group secret for who has it, and for nobody else, nor in another group or version', () => {
    const sealed = sealForInvite(invite, secret);
    expect(sealed).toHaveLength(73);
    expect(openForInvite(invite, 3, sealed)).toEqual(secret);
    const others = [
      [createLimitedInvite(groupId), 3],
      [{ ...invite, groupId: random(16) }, 3],
      [invite, 4],
    ] as const;
    for (const [other, version] of others)
      expect(refusal(() => openForInvite(other, version, sealed))).toBe('not_opened');
    for (const changed of mutations(sealed))
      expect(['not_opened', 'malformed']).toContain(refusal(() => openForInvite(invite, 3, changed)));
  });

  it('[G16] is kept for who is in the group under its own seal key', () => {
    const keys = deriveGroupKeys(secret);
    const sealed = sealInvite(keys, invite);
    expect(openInvite(keys, groupId, sealed)).toEqual(invite);
    expect(refusal(() => openInvite(keys, random(16), sealed))).toBe('not_opened');
    expect(refusal(() => openInvite(deriveGroupKeys({ ...secret, version: 4 }), groupId, sealed))).toBe(
      'not_opened',
    );
  });

  it('[G16] has a door that is no door of the group, and keys that say nothing of each other', () => {
    const { door, seal } = deriveInviteKeys(invite);
    const of = deriveGroupKeys(secret);
    const all = [door, seal, invite.secret, secret.secret, of.door, of.seal, of.member].map(toHex);
    expect(new Set(all).size).toBe(all.length);
    const other = deriveInviteKeys({ ...invite, groupId: random(16) });
    expect(toHex(other.door)).not.toBe(toHex(door));
  });
});
