// A private key as it lies in IndexedDB (protocol.md I1): a non-extractable WebCrypto key, or, where the browser lacks
// the curve, a seed wrapped by a non-extractable AES-256-GCM key. Both are structured-cloneable. index.ts and
// inbox-key.ts make them; the wrapped seed is in clear only inside `useSeed`.
import { random, utf8, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';

/** WebCrypto holds the private half and never shows it. */
export interface NativeKey {
  readonly kind: 'native';
  /** 32 bytes. */
  readonly publicKey: Bytes;
  readonly privateKey: CryptoKey;
}

/** The private half is a seed of 32 bytes, sealed. */
export interface WrappedKey {
  readonly kind: 'wrapped';
  /** 32 bytes. */
  readonly publicKey: Bytes;
  readonly wrappingKey: CryptoKey;
  /** 12 bytes. */
  readonly iv: Bytes;
  /** 48 bytes: seed and tag. */
  readonly sealedSeed: Bytes;
}

export type StoredKey = NativeKey | WrappedKey;
export type Curve = 'Ed25519' | 'X25519';

/** A native key pair of `curve`, or undefined where WebCrypto does not have it. */
export async function createNative(curve: Curve): Promise<NativeKey | undefined> {
  try {
    const usages: KeyUsage[] = curve === 'Ed25519' ? ['sign', 'verify'] : ['deriveBits'];
    const pair = (await crypto.subtle.generateKey(curve, false, usages)) as CryptoKeyPair;
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    return { kind: 'native', publicKey, privateKey: pair.privateKey };
  } catch {
    return undefined;
  }
}

/** A random seed whose public key is `publicKeyOf(seed)`, wrapped for keeping. */
export async function createWrapped(curve: Curve, publicKeyOf: (seed: Bytes) => Bytes): Promise<WrappedKey> {
  const wrappingKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const seed = random(32);
  try {
    const publicKey = publicKeyOf(seed);
    const iv = random(12);
    const sealed = await crypto.subtle.encrypt(wrapping(curve, iv), wrappingKey, seed);
    return { kind: 'wrapped', publicKey, wrappingKey, iv, sealedSeed: new Uint8Array(sealed) };
  } finally {
    wipe(seed);
  }
}

/** Unwraps the seed, lends it to `use` and wipes it. Throws `CryptoError('not_opened')` if it does not open. */
export async function useSeed<T>(curve: Curve, stored: WrappedKey, use: (seed: Bytes) => T): Promise<T> {
  const algorithm = wrapping(curve, stored.iv);
  const opened = await crypto.subtle.decrypt(algorithm, stored.wrappingKey, stored.sealedSeed).catch(() => {
    throw new CryptoError('not_opened', 'the stored seed does not open');
  });
  const seed = new Uint8Array(opened);
  try {
    return use(seed);
  } finally {
    wipe(seed);
  }
}

function wrapping(curve: Curve, iv: Bytes): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: utf8(`Aparté/1 ${curve} seed`) };
}
