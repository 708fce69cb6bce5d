// What my role lets me do in a call and about somebody in it (G9, A8): pure, from the folded history. call.svelte.ts asks for every row;
// app.svelte.ts makes the change of the group that it stands for, if it is one.
import { equal, type Bytes } from '../../crypto/bytes.ts';
import { maySpeak, rankOf, type GroupState } from '../../crypto/group/history/index.ts';
import type { Wish } from '../groups/changes.ts';
import type { CallAction, RowAction } from './view.ts';

/** The rank of admins (G9). */
const admin = 2;

/** A call of a group, and who I am in it. */
export interface InCall {
  readonly state: GroupState;
  readonly callId: Bytes;
  readonly me: Bytes;
}

/** A8: owner and admins, whose rank is not below that of whom they mute. */
export function mayMute(state: GroupState, by: Bytes, whom: Bytes): boolean {
  const rank = rankOf(state, by);
  return rank >= admin && rank >= rankOf(state, whom) && !equal(by, whom);
}

/** `others`: identities of who else is in it. */
export function callActionsIn(
  { state, callId, me }: InCall,
  others: readonly Bytes[],
): readonly CallAction[] {
  const rank = rankOf(state, me);
  if (rank < admin) return kept([]);
  const areBelow = others.length > 0 && others.every((identity) => rankOf(state, identity) < rank);
  return kept([
    ...(['muteAll', isLocked(state, callId) ? 'unlock' : 'lock'] as const),
    ...(areBelow ? (['endForAll'] as const) : []),
  ]);
}

/** G9: nobody else comes into this call. */
export function isLocked({ lock }: GroupState, callId: Bytes): boolean {
  return lock !== null && equal(lock, callId);
}

export function rowActionsOn(
  { state, callId, me }: InCall,
  { identity, isMuted }: { readonly identity: Bytes; readonly isMuted: boolean },
): readonly RowAction[] {
  if (rankOf(state, me) < admin || equal(me, identity)) return kept([]);
  const speaks = maySpeak(state, callId, identity);
  const isListener = rankOf(state, identity) === 0;
  return kept([
    ...(isListener && !speaks ? (['letSpeak'] as const) : []),
    ...(speaks && !isMuted && mayMute(state, me, identity) ? (['mute'] as const) : []),
    ...(isListener && speaks ? (['listenAgain'] as const) : []),
    ...(rankOf(state, me) > rankOf(state, identity) ? (['takeOut'] as const) : []),
  ]);
}

/** The change of the group that an action on a row is; null for one that is said in the call. */
export function wishOfRow(
  action: RowAction,
  callId: Bytes,
  identity: Bytes,
): Extract<Wish, { kind: 'speaker' }> | null {
  if (action === 'mute' || action === 'takeOut') return null;
  return { kind: 'speaker', callId, identity, isAllowed: action === 'letSpeak' };
}

const lists = new Map<string, readonly string[]>();

/** The same list for the same actions, so that a row that is as before is not drawn again. */
function kept<T extends string>(list: readonly T[]): readonly T[] {
  const known = lists.get(list.join());
  if (known === undefined) lists.set(list.join(), list);
  return (known as readonly T[] | undefined) ?? list;
}
