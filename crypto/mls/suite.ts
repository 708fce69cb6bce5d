// What a cipher suite is to the rest of this folder (RFC 9420 §5.1). suite-x25519.ts is suite 1; another KEM (X-Wing, say) is
// another object of this type, nothing else: no size of a key or ciphertext is assumed anywhere but here.
import type { Bytes } from '../bytes.ts';

export interface KeyPair {
  readonly privateKey: Bytes;
  readonly publicKey: Bytes;
}

/** A key encapsulation mechanism as HPKE uses it (RFC 9180 §4). */
export interface Kem {
  /** RFC 9180 §7.1. */
  readonly id: number;
  readonly publicKeyBytes: number;
  readonly outputBytes: number;
  /** §7.1.3, from input keying material of at least 32 bytes. */
  deriveKeyPair(ikm: Bytes): KeyPair;
  /** A shared secret and what only the holder of `publicKey` gets it back from. Throws `CryptoError('malformed')` for a key that no honest peer has. */
  encap(publicKey: Bytes): { readonly shared: Bytes; readonly output: Bytes };
  /** Throws `CryptoError('malformed')` where `output` cannot come from an honest sender. `keys` is trusted to be a pair. */
  decap(keys: KeyPair, output: Bytes): Bytes;
  /** The public key of a private one. */
  publicKeyOf(privateKey: Bytes): Bytes;
  /** Throws `CryptoError('malformed')` unless `publicKey` may stand in a tree: right size, not of small order. */
  checkPublicKey(publicKey: Bytes): void;
}

export interface Aead {
  /** RFC 9180 §7.3. */
  readonly id: number;
  readonly keyBytes: number;
  readonly nonceBytes: number;
  readonly tagBytes: number;
  seal(keys: AeadKeys, text: Bytes, aad: Bytes): Bytes;
  /** Throws `CryptoError('not_opened')`. */
  open(keys: AeadKeys, ciphertext: Bytes, aad: Bytes): Bytes;
}

export interface AeadKeys {
  readonly key: Bytes;
  readonly nonce: Bytes;
}

export interface SignatureScheme {
  readonly publicKeyBytes: number;
  generateKeyPair(): KeyPair;
  publicKeyOf(privateKey: Bytes): Bytes;
  sign(privateKey: Bytes, message: Bytes): Bytes;
  /** Never throws for wrong bytes. WebCrypto where it can, hence asynchronous. */
  verify(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean>;
  /** Throws `CryptoError('malformed')` for a key that no signature is valid under. */
  checkPublicKey(publicKey: Bytes): void;
}

export interface CipherSuite {
  /** RFC 9420 §17.1. */
  readonly id: number;
  readonly name: string;
  /** Size of a hash, of a MAC and of every secret: `KDF.Nh`, in bytes. */
  readonly hashBytes: number;
  /** RFC 9180 §7.2. */
  readonly kdfId: number;
  readonly kem: Kem;
  readonly aead: Aead;
  readonly signature: SignatureScheme;
  hash(data: Bytes): Bytes;
  mac(key: Bytes, data: Bytes): Bytes;
  extract(salt: Bytes, ikm: Bytes): Bytes;
  expand(secret: Bytes, info: Bytes, length: number): Bytes;
}
