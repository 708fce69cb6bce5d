// Raised hands (A7): the number that a new one gets, and who is where in the line. Everybody counts alike, from what members themselves
// say; rows.ts shows it.

const largest = 2 ** 32 - 1;

/** For a hand that goes up while these are up: behind all of them. */
export function nextHand(hands: Iterable<number>): number {
  return Math.min(largest, Math.max(0, ...hands) + 1);
}

export interface Hand {
  readonly livekitIdentity: string;
  /** Of the leaf. */
  readonly index: number;
  /** 0: it is down. */
  readonly hand: number;
}

/** Places in the line, from 1, by LiveKit identity. */
export function lineOf(hands: readonly Hand[]): ReadonlyMap<string, number> {
  const raised = hands.filter(({ hand }) => hand > 0);
  raised.sort((a, b) => a.hand - b.hand || a.index - b.index);
  return new Map(raised.map(({ livekitIdentity }, n) => [livekitIdentity, n + 1]));
}
