// The device's inbox key (X25519): what others will seal to when it is offline. Only its public half is used so far, in
// member statements (protocol.md G5). Kept like the identity: see stored-key.ts.
import { x25519 } from '@noble/curves/ed25519.js';
import type { Bytes } from '../bytes.ts';
import { createNative, createWrapped, type StoredKey } from './stored-key.ts';

/** An inbox key as it is kept in IndexedDB. */
export type StoredInboxKey = StoredKey;

/** A new inbox key: its public half (32 bytes) and what to store. `fallback` as for `createIdentity`. */
export async function createInboxKey(
  options: { readonly fallback?: boolean } = {},
): Promise<{ publicKey: Bytes; stored: StoredInboxKey }> {
  const native = options.fallback ? undefined : await createNative('X25519');
  const stored = native ?? (await createWrapped('X25519', (seed) => x25519.getPublicKey(seed)));
  return { publicKey: stored.publicKey, stored };
}
