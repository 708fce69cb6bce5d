// Leaf nodes (RFC 9420 §7.2): a member's keys, credential and capabilities, signed. Immutable, so their encoding is kept: a tree
// is hashed, compared and sent far more often than a leaf changes. Next: leaf-validation.ts says which are valid.
import { concat, type Bytes } from '../bytes.ts';
import { capabilities, credential, type Capabilities, type Credential } from './credential.ts';
import { encode, enumeration, nothing, opaque, select, struct, u32, u64, type Codec } from './codec.ts';
import { extensions, type Extension } from './extension.ts';
import { signWithLabel, verifyWithLabel } from './labels.ts';
import type { CipherSuite } from './suite.ts';
import type { LeafIndex } from './tree-math.ts';

/** §7.2: seconds since 1970. */
export interface Lifetime {
  readonly notBefore: bigint;
  readonly notAfter: bigint;
}

export type LeafNodeSource =
  | { readonly kind: 'key_package'; readonly lifetime: Lifetime }
  | { readonly kind: 'update' }
  | { readonly kind: 'commit'; readonly parentHash: Bytes };

/** All of a leaf but its signature. */
export interface LeafContent {
  readonly encryptionKey: Bytes;
  readonly signatureKey: Bytes;
  readonly credential: Credential;
  readonly capabilities: Capabilities;
  readonly source: LeafNodeSource;
  readonly extensions: readonly Extension[];
}

export interface LeafNode extends LeafContent {
  readonly signature: Bytes;
}

/** Where a leaf of an update or a commit stands; one of a key package stands nowhere yet. */
export interface LeafPlace {
  readonly groupId: Bytes;
  readonly leafIndex: LeafIndex;
}

const source: Codec<LeafNodeSource> = select(
  'kind',
  enumeration<LeafNodeSource['kind']>(1, { key_package: 1, update: 2, commit: 3 }),
  {
    key_package: struct({ lifetime: struct<Lifetime>({ notBefore: u64, notAfter: u64 }) }),
    update: nothing,
    commit: struct({ parentHash: opaque }),
  },
);

const contentFields = {
  encryptionKey: opaque,
  signatureKey: opaque,
  credential,
  capabilities,
  source,
  extensions,
};

const leafContent: Codec<LeafContent> = struct(contentFields);
const plainLeafNode: Codec<LeafNode> = struct({ ...contentFields, signature: opaque });
const leafPlace: Codec<LeafPlace> = struct({ groupId: opaque, leafIndex: u32 });

const encodings = new WeakMap<LeafNode, Bytes>();

export const leafNode: Codec<LeafNode> = {
  write: (to, value) => to.raw(encodedLeafNode(value)),
  read: (from) => {
    const at = from.at;
    const value = plainLeafNode.read(from);
    encodings.set(value, from.since(at));
    return value;
  },
};

/** The leaf's encoding; not to be changed. */
export function encodedLeafNode(leaf: LeafNode): Bytes {
  let encoded = encodings.get(leaf);
  if (encoded === undefined) {
    encoded = encode(plainLeafNode, leaf);
    encodings.set(leaf, encoded);
  }
  return encoded;
}

/** Signs a leaf (§7.2 LeafNodeTBS). `place` is needed for all but leaves of key packages. */
export function signLeafNode(
  suite: CipherSuite,
  content: LeafContent,
  by: { readonly signaturePrivateKey: Bytes; readonly place?: LeafPlace },
): LeafNode {
  const signed = toBeSigned(content, by.place);
  const signature = signWithLabel(suite, by.signaturePrivateKey, { label: 'LeafNodeTBS', content: signed });
  return { ...content, signature };
}

/** Throws `CryptoError('bad_signature')`. */
export function verifyLeafNode(suite: CipherSuite, leaf: LeafNode, place: LeafPlace): Promise<void> {
  const content = toBeSigned(leaf, place);
  return verifyWithLabel(suite, {
    publicKey: leaf.signatureKey,
    label: 'LeafNodeTBS',
    content,
    signature: leaf.signature,
  });
}

function toBeSigned(content: LeafContent, place: LeafPlace | undefined): Bytes {
  const encoded = encode(leafContent, content);
  if (content.source.kind === 'key_package') return encoded;
  if (place === undefined) throw new TypeError('a leaf of an update or commit is signed for its place');
  return concat(encoded, encode(leafPlace, place));
}
