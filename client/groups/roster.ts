// Who is in a group, for a call (C3, C7): answers from the verified roster, and fetches the group once for an identity it
// does not know, since somebody may have joined the group a moment ago. client/call asks.
import { equal, toBase64url, toHex, type Bytes } from '../../crypto/bytes.ts';
import { rankOf, type GroupState } from '../../crypto/group/history/index.ts';
import type { Clock } from '../api/clock.ts';
import { hasMember, isRemoved } from './group.ts';
import type { Groups } from './groups.ts';
import type { Compared, HistoryMark } from '../call/types.ts';

/** An identity that was not found is not looked for again within this time. */
const askAgainMs = 10_000;
/** The shortest time between two heartbeats of one person (A5). */
const compareAgainMs = 9_000;

export class GroupRoster {
  readonly #groups: Groups;
  readonly #groupId: string;
  readonly #clock: Clock;
  readonly #askedAtMs = new Map<string, number>();
  /** Heads that I had, by version: who is behind can be compared, too. */
  readonly #heads = new Map<number, string>();
  #comparedAtMs = Number.NEGATIVE_INFINITY;

  constructor(groups: Groups, groupId: string, clock: Clock) {
    this.#groups = groups;
    this.#groupId = groupId;
    this.#clock = clock;
  }

  /** Whether the identity is a verified member (G12), after asking the service if it is unknown. False when in doubt. */
  async isMember(identity: Bytes): Promise<boolean> {
    if (this.#isKnown(identity)) return true;
    const name = toBase64url(identity);
    const nowMs = this.#clock.now();
    if (nowMs - (this.#askedAtMs.get(name) ?? Number.NEGATIVE_INFINITY) >= askAgainMs) {
      this.#askedAtMs.set(name, nowMs);
      await this.#groups.refresh(this.#groupId);
    }
    return this.#isKnown(identity);
  }

  /** The owner or an admin removed it, and it has not come back since. */
  isRemoved(identity: Bytes): boolean {
    const group = this.#groups.get(this.#groupId);
    return group !== null && isRemoved(group, identity);
  }

  isLocked(callId: Bytes): boolean {
    const lock = this.#groups.get(this.#groupId)?.state.lock ?? null;
    return lock !== null && equal(lock, callId);
  }

  mayTakeOut(by: Bytes, whom: Bytes): boolean {
    const state = this.#groups.get(this.#groupId)?.state;
    return state !== undefined && isAbove(state, by, whom);
  }

  get history(): HistoryMark | null {
    const state = this.#groups.get(this.#groupId)?.state;
    if (state === undefined) return null;
    this.#heads.set(state.version, toHex(state.head));
    return { version: state.version, head: state.head };
  }

  /** A9. A history that is longer than mine is asked for, once a heartbeat; where it does not come, it is not mine. */
  async compare({ version, head }: HistoryMark): Promise<Compared> {
    const isLonger = (): boolean => (this.history?.version ?? Number.POSITIVE_INFINITY) < version;
    if (isLonger()) {
      const nowMs = this.#clock.now();
      if (nowMs - this.#comparedAtMs < compareAgainMs) return 'unknown';
      this.#comparedAtMs = nowMs;
      await this.#groups.refresh(this.#groupId);
      const group = this.#groups.get(this.#groupId);
      // The service did not answer, or what it said is refused, which has a name of its own (G11).
      if (!group?.isFresh) return 'unknown';
      if (isLonger()) return 'forked';
    }
    const mine = this.#heads.get(version);
    if (mine === undefined) return 'unknown';
    return mine === toHex(head) ? 'same' : 'forked';
  }

  #isKnown(identity: Bytes): boolean {
    const group = this.#groups.get(this.#groupId);
    return group !== null && hasMember(group, identity);
  }
}

/** C17: owner and admins, and whom they are above. */
function isAbove(state: GroupState, by: Bytes, whom: Bytes): boolean {
  const rank = rankOf(state, by);
  return rank >= 2 && rank > rankOf(state, whom);
}
