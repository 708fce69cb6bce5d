// The self-certifying group id (protocol.md G1): made from the owner's identity key, so that nobody can be passed off
// as the owner of a group whose link one holds. Knows no secrets: the service imports it too.
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, utf8, type Bytes } from '../bytes.ts';

const label = utf8('Aparté/1 group');
export const groupIdBytes = 16;

/** The id of the group of `owner` (32 bytes) and `nonce` (16 random bytes): 16 bytes. Throws `RangeError` on other lengths. */
export function createGroupId(owner: Bytes, nonce: Bytes): Bytes {
  if (owner.length !== 32) throw new RangeError(`owner must be 32 bytes, got ${owner.length}`);
  if (nonce.length !== 16) throw new RangeError(`nonce must be 16 bytes, got ${nonce.length}`);
  return sha256(concat(label, owner, nonce)).slice(0, groupIdBytes);
}

/** Whether `owner` and `nonce` are those of `groupId`. False, never an error, for wrong lengths. */
export function checkGroupId(groupId: Bytes, owner: Bytes, nonce: Bytes): boolean {
  return owner.length === 32 && nonce.length === 16 && equal(createGroupId(owner, nonce), groupId);
}
