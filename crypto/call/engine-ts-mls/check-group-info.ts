// Everything a joiner checks of a GroupInfo before it touches the group's keys (protocol.md C3, C4, C10; RFC 9420 §12.4.3.3
// and §7.9). Cheap and structural first, then the signer's signature, then each leaf, then the library's own look at
// hashes and leaf signatures. join.ts goes on with what this returns.
import type { GroupInfo } from 'ts-mls';
import { validateRatchetTree } from 'ts-mls/clientState.js';
import { verifyGroupInfoSignature } from 'ts-mls/groupInfo.js';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import { equal, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { acceptTree } from '../acceptable.ts';
import type { CallContext, IsMember, Leaf } from '../types.ts';
import { checkLeaf } from './check-leaf.ts';
import { decodeGroupInfo, decodeTree } from './decode.ts';
import { mlsGroupId } from './group-id.ts';
import { checkEncryptionKey } from './keys.ts';
import { asking } from './refusals.ts';
import { clientConfig, own, suite, suiteName } from './suite.ts';
import { candidatesOf, leafAt } from './tree.ts';

/** A GroupInfo that may be joined. */
export interface CheckedGroupInfo {
  readonly groupInfo: GroupInfo;
  readonly tree: RatchetTree;
  readonly leaves: readonly Leaf[];
  /** X25519, 32 bytes. */
  readonly externalKey: Bytes;
}

/** Checks an opened GroupInfo of `epoch`. Throws `CryptoError`. */
export async function checkGroupInfo(
  message: Bytes,
  place: { readonly context: CallContext; readonly epoch: bigint },
  isMember: IsMember,
): Promise<CheckedGroupInfo> {
  const groupInfo = decodeGroupInfo(message);
  checkContext(groupInfo, place);
  const { tree, externalKey } = readExtensions(groupInfo);
  checkNodes(tree);
  const signer = leafAt(tree, groupInfo.signer);
  const signed = await asking(() =>
    verifyGroupInfoSignature(groupInfo, signer.signaturePublicKey, suite.signature),
  );
  if (!signed) throw new CryptoError('bad_signature', 'the GroupInfo is not signed by its signer');
  const leaves = await acceptTree(candidatesOf(tree), { context: place.context, isMember });
  await checkHashes(groupInfo, tree);
  return { groupInfo, tree, leaves, externalKey };
}

function checkContext(
  { groupContext, confirmationTag }: GroupInfo,
  { context, epoch }: { readonly context: CallContext; readonly epoch: bigint },
): void {
  if (groupContext.cipherSuite !== suiteName) throw new CryptoError('not_allowed', 'another suite');
  if (!equal(groupContext.groupId, mlsGroupId(context)))
    throw new CryptoError('wrong_call', 'GroupInfo of another call');
  if (groupContext.epoch !== epoch) throw new CryptoError('wrong_epoch', 'GroupInfo of another epoch');
  if (groupContext.extensions.length > 0) throw new CryptoError('not_allowed', 'a group with extensions');
  const transcriptBytes = epoch === 0n ? 0 : 32;
  if (groupContext.confirmedTranscriptHash.length !== transcriptBytes || confirmationTag.length !== 32) {
    throw new CryptoError('malformed', 'a hash or tag of another size');
  }
}

/** Exactly the two extensions that an external commit needs, once each. */
function readExtensions({ extensions }: GroupInfo): { tree: RatchetTree; externalKey: Bytes } {
  const external = extensions.filter(({ extensionType }) => extensionType === 'external_pub');
  const trees = extensions.filter(({ extensionType }) => extensionType === 'ratchet_tree');
  const [externalKey, tree] = [external[0]?.extensionData, trees[0]?.extensionData];
  if (extensions.length !== 2 || externalKey === undefined || tree === undefined) {
    throw new CryptoError('not_allowed', 'a GroupInfo needs external_pub and ratchet_tree and nothing else');
  }
  checkEncryptionKey(externalKey);
  return { tree: decodeTree(tree), externalKey: own(externalKey) };
}

function checkNodes(tree: RatchetTree): void {
  for (const [at, node] of tree.entries()) {
    if (node?.nodeType === 'leaf') checkLeaf(node.leaf, at / 2);
    if (node?.nodeType !== 'parent') continue;
    checkEncryptionKey(node.parent.hpkePublicKey);
    // Who joins by external commit sends its own path, so no leaf is ever unmerged here (C4). It is also where the
    // library walks indexes that it did not check, and misjudges valid trees.
    if (node.parent.unmergedLeaves.length > 0)
      throw new CryptoError('not_allowed', `unmerged leaves at node ${at}`);
  }
}

/** Leaf signatures, parent hashes, tree hash (RFC 9420 §7.9, §7.3). */
async function checkHashes({ groupContext }: GroupInfo, tree: RatchetTree): Promise<void> {
  const { lifetimeConfig, authService } = clientConfig;
  const error = await asking(() =>
    validateRatchetTree(tree, groupContext, lifetimeConfig, authService, groupContext.treeHash, suite),
  );
  if (error !== undefined) throw new CryptoError('bad_commit', `MLS refused the tree: ${error.name}`);
}
