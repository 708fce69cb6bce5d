// PrivateMessage (RFC 9420 §6.3): content under a key of the sender's ratchet, and who sent it under another. Padding is zeros and
// anything else is refused.
import { random, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { decode, encode, fixed, opaque, struct, u32, u64, type Codec } from './codec.ts';
import {
  authentication,
  contentBody,
  contentType,
  type AuthenticatedContent,
  type ContentType,
  type PrivateMessage,
} from './framing.ts';
import { expandWithLabel } from './labels.ts';
import { takeAt, takeNext, type RatchetKind, type SecretTree } from './secret-tree.ts';
import type { AeadKeys, CipherSuite } from './suite.ts';
import type { LeafIndex } from './tree-math.ts';

const guardBytes = 4;

interface SenderData {
  readonly leafIndex: LeafIndex;
  readonly generation: number;
  readonly reuseGuard: Bytes;
}

type Header = Pick<PrivateMessage, 'groupId' | 'epoch' | 'contentType' | 'authenticatedData'>;

const senderData: Codec<SenderData> = struct({
  leafIndex: u32,
  generation: u32,
  reuseGuard: fixed(guardBytes),
});
const senderDataAad: Codec<Omit<Header, 'authenticatedData'>> = struct({
  groupId: opaque,
  epoch: u64,
  contentType,
});
const contentAad: Codec<Header> = struct({
  groupId: opaque,
  epoch: u64,
  contentType,
  authenticatedData: opaque,
});

/** The secrets of an epoch that private messages need. */
export interface PrivateKeys {
  readonly senderDataSecret: Bytes;
  readonly secretTree: SecretTree;
}

/** Encrypts a member's content, with `paddingBytes` zeros behind it. The key is gone from the tree that comes back. */
export function protectPrivate(
  suite: CipherSuite,
  { framed, auth }: AuthenticatedContent,
  by: PrivateKeys & { readonly paddingBytes: number },
): { message: PrivateMessage; secretTree: SecretTree } {
  if (framed.sender.kind !== 'member') throw new TypeError('only members send private messages');
  const { leafIndex } = framed.sender;
  const { type } = framed.content;
  const header = { ...framed, contentType: type };
  const taken = takeNext(suite, by.secretTree, { leaf: leafIndex, kind: ratchetOf(type) });
  const reuseGuard = random(guardBytes);
  const text = encode(privateContent(type), { content: framed.content, auth, paddingBytes: by.paddingBytes });
  const ciphertext = suite.aead.seal(guarded(taken.keys, reuseGuard), text, encode(contentAad, header));
  wipe(taken.keys.key, taken.keys.nonce, text);
  const sender = encode(senderData, { leafIndex, generation: taken.generation, reuseGuard });
  const keys = senderDataKeys(suite, by.senderDataSecret, ciphertext);
  const encryptedSenderData = suite.aead.seal(keys, sender, encode(senderDataAad, header));
  const { groupId, epoch, authenticatedData } = framed;
  const message = { groupId, epoch, contentType: type, authenticatedData, encryptedSenderData, ciphertext };
  return { message, secretTree: taken.tree };
}

/**
 * The content of a private message, whose signature is still to be checked, and the tree without its key. Throws `CryptoError`:
 * `not_opened`, `malformed`, `out_of_range`, `replayed`.
 */
export function unprotectPrivate(
  suite: CipherSuite,
  message: PrivateMessage,
  by: PrivateKeys,
): { content: AuthenticatedContent; secretTree: SecretTree } {
  const keys = senderDataKeys(suite, by.senderDataSecret, message.ciphertext);
  const aad = encode(senderDataAad, message);
  const sender = decode(senderData, suite.aead.open(keys, message.encryptedSenderData, aad));
  const { leafIndex, generation, reuseGuard } = sender;
  const kind = ratchetOf(message.contentType);
  const taken = takeAt(suite, by.secretTree, { leaf: leafIndex, kind, generation });
  const text = suite.aead.open(
    guarded(taken.keys, reuseGuard),
    message.ciphertext,
    encode(contentAad, message),
  );
  wipe(taken.keys.key, taken.keys.nonce);
  const { content, auth } = decode(privateContent(message.contentType), text);
  const { groupId, epoch, authenticatedData } = message;
  const framed = {
    groupId,
    epoch,
    sender: { kind: 'member', leafIndex },
    authenticatedData,
    content,
  } as const;
  return { content: { wireFormat: 'private_message', framed, auth }, secretTree: taken.tree };
}

type Inside = Pick<AuthenticatedContent, 'auth'> & {
  readonly content: AuthenticatedContent['framed']['content'];
  readonly paddingBytes: number;
};

/** PrivateMessageContent (§6.3.1), which is all of what it is read from. */
function privateContent(type: ContentType): Codec<Inside> {
  return {
    write: (to, { content, auth, paddingBytes }) => {
      contentBody(type).write(to, content);
      authentication(type).write(to, auth);
      to.raw(new Uint8Array(paddingBytes));
    },
    read: (from) => {
      const content = contentBody(type).read(from);
      const auth = authentication(type).read(from);
      const padding = from.rest();
      if (padding.some((byte) => byte !== 0)) throw new CryptoError('malformed', 'padding that is not zero');
      return { content, auth, paddingBytes: padding.length };
    },
  };
}

function ratchetOf(type: ContentType): RatchetKind {
  return type === 'application' ? 'application' : 'handshake';
}

/** §6.3.2: keys from the first `hashBytes` of the ciphertext, or all of it where it is shorter. */
export function senderDataKeys(suite: CipherSuite, secret: Bytes, ciphertext: Bytes): AeadKeys {
  const context = ciphertext.slice(0, suite.hashBytes);
  return {
    key: expandWithLabel(suite, secret, { label: 'key', context, length: suite.aead.keyBytes }),
    nonce: expandWithLabel(suite, secret, { label: 'nonce', context, length: suite.aead.nonceBytes }),
  };
}

/** §6.3.1: the guard is XORed into the nonce, so that a state that was set back does not use one twice. */
function guarded({ key, nonce }: AeadKeys, guard: Bytes): AeadKeys {
  const changed = nonce.slice();
  for (const [at, byte] of guard.entries()) changed[at] = (nonce[at] as number) ^ byte;
  return { key, nonce: changed };
}
