// TreeKEM (RFC 9420 §7.4–§7.6): making a path, so that all who stay share a new secret and nobody else does; and following
// somebody else's. Both edit a clone of the tree that the caller made.
import { equal, random, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { encode } from './codec.ts';
import { groupContext, type GroupContext } from './group-context.ts';
import { KeySet } from './key-set.ts';
import { decryptWithLabel, deriveSecret, encryptWithLabel } from './labels.ts';
import { signLeafNode, type LeafContent } from './leaf-node.ts';
import type { PathStep, RatchetTree } from './ratchet-tree.ts';
import type { CipherSuite, KeyPair } from './suite.ts';
import { parentHashAt } from './tree-hash.ts';
import { isUnder, nodeOf, type LeafIndex, type NodeIndex } from './tree-math.ts';
import type { UpdatePath, UpdatePathNode } from './update-path.ts';

const label = 'UpdatePathNode';
const noHash = new Uint8Array(0);

/** Private keys by node. */
export type PrivateKeys = ReadonlyMap<NodeIndex, Bytes>;

/** A path that is in the tree but not yet encrypted to anybody. Its secrets are the caller's to wipe. */
export interface NewPath {
  readonly steps: readonly PathStep[];
  /** One a step. */
  readonly pathSecrets: readonly Bytes[];
  readonly privateKeys: PrivateKeys;
  readonly commitSecret: Bytes;
}

/** What stays as it is in the committer's leaf, and who signs. */
export interface PathSigner {
  readonly content: Omit<LeafContent, 'encryptionKey' | 'source'>;
  readonly groupId: Bytes;
  readonly signaturePrivateKey: Bytes;
}

/** Puts fresh keys on the leaf and its filtered direct path (§7.4, §7.5). */
export function createPath(
  suite: CipherSuite,
  tree: RatchetTree,
  by: PathSigner & { leafIndex: LeafIndex },
): NewPath {
  const { leafIndex } = by;
  const leafKeys = suite.kem.deriveKeyPair(random(suite.hashBytes));
  const steps = blankedPath(tree, leafIndex);
  const pathSecrets: Bytes[] = [];
  const privateKeys = new Map([[nodeOf(leafIndex), leafKeys.privateKey]]);
  let next: Bytes = random(suite.hashBytes);
  for (const { node } of steps) {
    const keys = nodeKeys(suite, next);
    tree.setParent(node, { encryptionKey: keys.publicKey, parentHash: noHash, unmergedLeaves: [] });
    privateKeys.set(node, keys.privateKey);
    pathSecrets.push(next);
    next = deriveSecret(suite, next, 'path');
  }
  const parentHash = setParentHashes(suite, tree, steps);
  const content: LeafContent = {
    ...by.content,
    encryptionKey: leafKeys.publicKey,
    source: { kind: 'commit', parentHash },
  };
  const { signaturePrivateKey, groupId } = by;
  tree.setLeaf(
    leafIndex,
    signLeafNode(suite, content, { signaturePrivateKey, place: { groupId, leafIndex } }),
  );
  return { steps, pathSecrets, privateKeys, commitSecret: next };
}

/** Encrypts each path secret to the resolution of its copath child, but to nobody who was added just now (§7.5, §7.6). */
export function encryptPath(
  suite: CipherSuite,
  tree: RatchetTree,
  given: { readonly path: NewPath; readonly added: readonly LeafIndex[]; readonly context: GroupContext },
): UpdatePathNode[] {
  const context = encode(groupContext, given.context);
  return given.path.steps.map((step, at) => {
    const text = given.path.pathSecrets[at] as Bytes;
    const encryptedPathSecrets = recipients(tree, step, given.added).map((node) =>
      encryptWithLabel(suite, tree.encryptionKey(node), { label, context, text }),
    );
    return { encryptionKey: tree.encryptionKey(step.node), encryptedPathSecrets };
  });
}

/**
 * Puts a received path into the tree (§7.5, first half). Throws `CryptoError`: `duplicate_leaf` for a key that is in the tree already,
 * `bad_commit` for a path of another shape or a wrong parent hash, `malformed` for a key that is none.
 */
export function mergePath(
  suite: CipherSuite,
  tree: RatchetTree,
  given: { path: UpdatePath; leafIndex: LeafIndex },
): PathStep[] {
  const { path, leafIndex } = given;
  refusePathKeys(suite, tree, path);
  const steps = blankedPath(tree, leafIndex);
  if (steps.length !== path.nodes.length) throw new CryptoError('bad_commit', 'a path of another length');
  for (const [at, { node }] of steps.entries()) {
    const { encryptionKey } = path.nodes[at] as UpdatePathNode;
    tree.setParent(node, { encryptionKey, parentHash: noHash, unmergedLeaves: [] });
  }
  const parentHash = setParentHashes(suite, tree, steps);
  const { source } = path.leafNode;
  if (source.kind !== 'commit' || !equal(source.parentHash, parentHash)) {
    throw new CryptoError('bad_commit', 'a leaf with another parent hash');
  }
  tree.setLeaf(leafIndex, path.leafNode);
  return steps;
}

/** What a member needs to follow a path. */
export interface PathReader {
  readonly path: UpdatePath;
  /** From `mergePath`. */
  readonly steps: readonly PathStep[];
  readonly ownLeaf: LeafIndex;
  /** Of nodes that have not changed. */
  readonly privateKeys: PrivateKeys;
  readonly added: readonly LeafIndex[];
  /** The provisional group context. */
  readonly context: GroupContext;
}

/**
 * Opens the path secret that is meant for this member and derives what is above (§7.5, second half). Throws `CryptoError`:
 * `bad_commit` where counts or derived keys differ from the path's, `not_opened`, `malformed`.
 */
export function decryptPath(
  suite: CipherSuite,
  tree: RatchetTree,
  by: PathReader,
): { privateKeys: PrivateKeys; commitSecret: Bytes } {
  return derivePath(suite, tree, openPathSecret(suite, tree, by));
}

/**
 * The private keys of `nodes` from the path secret of the first, and the secret after the last. Wipes `secret`. Throws
 * `CryptoError('bad_commit')` where a derived key is not the tree's.
 */
export function derivePath(
  suite: CipherSuite,
  tree: RatchetTree,
  given: { readonly nodes: readonly NodeIndex[]; readonly secret: Bytes },
): { privateKeys: PrivateKeys; commitSecret: Bytes } {
  const privateKeys = new Map<NodeIndex, Bytes>();
  let { secret } = given;
  for (const node of given.nodes) {
    const keys = nodeKeys(suite, secret);
    privateKeys.set(node, keys.privateKey);
    if (!equal(keys.publicKey, tree.encryptionKey(node))) {
      wipe(secret, ...privateKeys.values());
      throw new CryptoError('bad_commit', `the key of node ${node} does not belong to its path secret`);
    }
    const next = deriveSecret(suite, secret, 'path');
    wipe(secret);
    secret = next;
  }
  return { privateKeys, commitSecret: secret };
}

/** The path secret that is meant for this member, and the nodes from its own up. Throws `CryptoError` as `decryptPath`. */
export function openPathSecret(
  suite: CipherSuite,
  tree: RatchetTree,
  by: PathReader,
): { nodes: NodeIndex[]; secret: Bytes } {
  const { path, steps, added } = by;
  for (const [at, step] of steps.entries()) {
    const { encryptedPathSecrets } = path.nodes[at] as UpdatePathNode;
    if (encryptedPathSecrets.length !== recipients(tree, step, added).length) {
      throw new CryptoError('bad_commit', 'a path with too many or too few ciphertexts');
    }
  }
  const from = steps.findIndex(({ copathChild }) => isUnder(nodeOf(by.ownLeaf), copathChild));
  const nodes = steps.slice(from).map(({ node }) => node);
  return { nodes, secret: openFrom(suite, tree, { ...by, from }) };
}

function openFrom(suite: CipherSuite, tree: RatchetTree, by: PathReader & { from: number }): Bytes {
  const step = by.steps[by.from];
  if (step === undefined) throw new CryptoError('bad_commit', 'a path that leaves this member out');
  const nodes = recipients(tree, step, by.added);
  const at = nodes.findIndex((node) => by.privateKeys.has(node));
  const node = nodes[at];
  const ciphertext = by.path.nodes[by.from]?.encryptedPathSecrets[at];
  const privateKey = node === undefined ? undefined : by.privateKeys.get(node);
  if (node === undefined || ciphertext === undefined || privateKey === undefined) {
    throw new CryptoError('bad_commit', 'a path that leaves this member out');
  }
  const keys: KeyPair = { privateKey, publicKey: tree.encryptionKey(node) };
  const context = encode(groupContext, by.context);
  const secret = decryptWithLabel(suite, keys, { label, context, ...ciphertext });
  if (secret.length !== suite.hashBytes)
    throw new CryptoError('malformed', `a path secret of ${secret.length} bytes`);
  return secret;
}

function nodeKeys(suite: CipherSuite, pathSecret: Bytes): KeyPair {
  const nodeSecret = deriveSecret(suite, pathSecret, 'node');
  const keys = suite.kem.deriveKeyPair(nodeSecret);
  wipe(nodeSecret);
  return keys;
}

function blankedPath(tree: RatchetTree, leafIndex: LeafIndex): PathStep[] {
  tree.blankPath(leafIndex);
  return tree.filteredDirectPath(leafIndex);
}

/** From the root down (§7.9). Returns what the leaf must carry. */
function setParentHashes(suite: CipherSuite, tree: RatchetTree, steps: readonly PathStep[]): Bytes {
  let hash: Bytes = noHash;
  for (const step of steps.toReversed()) {
    const encryptionKey = tree.encryptionKey(step.node);
    tree.setParent(step.node, { encryptionKey, parentHash: hash, unmergedLeaves: [] });
    hash = parentHashAt(suite, tree, step);
  }
  return hash;
}

function recipients(tree: RatchetTree, { copathChild }: PathStep, added: readonly LeafIndex[]): NodeIndex[] {
  const excluded = new Set(added.map(nodeOf));
  return tree.resolution(copathChild).filter((node) => !excluded.has(node));
}

/** §12.4.2: no key of the path stands in the tree it meets, or twice in itself. */
function refusePathKeys(suite: CipherSuite, tree: RatchetTree, { leafNode, nodes }: UpdatePath): void {
  const fresh = new KeySet();
  for (const { encryptionKey } of [leafNode, ...nodes]) {
    suite.kem.checkPublicKey(encryptionKey);
    fresh.add(encryptionKey);
  }
  let isTaken = fresh.size !== nodes.length + 1;
  for (const [, leaf] of tree.leaves()) isTaken ||= leaf !== leafNode && fresh.has(leaf.encryptionKey);
  for (const [, parent] of tree.parents()) isTaken ||= fresh.has(parent.encryptionKey);
  if (isTaken) throw new CryptoError('duplicate_leaf', 'a path with a key that is not new');
}
