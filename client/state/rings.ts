// Voice chats that begin while I am elsewhere: each is said once, and not where I began it or am in it. What runs already when the page
// opens has not begun. Pure but for what it remembers; app.svelte.ts shows what it finds, and the browser may say it, too.
import { equal, toBase64url, type Bytes } from '../../crypto/bytes.ts';
import type { Group } from '../groups/group.ts';
import { membersInCall } from './people.ts';

export interface Ring {
  readonly groupId: string;
  /** base64url. */
  readonly callId: string;
}

/** What browsers can do about a page that nobody looks at: main.ts gives it. */
export interface Notifier {
  readonly state: NotifyState;
  /** Asks the person, through the browser, and turns it on where they agree. */
  turnOn(): Promise<void>;
  turnOff(): Promise<void>;
  /** Says that a voice chat began, unless one of this browser's pages is being looked at. */
  ring(of: Ring & { readonly groupName: string }): void;
  /** It is over: what was said of it goes away. */
  clear(callId: string): void;
  /** Calls `open` when the person taps what was said. */
  listen(open: (groupId: string) => void): void;
}

/** `denied`: the browser will not ask any more. */
export type NotifyState = 'unsupported' | 'off' | 'on' | 'denied';

/** `watching`: it began a moment ago, and nobody whom I know is in it yet. */
interface Seen {
  readonly callId: string;
  readonly mode: 'watching' | 'silent' | 'rung';
}

export class Rings {
  readonly #seen = new Map<string, Seen>();
  /** Groups whose state was confirmed since the page was opened: from then on a call that is new has begun. */
  readonly #confirmed = new Set<string>();

  /** The voice chat that began with this change of a group, if one did; `isMine`: I am in it here, or on the way in. */
  note(group: Group, given: { readonly me: Bytes; readonly isMine: boolean }): Ring | null {
    const groupId = group.id;
    const wasConfirmed = this.#confirmed.has(groupId);
    if (group.isFresh) this.#confirmed.add(groupId);
    if (group.call === null) {
      this.#seen.delete(groupId);
      return null;
    }
    const callId = toBase64url(group.call.callId);
    const known = this.#seen.get(groupId);
    const mode = known?.callId === callId ? known.mode : wasConfirmed ? 'watching' : 'silent';
    const next = mode === 'watching' ? heard(group, given) : mode;
    this.#seen.set(groupId, { callId, mode: next });
    return mode === 'watching' && next === 'rung' ? { groupId, callId } : null;
  }
}

function heard(group: Group, { me, isMine }: { readonly me: Bytes; readonly isMine: boolean }): Seen['mode'] {
  const inside = membersInCall(group);
  if (isMine || inside.some(({ identity }) => equal(identity, me))) return 'silent';
  return inside.length > 0 ? 'rung' : 'watching';
}
