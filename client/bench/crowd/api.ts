// What the benchmark asks of a process of members (members.ts answers, crowd.ts asks). Everything in it can be cloned.
import type { SessionEnd } from '../../call/types.ts';
import type { PresenceKind } from './presence.ts';

/** Where all members of a process are. */
export interface Reached {
  readonly generation: number;
  readonly epoch: number;
  /** Equal for everybody in the epoch. */
  readonly authenticator: string;
  /** When the last of them got there, wall clock. */
  readonly lastMs: number;
}

/** Sums over a process since its start. */
export interface Tally {
  readonly cpuMs: number;
  readonly bytes: number;
  readonly epochCount: number;
  readonly restartCount: number;
  readonly ends: readonly SessionEnd[];
}

export interface Departed {
  readonly livekitIdentity: string;
  /** When the service was told, wall clock. */
  readonly toldMs: number;
}

export interface MembersApi {
  /** Makes an identity for each name; none is in a group. */
  create(
    parts: { readonly url: string; readonly presence: PresenceKind },
    names: readonly string[],
  ): Promise<void>;
  /** The first member founds the group; gives what stands behind `#/join/`. */
  found(groupName: string): Promise<string>;
  /** Everybody who is not in the group joins it and follows its events. */
  /** What stands behind `#/join/` in the link of now, as the first member has it. */
  invite(): Promise<string>;
  joinGroup(invite: string): Promise<void>;
  /** Everybody reads the group again and follows its events. */
  follow(): Promise<void>;
  /** These, or all, take a place in the call. */
  enter(indexes?: readonly number[]): Promise<void>;
  /** Resolves when everybody here who is in the call is in one epoch of so many leaves. */
  settled(leaves: number): Promise<Reached>;
  leave(index: number): Promise<Departed>;
  /** Who is in the call and not where most are: a line for each. */
  stragglers(leaves: number): Promise<readonly string[]>;
  /** A member will be taken out of the group: it is not waited for any more. */
  dismiss(index: number): Promise<Omit<Departed, 'toldMs'> & { readonly identity: string }>;
  /** The founder takes an identity out of the group; gives the moment at which the service was told. */
  remove(identity: string): Promise<number>;
  /** A member that is over for good is followed by somebody new in the same seat, in the group and not yet in the call. */
  replace(index: number, invite: string): Promise<void>;
  /** Resolves when nobody here has this leaf any more; the epoch is the lowest that anybody is in then. */
  gone(livekitIdentity: string): Promise<Reached>;
  /** Resolves when everybody here would send in this epoch, with the moment at which the last one began to. */
  switched(generation: number, epoch: number): Promise<number>;
  renewPresence(): Promise<void>;
  tally(): Promise<Tally>;
}
