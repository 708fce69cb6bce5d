// A group as this device knows it after checking: from what is stored (`openStored`) or from a fresh record of the service
// (`accept`). crypto/group verifies against the state that catch-up.ts folded; here is what a screen and a call read of it.
import { equal, toBase64url, toHex, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { encodeState, genesisState, parseState, type GroupState } from '../../crypto/group/history/index.ts';
import {
  decodeProofs,
  encodeProofs,
  openSeals,
  verifyMembers,
  type ChainedKeys,
  type Member,
  type Proofs,
  type VerifiedMembers,
} from '../../crypto/group/index.ts';
import {
  checkGroupId,
  deriveGroupKeys,
  type Face,
  type GroupKeys,
  type GroupSecret,
} from '../../crypto/invite/index.ts';
import type { CallSummary, GroupRecord } from '../api/schemas.ts';
import { besideRecord, groupProfileIn, withLatest, type KnownProfiles } from './profiles.ts';
import type { StoredGroup } from './store.ts';

/** Why a group is not what the service says now. Codes for `Problem`. */
export type GroupProblem =
  /** G11: an older state than this device has seen; another history than it has seen; none of this group. */
  | 'group_rolled_back'
  | 'group_forked'
  | 'group_forged'
  /** Its history has a change that this page does not know. */
  | 'group_newer'
  /** The new secret has not come to this device, or is not the one that whoever made it signed for (G13). */
  | 'secret_refused'
  | 'group_refused'
  /** Good but for entries that do not verify and were left out. */
  | 'entries_refused'
  /** Good but for names or faces that are older than known ones, or that nobody signed (G18, G19): the known ones stay. */
  | 'profile_refused'
  | 'group_gone'
  /** By its owner, whose word is here (G17). */
  | 'group_deleted'
  | 'storage_full'
  | 'storage_unavailable';

/** What this device holds of a group, whatever the service says next. */
export interface Held {
  readonly state: GroupState;
  readonly secret: GroupSecret;
  /** G14, by the version whose keys are in the box. */
  readonly previousSeals: ReadonlyMap<number, Bytes>;
}

export interface Group extends Held {
  /** base64url of the group id. */
  readonly id: string;
  /** Of `secret`. */
  readonly keys: GroupKeys;
  /** Of that and of earlier secrets, by version: a call goes on under the one it began with. */
  readonly keysByVersion: ReadonlyMap<number, ChainedKeys>;
  readonly name: string;
  readonly face: Face;
  readonly members: readonly Member[];
  /** The latest signed profile of everybody who was ever seen in it. */
  readonly profiles: KnownProfiles;
  /** What came of checking the record's list. */
  readonly verified: VerifiedMembers;
  readonly stored: StoredGroup;
  /** The running voice chat as the service last told. */
  readonly call: CallSummary | null;
  /** When this device last saw a voice chat in it. */
  readonly lastCallAtMs: number | null;
  /** Whether the service confirmed it since the page was opened. */
  readonly isFresh: boolean;
  readonly problem: GroupProblem | null;
}

/** What the service says of a group is refused as a whole. */
export class GroupRefused extends Error {
  readonly code: GroupProblem;
  /** What is known all the same, and kept: changes that verified. */
  readonly state: GroupState | null;

  constructor(code: GroupProblem, state: GroupState | null = null) {
    super(code);
    this.name = 'GroupRefused';
    this.code = code;
    this.state = state;
  }
}

/** The group as it was when this device last saw it. Throws `GroupRefused` where what is stored is damaged. */
export async function openStored(stored: StoredGroup): Promise<Group> {
  const group = await accept(heldOf(stored), stored.record, { ...stored, stored, verified: null });
  const isAsKept = hasProofs(stored, group.verified.proofs);
  const kept = isAsKept ? stored : group.stored;
  return { ...group, stored: kept, call: null, isFresh: false, problem: null };
}

/** The beginning of a history, which link and record agree on (G1). Throws `GroupRefused`. */
export function beginningOf(
  secret: GroupSecret,
  record: Pick<GroupRecord, 'groupId' | 'owner' | 'nonce'>,
): Held {
  checkRecord(record, secret.groupId);
  const state = genesisState({ groupId: secret.groupId, owner: record.owner, nonce: record.nonce });
  return { state, secret, previousSeals: new Map() };
}

/** Throws `GroupRefused` where what is stored is damaged. */
export function heldOf(stored: StoredGroup): Held {
  const { secret, secretVersion: version, previousSeals, record } = stored;
  try {
    const state = parseState(stored.state);
    return { state, secret: { groupId: record.groupId, version, secret }, previousSeals };
  } catch (error) {
    if (error instanceof CryptoError) throw new GroupRefused('group_refused');
    throw error;
  }
}

/** What is known of a group already, and stays where the service shows something else. */
export interface KnownGroup extends Pick<Group, 'name' | 'face' | 'profiles' | 'lastCallAtMs' | 'stored'> {
  /** Null where this page has not checked it yet. */
  readonly verified: VerifiedMembers | null;
}

/** A record whose list need not be sent again while its version stands: all of it was good. */
export function wholeRecordOf({ verified, stored }: Pick<Group, 'verified' | 'stored'>): GroupRecord | null {
  return verified.refused.length + verified.refusedProfiles.length === 0 ? stored.record : null;
}

/**
 * Checks a record of the service against what this device holds. Throws `GroupRefused('group_refused')` for one that is not this group's,
 * or whose name does not open, or is not the one of its history, where none is known.
 */
export async function accept(held: Held, record: GroupRecord, known: KnownGroup | null): Promise<Group> {
  const { state, secret, previousSeals } = held;
  checkRecord(record, secret.groupId);
  const keys = deriveGroupKeys(secret);
  const keysByVersion = openSeals(secret, previousSeals);
  const before = known?.profiles ?? new Map<never, never>();
  const same = known && verifiedBefore(held, record, known);
  const proofs = known?.verified?.proofs ?? decodeProofs(known?.stored.proofs);
  const verified =
    same ?? (await verifyOrRefuse(record, { held, seals: keysByVersion, known: before, proofs }));
  const told = groupProfileIn(state, keysByVersion.get(record.nameVersion) ?? null, record);
  const shown = told ?? known;
  if (shown === null) throw new GroupRefused('group_refused');
  const { name, face } = shown;
  const lastCallAtMs = known?.lastCallAtMs ?? null;
  const profiles = withLatest(before, verified);
  const id = toBase64url(record.groupId);
  const fresh: StoredGroup = {
    id,
    secret: secret.secret,
    secretVersion: secret.version,
    state: encodeState(state),
    previousSeals,
    ...{ name, face, profiles: besideRecord(profiles, verified), lastCallAtMs },
    record,
    proofs: encodeProofs(verified.proofs),
  };
  const stored = same && isAsStored(known.stored.record, record) ? known.stored : fresh;
  const { members } = verified;
  return {
    ...held,
    ...{ id, keys, keysByVersion, name, face, members, profiles, verified, stored },
    call: record.call,
    lastCallAtMs,
    isFresh: true,
    problem: problemIn(verified, told !== null),
  };
}

/** The same list, against the same secret and state: it was checked on this page, and what came of it holds. */
function verifiedBefore({ state, secret, previousSeals }: Held, record: GroupRecord, known: KnownGroup) {
  const { stored, verified } = known;
  const isSame =
    stored.record.members === record.members &&
    stored.secretVersion === secret.version &&
    equal(stored.secret, secret.secret) &&
    stored.previousSeals === previousSeals &&
    equal(stored.state, encodeState(state));
  return isSame ? verified : null;
}

/** Whether a record, of the same list, says nothing that is not kept. */
function isAsStored(stored: GroupRecord, record: GroupRecord): boolean {
  const [before, now] = [stored.sealedFace, record.sealedFace];
  return (
    stored.version === record.version &&
    stored.historyVersion === record.historyVersion &&
    stored.secretVersion === record.secretVersion &&
    stored.nameVersion === record.nameVersion &&
    equal(stored.sealedName, record.sealedName) &&
    (before === null || now === null ? before === now : equal(before, now))
  );
}

function hasProofs(stored: StoredGroup, proofs: Proofs): boolean {
  const kept = decodeProofs(stored.proofs);
  return kept.size === proofs.size && [...proofs].every((proof) => kept.has(proof));
}

function problemIn(verified: VerifiedMembers, isNamed: boolean): GroupProblem | null {
  if (verified.refused.length > 0) return 'entries_refused';
  return verified.refusedProfiles.length > 0 || !isNamed ? 'profile_refused' : null;
}

/** G1: throws `GroupRefused('group_refused')` for another group's record, or one that names another founder. */
export function checkRecord(record: Pick<GroupRecord, 'groupId' | 'owner' | 'nonce'>, groupId: Bytes): void {
  const isOurs = equal(record.groupId, groupId) && checkGroupId(record.groupId, record.owner, record.nonce);
  if (!isOurs) throw new GroupRefused('group_refused');
}

/** Whether `identity` is in the verified roster (C3). */
export function hasMember(group: Pick<Group, 'members'>, identity: Bytes): boolean {
  return group.members.some((member) => equal(member.identity, identity));
}

/** Whether the owner or an admin removed `identity`, who has not come back since. */
export function isRemoved(group: Pick<Group, 'members' | 'state'>, identity: Bytes): boolean {
  const gone = group.state.gone.get(toHex(identity));
  return gone !== undefined && gone.cause !== 'left' && !hasMember(group, identity);
}

async function verifyOrRefuse(
  record: GroupRecord,
  given: {
    readonly held: Held;
    readonly seals: ReadonlyMap<number, ChainedKeys>;
    readonly known: KnownProfiles;
    readonly proofs: Proofs;
  },
): Promise<VerifiedMembers> {
  const { held, seals, known, proofs } = given;
  const context = { state: stateFor(held), secret: held.secret, seals, known, proofs };
  try {
    return await verifyMembers(record.members, context);
  } catch (error) {
    if (error instanceof CryptoError) throw new GroupRefused('group_refused');
    throw error;
  }
}

/** Where the newest secret is not here, the last roster that was is read with what is known of who is gone since. */
function stateFor({ state, secret }: Held): GroupState {
  if (state.secretVersion <= secret.version) return state;
  return { ...state, secretVersion: secret.version, doorHash: null };
}
