// What somebody, or a group, shows in place of letters (protocol.md G20): nothing, a sign on a ground, or a picture that is kept apart
// (picture.ts). Sealed in one length, so that the service cannot tell which.
import { concat, fromUtf8, random, Reader, uint, utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { boxOverheadBytes, openBox, sealBox } from './box.ts';
import { boxKey, type SealedPlace } from './sealed-place.ts';
import { isSealableText } from './sealed-text.ts';
import type { GroupKeys } from './secret.ts';

export type Face =
  /** The letters of the name. */
  | { readonly kind: 'initials' }
  /** `tone`: which of the eight grounds, 0 to 7. */
  | { readonly kind: 'emoji'; readonly emoji: string; readonly tone: number }
  /** SHA-256 of the sealed picture, and the key that opens it, 32 bytes each. */
  | { readonly kind: 'picture'; readonly hash: Bytes; readonly key: Bytes };

export type FacePlace = SealedPlace<'memberFace' | 'groupFace'>;

export const toneCount = 8;
const kinds = ['initials', 'emoji', 'picture'] as const satisfies readonly Face['kind'][];
const bodyBytes = 64;
const mostEmojiBytes = bodyBytes - 2;
/** Of a sealed face. */
export const sealedFaceBytes = boxOverheadBytes + 1 + bodyBytes;

/** Whether G20 takes `emoji` as a sign. */
export function isFaceText(emoji: string): boolean {
  return isSealableText(emoji) && utf8(emoji).length <= mostEmojiBytes;
}

/** Seals a face under the group's `seal` key. Throws `RangeError` for one that G20 does not take. */
export function sealFace(keys: Pick<GroupKeys, 'seal'>, place: FacePlace, face: Face): Bytes {
  return sealFaceWithNonce(keys, place, { face, nonce: random(24) });
}

/** `sealFace` with a given nonce, for test vectors. */
export function sealFaceWithNonce(
  keys: Pick<GroupKeys, 'seal'>,
  place: FacePlace,
  given: { readonly face: Face; readonly nonce: Bytes },
): Bytes {
  const { face, nonce } = given;
  const body = bodyOf(face);
  const rest = new Uint8Array(bodyBytes - body.length);
  return sealBox(boxKey(keys, place), nonce, concat(uint(kinds.indexOf(face.kind), 1), body, rest));
}

/**
 * The face in sealed bytes. Throws `CryptoError`: `not_opened` for another group, subject or key, or changed bytes; `malformed` for what
 * is no face or not its one encoding.
 */
export function openFace(keys: Pick<GroupKeys, 'seal'>, place: FacePlace, sealed: Bytes): Face {
  if (sealed.length !== sealedFaceBytes)
    throw new CryptoError('malformed', 'a sealed face of another length');
  const reader = new Reader(openBox(boxKey(keys, place), sealed));
  const face = readFace(reader);
  if (reader.take(reader.left).some((byte) => byte !== 0))
    throw new CryptoError('malformed', 'a face that does not end where it should');
  return face;
}

function bodyOf(face: Face): Bytes {
  switch (face.kind) {
    case 'initials':
      return new Uint8Array(0);
    case 'emoji': {
      if (!isFaceText(face.emoji))
        throw new RangeError('an emoji must be 1 to 62 bytes of visible text (G20)');
      if (face.tone >= toneCount) throw new RangeError(`tone must be below ${toneCount}, got ${face.tone}`);
      const text = utf8(face.emoji);
      return concat(uint(face.tone, 1), uint(text.length, 1), text);
    }
    case 'picture':
      if (face.hash.length !== 32 || face.key.length !== 32)
        throw new RangeError('hash and key must be 32 bytes');
      return concat(face.hash, face.key);
  }
}

function readFace(from: Reader): Face {
  const kind = kinds[from.uint(1)];
  switch (kind) {
    case 'initials':
      return { kind };
    case 'emoji': {
      const tone = from.uint(1);
      const emoji = fromUtf8(from.vector(1, mostEmojiBytes));
      if (tone >= toneCount || !isFaceText(emoji)) throw new CryptoError('malformed', 'a sign that is none');
      return { kind, emoji, tone };
    }
    case 'picture':
      return { kind, hash: from.take(32), key: from.take(32) };
    default:
      throw new CryptoError('unsupported', 'a face of a kind that is not known here');
  }
}
