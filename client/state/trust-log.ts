// The trust log of a call: who came to hold the key, who went, and why, newest first; and the names for it, which are
// remembered, since somebody who is removed has none in the roster afterwards.
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import type { VerifiedMember } from '../../crypto/group/index.ts';
import type { TrustEvent } from './view.ts';

/** More than anybody reads; the oldest go. */
const maxLines = 200;

export function withEvent(log: readonly TrustEvent[], event: Omit<TrustEvent, 'id'>): readonly TrustEvent[] {
  const id = (log[0]?.id ?? 0) + 1;
  return [{ ...event, id }, ...log].slice(0, maxLines);
}

/** Names as they were last seen in the verified roster. */
export class NameBook {
  readonly #names = new Map<string, string>();

  note(members: readonly VerifiedMember[]): void {
    for (const member of members) this.#names.set(toBase64url(member.identity), member.name);
  }

  /** Empty for somebody who was never seen. */
  nameOf(identity: Bytes): string {
    return this.#names.get(toBase64url(identity)) ?? '';
  }
}
