// Making a commit (RFC 9420 §12.4.1): the message for the group, a Welcome for who is added, and the state that counts once the
// commit was accepted. Until then the old state goes on; if the commit lost, what it led to is wiped.
import { wipe, type Bytes } from '../bytes.ts';
import type { Application, SentProposal } from './application.ts';
import { bytesOfKey } from './codec.ts';
import { validateApplied } from './commit-leaves.ts';
import { describeGroup } from './describe.ts';
import { nextEpoch, provisionalContext, resolvePsks, stateOf, type Epoch } from './epoch.ts';
import {
  encodeMessage,
  signContent,
  type AuthenticatedContent,
  type FramedContent,
  type WireFormat,
} from './framing.ts';
import { applyProposals, checkProposals, committable, needsPath, type Applied } from './proposal-list.ts';
import type { Proposal, ProposalOrRef } from './proposal.ts';
import { protectPrivate } from './private-message.ts';
import { protectPublic } from './public-message.ts';
import { copyKeys, keysThatStay, pastOf, successor, type GroupState } from './state.ts';
import { createPath, encryptPath, type NewPath } from './treekem.ts';
import { createWelcome } from './welcome.ts';

export interface CommitOptions {
  /** By value. */
  readonly proposals?: readonly Proposal[];
  /** Whether proposals of this epoch are committed by reference, as far as they may be. Default true. */
  readonly withReferences?: boolean;
  /** Whether there is a path where none is needed. Default true. */
  readonly withPath?: boolean;
  /** Default `public_message`. */
  readonly wireFormat?: WireFormat;
  readonly authenticatedData?: Bytes;
}

export interface MadeCommit {
  /** MLSMessage bytes. */
  readonly message: Bytes;
  /** MLSMessage bytes, if anybody was added. */
  readonly welcome: Bytes | undefined;
  /** The epoch that the commit leads to. Where messages were read since, `acceptCommit` takes that over. */
  readonly next: GroupState;
  /** What takes the old state's place until the commit is accepted: the same, less a key that a private message used up. */
  readonly current: GroupState;
}

/** Throws `CryptoError` where the proposals may not be committed. `state` stays as it is. */
export async function createCommit(
  state: GroupState,
  options: CommitOptions,
  application: Application,
): Promise<MadeCommit> {
  const { suite, context, ownLeaf } = state;
  const { list, references } = gather(state, options);
  checkProposals(suite, list, { tree: state.tree, committer: ownLeaf });
  const applied = applyProposals(list, { tree: state.tree, extensions: context.extensions });
  const judge = { suite, application, groupId: context.groupId };
  await validateApplied(judge, applied, { tree: state.tree, extensions: context.extensions });
  const hasPath = needsPath(list) || options.withPath !== false;
  const path = hasPath ? ownPath(state, applied) : undefined;
  const provisional = provisionalContext(suite, context, applied);
  const added = applied.added.map(({ index }) => index);
  const nodes = path && encryptPath(suite, applied.tree, { path, added, context: provisional });
  const framed: FramedContent = {
    groupId: context.groupId,
    epoch: context.epoch,
    sender: { kind: 'member', leafIndex: ownLeaf },
    authenticatedData: options.authenticatedData ?? new Uint8Array(0),
    content: {
      type: 'commit',
      commit: {
        proposals: references,
        path: nodes && { leafNode: applied.tree.leafOrThrow(ownLeaf), nodes },
      },
    },
  };
  const wireFormat = options.wireFormat ?? 'public_message';
  const signature = signContent(suite, { wireFormat, framed, context }, state.signaturePrivateKey);
  const commitSecret = path?.commitSecret ?? new Uint8Array(suite.hashBytes);
  const pskSecret = resolvePsks(suite, applied.psks, { application, state });
  const epoch = nextEpoch(suite, {
    interimTranscriptHash: state.interimTranscriptHash,
    ...{ provisional, entry: { wireFormat, framed, signature }, commitSecret, pskSecret },
    initSecret: state.secrets.init,
  });
  const auth = { signature, confirmationTag: epoch.confirmationTag };
  const { message, current } = protect(state, { wireFormat, framed, auth });
  const next = follow(state, { applied, path, epoch });
  const welcome =
    applied.added.length === 0 ? undefined : welcomeFor(next, { applied, path, epoch, pskSecret });
  wipe(commitSecret, pskSecret, epoch.joinerSecret, ...(path?.pathSecrets ?? []));
  return { message, welcome, next, current };
}

/** Encrypts or tags a message of mine. */
export function protect(
  state: GroupState,
  content: AuthenticatedContent,
): { message: Bytes; current: GroupState } {
  const { suite, context, secrets, secretTree } = state;
  if (content.wireFormat === 'public_message') {
    const publicMessage = protectPublic(suite, content, { context, membershipKey: secrets.membership });
    return { message: encodeMessage({ wireFormat: 'public_message', publicMessage }), current: state };
  }
  const keys = { senderDataSecret: secrets.senderData, secretTree, paddingBytes: 0 };
  const sealed = protectPrivate(suite, content, keys);
  return {
    message: encodeMessage({ wireFormat: 'private_message', privateMessage: sealed.message }),
    current: successor(state, { secretTree: sealed.secretTree }),
  };
}

/** What is committed, and how the commit names it. */
function gather(
  state: GroupState,
  options: CommitOptions,
): { list: SentProposal[]; references: ProposalOrRef[] } {
  const cached = options.withReferences === false ? [] : [...state.proposals];
  const byReference = new Map<SentProposal, string>(
    cached.map(([key, { proposal, sender }]) => [{ proposal, sender, by: 'reference' }, key]),
  );
  const chosen = committable([...byReference.keys()], state.ownLeaf);
  const byValue = options.proposals ?? [];
  return {
    list: [
      ...chosen,
      ...byValue.map((proposal): SentProposal => ({ proposal, sender: state.ownLeaf, by: 'value' })),
    ],
    references: [
      ...chosen.map((sent): ProposalOrRef => ({
        by: 'reference',
        reference: bytesOfKey(byReference.get(sent) ?? ''),
      })),
      ...byValue.map((proposal): ProposalOrRef => ({ by: 'value', proposal })),
    ],
  };
}

function ownPath(state: GroupState, applied: Applied): NewPath {
  const { suite, context, ownLeaf, signaturePrivateKey } = state;
  const { signatureKey, credential, capabilities, extensions } = state.tree.leafOrThrow(ownLeaf);
  return createPath(suite, applied.tree, {
    content: { signatureKey, credential, capabilities, extensions },
    ...{ groupId: context.groupId, leafIndex: ownLeaf, signaturePrivateKey },
  });
}

interface Outcome {
  readonly applied: Applied;
  readonly path: NewPath | undefined;
  readonly epoch: Epoch;
}

function follow(state: GroupState, { applied, path, epoch }: Outcome): GroupState {
  const kept = keysThatStay(state.privateKeys, { before: state.tree, after: applied.tree });
  return stateOf(state.suite, epoch, {
    tree: applied.tree,
    ownLeaf: state.ownLeaf,
    privateKeys: new Map([...kept, ...copyKeys(path?.privateKeys ?? new Map<number, Bytes>())]),
    signaturePrivateKey: state.signaturePrivateKey.slice(),
    past: pastOf(state),
  });
}

function welcomeFor(
  next: GroupState,
  { applied, path, epoch, pskSecret }: Outcome & { pskSecret: Bytes },
): Bytes {
  const groupInfo = describeGroup(next, { isJoinable: true, hasTree: true });
  const welcome = createWelcome(next.suite, {
    ...{ groupInfo, added: applied.added, path, committer: next.ownLeaf, leafCount: applied.tree.leafCount },
    ...{ joinerSecret: epoch.joinerSecret, pskSecret, psks: applied.psks },
  });
  return encodeMessage({ wireFormat: 'welcome', welcome });
}
