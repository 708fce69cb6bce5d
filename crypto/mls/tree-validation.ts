// Whether a ratchet tree that is new to us may be believed (RFC 9420 §12.4.3.1, §7.9.2): its hash is the one that was signed, every
// parent node was put there by a member below it, every leaf is valid, no key stands twice.
import { equal } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { Application } from './application.ts';
import type { GroupContext } from './group-context.ts';
import { KeySet } from './key-set.ts';
import { validateLeaf } from './leaf-validation.ts';
import type { RatchetTree } from './ratchet-tree.ts';
import type { CipherSuite } from './suite.ts';
import { treeHash, verifyParentHashes } from './tree-hash.ts';
import { directPath, isUnder, nodeOf, type LeafIndex, type NodeIndex } from './tree-math.ts';

/** Cheap checks first, signatures last. Throws `CryptoError`: `bad_commit`, `malformed`, `duplicate_leaf`, and as `validateLeaf`. */
export async function validateTree(
  suite: CipherSuite,
  tree: RatchetTree,
  given: { readonly context: GroupContext; readonly application: Application },
): Promise<void> {
  const { context, application } = given;
  validateParents(suite, tree);
  refuseDoubleKeys(tree);
  if (!equal(treeHash(suite, tree), context.treeHash))
    throw new CryptoError('bad_commit', 'a tree of another hash');
  verifyParentHashes(suite, tree);
  await Promise.all(
    [...tree.leaves()].map(([index, leaf]) =>
      validateLeaf(suite, leaf, { standing: { index, context }, application }),
    ),
  );
}

/** Keys that can be encrypted to, and unmerged leaves that are there and known to every node on their way up. */
export function validateParents(suite: CipherSuite, tree: RatchetTree): void {
  for (const [node, parent] of tree.parents()) {
    suite.kem.checkPublicKey(parent.encryptionKey);
    for (const leaf of parent.unmergedLeaves) {
      if (tree.leaf(leaf) === undefined || !isKnownUpTo(tree, leaf, node)) {
        throw new CryptoError('bad_commit', `leaf ${leaf} is not unmerged below node ${node}`);
      }
    }
  }
}

function isKnownUpTo(tree: RatchetTree, leaf: LeafIndex, top: NodeIndex): boolean {
  for (const node of directPath(nodeOf(leaf), tree.leafCount)) {
    if (node === top) return true;
    if (!isUnder(node, top)) return false;
    const parent = tree.parent(node);
    if (parent !== undefined && !parent.unmergedLeaves.includes(leaf)) return false;
  }
  return false;
}

/** Throws `CryptoError('duplicate_leaf')` where a signature key or an encryption key stands twice (§7.3, §12.4.3.1). */
export function refuseDoubleKeys(tree: RatchetTree): void {
  const signatureKeys = new KeySet();
  const encryptionKeys = new KeySet();
  let isFree = true;
  for (const [, leaf] of tree.leaves()) {
    isFree &&= signatureKeys.add(leaf.signatureKey) && encryptionKeys.add(leaf.encryptionKey);
  }
  for (const [, parent] of tree.parents()) isFree &&= encryptionKeys.add(parent.encryptionKey);
  if (!isFree) throw new CryptoError('duplicate_leaf', 'a key that stands twice in the tree');
}
