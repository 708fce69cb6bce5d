// The MAC of a member statement (protocol.md G5): only who holds the group secret can make it, so the service cannot
// add anybody. members.ts checks it.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, uint, type Bytes } from '../bytes.ts';
import type { GroupKeys } from '../invite/index.ts';

/** What the MAC covers. */
export interface MacFields {
  /** 16 bytes. */
  readonly groupId: Bytes;
  readonly secretVersion: number;
  /** 32 bytes. */
  readonly identity: Bytes;
  /** 32 bytes. */
  readonly inboxKey: Bytes;
}

/** `HMAC-SHA256(member key, groupId ‖ u32(version) ‖ identity ‖ inboxKey)`, 32 bytes. Throws `RangeError` on wrong lengths. */
export function memberMac(keys: Pick<GroupKeys, 'member'>, fields: MacFields): Bytes {
  const { groupId, secretVersion, identity, inboxKey } = fields;
  // Fixed lengths are what makes the plain concatenation unambiguous.
  if (groupId.length !== 16 || identity.length !== 32 || inboxKey.length !== 32) {
    throw new RangeError('groupId must be 16 bytes, identity and inboxKey 32');
  }
  return hmac(sha256, keys.member, concat(groupId, uint(secretVersion, 4), identity, inboxKey));
}
