// The ratchet tree (RFC 9420 §4.1, §7.4–§7.8, §12.4.3.3): who is in the group and which public key each subtree shares. The places
// of a full binary tree, blank or not, with the hash of every subtree that has not changed since it was computed. A tree
// that belongs to a state is never changed: who makes the next epoch clones it and edits the clone.
import type { Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { enumeration, opaque, optional, select, struct, u32, vector, type Codec } from './codec.ts';
import { leafNode, type LeafNode } from './leaf-node.ts';
import {
  directPath,
  fullLeafCount,
  isLeafNode,
  isUnder,
  left,
  leafOf,
  level,
  nodeOf,
  nodeWidth,
  right,
  root,
  sibling,
  type LeafIndex,
  type NodeIndex,
} from './tree-math.ts';

export interface ParentNode {
  readonly encryptionKey: Bytes;
  readonly parentHash: Bytes;
  /** Leaves below that do not know the private key (§4.1.1), ascending. */
  readonly unmergedLeaves: readonly LeafIndex[];
}

/** More leaves are refused when a tree is read or grows. */
export const maxLeaves = 2 ** 14;

export const parentNode: Codec<ParentNode> = struct({
  encryptionKey: opaque,
  parentHash: opaque,
  unmergedLeaves: vector(u32),
});

/** Of the filtered direct path (§4.1.2): a node and its child on the copath, to whose resolution a path secret is encrypted. */
export interface PathStep {
  readonly node: NodeIndex;
  readonly copathChild: NodeIndex;
}

export class RatchetTree {
  #leafCount: number;
  #nodes: (LeafNode | ParentNode | undefined)[];
  #hashes: (Bytes | undefined)[];

  private constructor(
    leafCount: number,
    nodes: (LeafNode | ParentNode | undefined)[],
    hashes: (Bytes | undefined)[],
  ) {
    this.#leafCount = leafCount;
    this.#nodes = nodes;
    this.#hashes = hashes;
  }

  /** A tree of one leaf. */
  static of(leaf: LeafNode): RatchetTree {
    return new RatchetTree(1, [leaf], []);
  }

  /** `optional<Node> ratchet_tree<V>`, widened to a full tree (§12.4.3.3). Throws `CryptoError`: `malformed`, `out_of_range`. */
  static fromNodes(given: readonly (LeafNode | ParentNode | undefined)[]): RatchetTree {
    if (given.length === 0 || given.at(-1) === undefined) {
      throw new CryptoError('malformed', 'a tree that ends in a blank');
    }
    if (!isLeafNode(given.length - 1)) throw new CryptoError('malformed', 'a tree that ends in a parent');
    const leafCount = fullLeafCount((given.length + 1) / 2);
    if (leafCount > maxLeaves) throw new CryptoError('out_of_range', `a tree of ${given.length} nodes`);
    const nodes = [...given];
    nodes.length = nodeWidth(leafCount);
    return new RatchetTree(leafCount, nodes, []);
  }

  /** Without the blanks at the end. */
  toNodes(): readonly (LeafNode | ParentNode | undefined)[] {
    const last = this.#nodes.findLastIndex((node) => node !== undefined);
    return this.#nodes.slice(0, last + 1);
  }

  clone(): RatchetTree {
    return new RatchetTree(this.#leafCount, [...this.#nodes], [...this.#hashes]);
  }

  /** A power of two, blank leaves included. */
  get leafCount(): number {
    return this.#leafCount;
  }

  get root(): NodeIndex {
    return root(this.#leafCount);
  }

  /** The leaf there, undefined where it is blank or where there is no such place. */
  leaf(index: LeafIndex): LeafNode | undefined {
    return Number.isInteger(index) && index >= 0
      ? (this.#nodes[nodeOf(index)] as LeafNode | undefined)
      : undefined;
  }

  /** The leaf there. Throws `CryptoError('out_of_range')` where there is none. */
  leafOrThrow(index: LeafIndex): LeafNode {
    const leaf = this.leaf(index);
    if (leaf === undefined) throw new CryptoError('out_of_range', `no leaf at ${index}`);
    return leaf;
  }

  /** The parent node there, undefined where it is blank. `node` must be odd. */
  parent(node: NodeIndex): ParentNode | undefined {
    return this.#nodes[node] as ParentNode | undefined;
  }

  isBlank(node: NodeIndex): boolean {
    return this.#nodes[node] === undefined;
  }

  /** The public key at a node that is not blank. */
  encryptionKey(node: NodeIndex): Bytes {
    const found = this.#nodes[node];
    if (found === undefined) throw new RangeError(`node ${node} is blank`);
    return found.encryptionKey;
  }

  /** Every leaf that is not blank, ascending. */
  *leaves(): Generator<readonly [LeafIndex, LeafNode]> {
    for (let node = 0; node < this.#nodes.length; node += 2) {
      const leaf = this.#nodes[node];
      if (leaf !== undefined) yield [leafOf(node), leaf as LeafNode];
    }
  }

  /** Every parent node that is not blank, ascending. */
  *parents(): Generator<readonly [NodeIndex, ParentNode]> {
    for (let node = 1; node < this.#nodes.length; node += 2) {
      const parent = this.#nodes[node];
      if (parent !== undefined) yield [node, parent as ParentNode];
    }
  }

  /** §4.1.1: the nodes that together stand for all leaves below `node`. */
  resolution(node: NodeIndex): NodeIndex[] {
    const found = this.#nodes[node];
    if (found !== undefined) {
      return isLeafNode(node) ? [node] : [node, ...(found as ParentNode).unmergedLeaves.map(nodeOf)];
    }
    return isLeafNode(node) ? [] : [...this.resolution(left(node)), ...this.resolution(right(node))];
  }

  /** §4.1.2: the direct path without nodes whose child on the copath stands for nobody. */
  filteredDirectPath(leaf: LeafIndex): PathStep[] {
    const steps: PathStep[] = [];
    let below = nodeOf(leaf);
    for (const node of directPath(below, this.#leafCount)) {
      const copathChild = sibling(below, this.#leafCount);
      if (this.#hasAny(copathChild)) steps.push({ node, copathChild });
      below = node;
    }
    return steps;
  }

  setLeaf(index: LeafIndex, leaf: LeafNode): void {
    this.#set(nodeOf(index), leaf);
  }

  setParent(node: NodeIndex, parent: ParentNode | undefined): void {
    this.#set(node, parent);
  }

  /** §7.7: into the leftmost blank place, or a tree twice as wide. Returns where. Throws `CryptoError('out_of_range')`. */
  addLeaf(leaf: LeafNode): LeafIndex {
    let index = 0;
    while (index < this.#leafCount && this.leaf(index) !== undefined) index++;
    if (index === this.#leafCount) this.#extend();
    this.setLeaf(index, leaf);
    for (const node of directPath(nodeOf(index), this.#leafCount)) {
      const parent = this.parent(node);
      if (parent === undefined) continue;
      const unmergedLeaves = [...parent.unmergedLeaves, index].sort((a, b) => a - b);
      this.#set(node, { ...parent, unmergedLeaves });
    }
    return index;
  }

  /** §12.1.2: another leaf in the same place; its direct path becomes blank. */
  updateLeaf(index: LeafIndex, leaf: LeafNode): void {
    this.setLeaf(index, leaf);
    this.blankPath(index);
  }

  /** §12.1.3: a blank leaf with a blank path, and half the tree where the right half is empty (§7.8). */
  removeLeaf(index: LeafIndex): void {
    this.#set(nodeOf(index), undefined);
    this.blankPath(index);
    while (this.#leafCount > 1 && !this.#hasAnyLeaf(right(this.root))) {
      this.#leafCount /= 2;
      this.#nodes.length = nodeWidth(this.#leafCount);
      this.#hashes.length = Math.min(this.#hashes.length, this.#nodes.length);
    }
  }

  blankPath(index: LeafIndex): void {
    for (const node of directPath(nodeOf(index), this.#leafCount)) this.#set(node, undefined);
  }

  /** The subtree's hash if nothing under it has changed since `keepHash`. */
  cachedHash(node: NodeIndex): Bytes | undefined {
    return this.#hashes[node];
  }

  keepHash(node: NodeIndex, hash: Bytes): void {
    this.#hashes[node] = hash;
  }

  #set(node: NodeIndex, value: LeafNode | ParentNode | undefined): void {
    if (this.#nodes[node] === undefined && value === undefined) return;
    this.#nodes[node] = value;
    for (const at of [node, ...directPath(node, this.#leafCount)]) this.#hashes[at] = undefined;
  }

  #extend(): void {
    if (2 * this.#leafCount > maxLeaves) throw new CryptoError('out_of_range', 'the tree is full');
    this.#leafCount *= 2;
    this.#nodes.length = nodeWidth(this.#leafCount);
  }

  /** Whether the resolution of `node` holds anybody. */
  #hasAny(node: NodeIndex): boolean {
    if (this.#nodes[node] !== undefined) return true;
    return !isLeafNode(node) && (this.#hasAny(left(node)) || this.#hasAny(right(node)));
  }

  #hasAnyLeaf(node: NodeIndex): boolean {
    const half = 2 ** level(node) - 1;
    for (let at = node - half; at <= node + half; at += 2) if (this.#nodes[at] !== undefined) return true;
    return false;
  }
}

type WireNode =
  | { readonly kind: 'leaf'; readonly leafNode: LeafNode }
  | { readonly kind: 'parent'; readonly parentNode: ParentNode };

const wireNodes: Codec<readonly (WireNode | undefined)[]> = vector(
  optional(
    select<WireNode, 'kind'>('kind', enumeration<WireNode['kind']>(1, { leaf: 1, parent: 2 }), {
      leaf: struct({ leafNode }),
      parent: struct({ parentNode }),
    }),
  ),
);

/** The `ratchet_tree` extension's content (§12.4.3.3): leaves at even, parents at odd places. */
export const ratchetTree: Codec<RatchetTree> = {
  write: (to, tree) => {
    const nodes = tree.toNodes().map((node): WireNode | undefined => {
      if (node === undefined) return undefined;
      return 'source' in node ? { kind: 'leaf', leafNode: node } : { kind: 'parent', parentNode: node };
    });
    wireNodes.write(to, nodes);
  },
  read: (from) => {
    const nodes = wireNodes.read(from).map((node, at) => {
      if (node === undefined) return undefined;
      if ((node.kind === 'leaf') !== isLeafNode(at)) {
        throw new CryptoError('out_of_range', `a ${node.kind} at node ${at}`);
      }
      return node.kind === 'leaf' ? node.leafNode : checkUnmerged(node.parentNode, at);
    });
    return RatchetTree.fromNodes(nodes);
  },
};

/** Ascending, each once, each below the node: whatever else is walked later stays inside the tree (§7.1). */
function checkUnmerged(parent: ParentNode, node: NodeIndex): ParentNode {
  for (const [at, leaf] of parent.unmergedLeaves.entries()) {
    const isAscending = at === 0 || (parent.unmergedLeaves[at - 1] as number) < leaf;
    if (!isAscending || leaf >= maxLeaves || !isUnder(nodeOf(leaf), node)) {
      throw new CryptoError('malformed', `unmerged leaves of node ${node}`);
    }
  }
  return parent;
}
