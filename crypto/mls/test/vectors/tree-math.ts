// tree-math.json: the array-based tree of RFC 9420 appendix C, every relation of every node.
import { left, nodeWidth, parent, right, root, sibling, type NodeIndex } from '../../tree-math.ts';
import { is } from './check.ts';

type Related = readonly (NodeIndex | null)[];

interface TreeMathVector {
  readonly n_leaves: number;
  readonly n_nodes: number;
  readonly root: NodeIndex;
  readonly left: Related;
  readonly right: Related;
  readonly parent: Related;
  readonly sibling: Related;
}

export function treeMath(vector: TreeMathVector): void {
  const leaves = vector.n_leaves;
  is('n_nodes', nodeWidth(leaves), vector.n_nodes);
  is('root', root(leaves), vector.root);
  const all = (of: (node: NodeIndex) => NodeIndex): Related =>
    Array.from({ length: nodeWidth(leaves) }, (_, node) => orNull(() => of(node)));
  is('left', all(left), vector.left);
  is('right', all(right), vector.right);
  is(
    'parent',
    all((node) => parent(node, leaves)),
    vector.parent,
  );
  is(
    'sibling',
    all((node) => sibling(node, leaves)),
    vector.sibling,
  );
}

/** Where there is no such node, this folder throws and the vectors have null. */
function orNull(of: () => NodeIndex): NodeIndex | null {
  try {
    return of();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
