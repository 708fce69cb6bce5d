// HPKE (RFC 9180) in the one mode and suite that MLS' suite 1 needs: base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
// AES-128-GCM, single messages. On @noble, because WebCrypto lacks X25519 where it lacks Ed25519 (I1), and because keys
// as bytes can be wiped. suite.ts hands it to the library; hpke.test.ts compares it with @hpke/core.
import { gcm } from '@noble/ciphers/aes.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, random, uint, utf8, wipe, type Bytes } from '../../bytes.ts';

export const keyBytes = 32;
export const tagBytes = 16;
export const aeadKeyBytes = 16;
export const nonceBytes = 12;

// §4.1, §5.1: KEM 0x0020, KDF 0x0001, AEAD 0x0001; §7.1.3 for DeriveKeyPair.
const kemSuite = concat(utf8('KEM'), uint(0x0020, 2));
const hpkeSuite = concat(utf8('HPKE'), uint(0x0020, 2), uint(0x0001, 2), uint(0x0001, 2));
const versionLabel = utf8('HPKE-v1');
const nothing = new Uint8Array(0);
const baseMode = uint(0, 1);

export interface KeyPair {
  readonly privateKey: Bytes;
  readonly publicKey: Bytes;
}

/** What a sender sends beside its ciphertext, and the context that both sides now share (§5.1). */
interface Context {
  readonly key: Bytes;
  readonly nonce: Bytes;
  readonly exporter: Bytes;
}

/** A key pair from secret input (§7.1.3). */
export function deriveKeyPair(ikm: Uint8Array): KeyPair {
  const prk = labeledExtract(kemSuite, nothing, 'dkp_prk', ikm);
  const privateKey = labeledExpand(kemSuite, prk, 'sk', nothing, keyBytes);
  wipe(prk);
  return { privateKey, publicKey: x25519.getPublicKey(privateKey) };
}

/** Encrypts one message to `publicKey` (§6.1). Throws on a public key of small order. */
export function seal(
  publicKey: Bytes,
  message: { readonly plaintext: Uint8Array; readonly info: Uint8Array; readonly aad: Uint8Array },
): { enc: Bytes; ct: Bytes } {
  const { enc, shared } = encapsulate(publicKey);
  const context = schedule(shared, message.info);
  const ct = gcm(context.key, context.nonce, message.aad).encrypt(message.plaintext) as Bytes;
  forget(context);
  return { enc, ct };
}

/** Decrypts one message (§6.1). Throws where it does not open. */
export function open(
  privateKey: Bytes,
  message: {
    readonly enc: Uint8Array;
    readonly ct: Uint8Array;
    readonly info: Uint8Array;
    readonly aad: Uint8Array;
  },
): Bytes {
  const context = schedule(decapsulate(privateKey, message.enc), message.info);
  try {
    return gcm(context.key, context.nonce, message.aad).decrypt(message.ct);
  } finally {
    forget(context);
  }
}

/** A secret that only the holder of `publicKey`'s private half can also get from `enc` (§6.2). */
export function sendExport(
  publicKey: Bytes,
  wanted: { readonly context: Uint8Array; readonly bytes: number; readonly info: Uint8Array },
): { enc: Bytes; secret: Bytes } {
  const { enc, shared } = encapsulate(publicKey);
  return { enc, secret: exportFrom(schedule(shared, wanted.info), wanted) };
}

/** The receiver's side of `sendExport` (§6.2). */
export function receiveExport(
  privateKey: Bytes,
  wanted: {
    readonly enc: Uint8Array;
    readonly context: Uint8Array;
    readonly bytes: number;
    readonly info: Uint8Array;
  },
): Bytes {
  return exportFrom(schedule(decapsulate(privateKey, wanted.enc), wanted.info), wanted);
}

function exportFrom(
  context: Context,
  wanted: { readonly context: Uint8Array; readonly bytes: number },
): Bytes {
  const secret = labeledExpand(hpkeSuite, context.exporter, 'sec', wanted.context, wanted.bytes);
  forget(context);
  return secret;
}

/** §4.1 Encap. `x25519.getSharedSecret` refuses an all-zero result, as §7.1.4 asks. */
function encapsulate(publicKey: Bytes): { enc: Bytes; shared: Bytes } {
  const ephemeral = random(keyBytes);
  const enc = x25519.getPublicKey(ephemeral);
  const dh = x25519.getSharedSecret(ephemeral, publicKey);
  const shared = sharedSecret(dh, enc, publicKey);
  wipe(ephemeral, dh);
  return { enc, shared };
}

/** §4.1 Decap. */
function decapsulate(privateKey: Bytes, enc: Uint8Array): Bytes {
  const dh = x25519.getSharedSecret(privateKey, enc);
  const shared = sharedSecret(dh, enc, x25519.getPublicKey(privateKey));
  wipe(dh);
  return shared;
}

function sharedSecret(dh: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Bytes {
  const prk = labeledExtract(kemSuite, nothing, 'eae_prk', dh);
  const shared = labeledExpand(kemSuite, prk, 'shared_secret', concat(enc, recipient), 32);
  wipe(prk);
  return shared;
}

/** §5.1 KeySchedule in base mode: no pre-shared key. Wipes `shared`. */
function schedule(shared: Bytes, info: Uint8Array): Context {
  const pskIdHash = labeledExtract(hpkeSuite, nothing, 'psk_id_hash', nothing);
  const infoHash = labeledExtract(hpkeSuite, nothing, 'info_hash', info);
  const context = concat(baseMode, pskIdHash, infoHash);
  const secret = labeledExtract(hpkeSuite, shared, 'secret', nothing);
  const key = labeledExpand(hpkeSuite, secret, 'key', context, aeadKeyBytes);
  const nonce = labeledExpand(hpkeSuite, secret, 'base_nonce', context, nonceBytes);
  const exporter = labeledExpand(hpkeSuite, secret, 'exp', context, 32);
  wipe(secret, shared);
  return { key, nonce, exporter };
}

function forget(context: Context): void {
  wipe(context.key, context.nonce, context.exporter);
}

function labeledExtract(
  ...[suite, salt, label, ikm]: readonly [Bytes, Uint8Array, string, Uint8Array]
): Bytes {
  return extract(sha256, concat(versionLabel, suite, utf8(label), ikm), salt);
}

function labeledExpand(
  ...[suite, prk, label, info, length]: readonly [Bytes, Uint8Array, string, Uint8Array, number]
): Bytes {
  return expand(sha256, prk, concat(uint(length, 2), versionLabel, suite, utf8(label), info), length);
}
