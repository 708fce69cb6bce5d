// Why a commit removes (protocol.md C5, C17): for the service's word and the like, which its maker says nothing of, or since the owner or
// an admin takes somebody out of the call, which is signed with it as authenticated data. Whether they may is for client/call to judge.
import type { Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { CommitView } from '../mls/index.ts';
import type { Leaf } from './types.ts';

/** `takenOut` one or some; `ended` all others, and the call with them. In the order of their codes, from 1. */
const purposes = ['takenOut', 'ended'] as const;
export type RemovalPurpose = (typeof purposes)[number];

export function purposeBytes(purpose: RemovalPurpose | null): Bytes {
  return new Uint8Array(purpose === null ? [] : [purposes.indexOf(purpose) + 1]);
}

/** Null where nothing is said. Throws `CryptoError('not_allowed')` for anything else, and where nobody is removed by a member. */
export function purposeOf({
  authenticatedData,
  committer,
  proposals,
}: Pick<CommitView, 'authenticatedData' | 'committer' | 'proposals'>): RemovalPurpose | null {
  if (authenticatedData.length === 0) return null;
  const [code = 0] = authenticatedData;
  const purpose = authenticatedData.length === 1 ? purposes[code - 1] : undefined;
  const isRemoval = proposals.length > 0 && proposals.every(({ proposal }) => proposal.type === 'remove');
  if (purpose === undefined || committer === undefined || !isRemoval)
    throw new CryptoError('not_allowed', 'a commit with authenticated data');
  return purpose;
}

/** `removed`, by somebody who says why. */
export class RemovedByCommit extends CryptoError {
  readonly by: Leaf;
  readonly purpose: RemovalPurpose;

  constructor(by: Leaf, purpose: RemovalPurpose) {
    super('removed', `this commit removes me: ${purpose}`);
    this.by = by;
    this.purpose = purpose;
  }
}
