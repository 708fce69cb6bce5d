// A group as this device knows it after checking: from what is stored (`openStored`) or from a fresh record of the
// service (`accept`). crypto/group verifies; this file adds what a client remembers: no going back in versions, removals
// for ever, the last good name.
import { equal, toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { verifyGroup, type VerifiedMember } from '../../crypto/group/index.ts';
import { deriveGroupKeys, openText, type GroupKeys, type GroupSecret } from '../../crypto/invite/index.ts';
import type { CallSummary, GroupRecord } from '../api/schemas.ts';
import type { StoredGroup } from './store.ts';

/** Why a group is not what the service says now. Codes for `Problem`. */
export type GroupProblem =
  | 'group_rolled_back'
  | 'group_refused'
  /** Good but for entries that do not verify and were left out. */
  | 'entries_refused'
  | 'group_gone'
  | 'storage_full'
  | 'storage_unavailable';

export interface Group {
  /** base64url of the group id. */
  readonly id: string;
  readonly secret: GroupSecret;
  readonly keys: GroupKeys;
  readonly name: string;
  readonly owner: Bytes;
  readonly members: readonly VerifiedMember[];
  readonly stored: StoredGroup;
  /** The running voice chat as the service last told. */
  readonly call: CallSummary | null;
  /** Whether the service confirmed it since the page was opened. */
  readonly isFresh: boolean;
  readonly problem: GroupProblem | null;
}

/** A record that is refused as a whole. */
export class GroupRefused extends Error {
  readonly code: GroupProblem;

  constructor(code: GroupProblem) {
    super(code);
    this.name = 'GroupRefused';
    this.code = code;
  }
}

/** The group as it was when this device last saw it. Throws `GroupRefused` where what is stored is damaged. */
export async function openStored(stored: StoredGroup): Promise<Group> {
  const secret = { groupId: stored.record.groupId, version: stored.secretVersion, secret: stored.secret };
  const group = await accept(secret, stored.record, stored);
  return { ...group, call: null, isFresh: false, problem: null };
}

/**
 * Checks a record of the service against the secret and against what this device knows already.
 * Throws `GroupRefused`: `group_rolled_back` for a version that was passed before, `group_refused` for a record that is
 * not this group's.
 */
export async function accept(
  secret: GroupSecret,
  record: GroupRecord,
  known: StoredGroup | null,
): Promise<Group> {
  if (known && record.version < known.highestVersion) throw new GroupRefused('group_rolled_back');
  const verified = await verifyOrRefuse(secret, record, known);
  const keys = deriveGroupKeys(secret);
  const name = nameOf(keys, record) ?? known?.name;
  if (name === undefined) throw new GroupRefused('group_refused');
  const stored: StoredGroup = {
    id: toBase64url(record.groupId),
    secret: secret.secret,
    secretVersion: secret.version,
    name,
    highestVersion: Math.max(record.version, known?.highestVersion ?? 0),
    record,
    removals: verified.removals,
  };
  return {
    id: stored.id,
    secret,
    keys,
    name,
    owner: verified.owner,
    members: verified.members,
    stored,
    call: record.call,
    isFresh: true,
    problem: verified.refused.length > 0 ? 'entries_refused' : null,
  };
}

/** Whether `identity` is in the verified roster (C3). */
export function hasMember(group: Group, identity: Bytes): boolean {
  return group.members.some((member) => equal(member.identity, identity));
}

/** Whether a removal by the owner names `identity` (G6). */
export function isRemoved(group: Group, identity: Bytes): boolean {
  return group.stored.removals.some((removal) => equal(removal.identity, identity));
}

/** The group's name, if it opens: a service that garbles it must not take the group away. */
export function nameOf(keys: GroupKeys, record: { groupId: Bytes; sealedName: Bytes }): string | undefined {
  const place = { groupId: record.groupId, what: 'groupName', subject: new Uint8Array(0) } as const;
  try {
    return openText(keys, place, record.sealedName);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

async function verifyOrRefuse(secret: GroupSecret, record: GroupRecord, known: StoredGroup | null) {
  try {
    return await verifyGroup(record, secret, known?.removals ?? []);
  } catch (error) {
    if (error instanceof CryptoError) throw new GroupRefused('group_refused');
    throw error;
  }
}
