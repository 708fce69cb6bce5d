// Key packages (RFC 9420 §10): what somebody publishes so that they can be added without being there. Who makes one keeps the two
// private keys; welcome.ts reads with them.
import { random, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { encode, opaque, struct, u16, type Codec } from './codec.ts';
import type { Capabilities, Credential } from './credential.ts';
import { extensions, type Extension } from './extension.ts';
import { isSame } from './key-set.ts';
import { refHash, signWithLabel, verifyWithLabel } from './labels.ts';
import { leafNode, signLeafNode, type LeafNode, type Lifetime } from './leaf-node.ts';
import type { CipherSuite, KeyPair } from './suite.ts';

/** RFC 9420 §17 `mls10`. */
export const protocolVersion = 1;

interface KeyPackageContent {
  readonly version: number;
  readonly cipherSuite: number;
  readonly initKey: Bytes;
  readonly leafNode: LeafNode;
  readonly extensions: readonly Extension[];
}

export interface KeyPackage extends KeyPackageContent {
  readonly signature: Bytes;
}

/** What the maker of a key package keeps. */
export interface KeyPackageSecrets {
  readonly initPrivateKey: Bytes;
  readonly encryptionPrivateKey: Bytes;
  readonly signaturePrivateKey: Bytes;
}

const contentFields = { version: u16, cipherSuite: u16, initKey: opaque, leafNode, extensions };
const keyPackageContent: Codec<KeyPackageContent> = struct(contentFields);
export const keyPackage: Codec<KeyPackage> = struct({ ...contentFields, signature: opaque });

/** Makes a key package with fresh init and encryption keys. */
export function createKeyPackage(
  suite: CipherSuite,
  me: { readonly credential: Credential; readonly signatureKeys: KeyPair },
  given: { readonly capabilities: Capabilities; readonly lifetime: Lifetime },
): { keyPackage: KeyPackage; secrets: KeyPackageSecrets } {
  const init = suite.kem.deriveKeyPair(random(suite.hashBytes));
  const encryption = suite.kem.deriveKeyPair(random(suite.hashBytes));
  const leaf = signLeafNode(
    suite,
    {
      encryptionKey: encryption.publicKey,
      signatureKey: me.signatureKeys.publicKey,
      credential: me.credential,
      capabilities: given.capabilities,
      source: { kind: 'key_package', lifetime: given.lifetime },
      extensions: [],
    },
    { signaturePrivateKey: me.signatureKeys.privateKey },
  );
  const content = {
    version: protocolVersion,
    cipherSuite: suite.id,
    initKey: init.publicKey,
    leafNode: leaf,
    extensions: [],
  };
  return {
    keyPackage: signKeyPackage(suite, content, me.signatureKeys.privateKey),
    secrets: {
      initPrivateKey: init.privateKey,
      encryptionPrivateKey: encryption.privateKey,
      signaturePrivateKey: me.signatureKeys.privateKey.slice(),
    },
  };
}

/** KeyPackageTBS, signed by the leaf's key (§10). */
export function signKeyPackage(
  suite: CipherSuite,
  content: KeyPackageContent,
  signaturePrivateKey: Bytes,
): KeyPackage {
  const tbs = encode(keyPackageContent, content);
  return {
    ...content,
    signature: signWithLabel(suite, signaturePrivateKey, { label: 'KeyPackageTBS', content: tbs }),
  };
}

/** `KeyPackageRef` (§5.2). */
export function keyPackageRef(suite: CipherSuite, value: KeyPackage): Bytes {
  return refHash(suite, 'MLS 1.0 KeyPackage Reference', encode(keyPackage, value));
}

/**
 * §10.1 but for the leaf, which leaf-validation.ts judges: version, suite, signature, and an init key that is not the leaf's.
 * Throws `CryptoError`: `unsupported`, `bad_signature`, `malformed`, `duplicate_leaf`.
 */
export async function validateKeyPackage(suite: CipherSuite, value: KeyPackage): Promise<void> {
  if (value.version !== protocolVersion || value.cipherSuite !== suite.id) {
    throw new CryptoError('unsupported', 'a key package of another version or suite');
  }
  suite.kem.checkPublicKey(value.initKey);
  if (isSame(value.initKey, value.leafNode.encryptionKey)) {
    throw new CryptoError('duplicate_leaf', 'a key package whose init key is its encryption key');
  }
  await verifyWithLabel(suite, {
    publicKey: value.leafNode.signatureKey,
    label: 'KeyPackageTBS',
    content: encode(keyPackageContent, value),
    signature: value.signature,
  });
}
