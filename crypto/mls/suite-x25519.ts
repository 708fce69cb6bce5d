// Cipher suite 1, MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519 (RFC 9420 §17.1), on @noble, whose keys are bytes that can be
// wiped; signatures are verified by crypto/identity, so that I3 is the one rule for them everywhere.
import { gcm } from '@noble/ciphers/aes.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { random } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { isAcceptablePoint } from '../identity/point.ts';
import { verify } from '../identity/verify.ts';
import { x25519Kem } from './kem-x25519.ts';
import type { Aead, CipherSuite, SignatureScheme } from './suite.ts';

const aes128gcm: Aead = {
  id: 0x0001,
  keyBytes: 16,
  nonceBytes: 12,
  tagBytes: 16,
  seal: ({ key, nonce }, text, aad) => gcm(key, nonce, aad).encrypt(text),
  open: ({ key, nonce }, ciphertext, aad) => {
    if (ciphertext.length < 16) throw new CryptoError('malformed', 'a ciphertext without a tag');
    try {
      return gcm(key, nonce, aad).decrypt(ciphertext);
    } catch {
      throw new CryptoError('not_opened', 'the AEAD did not open');
    }
  },
};

const signature: SignatureScheme = {
  publicKeyBytes: 32,
  generateKeyPair: () => {
    const privateKey = random(32);
    return { privateKey, publicKey: ed25519.getPublicKey(privateKey) };
  },
  publicKeyOf: (privateKey) => ed25519.getPublicKey(privateKey),
  sign: (privateKey, message) => ed25519.sign(message, privateKey),
  verify,
  checkPublicKey: (publicKey) => {
    if (!isAcceptablePoint(publicKey)) throw new CryptoError('malformed', 'a signature key that is none');
  },
};

export const suiteX25519: CipherSuite = {
  id: 0x0001,
  name: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519',
  hashBytes: 32,
  kdfId: 0x0001,
  kem: x25519Kem,
  aead: aes128gcm,
  signature,
  hash: (data) => sha256(data),
  mac: (key, data) => hmac(sha256, key, data),
  extract: (salt, ikm) => extract(sha256, ikm, salt),
  expand: (secret, info, length) => expand(sha256, secret, info, length),
};
