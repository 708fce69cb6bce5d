// message-protection.json: PublicMessage and PrivateMessage (RFC 9420 §6.2, §6.3) of leaf 1 in a group of two: the given ones open to
// the given content, our own open again, and with any one byte changed none does.
import { fromHex, random, type Bytes } from '../../../bytes.ts';
import { encode } from '../../codec.ts';
import {
  contentBody,
  decodeMessage,
  encodeMessage,
  signContent,
  verifyContent,
  type AuthenticatedContent,
  type Content,
  type WireFormat,
} from '../../framing.ts';
import type { GroupContext } from '../../group-context.ts';
import { protocolVersion } from '../../key-package.ts';
import { protectPrivate, unprotectPrivate } from '../../private-message.ts';
import { protectPublic, unprotectPublic } from '../../public-message.ts';
import { createSecretTree } from '../../secret-tree.ts';
import type { CipherSuite } from '../../suite.ts';
import { is, isHex, isRefused, suiteOf } from './check.ts';
import { messageOf } from './message-of.ts';

interface MessageProtectionVector {
  readonly cipher_suite: number;
  readonly group_id: string;
  readonly epoch: number;
  readonly tree_hash: string;
  readonly confirmed_transcript_hash: string;
  readonly signature_priv: string;
  readonly signature_pub: string;
  readonly encryption_secret: string;
  readonly sender_data_secret: string;
  readonly membership_key: string;
  readonly proposal: string;
  readonly proposal_priv: string;
  readonly proposal_pub: string;
  readonly commit: string;
  readonly commit_priv: string;
  readonly commit_pub: string;
  readonly application: string;
  readonly application_priv: string;
}

/** What sender and receivers share, and the sender's signature keys. */
interface Epoch {
  readonly suite: CipherSuite;
  readonly context: GroupContext;
  readonly membershipKey: Bytes;
  readonly senderDataSecret: Bytes;
  readonly encryptionSecret: Bytes;
  readonly signatureKey: Bytes;
  readonly signaturePrivateKey: Bytes;
}

const sender = { kind: 'member', leafIndex: 1 } as const;

export async function messageProtection(vector: MessageProtectionVector): Promise<void> {
  const suite = suiteOf(vector.cipher_suite);
  const signaturePrivateKey = fromHex(vector.signature_priv);
  isHex('signature_priv', suite.signature.publicKeyOf(signaturePrivateKey), vector.signature_pub);
  const epoch: Epoch = {
    ...{ suite, context: contextOf(vector), signaturePrivateKey },
    membershipKey: fromHex(vector.membership_key),
    senderDataSecret: fromHex(vector.sender_data_secret),
    encryptionSecret: fromHex(vector.encryption_secret),
    signatureKey: fromHex(vector.signature_pub),
  };
  for (const type of ['proposal', 'commit'] as const) {
    messageOf('public_message', vector[`${type}_pub`]);
    await checkMessage(epoch, vector[`${type}_pub`], { type, hex: vector[type] });
  }
  for (const type of ['proposal', 'commit', 'application'] as const) {
    messageOf('private_message', vector[`${type}_priv`]);
    await checkMessage(epoch, vector[`${type}_priv`], { type, hex: vector[type] });
  }
}

function contextOf(vector: MessageProtectionVector): GroupContext {
  return {
    version: protocolVersion,
    cipherSuite: vector.cipher_suite,
    groupId: fromHex(vector.group_id),
    epoch: BigInt(vector.epoch),
    treeHash: fromHex(vector.tree_hash),
    confirmedTranscriptHash: fromHex(vector.confirmed_transcript_hash),
    extensions: [],
  };
}

async function checkMessage(
  epoch: Epoch,
  message: string,
  expected: { type: Content['type']; hex: string },
): Promise<void> {
  const given = await unprotect(epoch, fromHex(message));
  const { type } = expected;
  const what = `${type} in a ${given.wireFormat}`;
  is(`type of a ${what}`, given.framed.content.type, type);
  isHex(what, bodyOf(given.framed.content), expected.hex);
  const own = protect(epoch, given.wireFormat, given.framed.content);
  const opened = await unprotect(epoch, own);
  isHex(`${what}, protected here`, bodyOf(opened.framed.content), expected.hex);
  for (const [from, bytes] of [
    ['given', fromHex(message)],
    ['made here', own],
  ] as const) {
    for (const at of bytes.keys()) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      await isRefused(`${what}, ${from}, with byte ${at} changed`, () => unprotect(epoch, changed));
    }
  }
}

/** The content without its framing, as the vectors have it: application data is itself. */
function bodyOf(content: Content): Bytes {
  return content.type === 'application'
    ? content.data
    : encode(contentBody(content.type), structuredClone(content));
}

async function unprotect(epoch: Epoch, bytes: Bytes): Promise<AuthenticatedContent> {
  const { suite, context, membershipKey, senderDataSecret, signatureKey } = epoch;
  const message = decodeMessage(bytes);
  if (message.wireFormat !== 'private_message' && message.wireFormat !== 'public_message') {
    throw new Error(`a ${message.wireFormat}`);
  }
  const content =
    message.wireFormat === 'public_message'
      ? unprotectPublic(suite, message.publicMessage, { context, membershipKey })
      : unprotectPrivate(suite, message.privateMessage, {
          senderDataSecret,
          secretTree: createSecretTree(epoch.encryptionSecret, 2),
        }).content;
  is('sender', content.framed.sender, sender);
  await verifyContent(suite, content, { context, signatureKey });
  return content;
}

function protect(epoch: Epoch, wireFormat: WireFormat, content: Content): Bytes {
  const { suite, context, membershipKey, senderDataSecret, signaturePrivateKey } = epoch;
  const { groupId } = context;
  const framed = { groupId, epoch: context.epoch, sender, authenticatedData: random(5), content };
  const signature = signContent(suite, { wireFormat, framed, context }, signaturePrivateKey);
  const auth = { signature, ...(content.type === 'commit' && { confirmationTag: random(suite.hashBytes) }) };
  if (wireFormat === 'public_message') {
    const publicMessage = protectPublic(suite, { wireFormat, framed, auth }, { context, membershipKey });
    return encodeMessage({ wireFormat, publicMessage });
  }
  const secretTree = createSecretTree(epoch.encryptionSecret, 2);
  const keys = { senderDataSecret, secretTree, paddingBytes: 7 };
  const { message } = protectPrivate(suite, { wireFormat, framed, auth }, keys);
  return encodeMessage({ wireFormat, privateMessage: message });
}
