// A group is deleted by its owner (G17): its voice chat ends, and nothing of it is kept but the owner's signed word, for a while. LiveKit's
// room goes first: a media server that is away leaves the group as it is.
import { fromBase64url, toBase64url } from '../../crypto/bytes.ts';
import { isOwner } from '../../crypto/group/history/index.ts';
import { deletionStatement } from '../../crypto/identity/statements.ts';
import { verify } from '../../crypto/identity/verify.ts';
import { AppError } from '../errors.ts';
import type { Sfu } from '../livekit/sfu.ts';
import type { Store } from '../store/store.ts';
import type { DeleteGroupShape, ToldDeletionShape } from './deletion-schema.ts';
import type { GroupListener } from './listener.ts';
import { outsiderError } from './standing.ts';
import { stateOf } from './state.ts';

/** How long devices that come back can read that it was the owner. */
export const toldMs = 30 * 24 * 3_600_000;

export interface DeletionParts {
  readonly store: Store;
  readonly sfu: Pick<Sfu, 'deleteRoom'>;
  readonly now: () => number;
  readonly listener: GroupListener;
}

export class DeletionService {
  readonly #parts: DeletionParts;

  constructor(parts: DeletionParts) {
    this.#parts = parts;
  }

  /** Throws `group_not_found`, `not_allowed`, `history_conflict`, `bad_signature`, `livekit_unavailable`. Fine where the same was done before. */
  async delete(groupId: string, caller: string, { version, signature }: DeleteGroupShape): Promise<void> {
    const { store, sfu, now, listener } = this.#parts;
    const done = await store.deletions.find(groupId, now());
    if (done?.author === caller && done.signature === signature) return;
    const group = await store.groups.folded(groupId);
    if (!group || !(await store.groups.isMember(groupId, caller)))
      throw await outsiderError(store, { groupId, identity: caller, nowMs: now() });
    const state = stateOf(group);
    const author = fromBase64url(caller);
    if (!isOwner(state, author)) throw new AppError('not_allowed');
    if (state.version !== version) throw new AppError('history_conflict');
    const statement = deletionStatement({ groupId: state.groupId, version, head: state.head, author });
    if (!(await verify(author, statement, fromBase64url(signature)))) throw new AppError('bad_signature');
    for (const room of await store.deletions.roomsOf(groupId)) await sfu.deleteRoom(room);
    const outcome = await store.deletions.delete({
      ...{ groupId, author: caller, version, signature },
      ...{ head: toBase64url(state.head), untilMs: now() + toldMs },
    });
    if (outcome === 'moved') throw new AppError('history_conflict');
    for (const identity of outcome.members) listener.departed(groupId, identity, null);
    for (const identity of outcome.waiting) listener.answered(groupId, identity);
    // Who came in while LiveKit's room was taken away.
    if (outcome.left) listener.callEnded(outcome.left);
  }

  /** The owner's word, for who knows the id of a group that is no more: members and who had its link. */
  async read(groupId: string): Promise<ToldDeletionShape> {
    return { deletion: await this.#parts.store.deletions.find(groupId, this.#parts.now()) };
  }
}
