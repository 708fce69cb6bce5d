// What a member does with a message of its group (RFC 9420 §6, §12.1, §12.4.2, §15): unprotect, verify, and by what it is apply a
// commit, keep a proposal, hand out application data. State in, new state out; a refusal changes nothing.
import type { Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { Application } from './application.ts';
import { keyOf } from './codec.ts';
import {
  decodeMessage,
  proposalRef,
  verifyContent,
  type AuthenticatedContent,
  type MlsMessage,
  type PrivateMessage,
} from './framing.ts';
import { isSame } from './key-set.ts';
import { unprotectPrivate } from './private-message.ts';
import { processCommit, type CommitChange, type ReceivedCommit } from './process-commit.ts';
import type { Proposal } from './proposal.ts';
import { unprotectPublic } from './public-message.ts';
import { copyPast, successor, type GroupState, type PastEpoch } from './state.ts';
import type { LeafIndex } from './tree-math.ts';

/** Proposals that wait for a commit; more are refused. */
export const maxProposals = 1024;

export type Received =
  | { readonly kind: 'commit'; readonly state: GroupState; readonly change: CommitChange }
  | {
      readonly kind: 'proposal';
      readonly state: GroupState;
      readonly sender: LeafIndex;
      readonly proposal: Proposal;
    }
  | {
      readonly kind: 'application';
      readonly state: GroupState;
      readonly sender: LeafIndex;
      readonly epoch: bigint;
      readonly data: Bytes;
      readonly authenticatedData: Bytes;
    };

/** Takes MLSMessage bytes. Throws `CryptoError`. */
export async function receive(state: GroupState, bytes: Bytes, application: Application): Promise<Received> {
  const message = decodeMessage(bytes);
  if (isLate(state, message)) return receiveLate(state, message.privateMessage);
  const opened = unprotect(state, message);
  switch (opened.message.framed.content.type) {
    case 'commit':
      return { kind: 'commit', ...(await processCommit(state, opened, application)) };
    case 'proposal':
      return keepProposal(state, opened, opened.message.framed.content.proposal);
    case 'application': {
      const next = successor(state, { secretTree: opened.secretTree });
      return { state: next, ...(await openApplication(opened.message, state)) };
    }
    default:
      return opened.message.framed.content satisfies never;
  }
}

function unprotect(state: GroupState, message: MlsMessage): ReceivedCommit {
  const { suite, context, secrets, secretTree } = state;
  if (message.wireFormat === 'public_message') {
    const { publicMessage } = message;
    checkPlace(state, publicMessage.framed);
    return {
      message: unprotectPublic(suite, publicMessage, { context, membershipKey: secrets.membership }),
      secretTree,
    };
  }
  if (message.wireFormat === 'private_message') {
    const { privateMessage } = message;
    checkPlace(state, privateMessage);
    const opened = unprotectPrivate(suite, privateMessage, {
      senderDataSecret: secrets.senderData,
      secretTree,
    });
    return { message: opened.content, secretTree: opened.secretTree };
  }
  throw new CryptoError('not_allowed', `a ${message.wireFormat} is not for a member`);
}

function checkPlace({ context }: GroupState, { groupId, epoch }: { groupId: Bytes; epoch: bigint }): void {
  if (!isSame(groupId, context.groupId)) throw new CryptoError('wrong_group', 'a message of another group');
  if (epoch !== context.epoch) throw new CryptoError('wrong_epoch', 'a message of another epoch');
}

/** Application data of the epoch before, for which its keys are kept. */
function isLate(
  state: GroupState,
  message: MlsMessage,
): message is MlsMessage & { wireFormat: 'private_message' } {
  if (message.wireFormat !== 'private_message') return false;
  const { groupId, epoch, contentType } = message.privateMessage;
  const isOfPast = epoch === state.past?.context.epoch && isSame(groupId, state.context.groupId);
  return isOfPast && contentType === 'application';
}

async function receiveLate(state: GroupState, message: PrivateMessage): Promise<Received> {
  const past = state.past as PastEpoch;
  const keys = { senderDataSecret: past.senderData, secretTree: past.secretTree };
  const { content, secretTree } = unprotectPrivate(state.suite, message, keys);
  const opened = await openApplication(content, {
    suite: state.suite,
    context: past.context,
    tree: past.tree,
  });
  return { state: successor(state, { past: { ...copyPast(past), secretTree } }), ...opened };
}

async function openApplication(
  message: AuthenticatedContent,
  { suite, context, tree }: Pick<GroupState, 'suite' | 'context' | 'tree'>,
): Promise<Omit<Extract<Received, { kind: 'application' }>, 'state'>> {
  const { framed } = message;
  if (framed.sender.kind !== 'member' || framed.content.type !== 'application')
    throw new TypeError('not application data');
  const { leafIndex: sender } = framed.sender;
  await verifyContent(suite, message, { context, signatureKey: tree.leafOrThrow(sender).signatureKey });
  const { epoch, authenticatedData } = framed;
  return { kind: 'application', sender, epoch, data: framed.content.data, authenticatedData };
}

/** §12.1: verified and kept under its reference; whether it is any good is decided when it is committed. */
async function keepProposal(
  state: GroupState,
  opened: ReceivedCommit,
  proposal: Proposal,
): Promise<Received> {
  const { suite, context, tree } = state;
  const { message, secretTree } = opened;
  const { sender } = message.framed;
  if (sender.kind !== 'member')
    throw new CryptoError('unsupported', 'a proposal of somebody who is not a member');
  await verifyContent(suite, message, {
    context,
    signatureKey: tree.leafOrThrow(sender.leafIndex).signatureKey,
  });
  if (state.proposals.size >= maxProposals) throw new CryptoError('out_of_range', 'too many proposals');
  const reference = keyOf(proposalRef(suite, message));
  const proposals = new Map(state.proposals).set(reference, { proposal, sender: sender.leafIndex });
  const next = successor(state, { proposals, ...(secretTree !== state.secretTree && { secretTree }) });
  return { kind: 'proposal', state: next, sender: sender.leafIndex, proposal };
}
