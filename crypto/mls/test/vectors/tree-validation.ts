// tree-validation.json: resolutions (RFC 9420 §4.1.1) and hashes (§7.8) of every node, parent hashes (§7.9.2), signatures of every
// leaf (§7.2), and the rules for trees that are new to us (§12.4.3.1). A tree with one key changed is refused.
import { fromHex } from '../../../bytes.ts';
import { verifyLeafNode } from '../../leaf-node.ts';
import type { RatchetTree } from '../../ratchet-tree.ts';
import type { CipherSuite } from '../../suite.ts';
import { subtreeHash, verifyParentHashes } from '../../tree-hash.ts';
import { nodeWidth } from '../../tree-math.ts';
import { refuseDoubleKeys, validateParents } from '../../tree-validation.ts';
import { is, isHex, isRefused, suiteOf } from './check.ts';
import { treeOf } from './tree-of.ts';

interface TreeValidationVector {
  readonly cipher_suite: number;
  readonly group_id: string;
  readonly tree: string;
  readonly resolutions: readonly (readonly number[])[];
  readonly tree_hashes: readonly string[];
}

export async function treeValidation(vector: TreeValidationVector): Promise<void> {
  const tree = treeOf('tree', vector.tree);
  const nodes = Array.from({ length: nodeWidth(tree.leafCount) }, (_, node) => node);
  is(
    'resolutions',
    nodes.map((node) => tree.resolution(node)),
    vector.resolutions,
  );
  const suite = suiteOf(
    vector.cipher_suite,
    'encoding and resolutions were checked, hashes and signatures not',
  );
  is('number of tree_hashes', vector.tree_hashes.length, nodes.length);
  for (const node of nodes) {
    isHex(`tree_hashes[${node}]`, subtreeHash(suite, tree, node), vector.tree_hashes[node] ?? '');
  }
  validateParents(suite, tree);
  refuseDoubleKeys(tree);
  verifyParentHashes(suite, tree);
  for (const [leafIndex, leaf] of tree.leaves()) {
    await verifyLeafNode(suite, leaf, { groupId: fromHex(vector.group_id), leafIndex });
  }
  await refusesChanged(suite, tree);
}

/** With another key at any one parent node, no parent hash vouches for it any more. */
async function refusesChanged(suite: CipherSuite, tree: RatchetTree): Promise<void> {
  for (const [node, parent] of tree.parents()) {
    const changed = tree.clone();
    const encryptionKey = parent.encryptionKey.slice();
    encryptionKey[0] = (encryptionKey[0] as number) ^ 1;
    changed.setParent(node, { ...parent, encryptionKey });
    await isRefused(`a tree with another key at node ${node}`, () => verifyParentHashes(suite, changed));
  }
}
