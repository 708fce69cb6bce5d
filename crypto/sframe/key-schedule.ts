// From a base key to the key and salt of one KID (RFC 9605 §4.4.2), with WebCrypto: the base key and the AES key are
// non-extractable from the moment they exist (K6). Suite 4 is what Aparté speaks; suite 5 proves the same code on more vectors.
import { concat, uint, uint64, utf8, type Bytes } from '../bytes.ts';
import type { Uint64 } from './header.ts';

/** A cipher suite of RFC 9605 §4.5 with AES-GCM. */
export interface Suite {
  readonly id: number;
  readonly hash: 'SHA-256' | 'SHA-512';
  readonly keyBits: 128 | 256;
}

/** AES_128_GCM_SHA256_128: the suite of every call. */
export const SUITE_4: Suite = { id: 4, hash: 'SHA-256', keyBits: 128 };
/** AES_256_GCM_SHA512_128. */
export const SUITE_5: Suite = { id: 5, hash: 'SHA-512', keyBits: 256 };

/** Nn of both suites. */
export const nonceBytes = 12;
/** Nt of both suites. */
export const tagBytes = 16;

/** What seals or opens the frames of one KID. */
export interface FrameKey {
  readonly kid: Uint64;
  /** AES-GCM, non-extractable, for encryption or for decryption only. */
  readonly key: CryptoKey;
  /** 12 bytes that the counter is mixed into. */
  readonly salt: Bytes;
}

/** Imports a base key (K1). The caller wipes its bytes afterwards; what is left can derive, not be read. */
export function importBaseKey(baseKey: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', baseKey, 'HKDF', false, ['deriveKey', 'deriveBits']);
}

/** The key and salt of `kid` under an imported base key. */
export async function deriveFrameKey(
  baseKey: CryptoKey,
  { kid, usage, suite = SUITE_4 }: { kid: Uint64; usage: 'encrypt' | 'decrypt'; suite?: Suite },
): Promise<FrameKey> {
  const { key: keyInfo, salt: saltInfo } = labels(kid, suite);
  // RFC 9605 extracts with an empty salt and expands: that is HKDF with `salt` empty.
  const hkdf = { name: 'HKDF', hash: suite.hash, salt: new Uint8Array(0) };
  const aes = { name: 'AES-GCM', length: suite.keyBits };
  const [key, salt] = await Promise.all([
    crypto.subtle.deriveKey({ ...hkdf, info: keyInfo }, baseKey, aes, false, [usage]),
    crypto.subtle.deriveBits({ ...hkdf, info: saltInfo }, baseKey, nonceBytes * 8),
  ]);
  return { kid, key, salt: new Uint8Array(salt) };
}

/** The two labels of RFC 9605 §4.4.2: text, KID in 8 bytes, suite in 2. */
export function labels(kid: Uint64, suite: Suite): { key: Bytes; salt: Bytes } {
  const tail = concat(uint64(BigInt(kid)), uint(suite.id, 2));
  return {
    key: concat(utf8('SFrame 1.0 Secret key '), tail),
    salt: concat(utf8('SFrame 1.0 Secret salt '), tail),
  };
}
