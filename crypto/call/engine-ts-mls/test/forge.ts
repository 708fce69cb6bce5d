// Mal's client for the tests of this folder: commits and GroupInfos that an honest client never makes, signed, tagged and
// sealed as validly as Mal can. Mal may be a member of the group, so the envelope is no obstacle here (protocol.md E1).
import { ed25519 } from '@noble/curves/ed25519.js';
import type { ClientState, Commit, MLSMessage, Proposal, Sender, UpdatePath } from 'ts-mls';
import { exportSecret } from 'ts-mls/clientState.js';
import { createContentCommitSignature } from 'ts-mls/framedContent.js';
import { signGroupInfo, type GroupInfo, type GroupInfoTBS } from 'ts-mls/groupInfo.js';
import { generateKeyPackageWithKey } from 'ts-mls/keyPackage.js';
import { signLeafNodeCommit, type LeafNodeCommit } from 'ts-mls/leafNode.js';
import { protectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import type { PublicMessage } from 'ts-mls/publicMessage.js';
import { addLeafNode, encodeRatchetTree, type RatchetTree } from 'ts-mls/ratchetTree.js';
import { random, type Bytes } from '../../../bytes.ts';
import { openEnvelope, sealEnvelope } from '../../../invite/index.ts';
import { createCredential } from '../../credential.ts';
import type { CallContext, CallState, Me, Proposed } from '../../types.ts';
import { capabilities } from '../check-leaf.ts';
import { makeCommit, type Made } from '../commit.ts';
import { decodeCommit, decodeGroupInfo, encodeMessage } from '../decode.ts';
import { MlsCallState } from '../state.ts';
import { own, suite } from '../suite.ts';
import { withoutLeaves } from '../tree.ts';

const wireformat = 'mls_public_message';

export const mlsOf = (state: CallState): ClientState => MlsCallState.mlsOf(state);

/** A Remove proposal. */
export const removal = (removed: number): Proposal => ({ proposalType: 'remove', remove: { removed } });

/** The MLS bytes in an honest client's sealed commit. */
export function commitBytes(context: CallContext, { epoch, message }: Proposed): Bytes {
  return openEnvelope(context.handshakeKey, { ...context, epoch, kind: 'commit' }, message);
}

/** The commit in an honest client's proposal. */
export function commitOf(
  context: CallContext,
  proposed: Proposed,
): { commit: Commit; message: PublicMessage } {
  const message = decodeCommit(commitBytes(context, proposed));
  if (message.content.contentType !== 'commit') throw new TypeError('not a commit');
  return { commit: message.content.commit, message };
}

/** The path of an honest commit. */
export function pathOf(context: CallContext, proposed: Proposed): UpdatePath {
  const { path } = commitOf(context, proposed).commit;
  if (path === undefined) throw new TypeError('no path');
  return path;
}

/** Seals any bytes as a commit of the state's epoch. */
export function sealCommit({ context, epoch }: CallState, message: Bytes | MLSMessage): Bytes {
  const bytes = message instanceof Uint8Array ? message : encodeMessage(message);
  return sealEnvelope(context.handshakeKey, { ...context, epoch, kind: 'commit' }, bytes);
}

/** What Mal writes into a message of its own leaf. */
export interface Forged {
  readonly commit: Commit;
  readonly sender?: Sender;
  readonly authenticatedData?: Uint8Array;
  readonly groupId?: Uint8Array;
  readonly epoch?: bigint;
  /** Seed to sign with, where it is not Mal's leaf's. */
  readonly signKey?: Uint8Array;
}

/** A sealed commit by Mal's leaf, its signature and membership tag valid, its confirmation tag random. */
export async function sign(mal: CallState, forged: Forged): Promise<Bytes> {
  const { groupContext, keySchedule, privatePath, signaturePrivateKey } = mlsOf(mal);
  const sender = forged.sender ?? { senderType: 'member', leafIndex: privatePath.leafIndex };
  const context = {
    ...groupContext,
    groupId: forged.groupId ?? groupContext.groupId,
    epoch: forged.epoch ?? groupContext.epoch,
  };
  const { signature, framedContent } = await createContentCommitSignature(
    context,
    wireformat,
    forged.commit,
    sender,
    forged.authenticatedData ?? new Uint8Array(0),
    forged.signKey ?? signaturePrivateKey,
    suite.signature,
  );
  const auth = { contentType: 'commit' as const, signature, confirmationTag: random(32) };
  const content = { wireformat, content: framedContent, auth } as const;
  const publicMessage = await protectPublicMessage(keySchedule.membershipKey, context, content, suite);
  return sealCommit(mal, { version: 'mls10', wireformat, publicMessage });
}

/** The leaf with changed fields, signed again by `signKey` for its place. */
export async function resignLeaf(
  leaf: LeafNodeCommit,
  changes: Partial<LeafNodeCommit>,
  place: { readonly groupId: Uint8Array; readonly leafIndex: number; readonly signKey: Uint8Array },
): Promise<LeafNodeCommit> {
  const { groupId, leafIndex, signKey } = place;
  const tbs = { ...leaf, ...changes, leafNodeSource: 'commit' as const, groupId, leafIndex };
  return signLeafNodeCommit(tbs, signKey, suite.signature);
}

/** A commit of Mal's leaf that is valid in everything but what it holds. */
export async function commit(
  mal: CallState,
  proposals: readonly Proposal[],
  tree?: RatchetTree,
): Promise<Made> {
  const { groupContext, confirmationTag, keySchedule, privatePath, signaturePrivateKey, ratchetTree } =
    mlsOf(mal);
  return makeCommit({
    ...{ groupContext, confirmationTag, signaturePrivateKey, proposals, tree: tree ?? ratchetTree },
    ...{ membershipKey: keySchedule.membershipKey, initSecret: keySchedule.initSecret },
    ...{ leafIndex: privatePath.leafIndex, privateKeys: privatePath.privateKeys },
    sender: { senderType: 'member', leafIndex: privatePath.leafIndex },
  });
}

/** What Mal changes of an external join. */
export interface ForgedJoin {
  /** Leaves it removes; an honest joiner's own old one at most. */
  readonly removed?: readonly number[];
  /** Proposals instead of the removals and the ExternalInit. */
  readonly proposals?: readonly Proposal[];
  /** Seed of the leaf's signature key, where it is not fresh. */
  readonly signKey?: Uint8Array;
  /** Credential bytes for a leaf key. */
  readonly credential?: (leafKey: Bytes) => Promise<Bytes> | Bytes;
}

/** An external commit into the epoch of `inside`, valid in everything but what was asked for. */
export async function join(inside: CallState, me: Me, forged: ForgedJoin = {}): Promise<Made> {
  const { groupContext, confirmationTag, ratchetTree, keySchedule } = mlsOf(inside);
  const { context } = inside;
  const signKey = forged.signKey ?? random(32);
  const keys = { signKey, publicKey: ed25519.getPublicKey(signKey) };
  const leafKey = own(keys.publicKey);
  const identity = await (forged.credential ?? ((key) => createCredential(me, { context, leafKey: key })))(
    leafKey,
  );
  const lifetime = { notBefore: 0n, notAfter: 1n };
  const credential = { credentialType: 'basic' as const, identity };
  const { publicPackage } = await generateKeyPackageWithKey(
    credential,
    capabilities,
    lifetime,
    [],
    keys,
    suite,
  );
  const removed = forged.removed ?? [];
  const [tree, node] = addLeafNode(withoutLeaves(ratchetTree, removed), publicPackage.leafNode);
  const external = await suite.hpke.deriveKeyPair(keySchedule.externalSecret);
  const { enc, secret } = await exportSecret(await suite.hpke.exportPublicKey(external.publicKey), suite);
  return makeCommit({
    ...{ groupContext, confirmationTag, tree, leafIndex: node / 2, privateKeys: {} },
    ...{ membershipKey: new Uint8Array(0), initSecret: secret, signaturePrivateKey: keys.signKey },
    sender: { senderType: 'new_member_commit' },
    proposals: forged.proposals ?? [
      ...removed.map(removal),
      { proposalType: 'external_init', externalInit: { kemOutput: enc } },
    ],
  });
}

/** The GroupInfo in sealed bytes. */
export function groupInfoOf(context: CallContext, epoch: bigint, sealed: Bytes): GroupInfo {
  return decodeGroupInfo(
    openEnvelope(context.handshakeKey, { ...context, epoch, kind: 'groupInfo' }, sealed),
  );
}

/** Seals any bytes as the GroupInfo of an epoch. */
export function sealInfo(context: CallContext, epoch: bigint, message: Bytes | MLSMessage): Bytes {
  const bytes = message instanceof Uint8Array ? message : encodeMessage(message);
  return sealEnvelope(context.handshakeKey, { ...context, epoch, kind: 'groupInfo' }, bytes);
}

/** A GroupInfo with changed fields, signed by Mal's leaf and sealed for its epoch. */
export async function forgeGroupInfo(
  mal: CallState,
  honest: GroupInfo,
  changes: Partial<GroupInfoTBS> & { readonly tree?: RatchetTree },
): Promise<Bytes> {
  const { tree, ...rest } = changes;
  const extensions = (rest.extensions ?? honest.extensions).map((extension) =>
    tree !== undefined && extension.extensionType === 'ratchet_tree'
      ? { ...extension, extensionData: encodeRatchetTree(tree) }
      : extension,
  );
  const signer = mlsOf(mal).privatePath.leafIndex;
  const tbs = { ...honest, signer, ...rest, extensions };
  const groupInfo = await signGroupInfo(tbs, mlsOf(mal).signaturePrivateKey, suite.signature);
  return sealInfo(mal.context, mal.epoch, { version: 'mls10', wireformat: 'mls_group_info', groupInfo });
}
