// Joining without being let in (RFC 9420 §12.4.3.2): from a GroupInfo to a commit of my own, if need be with the removal of my old
// leaf and with pre-shared keys. The state counts once the commit was accepted.
import { wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { Application, SentProposal } from './application.ts';
import { refuseTakenKeys } from './leaf-validation.ts';
import { nextEpoch, provisionalContext, resolvePsks, stateOf } from './epoch.ts';
import { extensionTypes, externalPub, findExtension } from './extension.ts';
import { encodeMessage, signContent, type FramedContent } from './framing.ts';
import type { GroupInfo } from './group-info.ts';
import { sendExternalInit } from './key-schedule.ts';
import { signLeafNode, type LeafContent } from './leaf-node.ts';
import { applyProposals, checkProposals } from './proposal-list.ts';
import type { Proposal } from './proposal.ts';
import type { PskId } from './psk.ts';
import type { RatchetTree } from './ratchet-tree.ts';
import type { GroupState } from './state.ts';
import type { CipherSuite, KeyPair } from './suite.ts';
import { interimTranscriptHash } from './transcript.ts';
import { createPath, encryptPath } from './treekem.ts';
import { verifiedTree } from './welcome.ts';
import type { LeafIndex } from './tree-math.ts';

export interface ExternalJoin {
  readonly groupInfo: GroupInfo;
  /** Where the GroupInfo brings none. */
  readonly tree?: RatchetTree;
  /** All of my leaf but what is made here. */
  readonly leaf: Pick<LeafContent, 'credential' | 'capabilities' | 'extensions'>;
  /** Copied. */
  readonly signatureKeys: KeyPair;
  readonly psks?: readonly PskId[];
  /** Which leaf I replace, asked with the verified tree. */
  readonly ownOldLeaf?: (tree: RatchetTree) => LeafIndex | undefined;
}

export interface MadeJoin {
  /** MLSMessage bytes. */
  readonly message: Bytes;
  readonly next: GroupState;
}

/** Throws `CryptoError` where the group cannot be joined or believed. */
export async function joinByExternalCommit(
  suite: CipherSuite,
  given: ExternalJoin,
  application: Application,
): Promise<MadeJoin> {
  const { groupInfo, signatureKeys } = given;
  const context = groupInfo.groupContext;
  const external = findExtension(groupInfo.extensions, extensionTypes.externalPub, externalPub);
  if (external === undefined) throw new CryptoError('not_allowed', 'a GroupInfo that lets nobody join');
  suite.kem.checkPublicKey(external.key);
  const before = await verifiedTree(suite, { info: groupInfo, tree: given.tree, application });
  const init = sendExternalInit(suite, external.key);
  const proposals = proposalsOf(given, { before, kemOutput: init.kemOutput });
  const list = proposals.map((proposal): SentProposal => ({ proposal, sender: undefined, by: 'value' }));
  checkProposals(suite, list, { tree: before, committer: 'joiner' });
  const { tree, extensions, psks } = applyProposals(list, { tree: before, extensions: context.extensions });
  const { index: ownLeaf, path } = placed(suite, tree, given);
  const provisional = provisionalContext(suite, context, { tree, extensions });
  const nodes = encryptPath(suite, tree, { path, added: [], context: provisional });
  const framed: FramedContent = {
    groupId: context.groupId,
    epoch: context.epoch,
    sender: { kind: 'new_member_commit' },
    authenticatedData: new Uint8Array(0),
    content: {
      type: 'commit',
      commit: {
        proposals: proposals.map((proposal) => ({ by: 'value', proposal })),
        path: { leafNode: tree.leafOrThrow(ownLeaf), nodes },
      },
    },
  };
  const wireFormat = 'public_message';
  const signature = signContent(suite, { wireFormat, framed, context }, signatureKeys.privateKey);
  const pskSecret = resolvePsks(suite, psks, { application });
  const epoch = nextEpoch(suite, {
    interimTranscriptHash: interimTranscriptHash(
      suite,
      context.confirmedTranscriptHash,
      groupInfo.confirmationTag,
    ),
    ...{ provisional, entry: { wireFormat, framed, signature }, pskSecret },
    initSecret: init.secret,
    commitSecret: path.commitSecret,
  });
  wipe(init.secret, pskSecret, path.commitSecret, epoch.joinerSecret, ...path.pathSecrets);
  const auth = { signature, confirmationTag: epoch.confirmationTag };
  const next = stateOf(suite, epoch, {
    ...{ tree, ownLeaf, past: undefined, privateKeys: path.privateKeys },
    signaturePrivateKey: signatureKeys.privateKey.slice(),
  });
  return { message: encodeMessage({ wireFormat, publicMessage: { framed, auth } }), next };
}

function proposalsOf(
  { ownOldLeaf, psks = [] }: ExternalJoin,
  given: { readonly before: RatchetTree; readonly kemOutput: Bytes },
): Proposal[] {
  const removed = ownOldLeaf?.(given.before);
  return [
    { type: 'external_init', kemOutput: given.kemOutput },
    ...(removed === undefined ? [] : [{ type: 'remove', removed } as const]),
    ...psks.map((psk) => ({ type: 'psk', psk }) as const),
  ];
}

/** Puts my leaf into the leftmost free place, and fresh keys on its path. */
function placed(
  suite: CipherSuite,
  tree: RatchetTree,
  { leaf, signatureKeys, groupInfo }: ExternalJoin,
): {
  readonly index: LeafIndex;
  readonly path: ReturnType<typeof createPath>;
} {
  const { groupId } = groupInfo.groupContext;
  const content = { ...leaf, signatureKey: signatureKeys.publicKey };
  const signaturePrivateKey = signatureKeys.privateKey;
  // Only where it stands matters: createPath makes the real leaf once that is known.
  const standIn = signLeafNode(
    suite,
    { ...content, encryptionKey: signatureKeys.publicKey, source: { kind: 'update' } },
    { signaturePrivateKey, place: { groupId, leafIndex: 0 } },
  );
  const index = tree.addLeaf(standIn);
  const path = createPath(suite, tree, { content, groupId, leafIndex: index, signaturePrivateKey });
  refuseTakenKeys(tree, tree.leafOrThrow(index), index);
  return { index, path };
}
