// Messages of a member that are not commits (RFC 9420 §12.1, §15.2): proposals, which wait for somebody's commit, and application
// data. State in, new state out.
import { random, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { keyOf } from './codec.ts';
import { protect } from './create-commit.ts';
import { proposalRef, signContent, type Content, type FramedContent, type WireFormat } from './framing.ts';
import { signLeafNode } from './leaf-node.ts';
import type { Proposal } from './proposal.ts';
import { protectPrivate } from './private-message.ts';
import { encodeMessage } from './framing.ts';
import { copyKeys, successor, type GroupState } from './state.ts';
import type { CipherSuite } from './suite.ts';

export interface Sent {
  /** MLSMessage bytes. */
  readonly message: Bytes;
  readonly state: GroupState;
}

export interface SendOptions {
  readonly authenticatedData?: Bytes;
  /** For proposals. Default `public_message`. */
  readonly wireFormat?: WireFormat;
  /** For application data: zeros behind it. */
  readonly paddingBytes?: number;
}

/** Proposes; the proposal can be committed by reference, also by me. */
export function propose(state: GroupState, proposal: Proposal, options: SendOptions = {}): Sent {
  const { suite } = state;
  const wireFormat = options.wireFormat ?? 'public_message';
  const content = sign(state, { type: 'proposal', proposal }, { ...options, wireFormat });
  const { message, current } = protect(state, content);
  const reference = keyOf(proposalRef(suite, content));
  const proposals = new Map(state.proposals).set(reference, { proposal, sender: state.ownLeaf });
  return { message, state: successor(current, { proposals }) };
}

/** Proposes a fresh encryption key for my leaf (§12.1.2), for somebody else to commit. */
export function proposeUpdate(state: GroupState, options: SendOptions = {}): Sent {
  const { suite, ownLeaf, context, signaturePrivateKey } = state;
  const keys = suite.kem.deriveKeyPair(random(suite.hashBytes));
  const { signature: _, ...leaf } = state.tree.leafOrThrow(ownLeaf);
  const place = { groupId: context.groupId, leafIndex: ownLeaf };
  const content = { ...leaf, encryptionKey: keys.publicKey, source: { kind: 'update' } } as const;
  const leafNode = signLeafNode(suite, content, { signaturePrivateKey, place });
  const sent = propose(state, { type: 'update', leafNode }, options);
  const pendingUpdates = copyKeys(state.pendingUpdates).set(keyOf(keys.publicKey), keys.privateKey);
  return { ...sent, state: successor(sent.state, { pendingUpdates }) };
}

/** Encrypts application data. Throws `CryptoError('not_allowed')` while proposals wait to be committed (§15.2). */
export function sendApplication(state: GroupState, data: Bytes, options: SendOptions = {}): Sent {
  if (state.proposals.size > 0) throw new CryptoError('not_allowed', 'proposals wait to be committed');
  const { suite, secrets, secretTree } = state;
  const content = sign(state, { type: 'application', data }, { ...options, wireFormat: 'private_message' });
  const keys = { senderDataSecret: secrets.senderData, secretTree, paddingBytes: options.paddingBytes ?? 0 };
  const sealed = protectPrivate(suite, content, keys);
  return {
    message: encodeMessage({ wireFormat: 'private_message', privateMessage: sealed.message }),
    state: successor(state, { secretTree: sealed.secretTree }),
  };
}

function sign(
  state: GroupState,
  content: Content,
  options: SendOptions & { readonly wireFormat: WireFormat },
): { wireFormat: WireFormat; framed: FramedContent; auth: { signature: Bytes } } {
  const { context, ownLeaf, signaturePrivateKey } = state;
  const suite: CipherSuite = state.suite;
  const framed: FramedContent = {
    groupId: context.groupId,
    epoch: context.epoch,
    sender: { kind: 'member', leafIndex: ownLeaf },
    authenticatedData: options.authenticatedData ?? new Uint8Array(0),
    content,
  };
  const { wireFormat } = options;
  return {
    wireFormat,
    framed,
    auth: { signature: signContent(suite, { wireFormat, framed, context }, signaturePrivateKey) },
  };
}
