// What an identity is to a group: a member, an admin of it, somebody who waits at its door, or nobody who may know of it (T5).
import { fromBase64url } from '../../crypto/bytes.ts';
import { rankOf } from '../../crypto/group/history/index.ts';
import { AppError } from '../errors.ts';
import type { FoldedGroup, Store } from '../store/store.ts';
import { stateOf } from './state.ts';

/** Of admins (G9). */
const adminRank = 2;

/** Whom to ask about, and when. */
export interface Asking {
  readonly groupId: string;
  readonly identity: string;
  readonly nowMs: number;
}

/** Why somebody who is no member gets nothing. Who waits at the door knows of the group; everybody else learns nothing. */
export async function outsiderError(store: Store, { groupId, identity, nowMs }: Asking): Promise<AppError> {
  const knock = await store.knocks.find(groupId, identity, nowMs);
  return new AppError(knock?.state === 'waiting' ? 'not_admitted' : 'group_not_found');
}

/** Throws `group_not_found` or `not_admitted` for who is no member, `not_allowed` for one who is no admin. */
export async function requireAdmin(store: Store, asking: Asking): Promise<void> {
  const { groupId, identity } = asking;
  const group = await store.groups.folded(groupId);
  if (!group || !(await store.groups.isMember(groupId, identity))) throw await outsiderError(store, asking);
  if (!isAdmin(group, identity)) throw new AppError('not_allowed');
}

export function isAdmin(group: FoldedGroup, identity: string): boolean {
  return rankOf(stateOf(group), fromBase64url(identity)) >= adminRank;
}
