// The GroupInfo of a state (RFC 9420 §12.4.3): what external commits start from and what a Welcome carries.
import { wipe } from '../bytes.ts';
import { encode } from './codec.ts';
import { extensionTypes, externalPub, type Extension } from './extension.ts';
import { signGroupInfo, type GroupInfo } from './group-info.ts';
import { externalKeys } from './key-schedule.ts';
import { ratchetTree } from './ratchet-tree.ts';
import type { GroupState } from './state.ts';

export interface GroupInfoOptions {
  /** With `external_pub`, so that who has it can join by external commit. */
  readonly isJoinable: boolean;
  readonly hasTree: boolean;
}

/** Signed by my leaf. */
export function describeGroup(state: GroupState, options: GroupInfoOptions): GroupInfo {
  const { suite, context, confirmationTag, ownLeaf, signaturePrivateKey } = state;
  const extensions: Extension[] = [];
  if (options.hasTree) {
    extensions.push({ type: extensionTypes.ratchetTree, data: encode(ratchetTree, state.tree) });
  }
  if (options.isJoinable) {
    const keys = externalKeys(suite, state.secrets);
    extensions.push({ type: extensionTypes.externalPub, data: encode(externalPub, { key: keys.publicKey }) });
    wipe(keys.privateKey);
  }
  const content = { groupContext: context, extensions, confirmationTag, signer: ownLeaf };
  return signGroupInfo(suite, content, signaturePrivateKey);
}
