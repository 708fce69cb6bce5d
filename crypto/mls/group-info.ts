// GroupInfo (RFC 9420 §12.4.3): an epoch as a member describes it to who is not in it, signed. External commits start from it, and
// a Welcome carries it encrypted.
import type { Bytes } from '../bytes.ts';
import { encode, opaque, struct, u32, type Codec } from './codec.ts';
import { extensions, type Extension } from './extension.ts';
import { groupContext, type GroupContext } from './group-context.ts';
import { signWithLabel, verifyWithLabel } from './labels.ts';
import type { CipherSuite } from './suite.ts';
import type { LeafIndex } from './tree-math.ts';

export interface GroupInfoContent {
  readonly groupContext: GroupContext;
  readonly extensions: readonly Extension[];
  readonly confirmationTag: Bytes;
  readonly signer: LeafIndex;
}

export interface GroupInfo extends GroupInfoContent {
  readonly signature: Bytes;
}

const contentFields = { groupContext, extensions, confirmationTag: opaque, signer: u32 };
const groupInfoContent: Codec<GroupInfoContent> = struct(contentFields);
export const groupInfo: Codec<GroupInfo> = struct({ ...contentFields, signature: opaque });

export function signGroupInfo(
  suite: CipherSuite,
  content: GroupInfoContent,
  signaturePrivateKey: Bytes,
): GroupInfo {
  const tbs = encode(groupInfoContent, content);
  return {
    ...content,
    signature: signWithLabel(suite, signaturePrivateKey, { label: 'GroupInfoTBS', content: tbs }),
  };
}

/** Throws `CryptoError('bad_signature')`. */
export function verifyGroupInfo(suite: CipherSuite, info: GroupInfo, signerKey: Bytes): Promise<void> {
  return verifyWithLabel(suite, {
    publicKey: signerKey,
    label: 'GroupInfoTBS',
    content: encode(groupInfoContent, info),
    signature: info.signature,
  });
}
