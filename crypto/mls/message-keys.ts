// Application messages of one epoch on their own (RFC 9420 §6.3, §9): what it takes to send and read them, taken out of a state, so
// that a commit under way and a message under way never meet. Keys in, new keys out; whoever takes them owns and wipes them, and
// takes them once a state: two copies would send under the same key.
import { wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { decodeMessage, encodeMessage, signContent, verifyContent, type FramedContent } from './framing.ts';
import { isSame } from './key-set.ts';
import { protectPrivate, unprotectPrivate } from './private-message.ts';
import { copySecretTree, wipeSecretTree, type SecretTree } from './secret-tree.ts';
import type { GroupState } from './state.ts';
import type { LeafIndex } from './tree-math.ts';

export interface MessageKeys extends Pick<
  GroupState,
  'suite' | 'context' | 'tree' | 'ownLeaf' | 'signaturePrivateKey'
> {
  readonly senderDataSecret: Bytes;
  readonly secretTree: SecretTree;
}

/** Copies of what a state holds for messages. */
export function messageKeysOf(state: GroupState): MessageKeys {
  const { suite, context, tree, ownLeaf, secrets } = state;
  return {
    ...{ suite, context, tree, ownLeaf },
    signaturePrivateKey: state.signaturePrivateKey.slice(),
    senderDataSecret: secrets.senderData.slice(),
    secretTree: copySecretTree(state.secretTree),
  };
}

/** MLSMessage bytes for everybody in the epoch, and the keys without the one that took. */
export function sealMessage(keys: MessageKeys, data: Bytes): { message: Bytes; keys: MessageKeys } {
  const { suite, context, ownLeaf } = keys;
  const framed: FramedContent = {
    groupId: context.groupId,
    epoch: context.epoch,
    sender: { kind: 'member', leafIndex: ownLeaf },
    authenticatedData: new Uint8Array(0),
    content: { type: 'application', data },
  };
  const wireFormat = 'private_message';
  const signature = signContent(suite, { wireFormat, framed, context }, keys.signaturePrivateKey);
  const sealed = protectPrivate(
    suite,
    { wireFormat, framed, auth: { signature } },
    { ...keys, paddingBytes: 0 },
  );
  return {
    message: encodeMessage({ wireFormat, privateMessage: sealed.message }),
    keys: { ...keys, secretTree: sealed.secretTree },
  };
}

/**
 * Who said what, and the keys without the one that took. Throws `CryptoError`: `not_allowed` for anything but application data,
 * `wrong_group`, `wrong_epoch`, `not_opened`, `replayed`, `out_of_range`, `bad_signature`, `malformed`.
 */
export async function openMessage(
  keys: MessageKeys,
  bytes: Bytes,
): Promise<{ readonly sender: LeafIndex; readonly data: Bytes; readonly keys: MessageKeys }> {
  const { suite, context, tree } = keys;
  const message = decodeMessage(bytes);
  if (message.wireFormat !== 'private_message' || message.privateMessage.contentType !== 'application') {
    throw new CryptoError('not_allowed', 'not application data');
  }
  const { privateMessage } = message;
  if (!isSame(privateMessage.groupId, context.groupId))
    throw new CryptoError('wrong_group', 'of another group');
  if (privateMessage.epoch !== context.epoch) throw new CryptoError('wrong_epoch', 'of another epoch');
  const { content, secretTree } = unprotectPrivate(suite, privateMessage, keys);
  const { sender, content: body } = content.framed;
  if (sender.kind !== 'member' || body.type !== 'application') throw new TypeError('not application data');
  const { signatureKey } = tree.leafOrThrow(sender.leafIndex);
  await verifyContent(suite, content, { context, signatureKey });
  return { sender: sender.leafIndex, data: body.data, keys: { ...keys, secretTree } };
}

export function wipeMessageKeys(keys: MessageKeys): void {
  wipe(keys.signaturePrivateKey, keys.senderDataSecret);
  wipeSecretTree(keys.secretTree);
}
