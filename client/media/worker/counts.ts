// What the worker counts (O3, F9): per sender, per receiver, and drops per LiveKit identity and reason.
import type { DropReason } from '../types.ts';
import type { StatsMessage } from './messages.ts';

const DROP_REASONS: readonly DropReason[] = [
  'malformed',
  'no_key',
  'not_opened',
  'replayed',
  'wrong_sender',
  'overflow',
  'silenced',
];

type Drops = Record<DropReason, number>;

export function noDrops(): Drops {
  return { malformed: 0, no_key: 0, not_opened: 0, replayed: 0, wrong_sender: 0, overflow: 0, silenced: 0 };
}

/** Of these drops, how many no line and no coming or going makes in numbers (F3–F5). LiveKit's own silence is `malformed`. */
export function forgedIn(drops: Readonly<Drops>): number {
  return drops.not_opened + drops.replayed + drops.wrong_sender;
}

/** Counted by its owner, in place: a lookup a frame less. */
export interface SenderTally {
  readonly id: number;
  sealed: number;
  dropped: number;
  withheld: number;
}

export interface ReceiverTally {
  readonly id: number;
  arrived: number;
  opened: number;
  keyless: number;
  damaged: number;
  silenced: number;
}

export class Counts {
  readonly #senders: SenderTally[] = [];
  readonly #receivers: ReceiverTally[] = [];
  readonly #dropped = new Map<string, Drops>();
  #lastSum = 0;

  sender(id: number): SenderTally {
    const tally = { id, sealed: 0, dropped: 0, withheld: 0 };
    this.#senders.push(tally);
    return tally;
  }

  receiver(id: number): ReceiverTally {
    const tally = { id, arrived: 0, opened: 0, keyless: 0, damaged: 0, silenced: 0 };
    this.#receivers.push(tally);
    return tally;
  }

  dropped(livekitIdentity: string, reason: DropReason): void {
    const drops = this.#dropped.get(livekitIdentity) ?? noDrops();
    drops[reason]++;
    this.#dropped.set(livekitIdentity, drops);
  }

  dropsOf(livekitIdentity: string): Drops {
    return this.#dropped.get(livekitIdentity) ?? noDrops();
  }

  /** Everything so far, if anything was counted since the last call. A drop of a receiver is an arrival, too. */
  take(): StatsMessage | null {
    let sum = 0;
    for (const { sealed, dropped, withheld } of this.#senders) sum += sealed + dropped + withheld;
    for (const { arrived, opened } of this.#receivers) sum += arrived + opened;
    for (const drops of this.#dropped.values()) for (const reason of DROP_REASONS) sum += drops[reason];
    if (sum === this.#lastSum) return null;
    this.#lastSum = sum;
    return { kind: 'stats', senders: this.#senders, receivers: this.#receivers, dropped: this.#dropped };
  }
}
