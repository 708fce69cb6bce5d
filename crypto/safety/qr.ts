// The QR code of a safety number (protocol.md S2): `u8(1) ‖ hash of my key ‖ hash of yours`, 65 bytes, as shown by one
// side and scanned by the other, who sees the two exchanged.
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, uint, utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';

const qrVersion = 1;
const payloadBytes = 1 + 32 + 32;
const label = utf8('Aparté/1 qr');

/** What I show to `theirs` (identity keys, 32 bytes each): 65 bytes. */
export function qrPayload(mine: Bytes, theirs: Bytes): Bytes {
  for (const key of [mine, theirs]) {
    if (key.length !== 32) throw new RangeError(`an identity key must be 32 bytes, got ${key.length}`);
  }
  return concat(uint(qrVersion, 1), sha256(concat(label, mine)), sha256(concat(label, theirs)));
}

/**
 * Whether a scanned payload is the one that `theirs` shows to me. False means: another pair of keys.
 * Throws `CryptoError('malformed')` where it is no QR code of a safety number at all: to be said in other words.
 */
export function matchQr(payload: Bytes, mine: Bytes, theirs: Bytes): boolean {
  if (payload.length !== payloadBytes || payload[0] !== qrVersion) {
    throw new CryptoError('malformed', 'not a QR code of a safety number');
  }
  return equal(payload, qrPayload(theirs, mine));
}
