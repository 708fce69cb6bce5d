// What the service keeps, as one interface. Every method is one transaction: it happens whole or not at all, and its
// answer says what happened. All bytes are base64url text, as they came and as they go. `open.ts` opens the embedded store
// (libsql.ts) or PostgreSQL (postgres.ts); nothing outside this folder knows of SQL.

import type { GroupStore } from './group-store.ts';
import type { DeletionStore } from './deletions.ts';
import type { InviteStore } from './invite-store.ts';
import type { KnockStore } from './knock-store.ts';
import type { Neighbours } from './neighbours.ts';

export type * from './group-store.ts';
export type * from './invite-store.ts';
export type * from './knock-store.ts';

export interface Session {
  /** Who it belongs to. */
  readonly identity: string;
  readonly expiresAtMs: number;
}

export interface SessionStore {
  addChallenge(challenge: { readonly hash: string } & Session): Promise<void>;
  /** Takes the challenge away; true if it was there, for this identity, and not expired (T3: single use). */
  takeChallenge(hash: string, identity: string, nowMs: number): Promise<boolean>;
  addSession(session: { readonly tokenHash: string } & Session): Promise<void>;
  findSession(tokenHash: string, nowMs: number): Promise<Session | null>;
  deleteSession(tokenHash: string): Promise<void>;
  /** Deletes what has expired. */
  prune(nowMs: number): Promise<void>;
}

export type ActiveState = 'joining' | 'present' | 'away';

/** Somebody's place in a call; a place that ended is `left` and not listed. */
export interface Place {
  readonly identity: string;
  readonly livekitIdentity: string;
  readonly state: ActiveState;
  /** When a `joining` or `away` place becomes `left`; 0 for `present`. */
  readonly deadlineMs: number;
}

export interface CallRow {
  readonly callId: string;
  readonly groupId: string;
  /** Of the group's secret when the call began: its keys are of that version (G14). */
  readonly secretVersion: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** 0 before the first `open` (D3). */
  readonly generation: number;
  readonly epoch: number;
  /** Position of the last entry; 0 before the first. */
  readonly position: number;
  readonly participantsVersion: number;
  /** Counts up with every change of the join requests. */
  readonly requestsVersion: number;
}

export interface Entry {
  readonly position: number;
  readonly kind: 'open' | 'commit';
  readonly generation: number;
  readonly epoch: number;
  readonly message: string;
  /** Null where the commit brought none, or where Welcomes were not asked for. */
  readonly welcome: string | null;
}

/** A join request that is open (D6), for the place with this LiveKit identity. */
export interface JoinRequest {
  readonly livekitIdentity: string;
  readonly message: string;
}

/** What a participant wants to see of a call beside its state and its places. */
export interface ViewWish {
  /** Entries after this position, a page of them; null: none. */
  readonly after: number | null;
  readonly withWelcomes: boolean;
  /** The version of the join requests that the caller knows; null: they are not wanted. */
  readonly requestsSeen: number | null;
}

/** No entries, no requests. */
export const onlyState: ViewWish = { after: null, withWelcomes: false, requestsSeen: null };

/** A call at one moment: log state, entries after a position, and who is in it. */
export interface CallView extends CallRow {
  readonly entries: readonly Entry[];
  readonly groupInfo: string | null;
  /** Active places, oldest first. */
  readonly places: readonly Place[];
  /** Open ones, oldest first; null where they are not wanted or as the caller knows them. */
  readonly requests: readonly JoinRequest[] | null;
}

/** Places that ended, with the call they were in. */
export interface LeftPlaces {
  readonly callId: string;
  readonly groupId: string;
  readonly livekitIdentities: readonly string[];
  /** Nobody is left: the call ended with it. */
  readonly callEnded: boolean;
}

export interface JoinWish {
  readonly groupId: string;
  readonly identity: string;
  /** Made by the client for this one place. */
  readonly placeId: string;
  /** Of the place, if it is a new one. */
  readonly livekitIdentity: string;
  /** Used if no call is running. */
  readonly newCallId: string;
  readonly nowMs: number;
  readonly deadlineMs: number;
  readonly maxParticipants: number;
}

export interface Joined {
  readonly call: CallView;
  readonly livekitIdentity: string;
  /** False where the place was there already. */
  readonly isNew: boolean;
  /** LiveKit identities of the places that ended with it. */
  readonly former: readonly string[];
}

export interface AppendWish {
  readonly callId: string;
  readonly identity: string;
  readonly kind: 'open' | 'commit';
  readonly generation: number;
  readonly epoch: number;
  readonly message: string;
  readonly groupInfo: string;
  readonly welcome: { readonly message: string; readonly to: readonly string[] } | null;
  /** Position up to which the caller knows the log. */
  readonly after: number;
  /** So many of the latest entries stay, the others are dropped. */
  readonly keptEntries: number;
}

export interface RequestWish extends JoinRequest {
  readonly callId: string;
  readonly identity: string;
  readonly generation: number;
}

/** Why a caller cannot touch a call's log (D4). */
export type NoAccess = 'no_call' | 'ended' | 'no_place';

export type AppendOutcome =
  | {
      /** `repeated`: this very entry was accepted before. */
      readonly outcome: 'accepted' | 'repeated';
      readonly position: number;
      readonly generation: number;
      readonly epoch: number;
    }
  | { readonly outcome: 'conflict' | NoAccess };

/** What LiveKit showed, as changes to places. */
export interface PlaceChanges {
  readonly present: readonly string[];
  readonly away: readonly { readonly livekitIdentity: string; readonly deadlineMs: number }[];
  readonly left: readonly string[];
}

export interface CallStore {
  /** The running call of a group, without entries. */
  liveOf(groupId: string): Promise<CallView | null>;
  /** All running calls, and those that ended but whose LiveKit room may still be there. */
  open(): Promise<{ readonly live: readonly CallRow[]; readonly undeleted: readonly string[] }>;
  /**
   * Takes a place (and starts the call if none runs); the identity's former place becomes `left`. By an id that has one already: that
   * place, with a new deadline; `place_ended` where it is over, `place_taken` where it is somebody else's.
   */
  join(wish: JoinWish): Promise<Joined | 'not_member' | 'call_full' | 'place_ended' | 'place_taken'>;
  /** The same place again: an `away` place becomes `joining`, with a new deadline. */
  renew(
    callId: string,
    identity: string,
    place: { livekitIdentity: string; deadlineMs: number },
  ): Promise<'renewed' | NoAccess>;
  /** Ends a place. `null`: there was never such a place. `isUndone`: as if it had never been taken, so that its id can take it again. */
  leave(
    callId: string,
    identity: string,
    place: { livekitIdentity: string; nowMs: number; isUndone?: boolean },
  ): Promise<LeftPlaces | null>;
  /** A call as a participant may see it (D4). */
  readAs(callId: string, identity: string, wish: ViewWish): Promise<CallView | NoAccess>;
  /** Compare-and-swap on generation and epoch (D2, D3); the requests that a Welcome answers are dropped with it (D6). */
  append(wish: AppendWish): Promise<AppendOutcome>;
  /** Opens a join request, in place of the place's last one (D6). */
  request(wish: RequestWish): Promise<'requested' | 'conflict' | NoAccess>;
  /** Withdraws it, if there is one. */
  withdraw(
    callId: string,
    identity: string,
    livekitIdentity: string,
  ): Promise<'withdrawn' | 'none' | NoAccess>;
  places(callId: string): Promise<readonly Place[]>;
  /** Applies what LiveKit showed; ends the call if nobody is left. True if anything changed. */
  applyChanges(
    callId: string,
    changes: PlaceChanges,
    nowMs: number,
  ): Promise<{ changed: boolean; ended: boolean }>;
  markRoomDeleted(callId: string): Promise<void>;
  /** Forgets calls that ended before `beforeMs` and whose room is gone. */
  prune(beforeMs: number): Promise<void>;
  counts(): Promise<{ readonly calls: number; readonly places: number }>;
}

export interface Store {
  readonly sessions: SessionStore;
  readonly groups: GroupStore;
  readonly calls: CallStore;
  readonly knocks: KnockStore;
  readonly invites: InviteStore;
  readonly deletions: DeletionStore;
  /** The other services on the same store. */
  readonly neighbours: Neighbours;
  /** Rejects if the store cannot answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}
