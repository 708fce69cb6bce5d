// Who is a member of a group with a history (protocol.md G12): their own statement, made once; since then, the MAC that whoever rotated
// the secret carried over for them; and what the history says of them. Every entry of the list stands or falls alone (entries.ts).
import { sha256 } from '@noble/hashes/sha2.js';
import { equal, toHex, type Bytes } from '../bytes.ts';
import { CryptoError, type CryptoErrorCode } from '../errors.ts';
import { memberStatement } from '../identity/index.ts';
import {
  deriveGroupKeys,
  wipeGroupKeys,
  type Face,
  type GroupKeys,
  type GroupSecret,
} from '../invite/index.ts';
import { suiteX25519 } from '../mls/suite-x25519.ts';
import { sortEntries, type RefusedEntry } from './entries.ts';
import {
  isAdmitted,
  isGoneAt,
  roleOf,
  type GroupState,
  type IdentityName,
  type Role,
} from './history/index.ts';
import { memberMac } from './member-mac.ts';
import { judgeProfile } from './profile.ts';
import { noProofs, Prover, type Proofs } from './proofs.ts';
import type { ListedMember, ListedProfile } from './record.ts';
import type { ChainedKeys } from './seal-chain.ts';

/** A member who counts. */
export interface Member {
  /** 32 bytes. */
  readonly identity: Bytes;
  /** X25519 public key, 32 bytes, not of small order. */
  readonly inboxKey: Bytes;
  /** Of the secret, in their statement. */
  readonly secretVersion: number;
  readonly role: Role | 'owner';
  readonly name: string;
  readonly face: Face;
  /** Of the profile that name and face are of (G18). */
  readonly revision: number;
  /** Unsigned: the service's word. */
  readonly joinedAtMs: number;
}

export interface VerifiedMembers {
  /** In the order of the list. */
  readonly members: readonly Member[];
  readonly refused: readonly RefusedEntry[];
  /** Members of whom another profile was told than the one that counts. */
  readonly refusedProfiles: readonly RefusedEntry[];
  /** The signed profiles that count. */
  readonly profiles: ReadonlyMap<IdentityName, ListedProfile>;
  /** All good signatures in it, for the next time. */
  readonly proofs: Proofs;
}

/** What a list of members is verified against. */
export interface MembersContext {
  /** Folded from the history by this device. */
  readonly state: GroupState;
  readonly secret: GroupSecret;
  /** Keys by version, of `openSeals`: for names sealed under earlier secrets. */
  readonly seals: ReadonlyMap<number, Pick<ChainedKeys, 'seal'>>;
  /** The latest signed profile of each identity that this device has seen. */
  readonly known?: ReadonlyMap<IdentityName, ListedProfile>;
  /** Signatures that this device has found good before. */
  readonly proofs?: Proofs;
}

/**
 * Who of `list` counts. Throws `CryptoError` where the secret is not the state's: `wrong_group`, `wrong_version`, `wrong_secret`.
 * Everything else only refuses the entry it is in.
 */
export async function verifyMembers(
  list: readonly ListedMember[],
  context: MembersContext,
): Promise<VerifiedMembers> {
  const keys = deriveGroupKeys(context.secret);
  try {
    checkKeys(context, keys);
    const prover = new Prover(context.proofs ?? noProofs);
    const { accepted, refused } = await sortEntries(list, (entry) =>
      checkMember(entry, context, { keys, prover }),
    );
    return {
      members: accepted.map(({ member }) => member),
      refused,
      refusedProfiles: accepted.flatMap(({ identity, refused: code }) =>
        code === null ? [] : [{ identity, code }],
      ),
      profiles: new Map(
        accepted.flatMap(({ identity, listed }) =>
          listed.profile === null ? [] : [[toHex(identity), listed] as const],
        ),
      ),
      proofs: prover.good,
    };
  } finally {
    wipeGroupKeys(keys);
  }
}

/**
 * Who of `list` would count as a member if an `admission` named them (G15): made under the secret in force, signed, with its MAC and a name
 * that opens. Throws as `verifyMembers` does.
 */
export function verifyKnocks(
  list: readonly Omit<ListedMember, 'carriedMac' | 'nameVersion'>[],
  context: Pick<MembersContext, 'state' | 'secret'>,
): Promise<VerifiedMembers> {
  const { state, secret } = context;
  // Nothing carried over and no earlier key counts for who is not inside.
  const records = list.map((one) => ({ ...one, carriedMac: null, nameVersion: state.secretVersion }));
  const asOpen = { ...state, policy: { ...state.policy, admission: 'open' as const } };
  return verifyMembers(records, { state: asOpen, secret, seals: new Map() });
}

/** Whether a secret is the one in force in `state`. Throws as `verifyMembers` does. */
export function checkSecret(state: GroupState, secret: GroupSecret): void {
  const keys = deriveGroupKeys(secret);
  try {
    checkKeys({ state, secret }, keys);
  } finally {
    wipeGroupKeys(keys);
  }
}

function checkKeys(given: Pick<MembersContext, 'state' | 'secret'>, keys: Pick<GroupKeys, 'door'>): void {
  const { state, secret } = given;
  if (!equal(secret.groupId, state.groupId)) throw new CryptoError('wrong_group', 'secret of another group');
  if (secret.version !== state.secretVersion) {
    throw new CryptoError('wrong_version', `secret of version ${secret.version}, not ${state.secretVersion}`);
  }
  if (state.doorHash !== null && !equal(sha256(keys.door), state.doorHash)) {
    throw new CryptoError('wrong_secret', 'the door of this secret is not the one in the history');
  }
}

interface Checked {
  readonly identity: Bytes;
  readonly member: Member;
  readonly listed: ListedProfile;
  /** Of the profile that was told. */
  readonly refused: CryptoErrorCode | null;
}

async function checkMember(
  entry: ListedMember,
  context: MembersContext,
  { keys, prover }: { readonly keys: GroupKeys; readonly prover: Prover },
): Promise<Checked> {
  const { identity, inboxKey, secretVersion, joinedAtMs } = entry;
  const { state, seals } = context;
  checkShape(entry, state);
  checkStanding(entry, state);
  checkMac(entry, state, keys);
  const { groupId } = state;
  const statement = memberStatement({ groupId, secretVersion, identity, inboxKey, mac: entry.mac });
  if (!(await prover.verify(identity, statement, entry.signature))) {
    throw new CryptoError('bad_signature', 'a member statement that the identity did not sign');
  }
  const sealOf = (version: number): Bytes | undefined =>
    version === state.secretVersion ? keys.seal : seals.get(version)?.seal;
  const known = context.known?.get(toHex(identity)) ?? null;
  const judged = await judgeProfile({ groupId, identity, sealOf, prover }, entry, known);
  const role = roleOf(state, identity);
  const member = { identity, inboxKey, secretVersion, role, ...judged.profile, joinedAtMs };
  const { sealedName, nameVersion, profile } = judged.listed;
  return { identity, member, listed: { sealedName, nameVersion, profile }, refused: judged.refused };
}

function checkShape(entry: ListedMember, state: GroupState): void {
  const { identity, inboxKey, mac, carriedMac, secretVersion } = entry;
  if (identity.length !== 32 || mac.length !== 32 || (carriedMac !== null && carriedMac.length !== 32)) {
    throw new CryptoError('malformed', 'a member of the wrong shape');
  }
  // A key to which nothing can be sealed would keep everybody from rotating.
  suiteX25519.kem.checkPublicKey(inboxKey);
  if (!Number.isInteger(secretVersion) || secretVersion < 1 || secretVersion > state.secretVersion) {
    throw new CryptoError('wrong_version', `a member statement of version ${secretVersion}`);
  }
}

function checkStanding({ identity, secretVersion }: ListedMember, state: GroupState): void {
  if (isGoneAt(state, identity, secretVersion)) throw new CryptoError('removed', 'left or removed since');
  if (!isAdmitted(state, identity)) throw new CryptoError('not_member', 'nobody admitted this identity');
}

/** The own MAC where it is of the secret in force, else the carried one: both are made alike, so neither says more than the other. */
function checkMac(entry: ListedMember, state: GroupState, keys: GroupKeys): void {
  const { identity, inboxKey } = entry;
  const isOwn = entry.secretVersion === state.secretVersion;
  const shown = isOwn ? entry.mac : entry.carriedMac;
  const fields = { groupId: state.groupId, secretVersion: state.secretVersion, identity, inboxKey };
  if (shown === null || !equal(memberMac(keys, fields), shown)) {
    throw new CryptoError('bad_mac', 'not made with the group secret in force');
  }
}
