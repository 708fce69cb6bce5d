// The device's inbox key (X25519): what others will seal to when it is offline. Only its public half is used so far, in
// member statements (protocol.md G5). Kept like the identity: see stored-key.ts.
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
