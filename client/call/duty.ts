// Whose turn it is to remove whom (C7) and to add whom (C12), and when to renew my own leaf (C8). Pure: session.ts and
// admission.ts ask after every page of the log and keep the times.
import { equal, type Bytes } from '../../crypto/bytes.ts';
import type { CallState, Leaf } from '../../crypto/call/types.ts';
import { maxAdds } from '../../crypto/call/index.ts';
import type { JoinRequest, Participant } from '../api/schemas.ts';

/** Between the first in line and the second, at least (C7). */
export const rankDelayMs = 300;
/** C7, C12: who needs longer for a change than this is not given more time for it. */
export const longestPaceMs = 2_000;
/** C9: between the first in line and the second: an `open` is made in a moment. */
const restartRankMs = 100;
/** C9: the longest that others are let try. */
export const restartAfterMs = 2_000;
/** What a join takes, slow ones included (C7). */
export const rejoinMs = 2_000;
/** C12: from the first request to the commit that grants it, at least. Who comes at the same moment asks within about two lost races of each other. */
export const gatherMs = 120;
/** C12: so many leaves, from the lowest, follow requests. The eighth would act after 2.2 s; all others save themselves every request of a storm. */
export const followers = 8;
/** C8: every 5 minutes; above 30 people ten seconds a head, so that nobody has to follow more than an update every ten seconds. */
const selfUpdateMs = 300_000;
const crowdSelfUpdateMs = 10_000;
/** Of that time, more or less. */
const selfUpdateSpread = 0.1;
/** C8: a device that slept for so long renews its leaf at once. */
export const longSleepMs = 90_000;

type Leaves = Pick<CallState, 'leaves' | 'ownLeaf'>;

/** What removing and adding leaves depends on. */
export interface Presence {
  readonly participants: readonly Participant[];
  /** Open join requests, oldest first, as far as I follow them. */
  readonly requests: readonly JoinRequest[];
  isRemoved(identity: Bytes): boolean;
}

/** The leaves that have to go: left according to the service, unknown to it, or removed by the owner. Never mine. */
export function leavesToRemove(state: Leaves, presence: Presence): Leaf[] {
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
 * How long I let others try: my rank among the leaves that stay, times 300 ms or `paceMs`, what my last change took here; and where all who
 * leave have taken another place, the time of their join, which replaces the leaf by itself (C4), unless they wait to be added.
 */
export function removalDelayMs(
  state: Leaves,
  leaving: readonly Leaf[],
  { presence, paceMs }: { readonly presence: Presence; readonly paceMs: number },
): number {
  const isBack = (leaf: Leaf) =>
    !presence.isRemoved(leaf.identity) &&
    presence.participants.some(
      ({ state, identity, livekitIdentity }) =>
        state !== 'left' && equal(identity, leaf.identity) && !asks(presence, livekitIdentity),
    );
  const rejoin = leaving.length > 0 && leaving.every(isBack) ? rejoinMs : 0;
  return rankOf(state, leaving) * atPace(paceMs, rankDelayMs) + rejoin;
}

/** The requests to grant in one commit: of places whose owner has no leaf, also none of before (C12). */
export function requestsToAdd(state: Pick<CallState, 'leaves'>, presence: Presence): JoinRequest[] {
  const places = new Map(presence.participants.map((place) => [place.livekitIdentity, place]));
  const isWaiting = ({ livekitIdentity }: JoinRequest): boolean => {
    const place = places.get(livekitIdentity);
    if (!place || place.state === 'left' || presence.isRemoved(place.identity)) return false;
    return !state.leaves.some(
      (leaf) => leaf.livekitIdentity === livekitIdentity || equal(leaf.identity, place.identity),
    );
  };
  return presence.requests.filter(isWaiting).slice(0, maxAdds);
}

/**
 * From the first request on: time to gather, and my rank among the leaves that stay (C12). Where changes take long, as many as possible
 * come along with one, and nobody makes one while another is being made.
 */
export function additionDelayMs(state: Leaves, leaving: readonly Leaf[], paceMs: number): number {
  return atPace(paceMs, gatherMs) + rankOf(state, leaving) * atPace(paceMs, rankDelayMs);
}

function atPace(paceMs: number, leastMs: number): number {
  return Math.max(leastMs, Math.min(paceMs, longestPaceMs));
}

/** C9: how long I let others open the next generation; `before` are the ones of mine in the last minute, which did not help for long. */
export function restartDelayMs(state: Leaves, before: number): number {
  return Math.min(restartAfterMs, rankOf(state, []) * restartRankMs) + before * restartAfterMs;
}

/** Whether I follow join requests. */
export function isFollower(state: Leaves): boolean {
  return rankOf(state, []) < followers;
}

function rankOf({ leaves, ownLeaf }: Leaves, leaving: readonly Leaf[]): number {
  const gone = new Set(leaving.map((leaf) => leaf.index));
  return leaves.filter((leaf) => leaf.index < ownLeaf.index && !gone.has(leaf.index)).length;
}

function asks({ requests }: Presence, livekitIdentity: string): boolean {
  return requests.some((request) => request.livekitIdentity === livekitIdentity);
}

/** Time until my next self-update in a call of so many leaves, ms. */
export function selfUpdateDelayMs(random: () => number, leaves: number): number {
  const everyMs = Math.max(selfUpdateMs, leaves * crowdSelfUpdateMs);
  return everyMs * (1 + (random() * 2 - 1) * selfUpdateSpread);
}
