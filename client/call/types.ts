// What a call session needs and what it tells. client/state starts one per join and draws what it says; main.ts carries
// its epochs to the media room, since call and media never import each other.
import type { Bytes } from '../../crypto/bytes.ts';
import type { CallEngine, Leaf } from '../../crypto/call/types.ts';
import type { Identity } from '../../crypto/identity/index.ts';
import type { GroupKeys } from '../../crypto/invite/index.ts';
import type { Clock } from '../api/clock.ts';
import type { JoinTicket } from '../api/schemas.ts';
import type { Service } from '../api/service.ts';
import type { PeerStatus } from './peers.ts';

/** How far somebody followed the history of the group (G8). */
export interface HistoryMark {
  readonly version: number;
  /** 32 bytes. */
  readonly head: Bytes;
}

/**
 * `same` as mine; `forked` another one than the service shows me; `unknown` that cannot be told: older than mine, or the service was not to be
 * asked.
 */
export type Compared = 'same' | 'forked' | 'unknown';

/** Who is in the group, as far as a call asks (C3, G12). */
export interface Roster {
  /** May fetch the group again before it answers; false when in doubt. */
  isMember(identity: Bytes): boolean | Promise<boolean>;
  /** The owner or an admin removed this identity, which has not come back since. */
  isRemoved(identity: Bytes): boolean;
  /** Nobody else is to come into this call (C16). */
  isLocked(callId: Bytes): boolean;
  /** Whether `by` may take `whom` out of a call (C17). */
  mayTakeOut(by: Bytes, whom: Bytes): boolean;
  /** What I followed, to tell the others; null while the group is not known. */
  readonly history: HistoryMark | null;
  /** Another's with mine (A9); asks the service again where theirs is longer. */
  compare(said: HistoryMark): Promise<Compared>;
}

export interface SessionParts {
  readonly engine: CallEngine;
  readonly log: Pick<Service, 'readLog' | 'append' | 'openRequest' | 'withdrawRequest'>;
  readonly ticket: JoinTicket;
  readonly identity: Identity;
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** Of the version of the secret that the call began under: a later one changes nothing here. */
  readonly keys: Pick<GroupKeys, 'handshake' | 'media'>;
  readonly roster: Roster;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  readonly listeners: SessionListeners;
  /** Carries a sealed message to these LiveKit identities, or to everybody with null (A1). Must not throw. */
  readonly sendMessage: (message: Bytes, to: readonly string[] | null) => void;
}

/** Keys of an epoch on their way to the frame worker (K1–K4); the shape of media's `EpochKeys`. */
export interface CallEpoch {
  readonly generation: number;
  readonly epoch: bigint;
  /** 32 bytes, the receiver's to wipe (K6). */
  readonly baseKey: Bytes;
  readonly ownLeaf: number;
  readonly leaves: readonly Leaf[];
  /** K4: when my own frames move to this epoch at the latest, in ms from now; `onSwitch` may say so earlier. */
  readonly sendAfterMs: number;
  /** 32 bytes, equal for everyone in the epoch: what the call code is made of. */
  readonly authenticator: Bytes;
}

/** A change of who holds the key (`shutOut`: came in while the call is locked, C16), or what looks like an attack, for the trust log. */
export interface TrustChange {
  /** `refused`: the service sent something that does not belong into this call. */
  readonly kind:
    | 'opened'
    | 'joined'
    | 'left'
    | 'removed'
    | 'restarted'
    | 'refused'
    | 'strayMessages'
    | 'forkedGroup'
    | 'shutOut'
    | 'takenOut';
  /** Identity key of whom it is about, 32 bytes; mine where it is about nobody. */
  readonly identity: Bytes;
  /** `takenOut`: by whom. */
  readonly by?: Bytes;
}

/**
 * Why a session ended other than by `stop`: `place_lost` the service gave our place away or ended the call, enter again;
 * `failed` there is nothing left to try, `code` says what was refused.
 */
export interface SessionEnd {
  readonly reason: 'place_lost' | 'failed';
  readonly code: string;
  /** Identity of who took me out, or ended the call for all (C17). */
  readonly by?: Bytes;
}

/** Received handshake messages by outcome (O2). */
export interface OutcomeCounts {
  applied: number;
  ignored: number;
  rejected: number;
}

export interface SessionListeners {
  /** New keys, in order; the first of them means that we are in. */
  onEpoch(epoch: CallEpoch): void;
  /** K4: everybody who stays holds the keys of this epoch: my frames may move to it. */
  onSwitch(generation: number, epoch: bigint): void;
  /** What the others' messages show of them, by LiveKit identity (A6). */
  onPeers(peers: ReadonlyMap<string, PeerStatus>): void;
  /** Somebody in the call wrote something (A3). */
  onText(from: Leaf, text: string): void;
  /** Somebody in the call asks my device to mute its microphone (A8); whether they may is for the listener to judge. */
  onMute(from: Leaf): void;
  onTrust(change: TrustChange): void;
  /** False while the service cannot be reached. */
  onLine(isUp: boolean): void;
  /** True from an entry that could not be applied until the keys of the next generation are here (C9). */
  onRestarting(isRestarting: boolean): void;
  /** Once, unless `stop` came first. */
  onEnded(end: SessionEnd): void;
}
