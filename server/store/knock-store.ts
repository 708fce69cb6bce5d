// What the store keeps of knocks (G15): who came by the link where somebody has to let them in. Part of the interface in store.ts; made by
// knocks.ts, and by history.ts where a change of the group answers them.
import type { HistoryChange, MemberRow } from './group-store.ts';

/** `waiting`; `declined`: not before a pause; `outdated`: the group has another link by now. */
export type KnockState = 'waiting' | 'declined' | 'outdated';

/** As a joiner sent it, made under the secret in force. `joinedAtMs` is when they first knocked. */
export interface KnockRow extends MemberRow {
  readonly state: KnockState;
  /** When it is forgotten. */
  readonly untilMs: number;
}

export interface KnockLimits {
  readonly perGroup: number;
  readonly perIdentity: number;
}

export interface KnockWish {
  readonly groupId: string;
  readonly member: MemberRow;
  /** Of the history that the joiner was judged by. */
  readonly historyVersion: number;
  /** Their return (G10). */
  readonly change: HistoryChange | null;
  readonly nowMs: number;
  readonly untilMs: number;
  readonly limits: KnockLimits & { readonly membersPerGroup: number; readonly groupsPerIdentity: number };
}

export type Knocked =
  | 'knocked'
  | 'no_group'
  | 'already'
  | 'moved'
  | 'group_full'
  | 'too_many_groups'
  | 'too_many_knocks'
  | { readonly declinedUntilMs: number };

export interface KnockStore {
  /** What there is of one identity; null where there is nothing, or it has expired. */
  find(groupId: string, identity: string, nowMs: number): Promise<KnockRow | null>;
  /** Who waits, oldest first. */
  waiting(groupId: string, nowMs: number): Promise<readonly KnockRow[]>;
  /** Puts a knock, or another record in place of the one that waits. `moved` as in `addMember`. */
  knock(wish: KnockWish): Promise<Knocked>;
  /** Takes back what waits. True if there was one. */
  withdraw(groupId: string, identity: string): Promise<boolean>;
  /** From waiting to declined. True if there was one. */
  decline(groupId: string, identity: string, untilMs: number): Promise<boolean>;
  /** Forgets what has expired. */
  prune(nowMs: number): Promise<void>;
}
