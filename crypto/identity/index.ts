// The device's identity key (protocol.md I1): make it, open what was stored, sign. The bytes that are signed are built
// in statements.ts and checked by verify.ts; how private keys are kept is in stored-key.ts.
import { ed25519 } from '@noble/curves/ed25519.js';
import { utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { createKey, storeSeed, useSeed, type KeyMaking, type StoredKey } from './stored-key.ts';
import { verify } from './verify.ts';

export { agreeWithInboxKey, createInboxKey, inboxSeedOf, restoreInboxKey } from './inbox-key.ts';
export type { StoredInboxKey } from './inbox-key.ts';
export {
  changeStatement,
  deletionStatement,
  leafStatement,
  memberStatement,
  profileHash,
  profileStatement,
  sessionStatement,
} from './statements.ts';
export type { ChangeFields, DeletionFields, LeafFields, MemberFields, ProfileFields } from './statements.ts';
export { verify } from './verify.ts';

/** An opened identity key. */
export interface Identity {
  /** Ed25519 public key, 32 bytes. */
  readonly publicKey: Bytes;
  /** The signature (64 bytes) of a statement of statements.ts. */
  sign(statement: Bytes): Promise<Bytes>;
}

/** An identity as it is kept in IndexedDB: structured-cloneable, its private half not readable. */
export type StoredIdentity = StoredKey;

/** What `openIdentity` signs for itself. No statement begins like this: its first two bytes would be a label's length. */
const probe = utf8('Aparté/1 probe of a stored key');

/** `fallback: true` makes a wrapped seed even where WebCrypto has Ed25519: for tests of the other path. */
export interface CreateOptions {
  readonly fallback?: boolean;
}

const making: KeyMaking = { curve: 'Ed25519', publicKeyOf: (seed) => ed25519.getPublicKey(seed) };

/** A new identity key: non-extractable in WebCrypto where it has Ed25519, and a wrapped seed (I1). */
export function createIdentity(options: CreateOptions = {}): Promise<StoredIdentity> {
  return createKey({ ...making, ...options });
}

/** A copy of the seed, for a backup (B3), to be wiped. Throws `CryptoError`: `unsupported` for a key made without one, `not_opened`. */
export function identitySeedOf(stored: StoredIdentity): Promise<Bytes> {
  return useSeed(making.curve, stored, (seed) => seed.slice());
}

/** The identity of a backup's seed. Throws `CryptoError('malformed')`. */
export function restoreIdentity(seed: Bytes): Promise<StoredIdentity> {
  return storeSeed(making, seed);
}

/**
 * Opens a stored identity and proves with one signature that its halves belong together.
 * Throws `CryptoError`: `not_opened` for a seed that does not open, `malformed` for anything else that is wrong.
 */
export async function openIdentity(stored: StoredIdentity): Promise<Identity> {
  const identity: Identity = {
    publicKey: stored.publicKey,
    sign: (statement) => sign(stored, statement),
  };
  try {
    if (await verify(identity.publicKey, probe, await identity.sign(probe))) return identity;
  } catch (error) {
    if (error instanceof CryptoError) throw error;
  }
  throw new CryptoError('malformed', 'the stored identity does not sign for its public key');
}

async function sign(stored: StoredIdentity, statement: Bytes): Promise<Bytes> {
  if (stored.kind === 'wrapped') {
    return useSeed('Ed25519', stored, (seed) => ed25519.sign(statement, seed));
  }
  return new Uint8Array(await crypto.subtle.sign('Ed25519', stored.privateKey, statement));
}
