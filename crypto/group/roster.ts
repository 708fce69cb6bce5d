// The verified roster of a group record (protocol.md G1, G5, G6). Every entry stands or falls alone (entries.ts). The record as a
// whole is refused only where it is not this group's. members.ts is what replaces it once groups have a history (decision 0012).
// client/groups keeps the removals it gets back and passes them in again, so that the service cannot forget one.
import { equal, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { memberStatement, removalStatement, verify } from '../identity/index.ts';
import {
  checkGroupId,
  deriveGroupKeys,
  openText,
  wipeGroupKeys,
  type GroupKeys,
  type GroupSecret,
} from '../invite/index.ts';
import { nameOf, sortEntries, type RefusedEntry, type Sorted } from './entries.ts';
import { memberMac } from './member-mac.ts';
import type { GroupRecord, MemberRecord, RemovalRecord } from './record.ts';

/** A member whose statement, MAC and name verified and whom no removal names. */
export interface VerifiedMember {
  /** 32 bytes. */
  readonly identity: Bytes;
  /** 32 bytes. */
  readonly inboxKey: Bytes;
  readonly name: string;
  /** Unsigned: the service's word. */
  readonly joinedAtMs: number;
}

export interface VerifiedGroup {
  /** 32 bytes; need not be among the members. */
  readonly owner: Bytes;
  /** In the order of the record. */
  readonly members: readonly VerifiedMember[];
  /** All valid removals, kept ones first, one per identity: keep these. */
  readonly removals: readonly RemovalRecord[];
  readonly refused: readonly RefusedEntry[];
}

/**
 * Verifies a record against the secret of the link that one holds, and against the removals seen before.
 * Throws `CryptoError`: `wrong_group` for another group's record or an owner who is not this group's (G1),
 * `wrong_version` for another version of the secret. Everything else only refuses the entry it is in.
 */
export async function verifyGroup(
  record: GroupRecord,
  secret: GroupSecret,
  keptRemovals: readonly RemovalRecord[],
): Promise<VerifiedGroup> {
  if (!equal(record.groupId, secret.groupId)) throw new CryptoError('wrong_group', 'record of another group');
  if (!checkGroupId(record.groupId, record.owner, record.nonce)) {
    throw new CryptoError('wrong_group', 'owner and nonce do not give the group id');
  }
  if (record.secretVersion !== secret.version) {
    throw new CryptoError('wrong_version', `record of version ${record.secretVersion} of the secret`);
  }
  const removals = await collectRemovals(record, keptRemovals);
  const members = await collectMembers(record, secret, new Set(removals.accepted.map(nameOf)));
  return {
    owner: record.owner,
    members: members.accepted,
    removals: removals.accepted,
    refused: [...removals.refused, ...members.refused],
  };
}

/** Whether an identity is in the verified roster: what crypto/call asks of every leaf (C3). */
export function isVerifiedMember(group: Pick<VerifiedGroup, 'members'>, identity: Bytes): boolean {
  return group.members.some((member) => equal(member.identity, identity));
}

async function collectRemovals(
  record: GroupRecord,
  kept: readonly RemovalRecord[],
): Promise<Sorted<RemovalRecord>> {
  const check = (removal: RemovalRecord) => checkRemoval(record, removal);
  const before = await sortEntries(kept, check);
  const names = new Set(before.accepted.map(nameOf));
  // Whom a kept removal names already needs no second proof.
  const fresh = record.removals.filter((removal) => !names.has(nameOf(removal)));
  const after = await sortEntries(fresh, check);
  return {
    accepted: [...before.accepted, ...after.accepted],
    refused: [...before.refused, ...after.refused],
  };
}

async function collectMembers(
  record: GroupRecord,
  secret: GroupSecret,
  removed: ReadonlySet<string>,
): Promise<Sorted<VerifiedMember>> {
  const keys = deriveGroupKeys(secret);
  const sorted = await sortEntries(record.members, (member) => {
    if (removed.has(nameOf(member))) throw new CryptoError('removed', 'a removal names this identity');
    return checkMember(secret, keys, member);
  });
  wipeGroupKeys(keys);
  return sorted;
}

async function checkRemoval(record: GroupRecord, removal: RemovalRecord): Promise<RemovalRecord> {
  const { identity, removedAtMs, signature } = removal;
  if (identity.length !== 32 || !Number.isSafeInteger(removedAtMs) || removedAtMs < 0) {
    throw new CryptoError('malformed', 'a removal of the wrong shape');
  }
  if (equal(identity, record.owner)) throw new CryptoError('not_allowed', 'the owner cannot be removed');
  const statement = removalStatement({ groupId: record.groupId, identity, atMs: removedAtMs });
  if (!(await verify(record.owner, statement, signature))) {
    throw new CryptoError('bad_signature', 'a removal that the owner did not sign');
  }
  return { identity, removedAtMs, signature };
}

async function checkMember(
  secret: GroupSecret,
  keys: GroupKeys,
  member: MemberRecord,
): Promise<VerifiedMember> {
  const { identity, inboxKey, mac, signature, joinedAtMs } = member;
  if (identity.length !== 32 || inboxKey.length !== 32 || mac.length !== 32) {
    throw new CryptoError('malformed', 'a member of the wrong shape');
  }
  const fields = { groupId: secret.groupId, secretVersion: secret.version, identity, inboxKey };
  if (!equal(memberMac(keys, fields), mac))
    throw new CryptoError('bad_mac', 'not made with the group secret');
  if (!(await verify(identity, memberStatement({ ...fields, mac }), signature))) {
    throw new CryptoError('bad_signature', 'a member statement that the identity did not sign');
  }
  const place = { groupId: secret.groupId, what: 'memberName', subject: identity } as const;
  return { identity, inboxKey, name: openText(keys, place, member.sealedName), joinedAtMs };
}
