// GroupInfos that Mal makes, signed by Mal's leaf and sealed for the right epoch; and trees for them, in which everything is valid
// but what a test changes: without parent nodes, so that no parent hash can be wrong, and with leaves that sign for themselves.
import type { Bytes } from '../../bytes.ts';
import { openEnvelope, sealEnvelope } from '../../invite/index.ts';
import { encode } from '../../mls/codec.ts';
import { extensionTypes } from '../../mls/extension.ts';
import { decodeMessage, encodeMessage, type MlsMessage } from '../../mls/framing.ts';
import { signGroupInfo, type GroupInfo, type GroupInfoContent } from '../../mls/group-info.ts';
import { signLeafNode, type LeafContent } from '../../mls/leaf-node.ts';
import { ratchetTree, type RatchetTree } from '../../mls/ratchet-tree.ts';
import { treeHash } from '../../mls/tree-hash.ts';
import type { CallContext, CallState } from '../types.ts';
import { mlsOf } from './forge.ts';

/** The GroupInfo in sealed bytes. */
export function groupInfoOf(context: CallContext, epoch: bigint, sealed: Bytes): GroupInfo {
  const message = decodeMessage(infoBytes(context, epoch, sealed));
  if (message.wireFormat !== 'group_info') throw new TypeError('not a GroupInfo');
  return message.groupInfo;
}

/** The MLS bytes in sealed ones. */
export function infoBytes(context: CallContext, epoch: bigint, sealed: Bytes): Bytes {
  return openEnvelope(context.handshakeKey, { ...context, epoch, kind: 'groupInfo' }, sealed);
}

/** Seals any bytes as the GroupInfo of an epoch. */
export function sealInfo(context: CallContext, epoch: bigint, message: Bytes | MlsMessage): Bytes {
  const bytes = message instanceof Uint8Array ? message : encodeMessage(message);
  return sealEnvelope(context.handshakeKey, { ...context, epoch, kind: 'groupInfo' }, bytes);
}

/** A sealed GroupInfo with changed fields, signed by Mal's leaf. */
export function forgeInfo(mal: CallState, honest: GroupInfo, changes: Partial<GroupInfoContent>): Bytes {
  const { suite, ownLeaf, signaturePrivateKey } = mlsOf(mal);
  const content = { ...honest, signer: ownLeaf, ...changes };
  const groupInfo = signGroupInfo(suite, content, signaturePrivateKey);
  return sealInfo(mal.context, mal.epoch, { wireFormat: 'group_info', groupInfo });
}

/** A sealed GroupInfo with this tree, its hash right. */
export function forgeTree(mal: CallState, honest: GroupInfo, tree: RatchetTree): Bytes {
  const groupContext = { ...honest.groupContext, treeHash: treeHash(mlsOf(mal).suite, tree) };
  return forgeInfo(mal, honest, {
    groupContext,
    extensions: withTreeData(honest, encode(ratchetTree, tree)),
  });
}

/** The extensions of a GroupInfo with other bytes in the place of its tree. */
export function withTreeData({ extensions }: GroupInfo, data: Bytes): GroupInfo['extensions'] {
  return extensions.map((it) => (it.type === extensionTypes.ratchetTree ? { ...it, data } : it));
}

/** A clone of Mal's tree without a parent node: valid with any leaves. */
export function flatTree(mal: CallState): RatchetTree {
  const tree = mlsOf(mal).tree.clone();
  for (const [node] of [...tree.parents()]) tree.setParent(node, undefined);
  return tree;
}

/** What `flatTree` is with another leaf at `index`: as it was but for `changes`, and signed by `signer`. */
export function treeWithLeaf(
  mal: CallState,
  given: { readonly index: number; readonly changes: Partial<LeafContent>; readonly signer: Bytes },
): RatchetTree {
  const { suite, context } = mlsOf(mal);
  const tree = flatTree(mal);
  const { index: leafIndex, changes, signer: signaturePrivateKey } = given;
  const place = { groupId: context.groupId, leafIndex };
  const content = { ...tree.leafOrThrow(leafIndex), ...changes };
  tree.setLeaf(leafIndex, signLeafNode(suite, content, { signaturePrivateKey, place }));
  return tree;
}
