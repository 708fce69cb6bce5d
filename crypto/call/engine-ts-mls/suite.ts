// Cipher suite 1 for the library (protocol.md C1): every primitive from @noble, signatures checked by crypto/identity so
// that I3 holds for MLS too. The library's own providers are not used: their Ed25519 is WebCrypto's or @noble's lenient
// `verify`, and theirs for WebCrypto needs X25519 and Ed25519 in the browser. Stateless; nothing runs when it is imported.
import { gcm } from '@noble/ciphers/aes.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type {
  CiphersuiteImpl,
  ClientConfig,
  Hash,
  Hpke,
  Kdf,
  PrivateKey,
  PublicKey,
  Signature,
} from 'ts-mls';
import { defaultAuthenticationService } from 'ts-mls/authenticationService.js';
import { defaultKeyPackageEqualityConfig } from 'ts-mls/keyPackageEqualityConfig.js';
import { defaultKeyRetentionConfig } from 'ts-mls/keyRetentionConfig.js';
import { defaultLifetimeConfig } from 'ts-mls/lifetimeConfig.js';
import { CryptoError as MlsCryptoError } from 'ts-mls/mlsError.js';
import { defaultPaddingConfig } from 'ts-mls/paddingConfig.js';
import { equal, random, type Bytes } from '../../bytes.ts';
import { verify } from '../../identity/verify.ts';
import {
  aeadKeyBytes,
  deriveKeyPair,
  keyBytes,
  nonceBytes,
  open,
  receiveExport,
  seal,
  sendExport,
} from './hpke.ts';

export const suiteName = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519';

/** Bytes that the library types as `Uint8Array` over any buffer. It never uses shared buffers. */
export const own = (bytes: Uint8Array): Bytes => bytes as Bytes;

// The library types HPKE keys as CryptoKey but only ever passes them on: ours are bytes.
const publicOf = (key: PublicKey): Bytes => key as unknown as Bytes;
const privateOf = (key: PrivateKey): Bytes => key as unknown as Bytes;
const asPublic = (bytes: Bytes): PublicKey => bytes as unknown as PublicKey;
const asPrivate = (bytes: Bytes): PrivateKey => bytes as unknown as PrivateKey;
const nothing = new Uint8Array(0);

const hash: Hash = {
  digest: (data) => Promise.resolve(sha256(data)),
  mac: (key, data) => Promise.resolve(hmac(sha256, key, data)),
  verifyMac: (key, mac, data) => Promise.resolve(equal(mac, hmac(sha256, key, data))),
};

const kdf: Kdf = {
  extract: (salt, ikm) => Promise.resolve(extract(sha256, ikm, salt)),
  expand: (prk, info, length) => Promise.resolve(expand(sha256, prk, info, length)),
  size: 32,
};

const signature: Signature = {
  sign: (seed, message) => Promise.resolve(ed25519.sign(message, seed)),
  verify: (publicKey, message, signed) => verify(own(publicKey), own(message), own(signed)),
  keygen: () => {
    const signKey = random(32);
    return Promise.resolve({ signKey, publicKey: ed25519.getPublicKey(signKey) });
  },
};

/* eslint-disable max-params -- the library's interface */
const hpke: Hpke = {
  open: (key, enc, ct, info, aad = nothing) => opening(() => open(privateOf(key), { enc, ct, info, aad })),
  seal: (key, plaintext, info, aad = nothing) => opening(() => seal(publicOf(key), { plaintext, info, aad })),
  exportSecret: (key, context, bytes, info) =>
    opening(() => sendExport(publicOf(key), { context, bytes, info })),
  importSecret: (key, context, enc, bytes, info) =>
    opening(() => receiveExport(privateOf(key), { enc, context, bytes, info })),
  importPrivateKey: (key) => Promise.resolve(asPrivate(own(key))),
  importPublicKey: (key) => Promise.resolve(asPublic(own(key))),
  exportPrivateKey: (key) => Promise.resolve(privateOf(key)),
  exportPublicKey: (key) => Promise.resolve(publicOf(key)),
  encryptAead: (key, nonce, aad, text) => opening(() => gcm(key, nonce, aad ?? nothing).encrypt(text)),
  decryptAead: (key, nonce, aad, text) => opening(() => gcm(key, nonce, aad ?? nothing).decrypt(text)),
  deriveKeyPair: (ikm) => Promise.resolve(keyPair(deriveKeyPair(ikm))),
  generateKeyPair: () => Promise.resolve(keyPair(deriveKeyPair(random(keyBytes)))),
  keyLength: aeadKeyBytes,
  nonceLength: nonceBytes,
};
/* eslint-enable max-params */

export const suite: CiphersuiteImpl = {
  name: suiteName,
  hash,
  kdf,
  signature,
  hpke,
  rng: { randomBytes: random },
};

/** The library's settings. Credentials are checked by acceptable.ts before it sees them, so it is told to trust them. */
export const clientConfig: ClientConfig = {
  authService: defaultAuthenticationService,
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  keyRetentionConfig: defaultKeyRetentionConfig,
  lifetimeConfig: defaultLifetimeConfig,
  paddingConfig: defaultPaddingConfig,
};

/** The X25519 public key of a private one, 32 bytes. */
export function encryptionKeyOf(privateKey: Uint8Array): Bytes {
  return x25519.getPublicKey(privateKey);
}

/** @noble throws plain errors for a tag that does not verify: here as the library's, which refusals.ts knows. */
async function opening<T>(step: () => T): Promise<T> {
  try {
    return await Promise.resolve(step());
  } catch {
    throw new MlsCryptoError('HPKE refused');
  }
}

function keyPair(pair: { privateKey: Bytes; publicKey: Bytes }): {
  privateKey: PrivateKey;
  publicKey: PublicKey;
} {
  return { privateKey: asPrivate(pair.privateKey), publicKey: asPublic(pair.publicKey) };
}
