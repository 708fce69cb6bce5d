// A private key as it lies in IndexedDB (protocol.md I1): a non-extractable WebCrypto key where the browser has the curve, and its seed of
// 32 bytes wrapped by a non-extractable AES-256-GCM key, for what WebCrypto cannot do and for a backup (B3). All of it is
// structured-cloneable. index.ts and inbox-key.ts make them; the seed is in clear only inside `useSeed`.
import { concat, fromHex, random, utf8, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';

/** A seed, sealed. */
export interface WrappedSeed {
  readonly wrappingKey: CryptoKey;
  /** 12 bytes. */
  readonly iv: Bytes;
  /** 48 bytes: seed and tag. */
  readonly sealedSeed: Bytes;
}

/** WebCrypto holds the private half and never shows it. */
export interface NativeKey {
  readonly kind: 'native';
  /** 32 bytes. */
  readonly publicKey: Bytes;
  readonly privateKey: CryptoKey;
  /** Not there in keys made before there were backups: they stay where they are. */
  readonly seed?: WrappedSeed;
}

/** The browser has not the curve: the seed is all there is. */
export interface WrappedKey extends WrappedSeed {
  readonly kind: 'wrapped';
  /** 32 bytes. */
  readonly publicKey: Bytes;
}

export type StoredKey = NativeKey | WrappedKey;
export type Curve = 'Ed25519' | 'X25519';

/** How a key of `curve` is made. */
export interface KeyMaking {
  readonly curve: Curve;
  readonly publicKeyOf: (seed: Bytes) => Bytes;
  /** A wrapped seed even where WebCrypto has the curve: for tests of the other path. */
  readonly fallback?: boolean;
}

/** PKCS #8 in front of a seed (RFC 8410 §7). */
const pkcs8Heads: Readonly<Record<Curve, Bytes>> = {
  Ed25519: fromHex('302e020100300506032b657004220420'),
  X25519: fromHex('302e020100300506032b656e04220420'),
};

/** A new key. */
export async function createKey(making: KeyMaking): Promise<StoredKey> {
  const seed = random(32);
  try {
    return await storeSeed(making, seed);
  } finally {
    wipe(seed);
  }
}

/** The key of a seed of 32 bytes, which the caller wipes. */
export async function storeSeed(making: KeyMaking, seed: Bytes): Promise<StoredKey> {
  if (seed.length !== 32) throw new CryptoError('malformed', `a seed of ${seed.length} bytes`);
  const { curve, publicKeyOf, fallback = false } = making;
  const publicKey = publicKeyOf(seed);
  const wrapped = await wrap(curve, seed);
  const privateKey = fallback ? undefined : await importNative(curve, seed);
  return privateKey === undefined
    ? { kind: 'wrapped', publicKey, ...wrapped }
    : { kind: 'native', publicKey, privateKey, seed: wrapped };
}

/**
 * Unwraps the seed, lends it to `use` and wipes it. Throws `CryptoError`: `not_opened` if it does not open, `unsupported` for a key that
 * was made without one.
 */
export async function useSeed<T>(curve: Curve, stored: StoredKey, use: (seed: Bytes) => T): Promise<T> {
  const wrapped = stored.kind === 'wrapped' ? stored : stored.seed;
  if (wrapped === undefined) throw new CryptoError('unsupported', 'a key without a seed');
  const algorithm = wrapping(curve, wrapped.iv);
  const opened = await crypto.subtle.decrypt(algorithm, wrapped.wrappingKey, wrapped.sealedSeed).catch(() => {
    throw new CryptoError('not_opened', 'the stored seed does not open');
  });
  const seed = new Uint8Array(opened);
  try {
    return use(seed);
  } finally {
    wipe(seed);
  }
}

async function wrap(curve: Curve, seed: Bytes): Promise<WrappedSeed> {
  const usages: KeyUsage[] = ['encrypt', 'decrypt'];
  const wrappingKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, usages);
  const iv = random(12);
  const sealed = await crypto.subtle.encrypt(wrapping(curve, iv), wrappingKey, seed);
  return { wrappingKey, iv, sealedSeed: new Uint8Array(sealed) };
}

/** Undefined where WebCrypto does not have the curve. */
async function importNative(curve: Curve, seed: Bytes): Promise<CryptoKey | undefined> {
  const pkcs8 = concat(pkcs8Heads[curve], seed);
  const usages: KeyUsage[] = curve === 'Ed25519' ? ['sign'] : ['deriveBits'];
  try {
    return await crypto.subtle.importKey('pkcs8', pkcs8, curve, false, usages);
  } catch {
    return undefined;
  } finally {
    wipe(pkcs8);
  }
}

function wrapping(curve: Curve, iv: Bytes): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: utf8(`Aparté/1 ${curve} seed`) };
}
