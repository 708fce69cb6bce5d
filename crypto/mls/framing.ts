// Message framing (RFC 9420 §6): what is said (FramedContent), how it is authenticated, and the five kinds of MLSMessage.
// public-message.ts and private-message.ts protect and unprotect; transcript.ts hashes commits.
import type { Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import {
  decode,
  encode,
  enumeration,
  nothing,
  opaque,
  select,
  struct,
  u16,
  u32,
  u64,
  type Codec,
  type Reader,
  type Writer,
} from './codec.ts';
import { groupContext, type GroupContext } from './group-context.ts';
import { groupInfo, type GroupInfo } from './group-info.ts';
import { keyPackage, protocolVersion, type KeyPackage } from './key-package.ts';
import { refHash, signWithLabel, verifyWithLabel } from './labels.ts';
import { proposal, type Proposal } from './proposal.ts';
import type { CipherSuite } from './suite.ts';
import type { LeafIndex } from './tree-math.ts';
import { commit, type Commit } from './update-path.ts';
import { welcome, type Welcome } from './welcome-message.ts';

export type Sender =
  | { readonly kind: 'member'; readonly leafIndex: LeafIndex }
  | { readonly kind: 'external'; readonly senderIndex: number }
  | { readonly kind: 'new_member_proposal' }
  | { readonly kind: 'new_member_commit' };

export type Content =
  | { readonly type: 'application'; readonly data: Bytes }
  | { readonly type: 'proposal'; readonly proposal: Proposal }
  | { readonly type: 'commit'; readonly commit: Commit };

export type ContentType = Content['type'];

export interface FramedContent {
  readonly groupId: Bytes;
  readonly epoch: bigint;
  readonly sender: Sender;
  readonly authenticatedData: Bytes;
  readonly content: Content;
}

/** FramedContentAuthData: the tag is there for commits and for them only. */
export interface Authentication {
  readonly signature: Bytes;
  readonly confirmationTag?: Bytes;
}

export type WireFormat = 'public_message' | 'private_message';

/** A message as its sender signed it, however it travelled. */
export interface AuthenticatedContent {
  readonly wireFormat: WireFormat;
  readonly framed: FramedContent;
  readonly auth: Authentication;
}

export interface PublicMessage {
  readonly framed: FramedContent;
  readonly auth: Authentication;
  /** For messages of members and for them only. */
  readonly membershipTag?: Bytes;
}

export interface PrivateMessage {
  readonly groupId: Bytes;
  readonly epoch: bigint;
  readonly contentType: ContentType;
  readonly authenticatedData: Bytes;
  readonly encryptedSenderData: Bytes;
  readonly ciphertext: Bytes;
}

export type MlsMessage =
  | { readonly wireFormat: 'public_message'; readonly publicMessage: PublicMessage }
  | { readonly wireFormat: 'private_message'; readonly privateMessage: PrivateMessage }
  | { readonly wireFormat: 'welcome'; readonly welcome: Welcome }
  | { readonly wireFormat: 'group_info'; readonly groupInfo: GroupInfo }
  | { readonly wireFormat: 'key_package'; readonly keyPackage: KeyPackage };

/** Longer messages are refused before they are read: about 20 times what a call of 1000 sends. */
export const maxMessageBytes = 2 ** 23;

export const contentType = enumeration<ContentType>(1, { application: 1, proposal: 2, commit: 3 });

const sender: Codec<Sender> = select(
  'kind',
  enumeration<Sender['kind']>(1, { member: 1, external: 2, new_member_proposal: 3, new_member_commit: 4 }),
  {
    member: struct({ leafIndex: u32 }),
    external: struct({ senderIndex: u32 }),
    new_member_proposal: nothing,
    new_member_commit: nothing,
  },
);

const bodies = {
  application: struct({ data: opaque }),
  proposal: struct({ proposal }),
  commit: struct({ commit }),
};
const content: Codec<Content> = select('type', contentType, bodies);

const plainFramedContent: Codec<FramedContent> = struct({
  groupId: opaque,
  epoch: u64,
  sender,
  authenticatedData: opaque,
  content,
});

/** As they came: a commit is tagged, verified and hashed into the transcript, which are three encodings of it. */
const encodings = new WeakMap<FramedContent, Bytes>();

export const framedContent: Codec<FramedContent> = {
  write: (to, value) => {
    const encoded = encodings.get(value);
    if (encoded === undefined) plainFramedContent.write(to, value);
    else to.raw(encoded);
  },
  read: (from) => {
    const at = from.at;
    const value = plainFramedContent.read(from);
    encodings.set(value, from.since(at));
    return value;
  },
};

/** The body of a content whose type stands elsewhere, as in PrivateMessageContent (§6.3.1). */
export function contentBody(type: ContentType): Codec<Content> {
  const body = bodies[type] as Codec<object>;
  return {
    write: (to, value) => body.write(to, value),
    read: (from) => ({ type, ...body.read(from) }) as Content,
  };
}

/** FramedContentAuthData for a content of `type` (§6.1). */
export function authentication(type: ContentType): Codec<Authentication> {
  return {
    write: (to, { signature, confirmationTag }) => {
      opaque.write(to, signature);
      if ((confirmationTag !== undefined) !== (type === 'commit')) {
        throw new TypeError('commits have a confirmation tag, and nothing else has');
      }
      if (confirmationTag !== undefined) opaque.write(to, confirmationTag);
    },
    read: (from) => {
      const signature = opaque.read(from);
      return type === 'commit' ? { signature, confirmationTag: opaque.read(from) } : { signature };
    },
  };
}

const wireFormats = { public_message: 1, private_message: 2, welcome: 3, group_info: 4, key_package: 5 };
const messageWireFormat = enumeration<MlsMessage['wireFormat']>(2, wireFormats);
export const contentWireFormat = enumeration<WireFormat>(2, { public_message: 1, private_message: 2 });

export const authenticatedContent: Codec<AuthenticatedContent> = {
  write: (to, { wireFormat, framed, auth }) => {
    contentWireFormat.write(to, wireFormat);
    writeFramed(to, framed, auth);
  },
  read: (from) => {
    const wireFormat = contentWireFormat.read(from);
    return { wireFormat, ...readFramed(from) };
  },
};

const publicMessage: Codec<PublicMessage> = {
  write: (to, { framed, auth, membershipTag }) => {
    writeFramed(to, framed, auth);
    if ((membershipTag !== undefined) !== (framed.sender.kind === 'member')) {
      throw new TypeError('messages of members have a membership tag, and no others have');
    }
    if (membershipTag !== undefined) opaque.write(to, membershipTag);
  },
  read: (from) => {
    const parts = readFramed(from);
    return parts.framed.sender.kind === 'member' ? { ...parts, membershipTag: opaque.read(from) } : parts;
  },
};

const privateMessage: Codec<PrivateMessage> = struct({
  groupId: opaque,
  epoch: u64,
  contentType,
  authenticatedData: opaque,
  encryptedSenderData: opaque,
  ciphertext: opaque,
});

const version: Codec<number> = {
  write: (to, value) => u16.write(to, value),
  read: (from) => {
    const value = u16.read(from);
    if (value !== protocolVersion) throw new CryptoError('unsupported', `MLS of version ${value}`);
    return value;
  },
};

const messageBody: Codec<MlsMessage> = select('wireFormat', messageWireFormat, {
  public_message: struct({ publicMessage }),
  private_message: struct({ privateMessage }),
  welcome: struct({ welcome }),
  group_info: struct({ groupInfo }),
  key_package: struct({ keyPackage }),
});

/** The bytes of a message (§6). */
export function encodeMessage(message: MlsMessage): Bytes {
  return encode(versioned, { version: protocolVersion, message });
}

/** The message that `bytes` are. Throws `CryptoError`: `malformed`, `unsupported` for another version, `out_of_range` for too many. */
export function decodeMessage(bytes: Bytes): MlsMessage {
  if (bytes.length > maxMessageBytes)
    throw new CryptoError('out_of_range', `a message of ${bytes.length} bytes`);
  return decode(versioned, bytes).message;
}

const versioned: Codec<{ version: number; message: MlsMessage }> = struct({ version, message: messageBody });

/** FramedContentTBS (§6.1): `context` is the sender's epoch, for members and joiners. */
export function framedContentTbs(
  wireFormat: WireFormat,
  framed: FramedContent,
  context: GroupContext,
): Bytes {
  return encode(tbs, { wireFormat, framed, context });
}

const tbs: Codec<{ wireFormat: WireFormat; framed: FramedContent; context: GroupContext }> = {
  write: (to, { wireFormat, framed, context }) => {
    u16.write(to, protocolVersion);
    contentWireFormat.write(to, wireFormat);
    framedContent.write(to, framed);
    const { kind } = framed.sender;
    if (kind === 'member' || kind === 'new_member_commit') groupContext.write(to, context);
  },
  read: () => {
    throw new TypeError('nobody reads what was to be signed');
  },
};

/** Signs a content (§6.1). */
export function signContent(
  suite: CipherSuite,
  given: { wireFormat: WireFormat; framed: FramedContent; context: GroupContext },
  signaturePrivateKey: Bytes,
): Bytes {
  const label = 'FramedContentTBS';
  const signed = framedContentTbs(given.wireFormat, given.framed, given.context);
  return signWithLabel(suite, signaturePrivateKey, { label, content: signed });
}

/** Throws `CryptoError('bad_signature')`. */
export function verifyContent(
  suite: CipherSuite,
  message: AuthenticatedContent,
  by: { readonly context: GroupContext; readonly signatureKey: Bytes },
): Promise<void> {
  return verifyWithLabel(suite, {
    publicKey: by.signatureKey,
    label: 'FramedContentTBS',
    content: framedContentTbs(message.wireFormat, message.framed, by.context),
    signature: message.auth.signature,
  });
}

/** `ProposalRef` (§5.2) of a proposal as it was sent. */
export function proposalRef(suite: CipherSuite, message: AuthenticatedContent): Bytes {
  return refHash(suite, 'MLS 1.0 Proposal Reference', encode(authenticatedContent, message));
}

function writeFramed(to: Writer, framed: FramedContent, auth: Authentication): void {
  framedContent.write(to, framed);
  authentication(framed.content.type).write(to, auth);
}

function readFramed(from: Reader): { framed: FramedContent; auth: Authentication } {
  const framed = framedContent.read(from);
  return { framed, auth: authentication(framed.content.type).read(from) };
}
