// Every message between the page and the frame worker. Keys cross as non-extractable CryptoKeys only (K6). Nothing here can
// switch encryption off: there is no such message (F8).
import type { Codec, Context } from '../../../crypto/sframe/index.ts';
import type { DropReason } from '../types.ts';

/** Keys of an epoch (K3, K4). */
export interface EpochMessage {
  readonly kind: 'epoch';
  readonly generation: number;
  readonly epoch: bigint;
  /** HKDF key, non-extractable: the base key of K1. */
  readonly baseKey: CryptoKey;
  readonly ownLeaf: number;
  /** LiveKit identity by leaf index. */
  readonly leaves: ReadonlyMap<number, string>;
  /** Who holds these keys beside me, by identity key in base64url (C18). */
  readonly holders: ReadonlySet<string>;
  readonly sendAfterMs: number;
}

/** K4: everybody has the keys of this epoch, so my frames move to it before their time. */
export interface SwitchMessage {
  readonly kind: 'switch';
  readonly generation: number;
  readonly epoch: bigint;
}

/** A sender's frames are to be sealed. Also the options of its RTCRtpScriptTransform. */
export interface SenderOptions {
  readonly kind: 'sender';
  readonly id: number;
  readonly context: Context;
  /** For browsers that do not say on the frame what it is. */
  readonly codec: Codec;
}

/** A receiver's frames are to be opened, once it is bound. Also the options of its RTCRtpScriptTransform. */
export interface ReceiverOptions {
  readonly kind: 'receiver';
  readonly id: number;
}

/** Chromium: the streams of `createEncodedStreams`, transferred. They come once in the life of a sender or receiver. */
export interface StreamsMessage {
  readonly kind: 'streams';
  readonly options: SenderOptions | ReceiverOptions;
  readonly readable: ReadableStream;
  readonly writable: WritableStream;
}

/** Whose track a receiver carries from now on (F4); null: nobody's. */
export interface BindMessage {
  readonly kind: 'bind';
  readonly id: number;
  readonly binding: Binding | null;
}

export interface Binding {
  readonly livekitIdentity: string;
  readonly context: Context;
  /** For browsers that do not say on the frame what it is. */
  readonly codec: Codec;
}

/** A context whose frames are dropped before they are sealed: a muted microphone sends nothing, whatever the track does. */
export interface PauseMessage {
  readonly kind: 'pause';
  readonly context: Context;
  readonly isPaused: boolean;
}

/** F10: whose frames are dropped though they open, by LiveKit identity; in place of those of before. */
export interface SilenceMessage {
  readonly kind: 'silence';
  readonly livekitIdentities: ReadonlySet<string>;
}

/** C18: frames are sealed only while all who hold their keys are among these identities; null: whoever holds them. */
export interface VerifiedMessage {
  readonly kind: 'verified';
  readonly identities: ReadonlySet<string> | null;
}

export type ToWorker =
  | EpochMessage
  | SwitchMessage
  | StreamsMessage
  | BindMessage
  | PauseMessage
  | SilenceMessage
  | VerifiedMessage;

export interface SenderCounts {
  readonly id: number;
  readonly sealed: number;
  /** Empty, paused, without key, or not what its codec makes. */
  readonly dropped: number;
  /** Kept here, since somebody who holds the keys is not verified (C18). */
  readonly withheld: number;
}

export interface ReceiverCounts {
  readonly id: number;
  /** Frames that were not empty. */
  readonly arrived: number;
  readonly opened: number;
  /** Dropped since their epoch is not here: `no_key`, and `overflow` while others wait for one (M6). */
  readonly keyless: number;
  /** Dropped for any other reason: not what its sender sealed, or for the second time. */
  readonly damaged: number;
  /** Opened and dropped, since their sender may only listen (F10). */
  readonly silenced: number;
}

/** Everything counted so far; sent when something changed, at most four times a second. */
export interface StatsMessage {
  readonly kind: 'stats';
  readonly senders: readonly SenderCounts[];
  readonly receivers: readonly ReceiverCounts[];
  /** Drops by LiveKit identity (empty: not bound yet) and reason (O3). */
  readonly dropped: ReadonlyMap<string, Readonly<Record<DropReason, number>>>;
}

/** `installed`: an epoch's keys are in; not `isNew`: it was not newer than the newest and changed nothing. `opened`: a receiver's first frame since it was bound opened. */
export type FromWorker =
  | {
      readonly kind: 'installed';
      readonly generation: number;
      readonly epoch: bigint;
      readonly isNew: boolean;
    }
  | { readonly kind: 'opened'; readonly id: number; readonly context: Context }
  | StatsMessage;
