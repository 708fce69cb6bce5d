// Making the next change of a group (protocol.md G8): by the same rules that everybody folds it with, so that nothing is signed that
// others would refuse.
import type { Identity } from '../identity/index.ts';
import {
  applyUnsigned,
  encodeAction,
  type Action,
  type GroupState,
  type HistoryEntry,
} from './history/index.ts';

/** A change that is signed, and the state that it leads to: in force once the service has taken it. */
export interface SignedChange {
  readonly entry: HistoryEntry;
  readonly state: GroupState;
}

/** Signs `action` as the change after `state`. Throws `CryptoError` where it is not allowed (G9, G10). */
export async function signChange(
  identity: Identity,
  before: GroupState,
  given: { readonly action: Action; readonly atMs: number },
): Promise<SignedChange> {
  const change = { author: identity.publicKey, atMs: given.atMs, action: encodeAction(given.action) };
  const { state, statement } = applyUnsigned(before, change);
  return { entry: { ...change, version: state.version, signature: await identity.sign(statement) }, state };
}
