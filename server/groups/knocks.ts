// Knocks (G15): who comes by the link of a group that admits people one by one waits, and is a member only when an `admission` of its
// history names them (history.ts). The service decides nothing here: it keeps what was sent, shows it to admins, and tells the answer.
import { fromBase64url } from '../../crypto/bytes.ts';
import { isAdmitted } from '../../crypto/group/history/index.ts';
import { AppError } from '../errors.ts';
import type {
  FoldedGroup,
  GroupLimits,
  HistoryChange,
  KnockLimits,
  MemberRow,
  Store,
} from '../store/store.ts';
import type { KnocksShape, KnockStatusShape } from './knock-schema.ts';
import type { GroupListener } from './listener.ts';
import { shownMember } from './profiles.ts';
import { requireAdmin } from './standing.ts';
import { stateOf } from './state.ts';

/** How long a knock waits, and how long who was declined does before the next. */
export const knockMs = 7 * 24 * 3_600_000;
export const pauseMs = 3_600_000;
export const knockLimits: KnockLimits = { perGroup: 100, perIdentity: 20 };

export interface KnockParts {
  readonly store: Store;
  readonly now: () => number;
  readonly listener: GroupListener;
  readonly groupLimits: GroupLimits;
  readonly limits?: KnockLimits;
}

export interface NewKnock {
  readonly group: FoldedGroup;
  readonly member: MemberRow;
  /** Their return (G10). */
  readonly change: HistoryChange | null;
  /** Asked before a knock that is new; throws where there are too many of one address. */
  readonly meter: () => Promise<void>;
}

export class KnockService {
  readonly #parts: KnockParts;
  readonly limits: KnockLimits;

  constructor(parts: KnockParts) {
    this.#parts = parts;
    this.limits = parts.limits ?? knockLimits;
  }

  /** Stores a knock; `moved` as in the store. Throws `knock_declined`, `too_many_knocks`, `group_full`, `too_many_groups`. */
  async knock({ group, member, change, meter }: NewKnock): Promise<KnockStatusShape | 'moved' | 'already'> {
    const { store, now, listener, groupLimits } = this.#parts;
    const { groupId } = group;
    const known = await store.knocks.find(groupId, member.identity, now());
    if (known?.state !== 'waiting') await meter();
    const nowMs = now();
    const outcome = await store.knocks.knock({
      ...{ groupId, member, change, historyVersion: group.historyVersion },
      ...{ nowMs, untilMs: nowMs + knockMs, limits: { ...groupLimits, ...this.limits } },
    });
    if (typeof outcome === 'object') {
      const seconds = Math.ceil((outcome.declinedUntilMs - nowMs) / 1000);
      throw new AppError('knock_declined', { retryAfterSeconds: Math.max(1, seconds) });
    }
    if (outcome === 'no_group') throw new AppError('group_not_found');
    if (outcome === 'too_many_knocks') throw new AppError(outcome, { retryAfterSeconds: pauseMs / 1000 });
    if (outcome === 'group_full' || outcome === 'too_many_groups') throw new AppError(outcome);
    if (outcome !== 'knocked') return outcome;
    if (change) listener.changed(groupId);
    listener.knocked(groupId);
    return this.status(groupId, member.identity);
  }

  /** What became of the caller's knock. Throws `group_not_found` where nothing is known of one. */
  async status(groupId: string, caller: string): Promise<KnockStatusShape> {
    const { store, now } = this.#parts;
    const group = await store.groups.folded(groupId);
    if (group && (await store.groups.isMember(groupId, caller)))
      return { state: 'admitted', knockedAtMs: now(), untilMs: now() };
    const knock = await store.knocks.find(groupId, caller, now());
    if (!group || !knock) throw new AppError('group_not_found');
    const { joinedAtMs: knockedAtMs, untilMs } = knock;
    const isOpen = knock.state === 'waiting' && isAdmitted(stateOf(group), fromBase64url(caller));
    return { state: isOpen ? 'open' : knock.state, knockedAtMs, untilMs };
  }

  /** Who waits, for admins. Throws `group_not_found` for who is no member, `not_allowed` for who is no admin. */
  async list(groupId: string, caller: string): Promise<KnocksShape> {
    const { store, now } = this.#parts;
    await requireAdmin(store, { groupId, identity: caller, nowMs: now() });
    const rows = await store.knocks.waiting(groupId, now());
    return {
      knocks: rows.map((row) => {
        const { state: _, nameVersion: __, joinedAtMs: knockedAtMs, ...shown } = shownMember(row);
        return { ...shown, knockedAtMs };
      }),
    };
  }

  /** Takes the own knock back, or declines somebody else's. Fine where there is none. Throws as `list` does. */
  async end(groupId: string, caller: string, identity: string): Promise<void> {
    const { store, now, listener } = this.#parts;
    if (identity === caller) {
      if (await store.knocks.withdraw(groupId, caller)) listener.knocked(groupId);
      return;
    }
    await requireAdmin(store, { groupId, identity: caller, nowMs: now() });
    if (!(await store.knocks.decline(groupId, identity, now() + pauseMs))) return;
    listener.knocked(groupId);
    listener.answered(groupId, identity);
  }

  /** Everybody who waits may look again: the group takes in whoever comes, from now on. */
  async opened(groupId: string): Promise<void> {
    const { store, now, listener } = this.#parts;
    for (const { identity } of await store.knocks.waiting(groupId, now()))
      listener.answered(groupId, identity);
  }
}
