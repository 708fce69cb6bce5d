// What the worker counts (O3, F9): per sender, per receiver, and drops per LiveKit identity and reason.
import type { DropReason } from '../types.ts';
import type { StatsMessage } from './messages.ts';

export const DROP_REASONS: readonly DropReason[] = [
  'malformed',
  'no_key',
  'not_opened',
  'replayed',
  'wrong_sender',
  'overflow',
];

type Drops = Record<DropReason, number>;

export function noDrops(): Drops {
  return { malformed: 0, no_key: 0, not_opened: 0, replayed: 0, wrong_sender: 0, overflow: 0 };
}

export class Counts {
  readonly #senders = new Map<number, { id: number; sealed: number; dropped: number }>();
  readonly #receivers = new Map<number, { id: number; arrived: number; opened: number }>();
  readonly #dropped = new Map<string, Drops>();
  #isChanged = false;

  sent(id: number, what: 'sealed' | 'dropped'): void {
    const counts = this.#senders.get(id) ?? { id, sealed: 0, dropped: 0 };
    counts[what]++;
    this.#senders.set(id, counts);
    this.#isChanged = true;
  }

  received(id: number, what: 'arrived' | 'opened'): void {
    const counts = this.#receivers.get(id) ?? { id, arrived: 0, opened: 0 };
    counts[what]++;
    this.#receivers.set(id, counts);
    this.#isChanged = true;
  }

  dropped(livekitIdentity: string, reason: DropReason): void {
    const drops = this.#dropped.get(livekitIdentity) ?? noDrops();
    drops[reason]++;
    this.#dropped.set(livekitIdentity, drops);
    this.#isChanged = true;
  }

  /** Everything so far, if anything changed since the last call. */
  take(): StatsMessage | null {
    if (!this.#isChanged) return null;
    this.#isChanged = false;
    const senders = [...this.#senders.values()];
    return { kind: 'stats', senders, receivers: [...this.#receivers.values()], dropped: this.#dropped };
  }
}
