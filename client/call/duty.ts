// Whose turn it is to remove whom (C7), and when to renew my own leaf (C8). Pure: session.ts asks after every page of
// the log and keeps the times.
import { equal, type Bytes } from '../../crypto/bytes.ts';
import type { CallState, Leaf } from '../../crypto/call/types.ts';
import type { Participant } from '../api/schemas.ts';

/** Between the first in line and the second (C7). */
export const rankDelayMs = 300;
/** What a join takes, slow ones included (C7). */
export const rejoinMs = 2_000;
/** C8: every 5 minutes, half a minute more or less. */
const selfUpdateMs = 300_000;
const selfUpdateSpreadMs = 30_000;

/** What the removal of leaves depends on. */
export interface Presence {
  readonly participants: readonly Participant[];
  isRemoved(identity: Bytes): boolean;
}

/** The leaves that have to go: left according to the service, unknown to it, or removed by the owner. Never mine. */
export function leavesToRemove(state: Pick<CallState, 'leaves' | 'ownLeaf'>, presence: Presence): Leaf[] {
  const here = new Set(
    presence.participants
      .filter(({ state }) => state !== 'left')
      .map(({ livekitIdentity }) => livekitIdentity),
  );
  return state.leaves.filter(
    (leaf) =>
      leaf.index !== state.ownLeaf.index &&
      (!here.has(leaf.livekitIdentity) || presence.isRemoved(leaf.identity)),
  );
}

/**
 * How long I let others try: my rank among the leaves that stay, times 300 ms; and where all who leave have taken another
 * place, the time of their join, which replaces the leaf by itself (C4).
 */
export function removalDelayMs(
  state: Pick<CallState, 'leaves' | 'ownLeaf'>,
  leaving: readonly Leaf[],
  presence: Presence,
): number {
  const gone = new Set(leaving.map((leaf) => leaf.index));
  const before = state.leaves.filter((leaf) => leaf.index < state.ownLeaf.index && !gone.has(leaf.index));
  const isBack = (leaf: Leaf) =>
    !presence.isRemoved(leaf.identity) &&
    presence.participants.some(({ state, identity }) => state !== 'left' && equal(identity, leaf.identity));
  return before.length * rankDelayMs + (leaving.length > 0 && leaving.every(isBack) ? rejoinMs : 0);
}

/** Time until my next self-update, ms. */
export function selfUpdateDelayMs(random: () => number): number {
  return selfUpdateMs + (random() * 2 - 1) * selfUpdateSpreadMs;
}
