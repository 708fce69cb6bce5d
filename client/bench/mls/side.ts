// What is measured of an implementation of MLS. Bytes are MLSMessages. Nothing changes the state that it is given.
import type { Bytes } from '../../../crypto/bytes.ts';

export interface Made<S> {
  readonly message: Bytes;
  readonly state: S;
}

export interface Side<S> {
  /** Reads a GroupInfo, believes its tree, and joins by external commit. */
  join(groupInfo: Bytes): Promise<Made<S>>;
  /** Follows somebody else's commit. */
  process(state: S, message: Bytes): Promise<S>;
  /** A commit that removes one leaf. */
  remove(state: S, leafIndex: number): Promise<Made<S>>;
}
