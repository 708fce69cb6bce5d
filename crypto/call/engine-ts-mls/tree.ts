// Reading the ratchet tree without trusting an index (protocol.md C10): the library's own walks do not end on an index
// outside the tree. Leaves sit at even positions of the node array. Used by every check and by state.ts.
import type { LeafNode } from 'ts-mls';
import { removeLeafNode, type RatchetTree } from 'ts-mls/ratchetTree.js';
import { toLeafIndex } from 'ts-mls/treemath.js';
import { CryptoError } from '../../errors.ts';
import type { Candidate } from '../acceptable.ts';
import { own } from './suite.ts';

/** K2 has ten bits for the leaf. */
export const maxLeaves = 1024;

/** The leaf at `index`. Throws `CryptoError('out_of_range')` where the tree has none there, blank or beyond its end. */
export function leafAt(tree: RatchetTree, index: number): LeafNode {
  const node = Number.isInteger(index) && index >= 0 && index < maxLeaves ? tree[2 * index] : undefined;
  if (node?.nodeType !== 'leaf') throw new CryptoError('out_of_range', `no leaf at ${index}`);
  return node.leaf;
}

/** Every leaf as acceptable.ts wants it, by ascending index. Throws `CryptoError` for a credential of another type. */
export function candidatesOf(tree: RatchetTree): Candidate[] {
  return tree.flatMap((node, at) => (node?.nodeType === 'leaf' ? [candidateOf(node.leaf, at / 2)] : []));
}

/** One leaf as acceptable.ts wants it. Throws `CryptoError('bad_credential')` for a credential of another type. */
export function candidateOf(leaf: LeafNode, index: number): Candidate {
  return {
    index,
    credential: credentialOf(leaf),
    signatureKey: own(leaf.signaturePublicKey),
    encryptionKey: own(leaf.hpkePublicKey),
  };
}

/** The bytes in a leaf's basic credential. Throws `CryptoError('bad_credential')` for a credential of another type. */
export function credentialOf(leaf: LeafNode): Candidate['credential'] {
  const { credential } = leaf;
  if (credential.credentialType !== 'basic' || !('identity' in credential)) {
    throw new CryptoError('bad_credential', 'not a basic credential');
  }
  return own(credential.identity);
}

/** All public encryption keys of the tree, of leaves and parents. */
export function encryptionKeysOf(tree: RatchetTree): Uint8Array[] {
  return tree.flatMap((node) => {
    if (node === undefined) return [];
    return [node.nodeType === 'leaf' ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey];
  });
}

/** The tree without these leaves, which must exist; empty where none would be left (the library cannot do that step). */
export function withoutLeaves(tree: RatchetTree, removed: readonly number[]): RatchetTree {
  const leaves = tree.filter((node) => node?.nodeType === 'leaf').length;
  if (leaves === removed.length) return [];
  return removed.reduce((rest, index) => removeLeafNode(rest, toLeafIndex(index)), tree);
}
