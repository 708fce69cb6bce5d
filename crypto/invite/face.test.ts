// G20: a face opens in its own place only and has one encoding; a picture is the one that the face names.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, random, toHex, utf8, type Bytes } from '../bytes.ts';
import { profileHash } from '../identity/index.ts';
import { anyBytes, mutations, refusal } from '../test/fuzz.ts';
import vectors from '../vectors/aparte/sealed.json' with { type: 'json' };
import { sealBox } from './box.ts';
import {
  maxPictureBytes,
  maxPlainPictureBytes,
  openPicture,
  sealPicture,
  sealPictureWith,
} from './picture.ts';
import { boxKey } from './sealed-place.ts';
import {
  openFace,
  sealedFaceBytes,
  sealFace,
  sealFaceWithNonce,
  type Face,
  type FacePlace,
} from './sealed-face.ts';

const groupId = fromHex(vectors.groupId);
const keys = { seal: fromHex(vectors.sealKey) };
const ada = random(32);
const mine: FacePlace = { groupId, what: 'memberFace', subject: ada };
const sealedAs = (place: FacePlace, plain: Bytes): Bytes => sealBox(boxKey(keys, place), random(24), plain);

const anyFace: fc.Arbitrary<Face> = fc.oneof(
  fc.constant<Face>({ kind: 'initials' }),
  fc.record({
    kind: fc.constant('emoji' as const),
    emoji: fc.constantFrom('🌿', '👩‍👩‍👧‍👦', 'é', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', 'x'.repeat(62)),
    tone: fc.nat(7),
  }),
  fc.record({ kind: fc.constant('picture' as const), hash: anyBytes(32), key: anyBytes(32) }),
);

describe('a face', () => {
  it('[G20] is the one of the independent vectors', () => {
    for (const row of vectors.faces) {
      const place = { groupId, what: row.what as FacePlace['what'], subject: fromHex(row.subject) };
      const face = openFace(keys, place, fromHex(row.sealed));
      expect(toHex(sealFaceWithNonce(keys, place, { face, nonce: fromHex(row.nonce) }))).toBe(row.sealed);
    }
    expect(new Set(vectors.faces.map(({ plain }) => plain.slice(0, 2)))).toEqual(new Set(['00', '01', '02']));
  });

  it('[G18] [G19] has this hash together with its name', () => {
    const [group, member] = vectors.texts.map(({ sealed }) => fromHex(sealed)) as [Bytes, Bytes];
    const [, emoji, picture] = vectors.faces.map(({ sealed }) => fromHex(sealed)) as [Bytes, Bytes, Bytes];
    expect(toHex(profileHash(member, emoji))).toBe(vectors.profileHashes.member);
    expect(toHex(profileHash(group, picture))).toBe(vectors.profileHashes.group);
  });

  it('[G20] is read back, and is as long as every other', () => {
    fc.assert(
      fc.property(anyFace, (face) => {
        const sealed = sealFace(keys, mine, face);
        expect(openFace(keys, mine, sealed)).toEqual(face);
        expect(sealed).toHaveLength(sealedFaceBytes);
      }),
    );
  });

  it('[G20] does not open as another’s, as the group’s, elsewhere or changed', () => {
    const sealed = sealFace(keys, mine, { kind: 'emoji', emoji: '🌿', tone: 3 });
    const places: FacePlace[] = [
      { ...mine, subject: random(32) },
      { ...mine, groupId: random(16) },
      { groupId, what: 'groupFace', subject: new Uint8Array(0) },
    ];
    for (const place of places) expect(refusal(() => openFace(keys, place, sealed))).toBe('not_opened');
    expect(refusal(() => openFace({ seal: random(32) }, mine, sealed))).toBe('not_opened');
    for (const changed of mutations(sealed))
      expect(['malformed', 'not_opened']).toContain(refusal(() => openFace(keys, mine, changed)));
  });

  it('[G20] has one encoding: nothing behind it, no ground that is none, no sign that G7 would refuse', () => {
    const filled = (...parts: Uint8Array[]): Bytes => {
      const plain = new Uint8Array(65);
      plain.set(concat(...parts));
      return plain;
    };
    const code = (plain: Bytes): unknown => refusal(() => openFace(keys, mine, sealedAs(mine, plain)));
    const emoji = (tone: number, text: string): Bytes =>
      filled(new Uint8Array([1, tone, utf8(text).length]), utf8(text));
    const ends = new Uint8Array(65);
    ends[64] = 1;
    expect(code(ends)).toBe('malformed');
    for (const wrong of [emoji(8, '🌿'), emoji(0, ''), emoji(0, ' '), emoji(0, 'a\n'), emoji(0, '\u202Ea')])
      expect(code(wrong)).toBe('malformed');
    expect(code(filled(new Uint8Array([1, 0, 63])))).toBe('malformed');
    expect(code(filled(new Uint8Array([3])))).toBe('unsupported');
    expect(code(new Uint8Array(64))).toBe('malformed');
    expect(code(new Uint8Array(66))).toBe('malformed');
    expect(() => sealFace(keys, mine, { kind: 'emoji', emoji: 'x'.repeat(63), tone: 0 })).toThrow(RangeError);
    expect(() => sealFace(keys, mine, { kind: 'emoji', emoji: '🌿', tone: 8 })).toThrow(RangeError);
  });
});

describe('a picture', () => {
  it('[G20] is the one of the independent vectors', () => {
    const row = vectors.picture;
    const given = { picture: fromHex(row.plain), key: fromHex(row.key), nonce: fromHex(row.nonce) };
    const { sealed, face } = sealPictureWith(groupId, given);
    expect(toHex(sealed)).toBe(row.sealed);
    const place: FacePlace = { groupId, what: 'groupFace', subject: new Uint8Array(0) };
    expect(openFace(keys, place, fromHex(vectors.faces[2]!.sealed))).toEqual(face);
  });

  it('[G20] opens with the face that names it, in its group, and with nothing else', () => {
    const picture = random(500);
    const { sealed, face } = sealPicture(groupId, picture);
    expect(openPicture(groupId, face, sealed)).toEqual(picture);
    const other = sealPicture(groupId, picture);
    expect(toHex(other.face.key)).not.toBe(toHex(face.key));
    // Another picture by the same maker, and the same box called by another hash.
    for (const wrong of [
      () => openPicture(groupId, face, other.sealed),
      () => openPicture(groupId, { ...face, hash: other.face.hash }, sealed),
      () => openPicture(groupId, { ...face, key: other.face.key }, sealed),
      () => openPicture(random(16), face, sealed),
    ])
      expect(refusal(wrong)).toBe('not_opened');
  });

  it('[G20] is of at most 64 KiB, sealed', () => {
    const largest = sealPicture(groupId, random(maxPlainPictureBytes));
    expect(largest.sealed).toHaveLength(maxPictureBytes);
    expect(openPicture(groupId, largest.face, largest.sealed)).toHaveLength(maxPlainPictureBytes);
    expect(() => sealPicture(groupId, random(1).slice(1))).toThrow(RangeError);
    expect(() => sealPicture(groupId, new Uint8Array(maxPlainPictureBytes + 1))).toThrow(RangeError);
    const long = concat(largest.sealed, new Uint8Array(1));
    expect(refusal(() => openPicture(groupId, largest.face, long))).toBe('out_of_range');
  });
});
