// The sealed GroupInfo that lets others join an epoch (protocol.md C4, E1; RFC 9420 §12.4.3): signed by my leaf, with the
// ratchet tree and the external key in it and nothing else. check-group-info.ts is its reader.
import type { ClientState } from 'ts-mls';
import { createGroupInfoWithExternalPubAndRatchetTree } from 'ts-mls/createCommit.js';
import type { Bytes } from '../../bytes.ts';
import { sealEnvelope } from '../../invite/envelope.ts';
import type { CallContext } from '../types.ts';
import { encodeMessage } from './decode.ts';
import { asking } from './refusals.ts';
import { suite } from './suite.ts';

/**
 * The GroupInfo of the state's epoch, sealed. Throws `CryptoError('out_of_range')` where it is larger than E2 allows,
 * which is at about 600 leaves.
 */
export async function sealGroupInfo(context: CallContext, state: ClientState): Promise<Bytes> {
  const groupInfo = await asking(() => createGroupInfoWithExternalPubAndRatchetTree(state, [], suite));
  const message = encodeMessage({ version: 'mls10', wireformat: 'mls_group_info', groupInfo });
  const { epoch } = state.groupContext;
  return sealEnvelope(context.handshakeKey, { ...context, epoch, kind: 'groupInfo' }, message);
}
