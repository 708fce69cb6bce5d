// Who may hold a leaf while the call is locked (protocol.md C16): the identities that held one when this device learned of the lock.
// The service refuses places, and is not trusted to; session.ts takes out who came in all the same, and holds back what they could hear.
import { toHex, type Bytes } from '../../crypto/bytes.ts';
import type { Leaf } from '../../crypto/call/types.ts';

/** For `sendAfterMs`: not by time. The longest that a timer takes. */
export const neverMs = 2 ** 31 - 1;

export class Lock {
  #inside: ReadonlySet<string> | null = null;

  /** What the history says now, and who holds a leaf. */
  note(isLocked: boolean, leaves: readonly Leaf[]): void {
    if (!isLocked) this.#inside = null;
    else this.#inside ??= new Set(leaves.map(({ identity }) => toHex(identity)));
  }

  isShutOut(identity: Bytes): boolean {
    return this.#inside !== null && !this.#inside.has(toHex(identity));
  }
}
