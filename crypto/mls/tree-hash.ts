// Tree hashes and parent hashes (RFC 9420 §7.8, §7.9). A subtree's hash is kept in the tree until something under it changes, so
// that a change costs as many hashes as the tree has levels.
import { equal, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { encode, enumeration, opaque, optional, select, struct, u32, type Codec } from './codec.ts';
import { leafNode, type LeafNode } from './leaf-node.ts';
import { parentNode, type ParentNode, type PathStep, type RatchetTree } from './ratchet-tree.ts';
import type { CipherSuite } from './suite.ts';
import {
  isLeafNode,
  isUnder,
  left,
  leafOf,
  nodeOf,
  right,
  type LeafIndex,
  type NodeIndex,
} from './tree-math.ts';

type TreeHashInput =
  | { readonly kind: 'leaf'; readonly leafIndex: LeafIndex; readonly leaf: LeafNode | undefined }
  | {
      readonly kind: 'parent';
      readonly parent: ParentNode | undefined;
      readonly leftHash: Bytes;
      readonly rightHash: Bytes;
    };

const treeHashInput: Codec<TreeHashInput> = select(
  'kind',
  enumeration<TreeHashInput['kind']>(1, { leaf: 1, parent: 2 }),
  {
    leaf: struct({ leafIndex: u32, leaf: optional(leafNode) }),
    parent: struct({ parent: optional(parentNode), leftHash: opaque, rightHash: opaque }),
  },
);

interface ParentHashInput {
  readonly encryptionKey: Bytes;
  readonly parentHash: Bytes;
  readonly originalSiblingTreeHash: Bytes;
}

const parentHashInput: Codec<ParentHashInput> = struct({
  encryptionKey: opaque,
  parentHash: opaque,
  originalSiblingTreeHash: opaque,
});

/** The hash of the whole tree, `suite.hashBytes` long. */
export function treeHash(suite: CipherSuite, tree: RatchetTree): Bytes {
  return subtreeHash(suite, tree, tree.root);
}

/** The hash of the subtree under `node` (§7.8). */
export function subtreeHash(suite: CipherSuite, tree: RatchetTree, node: NodeIndex): Bytes {
  const cached = tree.cachedHash(node);
  if (cached !== undefined) return cached;
  const hash = isLeafNode(node)
    ? hashLeaf(suite, leafOf(node), tree.leaf(leafOf(node)))
    : hashParent(suite, tree.parent(node), {
        leftHash: subtreeHash(suite, tree, left(node)),
        rightHash: subtreeHash(suite, tree, right(node)),
      });
  tree.keepHash(node, hash);
  return hash;
}

/** The subtree's hash as if `gone` had never been added (§7.9). */
function originalHash(
  suite: CipherSuite,
  tree: RatchetTree,
  given: { node: NodeIndex; gone: readonly LeafIndex[] },
): Bytes {
  const { node } = given;
  const gone = given.gone.filter((leaf) => isUnder(nodeOf(leaf), node));
  if (gone.length === 0) return subtreeHash(suite, tree, node);
  if (isLeafNode(node)) return hashLeaf(suite, leafOf(node), undefined);
  const parent = tree.parent(node);
  const unmergedLeaves = parent?.unmergedLeaves.filter((leaf) => !gone.includes(leaf));
  return hashParent(suite, parent && { ...parent, unmergedLeaves: unmergedLeaves ?? [] }, {
    leftHash: originalHash(suite, tree, { node: left(node), gone }),
    rightHash: originalHash(suite, tree, { node: right(node), gone }),
  });
}

/** The parent hash that the node below `step.node`, on the side away from `step.copathChild`, must carry (§7.9). */
export function parentHashAt(suite: CipherSuite, tree: RatchetTree, step: PathStep): Bytes {
  const parent = tree.parent(step.node);
  if (parent === undefined) throw new RangeError(`node ${step.node} is blank`);
  const { encryptionKey, parentHash, unmergedLeaves } = parent;
  const originalSiblingTreeHash = originalHash(suite, tree, { node: step.copathChild, gone: unmergedLeaves });
  return suite.hash(encode(parentHashInput, { encryptionKey, parentHash, originalSiblingTreeHash }));
}

/** §7.9.2 for every parent node: each is where its key came from says. Throws `CryptoError('bad_commit')`. */
export function verifyParentHashes(suite: CipherSuite, tree: RatchetTree): void {
  for (const [node, parent] of tree.parents()) {
    const sides = [
      { node, below: left(node), copathChild: right(node) },
      { node, below: right(node), copathChild: left(node) },
    ];
    if (!sides.some((side) => isParentHashValid(suite, tree, { ...side, unmerged: parent.unmergedLeaves }))) {
      throw new CryptoError('bad_commit', `no parent hash vouches for node ${node}`);
    }
  }
}

/**
 * Whether some node D in the resolution of `below` carries the parent hash of `node`, and all else in that resolution is unmerged
 * at `node` (§7.9.2).
 */
function isParentHashValid(
  suite: CipherSuite,
  tree: RatchetTree,
  given: PathStep & { below: NodeIndex; unmerged: readonly LeafIndex[] },
): boolean {
  const { below, unmerged } = given;
  const resolution = tree.resolution(below);
  const unmergedBelow = unmerged.filter((leaf) => isUnder(nodeOf(leaf), below)).map(nodeOf);
  if (resolution.length !== unmergedBelow.length + 1) return false;
  const others = new Set(unmergedBelow);
  const vouching = resolution.filter((node) => !others.has(node));
  const [only] = vouching;
  if (vouching.length !== 1 || only === undefined) return false;
  const carried = carriedParentHash(tree, only);
  return carried !== undefined && equal(carried, parentHashAt(suite, tree, given));
}

function carriedParentHash(tree: RatchetTree, node: NodeIndex): Bytes | undefined {
  if (!isLeafNode(node)) return tree.parent(node)?.parentHash;
  const source = tree.leaf(leafOf(node))?.source;
  return source?.kind === 'commit' ? source.parentHash : undefined;
}

function hashLeaf(suite: CipherSuite, leafIndex: LeafIndex, leaf: LeafNode | undefined): Bytes {
  return suite.hash(encode(treeHashInput, { kind: 'leaf', leafIndex, leaf }));
}

function hashParent(
  suite: CipherSuite,
  parent: ParentNode | undefined,
  hashes: { readonly leftHash: Bytes; readonly rightHash: Bytes },
): Bytes {
  return suite.hash(encode(treeHashInput, { kind: 'parent', parent, ...hashes }));
}
