// G3: the payload of an invite link, and every way it can arrive damaged.
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromBase64url, fromHex, random, toBase64url, toHex, uint, type Bytes } from '../bytes.ts';
import { anyBytes, mutations, refusal } from '../test/fuzz.ts';
import vectors from '../vectors/aparte/group.json' with { type: 'json' };
import { decodeInvite, encodeInvite } from './link.ts';

const groupId = fromHex(vectors.groupId);

/** A link whose check is right, whatever its body says. */
function withCheck(body: Bytes): string {
  return toBase64url(concat(body, sha256(body).subarray(0, 4)));
}

describe('an invite link', () => {
  it('[G3] is the one of the independent vectors, both ways', () => {
    for (const row of vectors.versions) {
      const secret = { groupId, version: row.version, secret: fromHex(row.secret) };
      expect(encodeInvite(secret)).toBe(row.invite);
      expect(decodeInvite(row.invite)).toEqual(secret);
    }
  });

  it('[G3] is read back as it was made', () => {
    fc.assert(
      fc.property(
        anyBytes(16),
        fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        anyBytes(32),
        (id, version, secret) => {
          const given = { groupId: id, version, secret };
          expect(encodeInvite(given)).toMatch(/^[A-Za-z0-9_-]{76}$/);
          expect(decodeInvite(encodeInvite(given))).toEqual(given);
        },
      ),
    );
  });

  it('[G3] with any bit changed, cut or lengthened is refused as damaged', () => {
    for (const row of vectors.versions) {
      for (const changed of mutations(fromBase64url(row.invite))) {
        expect(
          refusal(() => decodeInvite(toBase64url(changed))),
          toHex(changed),
        ).toBe('malformed');
      }
    }
  });

  it('[G3] with a right check but another version byte, length or version 0 of the secret is refused', () => {
    const rest = concat(groupId, uint(1, 4), random(32));
    expect(decodeInvite(withCheck(concat(uint(1, 1), rest))).version).toBe(1);
    for (const version of [0, 2, 255]) {
      expect(refusal(() => decodeInvite(withCheck(concat(uint(version, 1), rest))))).toBe('malformed');
    }
    expect(refusal(() => decodeInvite(withCheck(concat(uint(1, 1), rest, uint(0, 1)))))).toBe('malformed');
    expect(refusal(() => decodeInvite(withCheck(concat(uint(1, 1), rest).slice(0, -1))))).toBe('malformed');
    const noVersion = concat(uint(1, 1), groupId, uint(0, 4), random(32));
    expect(refusal(() => decodeInvite(withCheck(noVersion)))).toBe('malformed');
  });

  it('[G3] of any other text is refused, and nothing but a CryptoError is thrown', () => {
    const good = vectors.versions[0]!.invite;
    for (const text of [
      '',
      ' ',
      good + '=',
      good.toUpperCase(),
      `${good} `,
      ` ${good}`,
      good.slice(1),
      '%00',
      '\u0000',
    ]) {
      expect(refusal(() => decodeInvite(text))).toBe('malformed');
    }
    const anyText = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.base64String({ minLength: 76, maxLength: 76 }),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(refusal(() => decodeInvite(text))).toBe('malformed');
      }),
    );
  });
});
