// The one interface between a call and its key agreement (protocol.md C1–C14, A1, A2, E1–E2, K1). `crypto/call/index.ts` exports it;
// engine.ts and state.ts implement it on crypto/mls, of which nothing is visible here.
// State in, new state out: no method changes the state it is called on.
import type { Bytes } from '../bytes.ts';
import type { CryptoErrorCode } from '../errors.ts';
import type { Identity } from '../identity/index.ts';
import type { RemovalPurpose } from './removal.ts';

/** What binds a call: from the group record and from the service's answer to the join. */
export interface CallContext {
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** 16 bytes, chosen by the service. */
  readonly callId: Bytes;
  /** 1 and up; a new one is a new MLS group (C9). */
  readonly generation: number;
  /** The group secret's `handshake` key, 32 bytes (E1). */
  readonly handshakeKey: Bytes;
  /** The group secret's `media` key, 32 bytes (K1). */
  readonly mediaKey: Bytes;
}

/** Who I am in this call: the device identity and the opaque LiveKit identity of this join. */
export interface Me {
  readonly identity: Identity;
  readonly livekitIdentity: string;
}

/** A leaf of the MLS tree whose credential verified (C2, C3). */
export interface Leaf {
  /** Position in the tree, 0..1023. */
  readonly index: number;
  /** Identity key, 32 bytes. */
  readonly identity: Bytes;
  readonly livekitIdentity: string;
}

/**
 * Whether an identity is a verified member of the group right now (G12). Asked for every leaf. It may refresh the
 * roster before it answers; it answers false when in doubt.
 */
export type IsMember = (identity: Bytes) => boolean | Promise<boolean>;

/** How a joiner asks to be added, as the service shows it (C11). */
export interface JoinRequest {
  /** Of the place that it was made for, says the service. */
  readonly livekitIdentity: string;
  /** Sealed key package. */
  readonly message: Bytes;
}

export interface RefusedRequest {
  readonly request: JoinRequest;
  readonly code: CryptoErrorCode;
}

/** What brings the joiners in whom a commit adds (C14). */
export interface SealedWelcome {
  readonly message: Bytes;
  /** Their LiveKit identities: the service drops these requests. */
  readonly to: readonly string[];
}

/** What became of requests: a commit that adds the good ones, null where there is none, and why the others were refused. */
export interface Addition {
  readonly proposed: Proposed | null;
  readonly refused: readonly RefusedRequest[];
}

/** A join request of mine that waits for its Welcome; keeps the secrets to open it. */
export interface PendingJoin {
  /** Sealed, for the service. */
  readonly message: Bytes;
  /**
   * My first state, from the Welcome of the commit that led to `epoch`; null where it is for others only. Every leaf is checked with
   * `isMember` (C3). Throws `CryptoError`.
   */
  open(epoch: bigint, welcome: Bytes, isMember: IsMember): Promise<CallState | null>;
  /** Overwrites the secrets; states that came from them stay whole. Idempotent. */
  wipe(): void;
}

/** What the delivery log is asked to accept: sealed bytes for `append` (D2) or `open` (D3). */
export interface Proposed {
  readonly kind: 'open' | 'commit';
  readonly generation: number;
  /** Epoch the commit was made in; 0 for an open. */
  readonly epoch: bigint;
  /** Sealed commit; empty for an open. */
  readonly message: Bytes;
  /** Sealed GroupInfo of the epoch after this entry. */
  readonly groupInfo: Bytes;
  /** Where it adds anybody. */
  readonly welcome: SealedWelcome | null;
  /** The state to hold from the moment the log accepted it. Dropped whole if it did not (C6). */
  readonly next: CallState;
}

/** What applying a commit changed, for keys and screen. */
export interface Change {
  readonly state: CallState;
  readonly joined: readonly Leaf[];
  readonly removed: readonly Leaf[];
  /** The leaf that committed (for an external join: the joiner's new leaf; who is added did not commit). */
  readonly committer: Leaf;
  /** What the committer says of the removal (C17). */
  readonly purpose: RemovalPurpose | null;
}

/** One epoch of one call as seen by one member. Immutable. */
export interface CallState {
  readonly context: CallContext;
  readonly epoch: bigint;
  readonly ownLeaf: Leaf;
  /** All leaves by ascending index, mine included. */
  readonly leaves: readonly Leaf[];
  /** K1: 32 bytes, a fresh copy that the caller wipes. */
  baseKey(): Promise<Bytes>;
  /** RFC 9420 §8.7 epoch authenticator, 32 bytes: equal for everyone in the epoch. */
  epochAuthenticator(): Bytes;
  /** RFC 9420 §8.2 confirmed transcript hash, 32 bytes: equal for everyone who got here by the same commits. */
  transcriptHash(): Bytes;
  /** Messages of this epoch (A1). The same object every time; it outlives this state, and whoever asked wipes it. */
  messages(): EpochMessages;
  /**
   * Applies the sealed commit of another member, made in this epoch.
   * Throws `CryptoError`; this state is still good afterwards. `removed` means that I am no longer in the group: a `RemovedByCommit`
   * where its maker says why.
   */
  apply(message: Bytes, isMember: IsMember): Promise<Change>;
  /**
   * A commit that removes these leaves (C5), and says why if it is the owner's or an admin's wish (C17). Throws `CryptoError('not_allowed')` for my own or an unknown leaf, and
   * `RangeError` for none at all.
   */
  remove(leafIndexes: readonly number[], purpose?: RemovalPurpose | null): Promise<Proposed>;
  /** A commit that adds who asks, as far as they may be added together (C12). Throws `RangeError` for more than 64 requests. */
  add(requests: readonly JoinRequest[], isMember: IsMember): Promise<Addition>;
  /** A commit that only renews my own leaf (C8). */
  selfUpdate(): Promise<Proposed>;
  /**
   * Overwrites what secrets can be overwritten. The state is unusable afterwards: every method throws `TypeError`, also
   * one that is still at work. Its successors stay whole. Idempotent.
   */
  wipe(): void;
}

/** Sealed messages of one epoch (A1, A2). */
export interface EpochMessages {
  readonly epoch: bigint;
  /** Seals for everybody in the epoch. Throws `RangeError` where the result is longer than A2 allows. */
  seal(data: Bytes): Bytes;
  /**
   * Opens what somebody else in the epoch sealed, once. Throws `CryptoError`: `not_opened`, `replayed`, `out_of_range`, `bad_signature`,
   * `malformed`, `not_allowed`, `wrong_group`, `wrong_epoch`; `TypeError` after `wipe`.
   */
  open(message: Bytes): Promise<{ readonly sender: Leaf; readonly data: Bytes }>;
  wipe(): void;
}

/** What a sealed message says of itself, unproven. */
export interface MessagePlace {
  /** `callId ‖ u32(generation)`, 20 bytes (C1). */
  readonly mlsGroupId: Bytes;
  readonly epoch: bigint;
}

/** What makes the first state of a call. */
export interface CallEngine {
  /** A new MLS group with me as its only leaf (C4, C9): an `open` for the log. */
  create(context: CallContext, me: Me): Promise<Proposed>;
  /**
   * Joins by external commit from the sealed GroupInfo of `epoch` (C4); removes my identity's own leaf if there is one.
   * Every leaf in the GroupInfo is checked with `isMember` first (C3). Throws `CryptoError`.
   */
  join(context: CallContext, me: Me, epoch: bigint, groupInfo: Bytes, isMember: IsMember): Promise<Proposed>;
  /** Asks to be added instead (C11), in this generation. */
  request(context: CallContext, me: Me): Promise<PendingJoin>;
}
