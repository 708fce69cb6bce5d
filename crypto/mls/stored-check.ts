// Whether the parts of a stored state fit together, so that nothing that is done with it later can fail in any way but a refusal: keys
// are those of their nodes, trees those that were hashed, secrets of the size of secrets. Bytes in storage are not believed either.
import { keyOf } from './codec.ts';
import { equal, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { protocolVersion } from './key-package.ts';
import { maxSkip, type SecretTree } from './secret-tree.ts';
import type { GroupState } from './state.ts';
import type { CipherSuite } from './suite.ts';
import { treeHash } from './tree-hash.ts';
import { isUnder, nodeOf } from './tree-math.ts';
import { validateParents } from './tree-validation.ts';

/** Throws `CryptoError`: `malformed`, `unsupported`, `out_of_range`, `bad_commit`. */
export function checkStored(state: GroupState): void {
  const { suite, context, secrets, past } = state;
  if (context.version !== protocolVersion || context.cipherSuite !== suite.id) {
    throw new CryptoError('unsupported', 'a state of another version or suite');
  }
  checkEpoch(suite, state);
  if (past !== undefined) {
    checkEpoch(suite, past);
    require(past.context.epoch + 1n === context.epoch, 'a past that is not the epoch before');
    require(equal(past.context.groupId, context.groupId), 'a past of another group');
  }
  const all = [...Object.values<Bytes>(secrets), ...(past ? [past.senderData, past.resumption] : [])];
  require(all.every(({ length }) => length === suite.hashBytes), 'a state without its secrets');
  checkKeys(state);
}

function checkEpoch(suite: CipherSuite, epoch: Pick<GroupState, 'context' | 'tree' | 'secretTree'>): void {
  const { context, tree, secretTree } = epoch;
  validateParents(suite, tree);
  require(equal(treeHash(suite, tree), context.treeHash), 'a tree of another hash');
  require(secretTree.leafCount === tree.leafCount, 'a secret tree of another width');
  checkSecretTree(suite, secretTree);
}

function checkSecretTree(suite: CipherSuite, { leafCount, nodes, ratchets }: SecretTree): void {
  const isSecret = ({ length }: Bytes): boolean => length === suite.hashBytes;
  const isInside = (node: number): boolean => isUnder(node, leafCount - 1);
  for (const [node, secret] of nodes) require(isInside(node) && isSecret(secret), 'a node of a secret tree');
  for (const [leaf, { handshake, application }] of ratchets) {
    require(leaf < leafCount, 'a ratchet without a leaf');
    for (const { generation, secret, skipped } of [handshake, application]) {
      require(isSecret(secret) && skipped.size <= maxSkip, 'a ratchet');
      for (const [at, { key, nonce }] of skipped) {
        const { keyBytes, nonceBytes } = suite.aead;
        require(at < generation && key.length === keyBytes && nonce.length === nonceBytes, 'a skipped key');
      }
    }
  }
}

function checkKeys({
  suite,
  tree,
  ownLeaf,
  privateKeys,
  pendingUpdates,
  signaturePrivateKey,
}: GroupState): void {
  const leaf = tree.leafOrThrow(ownLeaf);
  require(privateKeys.has(nodeOf(ownLeaf)), 'a state without its leaf’s key');
  for (const [node, key] of privateKeys) {
    const isOwn = !tree.isBlank(node) && publicKeyOf(suite.kem, key) === keyOf(tree.encryptionKey(node));
    require(isOwn, 'a state whose key is not its node’s');
  }
  for (const [publicKey, key] of pendingUpdates) {
    require(publicKeyOf(suite.kem, key) === publicKey, 'an Update with another key');
  }
  const isSigner = publicKeyOf(suite.signature, signaturePrivateKey) === keyOf(leaf.signatureKey);
  require(isSigner, 'a state whose signature key is not its leaf’s');
}

function publicKeyOf(keys: Pick<CipherSuite['kem'], 'publicKeyOf'>, privateKey: Bytes): string | undefined {
  try {
    return keyOf(keys.publicKeyOf(privateKey));
  } catch {
    return undefined; // not the size of a private key
  }
}

function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw new CryptoError('malformed', what);
}
