// A ratchet tree of a vector (RFC 9420 §12.4.3.3), the same bytes again when it is encoded anew.
import { fromHex } from '../../../bytes.ts';
import { decode, encode } from '../../codec.ts';
import { RatchetTree, ratchetTree } from '../../ratchet-tree.ts';
import { isHex } from './check.ts';

export function treeOf(what: string, hex: string): RatchetTree {
  const tree = decode(ratchetTree, fromHex(hex));
  isTree(what, tree, hex);
  return tree;
}

/** Clones of the nodes, because the codec remembers the bytes that it read leaves from. */
export function isTree(what: string, tree: RatchetTree, hex: string): void {
  const anew = RatchetTree.fromNodes(structuredClone(tree.toNodes()));
  isHex(what, encode(ratchetTree, anew), hex);
}
