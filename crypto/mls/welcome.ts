// Welcomes (RFC 9420 §12.4.3.1): telling new members the joiner secret, each under the key of their key package, and the GroupInfo,
// once for all; and joining by one.
import { equal, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { Application } from './application.ts';
import { refuseGroupExtensions } from './commit-leaves.ts';
import { decode, encode } from './codec.ts';
import { resolvePsks, stateOf } from './epoch.ts';
import { extensionTypes, findExtension } from './extension.ts';
import { groupInfo, verifyGroupInfo, type GroupInfo } from './group-info.ts';
import {
  keyPackageRef,
  protocolVersion,
  validateKeyPackage,
  type KeyPackage,
  type KeyPackageSecrets,
} from './key-package.ts';
import { confirmationTag, epochSecrets, welcomeSecret } from './key-schedule.ts';
import { isSame } from './key-set.ts';
import { decryptWithLabel, encryptWithLabel, expandWithLabel } from './labels.ts';
import { encodedLeafNode } from './leaf-node.ts';
import { checkPskIds, type PskId } from './psk.ts';
import { ratchetTree, type RatchetTree } from './ratchet-tree.ts';
import type { GroupState } from './state.ts';
import type { AeadKeys, CipherSuite } from './suite.ts';
import { interimTranscriptHash } from './transcript.ts';
import { validateTree } from './tree-validation.ts';
import { derivePath, type NewPath } from './treekem.ts';
import { commonAncestor, directPath, nodeOf, type LeafIndex } from './tree-math.ts';
import { groupSecrets, type GroupSecrets, type Welcome } from './welcome-message.ts';

const label = 'Welcome';
const nothing = new Uint8Array(0);

export interface WelcomeInput {
  readonly groupInfo: GroupInfo;
  readonly added: readonly { readonly index: LeafIndex; readonly keyPackage: KeyPackage }[];
  readonly path: NewPath | undefined;
  readonly committer: LeafIndex;
  readonly leafCount: number;
  readonly joinerSecret: Bytes;
  readonly pskSecret: Bytes;
  readonly psks: readonly PskId[];
}

/** One Welcome for everybody who was added. */
export function createWelcome(suite: CipherSuite, given: WelcomeInput): Welcome {
  const keys = welcomeKeys(suite, given);
  const encryptedGroupInfo = suite.aead.seal(keys, encode(groupInfo, given.groupInfo), nothing);
  wipe(keys.key, keys.nonce);
  const secrets = given.added.map(({ index, keyPackage }) => {
    const secret = pathSecretFor(given, index);
    const text = encode(groupSecrets, {
      joinerSecret: given.joinerSecret,
      pathSecret: secret && { secret },
      psks: given.psks,
    });
    const sealed = encryptWithLabel(suite, keyPackage.initKey, { label, context: encryptedGroupInfo, text });
    wipe(text);
    return { newMember: keyPackageRef(suite, keyPackage), encryptedGroupSecrets: sealed };
  });
  return { cipherSuite: suite.id, secrets, encryptedGroupInfo };
}

export interface WelcomeJoin {
  readonly welcome: Welcome;
  readonly keyPackage: KeyPackage;
  readonly secrets: KeyPackageSecrets;
  /** Where the Welcome brings none. */
  readonly tree?: RatchetTree;
}

/** The state of a new member. Throws `CryptoError`. The secrets are copied. */
export async function joinByWelcome(
  suite: CipherSuite,
  given: WelcomeJoin,
  application: Application,
): Promise<GroupState> {
  const { keyPackage, secrets: mine } = given;
  await validateKeyPackage(suite, keyPackage);
  const opened = openSecrets(suite, given);
  checkPskIds(suite, opened.psks);
  const pskSecret = resolvePsks(suite, opened.psks, { application });
  const { joinerSecret } = opened;
  const info = openGroupInfo(suite, given.welcome, { joinerSecret, pskSecret });
  application.permitGroup?.(info);
  const tree = await verifiedTree(suite, { info, tree: given.tree, application });
  const ownLeaf = findOwn(tree, keyPackage);
  const { groupContext: context } = info;
  const secrets = epochSecrets(suite, { joinerSecret, pskSecret }, context);
  const tag = confirmationTag(suite, secrets, context.confirmedTranscriptHash);
  if (!equal(tag, info.confirmationTag))
    throw new CryptoError('bad_commit', 'a confirmation tag that is wrong');
  const path =
    opened.pathSecret &&
    welcomePath(suite, tree, { ownLeaf, signer: info.signer, secret: opened.pathSecret.secret });
  wipe(joinerSecret, pskSecret);
  return stateOf(
    suite,
    {
      ...{ context, secrets, confirmationTag: tag },
      interimTranscriptHash: interimTranscriptHash(suite, context.confirmedTranscriptHash, tag),
    },
    {
      ...{ tree, ownLeaf, past: undefined },
      privateKeys: new Map([[nodeOf(ownLeaf), mine.encryptionPrivateKey.slice()], ...(path ?? [])]),
      signaturePrivateKey: mine.signaturePrivateKey.slice(),
    },
  );
}

/** The tree of a GroupInfo, from it or beside it, believed (§12.4.3.1) and signed for by one of its leaves. Throws `CryptoError`. */
export async function verifiedTree(
  suite: CipherSuite,
  given: {
    readonly info: GroupInfo;
    readonly tree: RatchetTree | undefined;
    readonly application: Application;
  },
): Promise<RatchetTree> {
  const { info, application } = given;
  const { groupContext: context } = info;
  if (context.version !== protocolVersion || context.cipherSuite !== suite.id) {
    throw new CryptoError('unsupported', 'a group of another version or suite');
  }
  refuseGroupExtensions(context.extensions);
  const tree = findExtension(info.extensions, extensionTypes.ratchetTree, ratchetTree) ?? given.tree;
  if (tree === undefined) throw new CryptoError('malformed', 'a GroupInfo without a tree');
  await verifyGroupInfo(suite, info, tree.leafOrThrow(info.signer).signatureKey);
  await validateTree(suite, tree, { context, application });
  return tree;
}

/** What the Welcome says to the key package's owner alone. Throws `CryptoError`: `unsupported`, `not_allowed`, `not_opened`, `malformed`. */
export function openSecrets(suite: CipherSuite, given: Omit<WelcomeJoin, 'tree'>): GroupSecrets {
  const { welcome, keyPackage, secrets } = given;
  if (welcome.cipherSuite !== suite.id) throw new CryptoError('unsupported', 'a Welcome of another suite');
  const ref = keyPackageRef(suite, keyPackage);
  const mine = welcome.secrets.find(({ newMember }) => isSame(newMember, ref));
  if (mine === undefined) throw new CryptoError('not_allowed', 'a Welcome for somebody else');
  const keys = { privateKey: secrets.initPrivateKey, publicKey: keyPackage.initKey };
  const context = welcome.encryptedGroupInfo;
  const text = decryptWithLabel(suite, keys, { label, context, ...mine.encryptedGroupSecrets });
  const opened = decode(groupSecrets, text);
  wipe(text);
  const lengths = [opened.joinerSecret.length, opened.pathSecret?.secret.length ?? suite.hashBytes];
  if (lengths.some((length) => length !== suite.hashBytes))
    throw new CryptoError('malformed', 'a secret of another size');
  return opened;
}

/** What it says to all new members; nothing of it is verified yet. Throws `CryptoError`: `not_opened`, `malformed`. */
export function openGroupInfo(
  suite: CipherSuite,
  welcome: Welcome,
  secrets: { joinerSecret: Bytes; pskSecret: Bytes },
): GroupInfo {
  const keys = welcomeKeys(suite, secrets);
  return decode(groupInfo, suite.aead.open(keys, welcome.encryptedGroupInfo, nothing));
}

function welcomeKeys(suite: CipherSuite, secrets: { joinerSecret: Bytes; pskSecret: Bytes }): AeadKeys {
  const secret = welcomeSecret(suite, secrets);
  const { keyBytes, nonceBytes } = suite.aead;
  const key = expandWithLabel(suite, secret, { label: 'key', context: nothing, length: keyBytes });
  const nonce = expandWithLabel(suite, secret, { label: 'nonce', context: nothing, length: nonceBytes });
  wipe(secret);
  return { key, nonce };
}

function findOwn(tree: RatchetTree, { leafNode }: KeyPackage): LeafIndex {
  const encoded = encodedLeafNode(leafNode);
  for (const [index, leaf] of tree.leaves()) if (isSame(encodedLeafNode(leaf), encoded)) return index;
  throw new CryptoError('not_allowed', 'a Welcome to a tree without me');
}

/** The path secret of the lowest node that is above both the committer and the new member. */
function pathSecretFor({ path, committer, leafCount }: WelcomeInput, index: LeafIndex): Bytes | undefined {
  if (path === undefined) return undefined;
  const ancestor = commonAncestor(nodeOf(committer), nodeOf(index), leafCount);
  return path.pathSecrets[path.steps.findIndex(({ node }) => node === ancestor)];
}

/** The private keys from there to the root, each checked against the tree's public key. */
function welcomePath(
  suite: CipherSuite,
  tree: RatchetTree,
  given: { ownLeaf: LeafIndex; signer: LeafIndex; secret: Bytes },
): ReadonlyMap<number, Bytes> {
  const { ownLeaf, signer, secret } = given;
  if (ownLeaf === signer) throw new CryptoError('bad_commit', 'a Welcome that I signed');
  const ancestor = commonAncestor(nodeOf(signer), nodeOf(ownLeaf), tree.leafCount);
  const nodes = [ancestor, ...directPath(ancestor, tree.leafCount)].filter((node) => !tree.isBlank(node));
  if (tree.isBlank(ancestor)) throw new CryptoError('bad_commit', 'a path secret for a blank node');
  const { privateKeys, commitSecret } = derivePath(suite, tree, { nodes, secret });
  wipe(commitSecret);
  return privateKeys;
}
