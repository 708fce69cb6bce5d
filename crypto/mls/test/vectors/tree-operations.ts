// tree-operations.json: what Add, Update and Remove do to a tree (RFC 9420 §12.1, §7.7, §7.8), and its hash before and after; the
// second is computed with what the tree kept of the first, and from nothing.
import { fromHex } from '../../../bytes.ts';
import { decode } from '../../codec.ts';
import { applyProposals } from '../../proposal-list.ts';
import { proposal } from '../../proposal.ts';
import { treeHash } from '../../tree-hash.ts';
import { isHex, suiteOf } from './check.ts';
import { isTree, treeOf } from './tree-of.ts';

interface TreeOperationsVector {
  readonly cipher_suite: number;
  readonly tree_before: string;
  readonly proposal: string;
  readonly proposal_sender: number;
  readonly tree_hash_before: string;
  readonly tree_after: string;
  readonly tree_hash_after: string;
}

export function treeOperations(vector: TreeOperationsVector): void {
  const before = treeOf('tree_before', vector.tree_before);
  const list = [
    {
      proposal: decode(proposal, fromHex(vector.proposal)),
      sender: vector.proposal_sender,
      by: 'value',
    } as const,
  ];
  const untouched = applyProposals(list, { tree: before, extensions: [] });
  isTree('tree_after', untouched.tree, vector.tree_after);
  const suite = suiteOf(vector.cipher_suite, 'the trees were checked, their hashes not');
  isHex('tree_hash_before', treeHash(suite, before), vector.tree_hash_before);
  isHex('tree_hash_after', treeHash(suite, untouched.tree), vector.tree_hash_after);
  const { tree } = applyProposals(list, { tree: before, extensions: [] });
  isHex('tree_hash_after, by what was kept', treeHash(suite, tree), vector.tree_hash_after);
  isHex('tree_hash_before, again', treeHash(suite, before), vector.tree_hash_before);
}
