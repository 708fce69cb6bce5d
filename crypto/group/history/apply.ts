// The rules of each change (protocol.md G9, G10): who may make it, and what it makes of the state. A draft is a copy of a state
// that fold.ts may spoil: a rule that refuses leaves the state itself as it was.
import { equal, toHex, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { roles, type Action, type Role } from './action.ts';
import {
  isAdmitted,
  isOut,
  isOwner,
  isRotationOwed,
  rankOf,
  type Gone,
  type GroupState,
  type IdentityName,
} from './state.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface Draft extends Mutable<GroupState> {
  roles: Map<IdentityName, Role>;
  admitted: Set<IdentityName>;
  gone: Map<IdentityName, Gone>;
  isRotationOwed: boolean;
}

const admin = 2;

export function draftOf(state: GroupState): Draft {
  return {
    ...state,
    roles: new Map(state.roles),
    admitted: new Set(state.admitted),
    gone: new Map(state.gone),
    isRotationOwed: isRotationOwed(state),
  };
}

/** The state that a draft has become. */
export function stateOf({ isRotationOwed: _, ...state }: Draft): GroupState {
  return state;
}

/**
 * Makes the change numbered `draft.version + 1`, but for version and head, which fold.ts sets. Throws `CryptoError`: `not_allowed`,
 * `wrong_version` for a rotation to another version than the next, `wrong_call` for the unlocking of a call that is not locked.
 */
export function apply(draft: Draft, author: Bytes, action: Action): void {
  if (draft.isRotationOwed && action.kind !== 'removal' && action.kind !== 'rotation') {
    refuse('who was removed still knows the secret');
  }
  switch (action.kind) {
    case 'departure':
      depart(draft, author);
      break;
    case 'return':
      comeBack(draft, author);
      break;
    case 'handover':
      handOver(draft, author, action.identity);
      break;
    default:
      if (rankOf(draft, author) < admin) refuse('only the owner and admins may do this');
      applyByAdmin(draft, author, action);
  }
}

type OfAdmins = Exclude<Action, { kind: 'departure' | 'return' | 'handover' }>;

function applyByAdmin(draft: Draft, author: Bytes, action: OfAdmins): void {
  switch (action.kind) {
    case 'policy':
      setPolicy(draft, action);
      break;
    case 'role':
      giveRole(draft, author, action);
      break;
    case 'removal':
      remove(draft, author, action);
      break;
    case 'pardon':
      pardon(draft, action.identity);
      break;
    case 'admission':
      admit(draft, action.identity);
      break;
    case 'rotation':
      rotate(draft, action);
      break;
    case 'lock':
      lock(draft, action);
      break;
    case 'speaker':
      allowToSpeak(draft, action);
      break;
    case 'profile':
      draft.profile = action.hash;
      break;
  }
}

type Of<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>;

function setPolicy(draft: Draft, { policy, present }: Of<'policy'>): void {
  const beginsApproval = policy.admission === 'approval' && draft.policy.admission === 'open';
  const beginsListening = policy.speaking === 'listen' && draft.policy.speaking === 'everybody';
  if (present.length > 0 && !beginsApproval && !beginsListening) refuse('nothing begins for who is present');
  for (const identity of present) checkIsNotOut(draft, identity);
  draft.policy = policy;
  const names = present.map(toHex);
  if (beginsApproval) {
    const admins = [...draft.roles].filter(([, role]) => role === 'admin').map(([name]) => name);
    draft.admitted = new Set([...admins, ...names]);
  } else if (policy.admission === 'open') draft.admitted.clear();
  if (policy.speaking === 'everybody') {
    for (const [name, role] of draft.roles) if (role === 'member') draft.roles.delete(name);
  } else if (beginsListening) {
    const free = present.filter((identity) => !isOwner(draft, identity)).map(toHex);
    for (const name of free) if (!draft.roles.has(name)) draft.roles.set(name, 'member');
  }
}

function giveRole(draft: Draft, author: Bytes, { identity, role }: Of<'role'>): void {
  const rank = rankOf(draft, author);
  const isResigning = equal(author, identity) && rank === admin && role === 'member';
  if (!isResigning && (rank <= rankOf(draft, identity) || rank < roles.indexOf(role))) {
    refuse('a role of somebody who is not below, or above the own one');
  }
  checkIsNotOut(draft, identity);
  setRole(draft, toHex(identity), role);
}

function setRole(draft: Draft, name: IdentityName, role: Role): void {
  if (role === 'member' && draft.policy.speaking === 'everybody') draft.roles.delete(name);
  else draft.roles.set(name, role);
  if (role === 'admin') admitByName(draft, name);
}

function remove(draft: Draft, author: Bytes, { identity, isBanned }: Of<'removal'>): void {
  if (rankOf(draft, author) <= rankOf(draft, identity)) refuse('removal of somebody who is not below');
  if (draft.gone.get(toHex(identity))?.cause === 'banned') refuse('removal of who is banned');
  leaveBehind(draft, identity, isBanned ? 'banned' : 'removed');
  draft.isRotationOwed = true;
}

function pardon(draft: Draft, identity: Bytes): void {
  const name = toHex(identity);
  const gone = draft.gone.get(name);
  if (gone?.cause !== 'banned') refuse('pardon of who is not banned');
  // What they signed before stays void: they come back by a link of now.
  draft.gone.set(name, { ...gone, cause: 'removed' });
}

function admit(draft: Draft, identity: Bytes): void {
  if (draft.policy.admission === 'open') refuse('admission where nobody is asked');
  checkIsNotOut(draft, identity);
  admitByName(draft, toHex(identity));
}

function admitByName(draft: Draft, name: IdentityName): void {
  if (draft.policy.admission === 'approval') draft.admitted.add(name);
}

function handOver(draft: Draft, author: Bytes, identity: Bytes): void {
  if (!isOwner(draft, author) || equal(author, identity))
    refuse('handover by who is not the owner, or to oneself');
  checkIsNotOut(draft, identity);
  if (!isAdmitted(draft, identity)) refuse('handover to who was not admitted');
  draft.owner = identity;
  draft.roles.delete(toHex(identity));
  setRole(draft, toHex(author), 'admin');
}

function rotate(draft: Draft, { secretVersion, doorHash }: Of<'rotation'>): void {
  if (secretVersion !== draft.secretVersion + 1) {
    throw new CryptoError('wrong_version', `a rotation from ${draft.secretVersion} to ${secretVersion}`);
  }
  draft.secretVersion = secretVersion;
  draft.doorHash = doorHash;
  draft.isRotationOwed = false;
}

function depart(draft: Draft, author: Bytes): void {
  if (isOwner(draft, author)) refuse('departure of the owner');
  checkIsNotOut(draft, author);
  leaveBehind(draft, author, 'left');
}

function comeBack(draft: Draft, author: Bytes): void {
  const name = toHex(author);
  if (!isOut(draft, author) || draft.gone.get(name)?.cause !== 'left') refuse('return of who did not leave');
  draft.gone.delete(name);
}

/** Ends all that an identity had, except that a listener who comes back is one still. */
function leaveBehind(draft: Draft, identity: Bytes, cause: Gone['cause']): void {
  const name = toHex(identity);
  if (draft.roles.get(name) !== 'listener') draft.roles.delete(name);
  draft.admitted.delete(name);
  if (draft.speakers?.identities.has(name))
    setSpeaker(draft, draft.speakers.callId, { name, isAllowed: false });
  draft.gone.set(name, { cause, secretVersion: draft.secretVersion, version: draft.version + 1 });
}

function lock(draft: Draft, { callId, isLocked }: Of<'lock'>): void {
  if (!isLocked && (draft.lock === null || !equal(draft.lock, callId))) {
    throw new CryptoError('wrong_call', 'this call is not locked');
  }
  draft.lock = isLocked ? callId : null;
}

function allowToSpeak(draft: Draft, { callId, identity, isAllowed }: Of<'speaker'>): void {
  if (isAllowed) checkIsNotOut(draft, identity);
  setSpeaker(draft, callId, { name: toHex(identity), isAllowed });
}

/** Another call than the last one begins without speakers. */
function setSpeaker(draft: Draft, callId: Bytes, given: { name: IdentityName; isAllowed: boolean }): void {
  const { speakers } = draft;
  const identities = new Set(speakers !== null && equal(speakers.callId, callId) ? speakers.identities : []);
  if (given.isAllowed) identities.add(given.name);
  else identities.delete(given.name);
  draft.speakers = { callId, identities };
}

function checkIsNotOut(draft: Draft, identity: Bytes): void {
  if (isOut(draft, identity)) refuse('something for who is banned or gone');
}

function refuse(why: string): never {
  throw new CryptoError('not_allowed', why);
}
