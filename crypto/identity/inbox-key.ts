// The device's inbox key (X25519): what others seal to when it is offline (protocol.md G13); its public half is in the member
// statement (G5). Kept like the identity: see stored-key.ts. All that it does is agree: crypto/group/inbox.ts seals and opens.
import { x25519 } from '@noble/curves/ed25519.js';
import type { Bytes } from '../bytes.ts';
import { createKey, storeSeed, useSeed, type KeyMaking, type StoredKey } from './stored-key.ts';

/** An inbox key as it is kept in IndexedDB. */
export type StoredInboxKey = StoredKey;

const making: KeyMaking = { curve: 'X25519', publicKeyOf: (seed) => x25519.getPublicKey(seed) };

/** A new inbox key: its public half (32 bytes) and what to store. `fallback` as for `createIdentity`. */
export async function createInboxKey(
  options: { readonly fallback?: boolean } = {},
): Promise<{ publicKey: Bytes; stored: StoredInboxKey }> {
  const stored = await createKey({ ...making, ...options });
  return { publicKey: stored.publicKey, stored };
}

/** A copy of the seed, for a backup (B3), to be wiped. Throws as `useSeed`. */
export function inboxSeedOf(stored: StoredInboxKey): Promise<Bytes> {
  return useSeed(making.curve, stored, (seed) => seed.slice());
}

/** The inbox key of a backup's seed. Throws `CryptoError('malformed')`. */
export function restoreInboxKey(seed: Bytes): Promise<StoredInboxKey> {
  return storeSeed(making, seed);
}

/**
 * The Diffie-Hellman value (32 bytes) with `publicKey`, which must not be of small order. Throws `CryptoError('not_opened')` where
 * the stored key does not open.
 */
export async function agreeWithInboxKey(stored: StoredInboxKey, publicKey: Bytes): Promise<Bytes> {
  if (stored.kind === 'wrapped') {
    return useSeed('X25519', stored, (seed) => x25519.getSharedSecret(seed, publicKey) as Bytes);
  }
  const theirs = await crypto.subtle.importKey('raw', publicKey, 'X25519', true, []);
  const bits = await crypto.subtle.deriveBits({ name: 'X25519', public: theirs }, stored.privateKey, 256);
  return new Uint8Array(bits);
}
