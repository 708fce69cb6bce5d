// The sealed GroupInfo that lets others join an epoch (protocol.md C4, C10, E1; RFC 9420 §12.4.3): signed by my leaf, with the ratchet
// tree and the external key in it and nothing else. Made with every commit; opened by who joins.
import { concat, equal, uint, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { openEnvelope, sealEnvelope } from '../invite/envelope.ts';
import {
  decodeMessage,
  describeGroup,
  encodeMessage,
  extensionTypes,
  suiteX25519 as suite,
  type GroupInfo,
  type GroupState,
} from '../mls/index.ts';
import type { CallContext } from './types.ts';

/** C1: `callId ‖ u32(generation)`, 20 bytes. */
export function mlsGroupId(context: Pick<CallContext, 'callId' | 'generation'>): Bytes {
  return concat(context.callId, uint(context.generation, 4));
}

/**
 * The GroupInfo of the state's epoch, sealed. Throws `CryptoError('out_of_range')` where it is larger than E2 allows, which is at about
 * 700 leaves.
 */
export function sealGroupInfo(context: CallContext, state: GroupState): Bytes {
  const groupInfo = describeGroup(state, { isJoinable: true, hasTree: true });
  const { epoch } = state.context;
  const message = encodeMessage({ wireFormat: 'group_info', groupInfo });
  return sealEnvelope(context.handshakeKey, { ...context, epoch, kind: 'groupInfo' }, message);
}

/** What was sealed for this call and epoch and says so itself; its tree and signature are still to be proven. Throws `CryptoError`. */
export function openGroupInfo(context: CallContext, epoch: bigint, sealed: Bytes): GroupInfo {
  const message = decodeMessage(
    openEnvelope(context.handshakeKey, { ...context, epoch, kind: 'groupInfo' }, sealed),
  );
  if (message.wireFormat !== 'group_info') {
    throw new CryptoError('not_allowed', `a ${message.wireFormat} where a GroupInfo belongs`);
  }
  checkGroupInfo(context, epoch, message.groupInfo);
  return message.groupInfo;
}

/** What C10 asks of every GroupInfo, also of one in a Welcome. Throws `CryptoError`. */
export function checkGroupInfo(context: CallContext, epoch: bigint, groupInfo: GroupInfo): void {
  if (!equal(groupInfo.groupContext.groupId, mlsGroupId(context))) {
    throw new CryptoError('wrong_call', 'GroupInfo of another call');
  }
  if (groupInfo.groupContext.epoch !== epoch)
    throw new CryptoError('wrong_epoch', 'GroupInfo of another epoch');
  if (groupInfo.groupContext.extensions.length > 0) {
    throw new CryptoError('not_allowed', 'a group with extensions');
  }
  checkSizes(groupInfo);
  const types = groupInfo.extensions.map(({ type }) => type);
  const { externalPub, ratchetTree } = extensionTypes;
  if (types.length !== 2 || !types.includes(externalPub) || !types.includes(ratchetTree)) {
    throw new CryptoError('not_allowed', 'a GroupInfo needs external_pub and ratchet_tree and nothing else');
  }
}

/** Who joins cannot verify these two; they are at least what an honest member would send. */
function checkSizes({ groupContext, confirmationTag }: GroupInfo): void {
  const { hashBytes } = suite;
  const transcriptBytes = groupContext.epoch === 0n ? 0 : hashBytes;
  if (
    groupContext.confirmedTranscriptHash.length !== transcriptBytes ||
    confirmationTag.length !== hashBytes
  ) {
    throw new CryptoError('malformed', 'a hash or tag of another size');
  }
}
