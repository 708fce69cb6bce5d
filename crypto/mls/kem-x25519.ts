// DHKEM(X25519, HKDF-SHA256) (RFC 9180 §4.1, §7.1) and which X25519 keys may stand in a tree. A key of small order makes every
// encryption to it fail, for whoever commits next: refused when it arrives, by everybody alike.
import { x25519 } from '@noble/curves/ed25519.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, fromHex, random, uint, utf8, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { Kem } from './suite.ts';

const keyBytes = 32;
const suiteId = concat(utf8('KEM'), uint(0x0020, 2));
const versionLabel = utf8('HPKE-v1');
const nothing = new Uint8Array(0);

/**
 * u = 0, 1, the two of order 8, p − 1, and p and p + 1, which decode as 0 and 1. Little-endian, top bit clear: complete for RFC
 * 7748's decoding, which ignores that bit.
 */
const smallOrder = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(fromHex);

export const x25519Kem: Kem = {
  id: 0x0020,
  publicKeyBytes: keyBytes,
  outputBytes: keyBytes,

  deriveKeyPair(ikm) {
    const prk = labeledExtract('dkp_prk', ikm);
    const privateKey = labeledExpand(prk, 'sk', { info: nothing, length: keyBytes });
    wipe(prk);
    return { privateKey, publicKey: publicKeyOf(privateKey) };
  },

  encap(publicKey) {
    const ephemeral = random(keyBytes);
    const output = publicKeyOf(ephemeral);
    const shared = agree(ephemeral, publicKey, concat(output, publicKey));
    wipe(ephemeral);
    return { shared, output };
  },

  decap({ privateKey, publicKey }, output) {
    return agree(privateKey, output, concat(output, publicKey));
  },

  publicKeyOf,

  checkPublicKey(publicKey) {
    if (publicKey.length !== keyBytes) {
      throw new CryptoError('malformed', `an encryption key of ${publicKey.length} bytes`);
    }
    const masked = publicKey.slice();
    masked[31] = (publicKey[31] as number) & 0x7f;
    if (smallOrder.some((key) => equal(masked, key))) {
      throw new CryptoError('malformed', 'an encryption key of small order');
    }
  },
};

function publicKeyOf(privateKey: Bytes): Bytes {
  return x25519.getPublicKey(privateKey);
}

function agree(privateKey: Bytes, publicKey: Bytes, context: Bytes): Bytes {
  x25519Kem.checkPublicKey(publicKey);
  return sharedFrom(x25519.getSharedSecret(privateKey, publicKey), context);
}

/**
 * Encap's and Decap's second half, from the Diffie-Hellman value to the shared secret, with `context` = KEM output ‖ recipient's
 * public key. Exported for keys that agree without being seen (crypto/group/inbox.ts). Wipes `dh`.
 */
export function sharedFrom(dh: Bytes, context: Bytes): Bytes {
  const prk = labeledExtract('eae_prk', dh);
  const shared = labeledExpand(prk, 'shared_secret', { info: context, length: 32 });
  wipe(dh, prk);
  return shared;
}

function labeledExtract(label: string, ikm: Bytes): Bytes {
  return extract(sha256, concat(versionLabel, suiteId, utf8(label), ikm), nothing);
}

function labeledExpand(prk: Bytes, label: string, given: { info: Bytes; length: number }): Bytes {
  const info = concat(uint(given.length, 2), versionLabel, suiteId, utf8(label), given.info);
  return expand(sha256, prk, info, given.length);
}
