// treekem.json: RFC 9420 §7.4–§7.6. Every other leaf follows every given path (path secret, private keys, commit secret, tree hash);
// then every leaf makes a path of its own and all others follow that.
import { fromHex, toHex, type Bytes } from '../../../bytes.ts';
import { decode } from '../../codec.ts';
import type { GroupContext } from '../../group-context.ts';
import { protocolVersion } from '../../key-package.ts';
import { verifyLeafNode } from '../../leaf-node.ts';
import type { RatchetTree } from '../../ratchet-tree.ts';
import { treeHash, verifyParentHashes } from '../../tree-hash.ts';
import { nodeOf, type LeafIndex, type NodeIndex } from '../../tree-math.ts';
import {
  createPath,
  decryptPath,
  derivePath,
  encryptPath,
  mergePath,
  openPathSecret,
  type PathReader,
  type PrivateKeys,
} from '../../treekem.ts';
import { updatePath } from '../../update-path.ts';
import type { CipherSuite } from '../../suite.ts';
import { is, isHex, suiteOf } from './check.ts';
import { treeOf } from './tree-of.ts';

interface TreeKemVector {
  readonly cipher_suite: number;
  readonly group_id: string;
  readonly epoch: number;
  readonly confirmed_transcript_hash: string;
  readonly ratchet_tree: string;
  readonly leaves_private: readonly LeafPrivate[];
  readonly update_paths: readonly {
    readonly sender: LeafIndex;
    readonly update_path: string;
    /** By leaf; null for the sender and for blanks. */
    readonly path_secrets: readonly (string | null)[];
    readonly commit_secret: string;
    readonly tree_hash_after: string;
  }[];
}

interface LeafPrivate {
  readonly index: LeafIndex;
  readonly encryption_priv: string;
  readonly signature_priv: string;
  readonly path_secrets: readonly { readonly node: NodeIndex; readonly path_secret: string }[];
}

interface Member {
  readonly index: LeafIndex;
  readonly privateKeys: PrivateKeys;
  readonly signaturePrivateKey: Bytes;
}

interface Group {
  readonly suite: CipherSuite;
  readonly tree: RatchetTree;
  readonly members: readonly Member[];
  /** Without the tree's hash, which is that after a path. */
  readonly context: Omit<GroupContext, 'treeHash'>;
}

export async function treeKem(vector: TreeKemVector): Promise<void> {
  const suite = suiteOf(vector.cipher_suite);
  const tree = treeOf('ratchet_tree', vector.ratchet_tree);
  verifyParentHashes(suite, tree);
  const members = vector.leaves_private.map((leaf) => memberOf(suite, tree, leaf));
  is(
    'leaves_private',
    members.map(({ index }) => index),
    [...tree.leaves()].map(([index]) => index),
  );
  const context = {
    version: protocolVersion,
    cipherSuite: suite.id,
    groupId: fromHex(vector.group_id),
    epoch: BigInt(vector.epoch),
    confirmedTranscriptHash: fromHex(vector.confirmed_transcript_hash),
    extensions: [],
  };
  const group: Group = { suite, tree, members, context };
  for (const given of vector.update_paths) await followGiven(group, given);
  for (const member of members) await makeOwn(group, member);
}

/** With the private key of every node that the leaf knows, each checked against the tree. */
function memberOf(suite: CipherSuite, tree: RatchetTree, leaf: LeafPrivate): Member {
  const { index } = leaf;
  const own = fromHex(leaf.encryption_priv);
  const signaturePrivateKey = fromHex(leaf.signature_priv);
  const { encryptionKey, signatureKey } = tree.leafOrThrow(index);
  isHex(`encryption_priv of leaf ${index}`, suite.kem.publicKeyOf(own), toHex(encryptionKey));
  const signing = suite.signature.publicKeyOf(signaturePrivateKey);
  isHex(`signature_priv of leaf ${index}`, signing, toHex(signatureKey));
  const privateKeys = new Map([[nodeOf(index), own]]);
  for (const { node, path_secret: secret } of leaf.path_secrets) {
    const derived = derivePath(suite, tree, { nodes: [node], secret: fromHex(secret) });
    for (const [at, key] of derived.privateKeys) privateKeys.set(at, key);
  }
  return { index, privateKeys, signaturePrivateKey };
}

async function followGiven(
  { suite, tree, members, context }: Group,
  given: TreeKemVector['update_paths'][number],
): Promise<void> {
  const what = `path of leaf ${given.sender}`;
  const path = decode(updatePath, fromHex(given.update_path));
  const place = { groupId: context.groupId, leafIndex: given.sender };
  await verifyLeafNode(suite, path.leafNode, place);
  const after = tree.clone();
  const steps = mergePath(suite, after, { path, leafIndex: given.sender });
  verifyParentHashes(suite, after);
  const hash = treeHash(suite, after);
  isHex(`${what}: tree_hash_after`, hash, given.tree_hash_after);
  is(`${what}: number of path_secrets`, given.path_secrets.length, tree.leafCount);
  const knows = (leaf: LeafIndex): boolean => leaf !== given.sender && tree.leaf(leaf) !== undefined;
  is(
    `${what}: who has a path secret`,
    given.path_secrets.map((secret) => secret !== null),
    given.path_secrets.map((_, leaf) => knows(leaf)),
  );
  for (const member of members.filter(({ index }) => knows(index))) {
    const by = readerOf(member, { path, steps, context: { ...context, treeHash: hash } });
    const opened = openPathSecret(suite, after, by);
    isHex(
      `${what}, leaf ${member.index}: path secret`,
      opened.secret,
      given.path_secrets[member.index] ?? '',
    );
    const { privateKeys, commitSecret } = decryptPath(suite, after, by);
    isHex(`${what}, leaf ${member.index}: commit_secret`, commitSecret, given.commit_secret);
    areKeysOf(suite, after, privateKeys);
  }
}

async function makeOwn({ suite, tree, members, context }: Group, me: Member): Promise<void> {
  const { groupId } = context;
  const mine = tree.clone();
  const { signature: _, ...content } = tree.leafOrThrow(me.index);
  const { signaturePrivateKey } = me;
  const made = createPath(suite, mine, { content, groupId, leafIndex: me.index, signaturePrivateKey });
  const hash = treeHash(suite, mine);
  const provisional = { ...context, treeHash: hash };
  const nodes = encryptPath(suite, mine, { path: made, added: [], context: provisional });
  const path = { leafNode: mine.leafOrThrow(me.index), nodes };
  await verifyLeafNode(suite, path.leafNode, { groupId, leafIndex: me.index });
  areKeysOf(suite, mine, made.privateKeys);
  const after = tree.clone();
  const steps = mergePath(suite, after, { path, leafIndex: me.index });
  verifyParentHashes(suite, after);
  isHex(`own path of leaf ${me.index}: tree hash`, treeHash(suite, after), toHex(hash));
  for (const member of members.filter(({ index }) => index !== me.index)) {
    const by = readerOf(member, { path, steps, context: provisional });
    const { privateKeys, commitSecret } = decryptPath(suite, after, by);
    const what = `own path of leaf ${me.index}, leaf ${member.index}: commit secret`;
    isHex(what, commitSecret, toHex(made.commitSecret));
    areKeysOf(suite, after, privateKeys);
  }
}

/** Only keys of nodes that the path did not replace. */
function readerOf(
  { index, privateKeys }: Member,
  given: Pick<PathReader, 'path' | 'steps' | 'context'>,
): PathReader {
  const replaced = new Set(given.steps.map(({ node }) => node));
  const kept = new Map([...privateKeys].filter(([node]) => !replaced.has(node)));
  return { ...given, ownLeaf: index, privateKeys: kept, added: [] };
}

function areKeysOf(suite: CipherSuite, tree: RatchetTree, keys: PrivateKeys): void {
  for (const [node, key] of keys) {
    isHex(`private key of node ${node}`, suite.kem.publicKeyOf(key), toHex(tree.encryptionKey(node)));
  }
}
