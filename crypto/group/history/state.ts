// The state of a group that its history leads to (protocol.md G9), and what can be asked of it. fold.ts goes from one to the
// next, apply.ts has the rules of each change, state-bytes.ts keeps one. No secret is in it: the service has the same.
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, toHex, utf8, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { checkGroupId } from '../../invite/group-id.ts';
import { roles, type Role } from './action.ts';
import { firstPolicy, type Policy } from './policy.ts';

/** An identity as key of a map: lower-case hexadecimal, whose order is that of the bytes. */
export type IdentityName = string;

/** Somebody who left or was removed. */
export interface Gone {
  readonly cause: 'left' | 'removed' | 'banned';
  /** Of the secret, when it happened: a member statement of this version or an older one counts no more. */
  readonly secretVersion: number;
  /** Of the history: the change that says so. */
  readonly version: number;
}

export interface GroupState {
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** Number of changes so far, u32. */
  readonly version: number;
  /** 32 bytes: stands for the whole history up to here (G8). */
  readonly head: Bytes;
  /** Identity of the present owner, 32 bytes. */
  readonly owner: Bytes;
  /** Roles given by hand; `member` only while the policy makes everybody else a listener. */
  readonly roles: ReadonlyMap<IdentityName, Role>;
  /** While the policy is `approval`: who was admitted; the owner need not be in it. */
  readonly admitted: ReadonlySet<IdentityName>;
  readonly gone: ReadonlyMap<IdentityName, Gone>;
  readonly policy: Policy;
  /** Of the group secret that is in force. */
  readonly secretVersion: number;
  /** SHA-256 of that secret's door; null for the first secret, which the invite link alone vouches for. */
  readonly doorHash: Bytes | null;
  /** The call that nobody else may join, if any. */
  readonly lock: Bytes | null;
  /** Listeners who may speak, and in which call. */
  readonly speakers: { readonly callId: Bytes; readonly identities: ReadonlySet<IdentityName> } | null;
  /** Of the group's sealed name and face (G19), 32 bytes; null before the first change of them. */
  readonly profile: Bytes | null;
}

/** What the service says of a group's beginning (G1). */
export interface Genesis {
  readonly groupId: Bytes;
  /** Who made the group. */
  readonly owner: Bytes;
  readonly nonce: Bytes;
}

/** The state before any change. Throws `CryptoError('wrong_group')` where owner and nonce do not give the group id (G1). */
export function genesisState({ groupId, owner, nonce }: Genesis): GroupState {
  if (!checkGroupId(groupId, owner, nonce)) {
    throw new CryptoError('wrong_group', 'owner and nonce do not give the group id');
  }
  return {
    groupId,
    version: 0,
    head: sha256(concat(utf8('Aparté/1 history'), groupId)),
    owner,
    roles: new Map(),
    admitted: new Set(),
    gone: new Map(),
    policy: firstPolicy,
    secretVersion: 1,
    doorHash: null,
    lock: null,
    speakers: null,
    profile: null,
  };
}

export function isOwner(state: Pick<GroupState, 'owner'>, identity: Bytes): boolean {
  return equal(state.owner, identity);
}

/** The role of an identity, whether or not it is a member: that is for membership (G12) to say. */
export function roleOf(state: GroupState, identity: Bytes): Role | 'owner' {
  if (isOwner(state, identity)) return 'owner';
  const byPolicy = state.policy.speaking === 'listen' ? 'listener' : 'member';
  return state.roles.get(toHex(identity)) ?? byPolicy;
}

/** 0 listener, 1 member, 2 admin, 3 owner. */
export function rankOf(state: GroupState, identity: Bytes): number {
  const role = roleOf(state, identity);
  return role === 'owner' ? 3 : roles.indexOf(role);
}

/** Whether an identity cannot be a member at present: banned, or gone under the secret that is in force. */
export function isOut(state: Pick<GroupState, 'gone' | 'secretVersion'>, identity: Bytes): boolean {
  return isGoneAt(state, identity, state.secretVersion);
}

/** Whether a member statement of this version of the secret counts no more, its identity having gone since. */
export function isGoneAt(
  state: Pick<GroupState, 'gone'>,
  identity: Bytes,
  statementVersion: number,
): boolean {
  const gone = state.gone.get(toHex(identity));
  return gone !== undefined && (gone.cause === 'banned' || statementVersion <= gone.secretVersion);
}

/** Whether the policy lets an identity be a member: anybody where the group is open, else who was admitted. */
export function isAdmitted(state: GroupState, identity: Bytes): boolean {
  return state.policy.admission === 'open' || isOwner(state, identity) || state.admitted.has(toHex(identity));
}

/** Whether an identity may speak in a call, by its role or as a listener who was allowed to. */
export function maySpeak(state: GroupState, callId: Bytes, identity: Bytes): boolean {
  if (rankOf(state, identity) > 0) return true;
  const { speakers } = state;
  return speakers !== null && equal(speakers.callId, callId) && speakers.identities.has(toHex(identity));
}

/** Whether somebody was removed who still knows the secret in force: nothing but a rotation ends that. */
export function isRotationOwed(state: Pick<GroupState, 'gone' | 'secretVersion'>): boolean {
  return [...state.gone.values()].some(
    (gone) => gone.cause !== 'left' && gone.secretVersion === state.secretVersion,
  );
}
