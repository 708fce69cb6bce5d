// What my role lets me do about somebody in a call (G9): pure, from the folded history. call.svelte.ts asks for every row; app.svelte.ts
// makes the change of the group that it stands for.
import { equal, type Bytes } from '../../crypto/bytes.ts';
import { maySpeak, rankOf, type GroupState } from '../../crypto/group/history/index.ts';
import type { Wish } from '../groups/changes.ts';
import type { RowAction } from './view.ts';

/** The rank of admins (G9). */
const admin = 2;

/** A call of a group, and who I am in it. */
export interface InCall {
  readonly state: GroupState;
  readonly callId: Bytes;
  readonly me: Bytes;
}

export function rowActionsOn({ state, callId, me }: InCall, identity: Bytes): readonly RowAction[] {
  if (rankOf(state, me) < admin || equal(me, identity)) return lists.none;
  if (rankOf(state, identity) > 0) return lists.none;
  return maySpeak(state, callId, identity) ? lists.speaker : lists.listener;
}

/** The same objects each time, so that a row that is as before is not drawn again. */
const lists = {
  none: [],
  listener: ['letSpeak'],
  speaker: ['listenAgain'],
} as const satisfies Record<string, readonly RowAction[]>;

/** The change of the group that an action on a row is. */
export function wishOfRow(
  action: RowAction,
  callId: Bytes,
  identity: Bytes,
): Extract<Wish, { kind: 'speaker' }> {
  return { kind: 'speaker', callId, identity, isAllowed: action === 'letSpeak' };
}
