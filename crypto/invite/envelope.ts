// The sealed envelope of every handshake message (protocol.md E1, E2): XChaCha20-Poly1305 under the group
// secret's `handshake` key, bound to group, call, generation, epoch and kind. The service orders these and can neither
// read, forge nor move one; crypto/call opens them before MLS sees anything.
import { concat, random, uint, uint64, utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { boxOverheadBytes, openBox, sealBox, type BoxKey } from './box.ts';

/** E2: the whole envelope. */
export const maxEnvelopeBytes = 256 * 1024;
const codeOf = { groupInfo: 1, commit: 2, joinRequest: 3, welcome: 4 } as const;

export type EnvelopeKind = keyof typeof codeOf;

/** What an envelope is bound to. */
export interface EnvelopeContext {
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** 16 bytes. */
  readonly callId: Bytes;
  /** u32. */
  readonly generation: number;
  /** Of a commit the epoch it was made in, of a GroupInfo the one it describes, of a Welcome the one it leads to, of a join request 0. */
  readonly epoch: bigint;
  readonly kind: EnvelopeKind;
}

/** Seals a message. Throws `CryptoError('out_of_range')` where the envelope would be longer than E2 allows. */
export function sealEnvelope(handshakeKey: Bytes, context: EnvelopeContext, message: Bytes): Bytes {
  return sealEnvelopeWithNonce(handshakeKey, context, { message, nonce: random(24) });
}

/** `sealEnvelope` with a given nonce, for test vectors. */
export function sealEnvelopeWithNonce(
  handshakeKey: Bytes,
  context: EnvelopeContext,
  given: { readonly message: Bytes; readonly nonce: Bytes },
): Bytes {
  checkSize(given.message.length + boxOverheadBytes);
  return sealBox(boxKey(handshakeKey, context), given.nonce, given.message);
}

/**
 * The message of an envelope. Throws `CryptoError`: `not_opened` for any other context or key or changed bytes,
 * `malformed` for another version or too short, `out_of_range` for more than 256 KiB.
 */
export function openEnvelope(handshakeKey: Bytes, context: EnvelopeContext, envelope: Bytes): Bytes {
  checkSize(envelope.length);
  return openBox(boxKey(handshakeKey, context), envelope);
}

function checkSize(length: number): void {
  if (length > maxEnvelopeBytes) {
    throw new CryptoError('out_of_range', `envelope of ${length} bytes, at most ${maxEnvelopeBytes}`);
  }
}

function boxKey(key: Bytes, context: EnvelopeContext): BoxKey {
  const { groupId, callId, generation, epoch, kind } = context;
  if (groupId.length !== 16) throw new RangeError(`groupId must be 16 bytes, got ${groupId.length}`);
  if (callId.length !== 16) throw new RangeError(`callId must be 16 bytes, got ${callId.length}`);
  const label = utf8('Aparté/1 envelope');
  const place = concat(groupId, callId, uint(generation, 4), uint64(epoch), uint(codeOf[kind], 1));
  return { key, aad: concat(uint(label.length, 2), label, place) };
}
