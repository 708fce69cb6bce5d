// What a person wants changed in a group, as signed changes of its history (G9, G10) with the rotation that they need (G13). Made from
// the group as this device knows it; groups.ts sends them, and has them made again where somebody else was first.
import { equal, toHex, type Bytes } from '../../crypto/bytes.ts';
import {
  encodeEntry,
  isAdmitted,
  isOut,
  isOwner,
  rankOf,
  roleOf,
  type Action,
  type GroupState,
  type Role,
} from '../../crypto/group/history/index.ts';
import { rotate, signChange } from '../../crypto/group/index.ts';
import type { Identity } from '../../crypto/identity/index.ts';
import { profileHash } from '../../crypto/identity/index.ts';
import { deriveGroupKeys, sealFace, sealText, type Face, type GroupKeys } from '../../crypto/invite/index.ts';
import type { NewChange, NewGroupProfile, NewRotation } from '../api/bodies.ts';
import { hasMember, type Group } from './group.ts';
import { isPolicySo, policyAction, type PolicyWish } from './policy.ts';

/** A request holds 64 changes. */
const mostUnproven = 60;

export type Wish =
  | { readonly kind: 'role'; readonly identity: Bytes; readonly role: Role }
  | { readonly kind: 'removal'; readonly identity: Bytes; readonly isBanned: boolean }
  | { readonly kind: 'handover'; readonly identity: Bytes }
  /** Who is banned may join again, by a link of now. */
  | { readonly kind: 'pardon'; readonly identity: Bytes }
  /** Lets somebody in who waits at the door (G15). */
  | { readonly kind: 'admission'; readonly identity: Bytes }
  /** A new secret: every link of before opens nothing any more. `after`: the version that was in force when it was wished. */
  | { readonly kind: 'newLink'; readonly after: number }
  | { readonly kind: 'departure' }
  | PolicyWish
  /** A listener may speak in this call, or no longer. */
  | {
      readonly kind: 'speaker';
      readonly callId: Bytes;
      readonly identity: Bytes;
      readonly isAllowed: boolean;
    }
  /** Nobody else comes into this call, or people do again. */
  | { readonly kind: 'lock'; readonly callId: Bytes; readonly isLocked: boolean }
  /** Another name or face of the group. `picture`: as `NewGroupProfile` has it. */
  | {
      readonly kind: 'profile';
      readonly name: string;
      readonly face: Face;
      readonly picture: Bytes | null | undefined;
    };

/** A change that was asked for and cannot be made, by a code that has words. */
export class ChangeRefused extends Error {
  readonly code: 'owner_must_hand_over' | 'not_allowed';

  constructor(code: ChangeRefused['code']) {
    super(code);
    this.name = 'ChangeRefused';
    this.code = code;
  }
}

/** The changes that fulfil a wish; null where the group is so already. Throws `CryptoError` `not_allowed` (G9). */
export async function changeFor(
  me: Identity,
  group: Group,
  given: { readonly wish: Wish; readonly atMs: number },
): Promise<NewChange | null> {
  const { wish, atMs } = given;
  if (isSo(group, me.publicKey, wish)) return null;
  let { state } = group;
  const entries: Bytes[] = [];
  const sign = async (action: Action): Promise<void> => {
    const signed = await signChange(me, state, { action, atMs });
    entries.push(encodeEntry(signed.entry));
    state = signed.state;
  };
  if (wish.kind === 'policy') await sign(policyAction(group, wish));
  else if (wish.kind !== 'newLink' && wish.kind !== 'profile') await sign(wish);
  let rotation: NewRotation | null = null;
  let profile: NewGroupProfile | null = null;
  const show = async (
    keys: GroupKeys,
    shown: Omit<Extract<Wish, { kind: 'profile' }>, 'kind'>,
  ): Promise<void> => {
    profile = sealProfile(keys, state.groupId, shown);
    await sign({ kind: 'profile', hash: profileHash(profile.sealedName, profile.sealedFace) });
  };
  if (wish.kind === 'profile') await show(group.keys, wish);
  if (wish.kind === 'newLink' || wish.kind === 'removal') {
    for (const identity of unprovenOf(group, state, me.publicKey))
      await sign({ kind: 'removal', identity, isBanned: false });
    const made = await rotate(state, { secret: group.secret, members: group.members });
    await sign(made.action);
    const keys = deriveGroupKeys(made.secret);
    const { name, face } = group;
    const { sealedName } = sealProfile(keys, state.groupId, { name, face, picture: undefined });
    rotation = { shares: made.shares, previousSeal: made.previousSeal, sealedName };
    // What was signed was sealed to the secret of before, which who joins from now on does not have.
    if (state.profile !== null) await show(keys, { name, face, picture: undefined });
  }
  return { after: group.state.version, entries, rotation, profile };
}

function sealProfile(
  keys: GroupKeys,
  groupId: Bytes,
  { name, face, picture }: { readonly name: string; readonly face: Face } & Pick<NewGroupProfile, 'picture'>,
): NewGroupProfile {
  const subject = new Uint8Array(0);
  const sealedName = sealText(keys, { groupId, what: 'groupName', subject }, name);
  return { sealedName, sealedFace: sealFace(keys, { groupId, what: 'groupFace', subject }, face), picture };
}

/**
 * Whom the service lists and who cannot prove to belong: nothing can be sealed to them, so a rotation takes them out of the list. Who is
 * not below me stays, and the service will refuse.
 */
function unprovenOf(group: Group, state: GroupState, me: Bytes): Bytes[] {
  const proven = new Set(group.members.map(({ identity }) => toHex(identity)));
  const listed = group.stored.record.members.map(({ identity }) => identity);
  const isUnproven = (identity: Bytes): boolean =>
    !proven.has(toHex(identity)) && !isOut(state, identity) && isAdmitted(state, identity);
  const mine = rankOf(state, me);
  return listed
    .filter((identity) => isUnproven(identity) && rankOf(state, identity) < mine)
    .slice(0, mostUnproven);
}

/** Whether there is nothing to do: somebody else did it, or it was done before and the answer got lost. */
function isSo({ state, members, name, face }: Group, me: Bytes, wish: Wish): boolean {
  switch (wish.kind) {
    case 'role':
      return !isOut(state, wish.identity) && roleOf(state, wish.identity) === wish.role;
    case 'removal': {
      const gone = state.gone.get(toHex(wish.identity));
      return gone?.cause === 'banned' || (!wish.isBanned && !hasMember({ members }, wish.identity));
    }
    case 'handover':
      return isOwner(state, wish.identity) && !equal(wish.identity, me);
    case 'pardon':
      return state.gone.get(toHex(wish.identity))?.cause !== 'banned';
    case 'admission':
      return isAdmitted(state, wish.identity);
    case 'newLink':
      return state.secretVersion > wish.after;
    case 'departure':
      return isOut(state, me);
    case 'policy':
      return isPolicySo(state.policy, wish);
    case 'speaker':
      return isSpeaker(state, wish) === wish.isAllowed;
    case 'lock':
      return (state.lock !== null && equal(state.lock, wish.callId)) === wish.isLocked;
    case 'profile':
      return state.profile !== null && name === wish.name && isSameFace(face, wish.face);
  }
}

function isSpeaker(
  { speakers }: GroupState,
  wish: { readonly callId: Bytes; readonly identity: Bytes },
): boolean {
  if (speakers === null || !equal(speakers.callId, wish.callId)) return false;
  return speakers.identities.has(toHex(wish.identity));
}

function isSameFace(one: Face, other: Face): boolean {
  if (one.kind === 'picture') return other.kind === 'picture' && equal(one.hash, other.hash);
  if (one.kind === 'emoji')
    return other.kind === 'emoji' && one.emoji === other.emoji && one.tone === other.tone;
  return other.kind === 'initials';
}
