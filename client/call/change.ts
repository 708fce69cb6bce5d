// What moving from one state to the next means for keys and for people: when my frames move (K4) and what the trust log
// says. Pure comparisons of the two rosters of leaves, whatever message brought the change.
import { equal } from '../../crypto/bytes.ts';
import type { CallState, Leaf } from '../../crypto/call/types.ts';
import type { TrustChange } from './types.ts';

/** K4: the longest that acknowledgements are waited for. Who was removed can open what is sent until then. */
const afterJoinMs = 1_500;
const afterRemovalMs = 1_000;

type Leaves = Pick<CallState, 'leaves' | 'ownLeaf'>;

export interface Difference {
  readonly joined: readonly Leaf[];
  readonly gone: readonly Leaf[];
}

/** Leaves that came and went. A leaf that was taken over by another LiveKit identity did both. */
export function difference(before: Pick<CallState, 'leaves'>, after: Pick<CallState, 'leaves'>): Difference {
  const isIn = (leaves: readonly Leaf[]) => {
    const names = new Map(leaves.map(({ index, livekitIdentity }) => [index, livekitIdentity]));
    return ({ index, livekitIdentity }: Leaf) => names.get(index) === livekitIdentity;
  };
  const wasThere = isIn(before.leaves);
  const isThere = isIn(after.leaves);
  return {
    joined: after.leaves.filter((leaf) => !wasThere(leaf)),
    gone: before.leaves.filter((leaf) => !isThere(leaf)),
  };
}

/** K4. `before` is null for my first keys in a generation: there is no older key to hold on to. */
export function sendDelayMs(before: Leaves | null, after: Leaves): number {
  if (before === null) return 0;
  const { joined, gone } = difference(before, after);
  const others = after.leaves.filter((leaf) => leaf.index !== after.ownLeaf.index);
  if (others.every((leaf) => joined.includes(leaf))) return 0;
  // Who joins again takes the old leaf along: that is a join.
  const isRemoval = gone.some((leaf) => !joined.some((other) => equal(other.identity, leaf.identity)));
  return isRemoval ? afterRemovalMs : afterJoinMs;
}

/** Lines for the trust log, departures first. Who only changed leaves joined, and did not leave. */
export function trustChanges(
  change: Difference,
  {
    isRemoved,
    isShutOut,
  }: Readonly<Record<'isRemoved' | 'isShutOut', (identity: Leaf['identity']) => boolean>>,
): TrustChange[] {
  const stayed = (leaf: Leaf) => change.joined.some((other) => equal(other.identity, leaf.identity));
  return [
    ...change.gone
      .filter((leaf) => !stayed(leaf))
      .map(({ identity }) => ({ kind: isRemoved(identity) ? 'removed' : 'left', identity }) as const),
    ...change.joined.map(
      ({ identity }) => ({ kind: isShutOut(identity) ? 'shutOut' : 'joined', identity }) as const,
    ),
  ];
}
