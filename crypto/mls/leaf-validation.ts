// Which leaf nodes are valid (RFC 9420 §7.3), for a leaf of a key package, an Update, a path, or a tree that is new to us.
import { CryptoError } from '../errors.ts';
import type { Application } from './application.ts';
import { credentialTypes } from './credential.ts';
import {
  defaultExtensionTypes,
  extensionTypes,
  findExtension,
  requiredCapabilities,
  type Extension,
} from './extension.ts';
import type { GroupContext } from './group-context.ts';
import { protocolVersion } from './key-package.ts';
import { isSame } from './key-set.ts';
import { verifyLeafNode, type LeafNode, type LeafNodeSource } from './leaf-node.ts';
import { proposalTypes } from './proposal.ts';
import type { RatchetTree } from './ratchet-tree.ts';
import type { CipherSuite } from './suite.ts';
import type { LeafIndex } from './tree-math.ts';

/** The longest lifetime of a key package that is accepted where the application names none (§7.2): 12 weeks and a day's worth of clocks that differ. */
export const maxLifetimeSeconds = BigInt((12 * 7 + 1) * 24 * 3600);

const defaultProposalTypes: readonly number[] = Object.values(proposalTypes);

/** Where a leaf turned up. */
export interface LeafStanding {
  readonly index: LeafIndex;
  /** What its source must be; undefined in a tree, where all three occur. */
  readonly source?: LeafNodeSource['kind'];
  readonly context: Pick<GroupContext, 'groupId' | 'extensions'>;
}

/**
 * All of §7.3 but uniqueness, which `refuseTakenKeys` and `refuseDoubleKeys` see to. Throws `CryptoError`: `malformed`, `unsupported`,
 * `not_allowed`, `expired`, `bad_signature`, and what `application.authenticate` throws.
 */
export async function validateLeaf(
  suite: CipherSuite,
  leaf: LeafNode,
  given: { readonly standing: LeafStanding; readonly application: Application },
): Promise<void> {
  const { index, context } = given.standing;
  checkShape(suite, leaf, given.standing);
  checkLifetime(leaf, given.application);
  await verifyLeafNode(suite, leaf, { groupId: context.groupId, leafIndex: index });
  await given.application.authenticate(leaf, index);
}

/** Whether a leaf can do what the group's extensions ask (§7.3, §11.1). Throws `CryptoError('unsupported')`. */
export function checkCapabilities({ capabilities }: LeafNode, extensions: readonly Extension[]): void {
  const required = findExtension(extensions, extensionTypes.requiredCapabilities, requiredCapabilities);
  const lacks = (kind: 'extensions' | 'proposals' | 'credentials', defaults: readonly number[]): boolean =>
    (required?.[kind] ?? []).some((type) => !defaults.includes(type) && !capabilities[kind].includes(type));
  if (
    lacks('extensions', defaultExtensionTypes) ||
    lacks('proposals', defaultProposalTypes) ||
    lacks('credentials', [])
  ) {
    throw new CryptoError('unsupported', 'a leaf without a required capability');
  }
  if (
    extensions.some(
      ({ type }) => !defaultExtensionTypes.includes(type) && !capabilities.extensions.includes(type),
    )
  ) {
    throw new CryptoError('unsupported', 'a leaf that does not know an extension of the group');
  }
}

/** Throws `CryptoError('duplicate_leaf')` where another node of the tree has one of the leaf's keys (§7.3). */
export function refuseTakenKeys(tree: RatchetTree, leaf: LeafNode, index: LeafIndex): void {
  for (const [other, { signatureKey, encryptionKey }] of tree.leaves()) {
    if (other === index) continue;
    if (isSame(signatureKey, leaf.signatureKey) || isSame(encryptionKey, leaf.encryptionKey)) {
      throw new CryptoError('duplicate_leaf', `leaf ${index} repeats a key of leaf ${other}`);
    }
  }
  for (const [node, { encryptionKey }] of tree.parents()) {
    if (isSame(encryptionKey, leaf.encryptionKey)) {
      throw new CryptoError('duplicate_leaf', `leaf ${index} repeats the key of node ${node}`);
    }
  }
}

function checkShape(suite: CipherSuite, leaf: LeafNode, { source, context, index }: LeafStanding): void {
  suite.kem.checkPublicKey(leaf.encryptionKey);
  suite.signature.checkPublicKey(leaf.signatureKey);
  if (source !== undefined && leaf.source.kind !== source) {
    throw new CryptoError('not_allowed', `a leaf of a ${leaf.source.kind} where one of a ${source} belongs`);
  }
  const { capabilities, credential } = leaf;
  if (credential.type !== 'basic')
    throw new CryptoError('unsupported', `a credential of type ${credential.type}`);
  const isAble =
    capabilities.versions.includes(protocolVersion) &&
    capabilities.cipherSuites.includes(suite.id) &&
    capabilities.credentials.includes(credentialTypes.basic);
  if (!isAble) throw new CryptoError('unsupported', `leaf ${index} does not support the group's parameters`);
  const unlisted = leaf.extensions.some(
    ({ type }) => !defaultExtensionTypes.includes(type) && !capabilities.extensions.includes(type),
  );
  if (unlisted) throw new CryptoError('unsupported', `leaf ${index} has an extension that it does not list`);
  checkCapabilities(leaf, context.extensions);
}

function checkLifetime(
  { source }: LeafNode,
  { nowSeconds, maxLifetimeSeconds: longest = maxLifetimeSeconds }: Application,
): void {
  if (source.kind !== 'key_package' || nowSeconds === undefined) return;
  const { notBefore, notAfter } = source.lifetime;
  if (nowSeconds < notBefore || nowSeconds > notAfter || notAfter - notBefore > longest) {
    throw new CryptoError('expired', 'a key package outside its lifetime');
  }
}
