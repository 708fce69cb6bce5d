// The group context (RFC 9420 §8.1): what all members of an epoch agree on. It is in every signature of a member, in the key
// schedule and in every path secret's encryption.
import type { Bytes } from '../bytes.ts';
import { opaque, struct, u16, u64, type Codec } from './codec.ts';
import { extensions, type Extension } from './extension.ts';

export interface GroupContext {
  readonly version: number;
  readonly cipherSuite: number;
  readonly groupId: Bytes;
  readonly epoch: bigint;
  readonly treeHash: Bytes;
  readonly confirmedTranscriptHash: Bytes;
  readonly extensions: readonly Extension[];
}

export const groupContext: Codec<GroupContext> = struct({
  version: u16,
  cipherSuite: u16,
  groupId: opaque,
  epoch: u64,
  treeHash: opaque,
  confirmedTranscriptHash: opaque,
  extensions,
});
