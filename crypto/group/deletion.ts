// The owner's word that a group is deleted (protocol.md G17): signed over the end of its history, so that it is of this group and of nobody
// else. A device that does not know that end can still tell whether the owner it knows has signed.
import { equal, type Bytes } from '../bytes.ts';
import { deletionStatement, verify, type Identity } from '../identity/index.ts';
import type { GroupState } from './history/index.ts';

/** As the service shows it. */
export interface Deletion {
  /** 32 bytes. */
  readonly author: Bytes;
  /** Of the history then. */
  readonly version: number;
  /** 32 bytes. */
  readonly head: Bytes;
  /** 64 bytes. */
  readonly signature: Bytes;
}

/** Throws `RangeError` where `identity` is not the owner: a screen that asks for it has not looked. */
export async function signDeletion(identity: Identity, state: GroupState): Promise<Deletion> {
  const { groupId, version, head, owner } = state;
  if (!equal(owner, identity.publicKey)) throw new RangeError('only the owner deletes a group');
  const signature = await identity.sign(deletionStatement({ groupId, version, head, author: owner }));
  return { author: owner, version, head, signature };
}

/**
 * Whether the owner in `state`, which this device folded, deleted the group then or later. False where the group has another owner by
 * then: nobody can say so any more.
 */
export async function isDeletedByOwner(state: GroupState, deletion: Deletion): Promise<boolean> {
  const { author, version, head, signature } = deletion;
  const isFitting =
    author.length === 32 &&
    head.length === 32 &&
    Number.isInteger(version) &&
    equal(author, state.owner) &&
    (version > state.version || (version === state.version && equal(head, state.head)));
  if (!isFitting || version > 0xffff_ffff) return false;
  const statement = deletionStatement({ groupId: state.groupId, version, head, author });
  return verify(author, statement, signature);
}
