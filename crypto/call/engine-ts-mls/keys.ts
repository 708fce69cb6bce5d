// Whether an X25519 public key may stand in a tree. A key of small order makes every encryption to it fail, for whoever
// commits next: refused when it arrives, by everybody alike. The list is complete for RFC 7748's decoding, which ignores
// the top bit; keys.test.ts proves it against @noble/curves.
import { equal, fromHex, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';

/** u = 0, 1, the two of order 8, p − 1, and p and p + 1, which decode as 0 and 1. Little-endian, top bit clear. */
const smallOrder = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

/** Throws `CryptoError('malformed')` unless `key` is 32 bytes and not of small order. */
export function checkEncryptionKey(key: Uint8Array): void {
  if (key.length !== 32) throw new CryptoError('malformed', `encryption key of ${key.length} bytes`);
  const masked: Bytes = Uint8Array.from(key);
  masked[31] = (key[31] as number) & 0x7f;
  if (smallOrder.some((hex) => equal(masked, fromHex(hex)))) {
    throw new CryptoError('malformed', 'encryption key of small order');
  }
}
