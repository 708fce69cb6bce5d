// The one shape of everything sealed under a key of the group secret (protocol.md E1, G7):
// `u8(1) ‖ nonce (24) ‖ XChaCha20-Poly1305 ciphertext and tag`. Random nonces are safe at 24 bytes. envelope.ts and
// sealed-text.ts decide keys, AAD and limits; the nonce is a parameter for test vectors only.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concat, Reader, uint, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';

const boxVersion = 1;
const nonceBytes = 24;
const tagBytes = 16;
/** What a box is longer than its plaintext. */
export const boxOverheadBytes = 1 + nonceBytes + tagBytes;

/** Key (32 bytes) and associated data of a box. */
export interface BoxKey {
  readonly key: Bytes;
  readonly aad: Bytes;
}

/** Seals under a nonce that must never have been used with this key. */
export function sealBox(box: BoxKey, nonce: Bytes, plaintext: Bytes): Bytes {
  return concat(uint(boxVersion, 1), nonce, xchacha20poly1305(box.key, nonce, box.aad).encrypt(plaintext));
}

/** Opens a box. Throws `CryptoError`: `malformed` for another version or too short, `not_opened` for all else. */
export function openBox(box: BoxKey, sealed: Bytes): Bytes {
  const reader = new Reader(sealed);
  if (reader.uint(1) !== boxVersion) throw new CryptoError('malformed', 'sealed bytes of another version');
  const nonce = reader.take(nonceBytes);
  if (sealed.length < boxOverheadBytes) throw new CryptoError('malformed', 'sealed bytes end too early');
  const ciphertext = reader.take(sealed.length - 1 - nonceBytes);
  try {
    return xchacha20poly1305(box.key, nonce, box.aad).decrypt(ciphertext);
  } catch {
    throw new CryptoError('not_opened', 'the tag does not verify');
  }
}
