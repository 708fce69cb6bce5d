// Commits as a malicious member or joiner makes them: every part is computed as crypto/mls would, signed and tagged with real keys, but
// no rule is asked, and each part can be changed before the next is computed from it. So one rule, and no tag, has to refuse them.
import { random, type Bytes } from '../../bytes.ts';
import type { SentProposal } from '../application.ts';
import { protect } from '../create-commit.ts';
import { nextEpoch, provisionalContext, resolvePsks } from '../epoch.ts';
import { externalPub, extensionTypes, findExtension } from '../extension.ts';
import { encodeMessage, signContent, type FramedContent, type Sender, type WireFormat } from '../framing.ts';
import type { GroupInfo } from '../group-info.ts';
import { sendExternalInit } from '../key-schedule.ts';
import { signLeafNode, type LeafContent } from '../leaf-node.ts';
import { applyProposals } from '../proposal-list.ts';
import type { Proposal, ProposalOrRef } from '../proposal.ts';
import { ratchetTree, type PathStep, type RatchetTree } from '../ratchet-tree.ts';
import type { GroupState } from '../state.ts';
import type { CipherSuite } from '../suite.ts';
import { interimTranscriptHash } from '../transcript.ts';
import { parentHashAt } from '../tree-hash.ts';
import { createPath, encryptPath, type NewPath } from '../treekem.ts';
import type { UpdatePathNode } from '../update-path.ts';
import { application, capabilities, suite, type Person } from './people.ts';

export interface Forgery {
  /** By value, after `references`. */
  readonly proposals?: readonly Proposal[];
  readonly references?: readonly { readonly reference: Bytes; readonly sent: SentProposal }[];
  /** What its maker applies; by default what it names. */
  readonly applied?: readonly SentProposal[];
  readonly hasPath?: boolean;
  readonly wireFormat?: WireFormat;
  /** Public keys of the path, from below; parent hashes are those of what comes out. */
  readonly pathKeys?: (keys: readonly Bytes[], tree: RatchetTree) => readonly Bytes[];
  /** The leaf of the path before it is signed. */
  readonly leaf?: (content: LeafContent) => LeafContent;
  readonly nodes?: (nodes: readonly UpdatePathNode[]) => readonly UpdatePathNode[];
  readonly sender?: Sender;
  /** Before it is signed. */
  readonly framed?: (framed: FramedContent) => FramedContent;
  readonly tag?: (tag: Bytes) => Bytes;
  /** Signs the message, and the leaf, in place of the suite. */
  readonly signsWith?: CipherSuite;
  readonly signsLeafWith?: CipherSuite;
}

/** Where a commit starts from. */
interface Stance {
  readonly before: Pick<GroupState, 'context' | 'tree' | 'interimTranscriptHash'>;
  readonly leafIndex: number | undefined;
  readonly initSecret: Bytes;
  readonly leaf: Omit<LeafContent, 'encryptionKey' | 'source'>;
  readonly signaturePrivateKey: Bytes;
  readonly state?: GroupState;
}

/** A member's commit. */
export function forgeCommit(state: GroupState, forgery: Forgery = {}): Bytes {
  const { signatureKey, credential, capabilities: able, extensions } = state.tree.leafOrThrow(state.ownLeaf);
  return forge(
    {
      before: state,
      leafIndex: state.ownLeaf,
      initSecret: state.secrets.init,
      leaf: { signatureKey, credential, capabilities: able, extensions },
      signaturePrivateKey: state.signaturePrivateKey,
      state,
    },
    forgery,
  );
}

/** An external commit, with one ExternalInit in front unless `proposals` says otherwise. */
export function forgeJoin(groupInfo: GroupInfo, who: Person, forgery: Forgery = {}): Bytes {
  const external = findExtension(groupInfo.extensions, extensionTypes.externalPub, externalPub);
  const tree = findExtension(groupInfo.extensions, extensionTypes.ratchetTree, ratchetTree);
  if (external === undefined || tree === undefined) throw new TypeError('nobody can join by this GroupInfo');
  const { groupContext: context, confirmationTag } = groupInfo;
  const init = sendExternalInit(suite, external.key);
  const initial: Proposal = { type: 'external_init', kemOutput: init.kemOutput };
  return forge(
    {
      before: {
        context,
        tree,
        interimTranscriptHash: interimTranscriptHash(suite, context.confirmedTranscriptHash, confirmationTag),
      },
      leafIndex: undefined,
      initSecret: init.secret,
      leaf: {
        signatureKey: who.signatureKeys.publicKey,
        credential: who.credential,
        capabilities,
        extensions: [],
      },
      signaturePrivateKey: who.signatureKeys.privateKey,
    },
    { ...forgery, proposals: withInit(forgery.proposals ?? [], initial) },
  );
}

/** An ExternalInit without content stands for the real one. */
export const externalInit: Proposal = { type: 'external_init', kemOutput: new Uint8Array(0) };

function withInit(proposals: readonly Proposal[], initial: Proposal): readonly Proposal[] {
  const isPlaced = proposals.some(({ type }) => type === 'external_init');
  const given = proposals.map((one) => (one === externalInit ? initial : one));
  return isPlaced ? given : [initial, ...given];
}

function forge(stance: Stance, forgery: Forgery): Bytes {
  const { before, leafIndex } = stance;
  const signing = forgery.signsWith ?? suite;
  const byValue = forgery.proposals ?? [];
  const named: ProposalOrRef[] = [
    ...(forgery.references ?? []).map(({ reference }) => ({ by: 'reference', reference }) as const),
    ...byValue.map((proposal) => ({ by: 'value', proposal }) as const),
  ];
  const list = [
    ...(forgery.references ?? []).map(({ sent }) => sent),
    ...byValue.map((proposal): SentProposal => ({ proposal, sender: leafIndex, by: 'value' })),
  ];
  const { extensions: old } = before.context;
  const applied = applyProposals(forgery.applied ?? list, { tree: before.tree, extensions: old });
  const { tree } = applied;
  const made = forgery.hasPath === false ? undefined : forgePath(tree, stance, forgery);
  const provisional = provisionalContext(suite, before.context, applied);
  const added = applied.added.map(({ index }) => index);
  const nodes = made && encryptPath(suite, tree, { path: made.path, added, context: provisional });
  const path = made && {
    leafNode: tree.leafOrThrow(made.index),
    nodes: forgery.nodes === undefined || nodes === undefined ? (nodes ?? []) : forgery.nodes(nodes),
  };
  const plain: FramedContent = {
    groupId: before.context.groupId,
    epoch: before.context.epoch,
    sender: forgery.sender ?? senderOf(leafIndex),
    authenticatedData: new Uint8Array(0),
    content: { type: 'commit', commit: { proposals: named, path } },
  };
  const framed = forgery.framed?.(plain) ?? plain;
  const wireFormat = forgery.wireFormat ?? 'public_message';
  const signed = { wireFormat, framed, context: before.context };
  const signature = signContent(signing, signed, stance.signaturePrivateKey);
  const from = { application, ...(stance.state && { state: stance.state }) };
  const { confirmationTag } = nextEpoch(suite, {
    interimTranscriptHash: before.interimTranscriptHash,
    ...{ provisional, entry: { wireFormat, framed, signature } },
    initSecret: stance.initSecret,
    commitSecret: made?.path.commitSecret ?? new Uint8Array(suite.hashBytes),
    pskSecret: resolvePsks(suite, applied.psks, from),
  });
  const auth = { signature, confirmationTag: forgery.tag?.(confirmationTag) ?? confirmationTag };
  if (stance.state !== undefined) return protect(stance.state, { wireFormat, framed, auth }).message;
  const membershipTag = framed.sender.kind === 'member' ? { membershipTag: random(suite.hashBytes) } : {};
  return encodeMessage({ wireFormat: 'public_message', publicMessage: { framed, auth, ...membershipTag } });
}

function senderOf(leafIndex: number | undefined): Sender {
  return leafIndex === undefined ? { kind: 'new_member_commit' } : { kind: 'member', leafIndex };
}

/** Fresh keys, changed as the forgery says, with parent hashes and a signature that fit them. */
function forgePath(tree: RatchetTree, stance: Stance, forgery: Forgery): { path: NewPath; index: number } {
  const { groupId } = stance.before.context;
  const { signaturePrivateKey, leaf } = stance;
  const signing = forgery.signsLeafWith ?? suite;
  const old = stance.leafIndex === undefined ? undefined : stance.before.tree.leafOrThrow(stance.leafIndex);
  const standIn = signLeafNode(
    suite,
    { ...leaf, encryptionKey: leaf.signatureKey, source: { kind: 'update' } },
    { signaturePrivateKey, place: { groupId, leafIndex: 0 } },
  );
  const index = stance.leafIndex ?? tree.addLeaf(standIn);
  if (old !== undefined && tree.leaf(index) === undefined) tree.setLeaf(index, old); // who removes itself
  const by = { content: leaf, groupId, signaturePrivateKey, leafIndex: index };
  const path = createPath(suite, tree, by);
  const keys = path.steps.map(({ node }) => tree.encryptionKey(node));
  const changed = forgery.pathKeys?.(keys, tree) ?? keys;
  for (const [at, { node }] of path.steps.entries()) {
    const encryptionKey = changed[at] as Bytes;
    tree.setParent(node, { encryptionKey, parentHash: new Uint8Array(0), unmergedLeaves: [] });
  }
  const parentHash = setParentHashes(tree, path.steps);
  const { signature: _, ...made } = tree.leafOrThrow(index);
  const content: LeafContent = { ...made, source: { kind: 'commit', parentHash } };
  const place = { groupId, leafIndex: index };
  tree.setLeaf(
    index,
    signLeafNode(signing, forgery.leaf?.(content) ?? content, { signaturePrivateKey, place }),
  );
  return { path, index };
}

/** §7.9, from the root down. */
export function setParentHashes(tree: RatchetTree, steps: readonly PathStep[]): Bytes {
  let parentHash: Bytes = new Uint8Array(0);
  for (const step of steps.toReversed()) {
    const parent = tree.parent(step.node);
    if (parent === undefined) throw new TypeError('a step to a blank node');
    tree.setParent(step.node, { ...parent, parentHash });
    parentHash = parentHashAt(suite, tree, step);
  }
  return parentHash;
}
