// The labelled forms of signing, hashing, deriving and encrypting (RFC 9420 §5.1.2, §5.1.3, §5.2, §8): every use of a key in MLS
// goes through one of them, so no signature, secret or ciphertext can stand in for another.
import { utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { encode, opaque, struct, u16, u32, type Codec } from './codec.ts';
import { open, seal, type HpkeCiphertext } from './hpke.ts';
import type { CipherSuite, KeyPair } from './suite.ts';

const prefix = 'MLS 1.0 ';
const nothing = new Uint8Array(0);

interface Labelled {
  readonly label: Bytes;
  readonly content: Bytes;
}

/** SignContent, EncryptContext (§5.1.2, §5.1.3) and, without the prefix, RefHashInput (§5.2): all `label<V> ‖ content<V>`. */
const labelled: Codec<Labelled> = struct({ label: opaque, content: opaque });

const kdfLabel: Codec<Labelled & { readonly length: number }> = struct({
  length: u16,
  label: opaque,
  content: opaque,
});

const withPrefix = (label: string): Bytes => utf8(prefix + label);

/** SignWithLabel (§5.1.2). */
export function signWithLabel(
  suite: CipherSuite,
  key: Bytes,
  given: { label: string; content: Bytes },
): Bytes {
  const { label, content } = given;
  return suite.signature.sign(key, encode(labelled, { label: withPrefix(label), content }));
}

/** What a signature is checked against. */
export interface Signed {
  readonly publicKey: Bytes;
  readonly label: string;
  readonly content: Bytes;
  readonly signature: Bytes;
}

/** VerifyWithLabel (§5.1.2). Throws `CryptoError('bad_signature')`. */
export async function verifyWithLabel(suite: CipherSuite, signed: Signed): Promise<void> {
  const content = encode(labelled, { label: withPrefix(signed.label), content: signed.content });
  if (!(await suite.signature.verify(signed.publicKey, content, signed.signature))) {
    throw new CryptoError('bad_signature', `${signed.label} is not signed by its key`);
  }
}

/** EncryptWithLabel (§5.1.3). Throws `CryptoError('malformed')` for a public key that is none. */
export function encryptWithLabel(
  suite: CipherSuite,
  publicKey: Bytes,
  given: { label: string; context: Bytes; text: Bytes },
): HpkeCiphertext {
  const info = encode(labelled, { label: withPrefix(given.label), content: given.context });
  return seal(suite, publicKey, { info, text: given.text });
}

/** DecryptWithLabel (§5.1.3). Throws `CryptoError`: `not_opened`, `malformed`. */
export function decryptWithLabel(
  suite: CipherSuite,
  keys: KeyPair,
  given: HpkeCiphertext & { label: string; context: Bytes },
): Bytes {
  const info = encode(labelled, { label: withPrefix(given.label), content: given.context });
  return open(suite, keys, { info, kemOutput: given.kemOutput, ciphertext: given.ciphertext });
}

/** ExpandWithLabel (§8). */
export function expandWithLabel(
  suite: CipherSuite,
  secret: Bytes,
  given: { label: string; context: Bytes; length: number },
): Bytes {
  const { label, context, length } = given;
  return suite.expand(
    secret,
    encode(kdfLabel, { length, label: withPrefix(label), content: context }),
    length,
  );
}

/** DeriveSecret (§8): `suite.hashBytes` long. */
export function deriveSecret(suite: CipherSuite, secret: Bytes, label: string): Bytes {
  return expandWithLabel(suite, secret, { label, context: nothing, length: suite.hashBytes });
}

/** DeriveTreeSecret (§9.1). */
export function deriveTreeSecret(
  suite: CipherSuite,
  secret: Bytes,
  given: { label: string; generation: number; length: number },
): Bytes {
  const context = encode(u32, given.generation);
  return expandWithLabel(suite, secret, { label: given.label, context, length: given.length });
}

/** RefHash (§5.2). The label is used as it is. */
export function refHash(suite: CipherSuite, label: string, value: Bytes): Bytes {
  return suite.hash(encode(labelled, { label: utf8(label), content: value }));
}
