// A picture that members of a group see and the service keeps without being able to (protocol.md G20): sealed under a key of its own,
// which a sealed face names together with the hash of what is sealed. So it stays where it is when the group's secret changes.
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, random, uint, utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { boxOverheadBytes, openBox, sealBox, type BoxKey } from './box.ts';
import type { Face } from './sealed-face.ts';

const label = utf8('Aparté/1 picture');
/** Of a sealed picture. */
export const maxPictureBytes = 64 * 1024;
/** Of what is sealed. */
export const maxPlainPictureBytes = maxPictureBytes - boxOverheadBytes;

export type PictureFace = Extract<Face, { kind: 'picture' }>;

/** Seals the bytes of a picture under a fresh key. Throws `RangeError` where there are none, or too many. */
export function sealPicture(
  groupId: Bytes,
  picture: Bytes,
): { readonly face: PictureFace; readonly sealed: Bytes } {
  return sealPictureWith(groupId, { picture, key: random(32), nonce: random(24) });
}

/** `sealPicture` with given key and nonce, for test vectors. */
export function sealPictureWith(
  groupId: Bytes,
  given: { readonly picture: Bytes; readonly key: Bytes; readonly nonce: Bytes },
): { readonly face: PictureFace; readonly sealed: Bytes } {
  const { picture, key, nonce } = given;
  if (picture.length < 1 || picture.length > maxPlainPictureBytes)
    throw new RangeError(`a picture must be 1 to ${maxPlainPictureBytes} bytes, got ${picture.length}`);
  const sealed = sealBox(boxOf(groupId, key), nonce, picture);
  return { sealed, face: { kind: 'picture', hash: sha256(sealed), key } };
}

/**
 * The bytes of the picture that a face names. Nobody has looked at them: somebody in the group made them. Throws `CryptoError`:
 * `out_of_range` for too many, `not_opened` for other bytes than the face names.
 */
export function openPicture(groupId: Bytes, face: PictureFace, sealed: Bytes): Bytes {
  if (sealed.length > maxPictureBytes)
    throw new CryptoError('out_of_range', 'a sealed picture that is too large');
  if (!equal(sha256(sealed), face.hash))
    throw new CryptoError('not_opened', 'another picture than the one named');
  return openBox(boxOf(groupId, face.key), sealed);
}

function boxOf(groupId: Bytes, key: Bytes): BoxKey {
  if (groupId.length !== 16) throw new RangeError(`groupId must be 16 bytes, got ${groupId.length}`);
  return { key, aad: concat(uint(label.length, 2), label, groupId) };
}
