// HPKE (RFC 9180) in base mode for single messages and exports, on a suite's KEM, KDF and AEAD. RFC 9420 needs no more of it:
// EncryptWithLabel (§5.1.3, in labels.ts) and external initialisation (§8.3).
import { concat, uint, utf8, wipe, type Bytes } from '../bytes.ts';
import type { AeadKeys, CipherSuite, KeyPair } from './suite.ts';

const versionLabel = utf8('HPKE-v1');
const nothing = new Uint8Array(0);
const baseMode = uint(0, 1);

/** RFC 9420 §7.6 HPKECiphertext. */
export interface HpkeCiphertext {
  readonly kemOutput: Bytes;
  readonly ciphertext: Bytes;
}

/** What sender and receiver share (§5.1). */
interface Context extends AeadKeys {
  readonly exporter: Bytes;
}

/** Encrypts one message to `publicKey` (§6.1), without AAD. Throws `CryptoError('malformed')` for a key of small order. */
export function seal(
  suite: CipherSuite,
  publicKey: Bytes,
  given: { info: Bytes; text: Bytes },
): HpkeCiphertext {
  return sealShared(suite, suite.kem.encap(publicKey), given);
}

/** Decrypts one message (§6.1). Throws `CryptoError`: `not_opened`, `malformed`. */
export function open(suite: CipherSuite, keys: KeyPair, given: HpkeCiphertext & { info: Bytes }): Bytes {
  return openShared(suite, suite.kem.decap(keys, given.kemOutput), given);
}

/** `seal` after an encapsulation, also one that the KEM had no private key in hand for. Wipes `shared`. */
export function sealShared(
  suite: CipherSuite,
  { shared, output }: { readonly shared: Bytes; readonly output: Bytes },
  given: { info: Bytes; text: Bytes },
): HpkeCiphertext {
  const context = schedule(suite, shared, given.info);
  const ciphertext = suite.aead.seal(context, given.text, nothing);
  forget(context);
  return { kemOutput: output, ciphertext };
}

/** `open` after a decapsulation. Wipes `shared`. Throws as `open` does. */
export function openShared(
  suite: CipherSuite,
  shared: Bytes,
  given: Pick<HpkeCiphertext, 'ciphertext'> & { info: Bytes },
): Bytes {
  const context = schedule(suite, shared, given.info);
  try {
    return suite.aead.open(context, given.ciphertext, nothing);
  } finally {
    forget(context);
  }
}

/** A secret of `suite.hashBytes` that only the holder of `publicKey`'s private half also gets, from `kemOutput` (§6.2). */
export function sendExport(
  suite: CipherSuite,
  publicKey: Bytes,
  label: string,
): { readonly kemOutput: Bytes; readonly secret: Bytes } {
  const { shared, output } = suite.kem.encap(publicKey);
  return { kemOutput: output, secret: exportFrom(suite, schedule(suite, shared, nothing), label) };
}

/** The receiver's side of `sendExport` (§6.2). Throws `CryptoError('malformed')`. */
export function receiveExport(
  suite: CipherSuite,
  keys: KeyPair,
  given: { kemOutput: Bytes; label: string },
): Bytes {
  return exportFrom(suite, schedule(suite, suite.kem.decap(keys, given.kemOutput), nothing), given.label);
}

function exportFrom(suite: CipherSuite, context: Context, label: string): Bytes {
  const length = suite.hashBytes;
  const secret = labeledExpand(suite, context.exporter, { label: 'sec', info: utf8(label), length });
  forget(context);
  return secret;
}

/** §5.1 KeySchedule in base mode. Wipes `shared`. */
function schedule(suite: CipherSuite, shared: Bytes, info: Bytes): Context {
  const pskIdHash = labeledExtract(suite, nothing, { label: 'psk_id_hash', ikm: nothing });
  const infoHash = labeledExtract(suite, nothing, { label: 'info_hash', ikm: info });
  const context = concat(baseMode, pskIdHash, infoHash);
  const secret = labeledExtract(suite, shared, { label: 'secret', ikm: nothing });
  const { keyBytes, nonceBytes } = suite.aead;
  const key = labeledExpand(suite, secret, { label: 'key', info: context, length: keyBytes });
  const nonce = labeledExpand(suite, secret, { label: 'base_nonce', info: context, length: nonceBytes });
  const exporter = labeledExpand(suite, secret, { label: 'exp', info: context, length: suite.hashBytes });
  wipe(secret, shared);
  return { key, nonce, exporter };
}

function forget(context: Context): void {
  wipe(context.key, context.nonce, context.exporter);
}

function suiteId(suite: CipherSuite): Bytes {
  return concat(utf8('HPKE'), uint(suite.kem.id, 2), uint(suite.kdfId, 2), uint(suite.aead.id, 2));
}

function labeledExtract(suite: CipherSuite, salt: Bytes, given: { label: string; ikm: Bytes }): Bytes {
  return suite.extract(salt, concat(versionLabel, suiteId(suite), utf8(given.label), given.ikm));
}

function labeledExpand(
  suite: CipherSuite,
  secret: Bytes,
  given: { label: string; info: Bytes; length: number },
): Bytes {
  const { label, info, length } = given;
  return suite.expand(
    secret,
    concat(uint(length, 2), versionLabel, suiteId(suite), utf8(label), info),
    length,
  );
}
