// Which voice chat I am in, in another tab of this browser: tabs tell each other over a channel that never leaves the browser, and the
// lock of tab-lock.ts tells when that tab is gone, however it went. my-call.svelte.ts tells it, so that a tap here is known to move the call.
import { afterCallLock } from './tab-lock.ts';

/** `tab`: who says so. `ask`: whoever is in one may answer. */
type Message =
  | { readonly kind: 'in'; readonly tab: string; readonly groupId: string }
  | { readonly kind: 'out'; readonly tab: string }
  | { readonly kind: 'ask'; readonly tab: string };

export class TabCalls {
  readonly #channel: BroadcastChannel | undefined;
  readonly #locks: LockManager | undefined;
  readonly #tab = crypto.randomUUID();
  #mine: string | null = null;
  #other: { readonly tab: string; readonly groupId: string } | null = $state.raw(null);

  constructor(channel: BroadcastChannel | undefined, locks: LockManager | undefined) {
    this.#channel = channel;
    this.#locks = locks;
    channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => this.#hear(data));
    this.#say({ kind: 'ask', tab: this.#tab });
  }

  /** The group of the voice chat that another tab is in. */
  get elsewhere(): string | null {
    return this.#other?.groupId ?? null;
  }

  /** I am in a voice chat here, or in none any more with null. */
  enter(groupId: string | null): void {
    if (this.#mine === groupId) return;
    this.#mine = groupId;
    this.#say(groupId === null ? { kind: 'out', tab: this.#tab } : { kind: 'in', tab: this.#tab, groupId });
  }

  #hear(message: Message): void {
    if (message.kind === 'ask') {
      if (this.#mine !== null) this.#say({ kind: 'in', tab: this.#tab, groupId: this.#mine });
    } else if (message.kind === 'out') this.#forget(message.tab);
    else {
      const { tab, groupId } = message;
      this.#other = { tab, groupId };
      // A tab that crashed says nothing.
      afterCallLock(this.#locks, () => this.#forget(tab));
    }
  }

  #forget(tab: string): void {
    if (this.#other?.tab === tab) this.#other = null;
  }

  #say(message: Message): void {
    this.#channel?.postMessage(message);
  }
}
