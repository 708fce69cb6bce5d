// Array-based trees (RFC 9420 §4.1.1, appendix C): leaves at even, parents at odd places of a full binary tree. Every
// function checks its index against the tree's width, so that no walk leaves the tree.

/** A place in the node array, 0 … 2 × leaves − 2. */
export type NodeIndex = number;
/** A place among the leaves, 0 … leaves − 1. */
export type LeafIndex = number;

/** How many nodes a tree of `leafCount` leaves has; `leafCount` is a power of two. */
export function nodeWidth(leafCount: number): number {
  return leafCount === 0 ? 0 : 2 * leafCount - 1;
}

/** The smallest power of two that is at least `count`. */
export function fullLeafCount(count: number): number {
  let full = 1;
  while (full < count) full *= 2;
  return full;
}

/** The node of a leaf. */
export function nodeOf(leaf: LeafIndex): NodeIndex {
  return 2 * leaf;
}

/** The leaf of an even node. */
export function leafOf(node: NodeIndex): LeafIndex {
  return node / 2;
}

export function isLeafNode(node: NodeIndex): boolean {
  return (node & 1) === 0;
}

/** 0 for a leaf, one more than its children for a parent. */
export function level(node: NodeIndex): number {
  return 31 - Math.clz32(~node & (node + 1));
}

export function root(leafCount: number): NodeIndex {
  return leafCount - 1;
}

/** Throws `RangeError` for a leaf, which has no children. */
export function left(node: NodeIndex): NodeIndex {
  return node ^ (1 << (parentLevel(node) - 1));
}

/** Throws `RangeError` for a leaf, which has no children. */
export function right(node: NodeIndex): NodeIndex {
  return node ^ (3 << (parentLevel(node) - 1));
}

/** Throws `RangeError` for the root, which has none. */
export function parent(node: NodeIndex, leafCount: number): NodeIndex {
  checkNode(node, leafCount);
  if (node === root(leafCount)) throw new RangeError('node must not be the root');
  const k = level(node);
  const bit = (node >> (k + 1)) & 1;
  return (node | (1 << k)) ^ (bit << (k + 1));
}

/** Throws `RangeError` for the root, which has none. */
export function sibling(node: NodeIndex, leafCount: number): NodeIndex {
  const above = parent(node, leafCount);
  return node < above ? right(above) : left(above);
}

/** From the node's parent to the root; empty for the root. */
export function directPath(node: NodeIndex, leafCount: number): NodeIndex[] {
  checkNode(node, leafCount);
  const path: NodeIndex[] = [];
  for (let at = node; at !== root(leafCount);) {
    at = parent(at, leafCount);
    path.push(at);
  }
  return path;
}

/** Whether `node` is in the subtree under `top`, `top` itself included. */
export function isUnder(node: NodeIndex, top: NodeIndex): boolean {
  const half = 2 ** level(top) - 1;
  return node >= top - half && node <= top + half;
}

/** The lowest node that has both below it (or is one of them). */
export function commonAncestor(a: NodeIndex, b: NodeIndex, leafCount: number): NodeIndex {
  checkNode(b, leafCount);
  return [a, ...directPath(a, leafCount)].find((node) => isUnder(b, node)) as NodeIndex;
}

function checkNode(node: NodeIndex, leafCount: number): void {
  if (!Number.isInteger(node) || node < 0 || node >= nodeWidth(leafCount)) {
    throw new RangeError(`node must be in a tree of ${leafCount} leaves, got ${node}`);
  }
}

function parentLevel(node: NodeIndex): number {
  const k = level(node);
  if (k === 0) throw new RangeError(`node must be a parent, got leaf node ${node}`);
  return k;
}
