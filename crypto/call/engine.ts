// Making and joining calls on crypto/mls (protocol.md C1–C4, C11). state.ts is what comes out; rules.ts decides who may be in.
import { equal, wipe } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { createGroup, joinByExternalCommit, suiteX25519 as suite, type RatchetTree } from '../mls/index.ts';
import { mlsGroupId, openGroupInfo, sealGroupInfo } from './group-info.ts';
import { credentialOf } from './leaves.ts';
import { capabilities, newKeyPackage, newLeaf, wipeKeyPackage } from './new-leaf.ts';
import { MlsPendingJoin } from './pending-join.ts';
import { rulesForTree } from './rules.ts';
import { MlsCallState, proposeCommit } from './state.ts';
import type { CallContext, CallEngine, Me, Proposed } from './types.ts';

export const engine: CallEngine = {
  async create(context: CallContext, me: Me): Promise<Proposed> {
    const mine = await newKeyPackage(context, me);
    const mls = createGroup(suite, mine, { groupId: mlsGroupId(context) });
    wipeKeyPackage(mine);
    const groupInfo = sealGroupInfo(context, mls);
    const next = new MlsCallState(context, mls);
    const { generation } = context;
    const message = new Uint8Array(0);
    return { kind: 'open', generation, epoch: 0n, message, groupInfo, welcome: null, next };
  },

  // eslint-disable-next-line max-params -- the interface's
  async join(context, me, epoch, groupInfo, isMember): Promise<Proposed> {
    const opened = openGroupInfo(context, epoch, groupInfo);
    const { credential, signatureKeys } = await newLeaf(context, me);
    const made = await joinByExternalCommit(
      suite,
      {
        groupInfo: opened,
        leaf: { credential, capabilities, extensions: [] },
        signatureKeys,
        ownOldLeaf: (tree) => formerLeaf(tree, me),
      },
      rulesForTree({ context, isMember }),
    );
    wipe(signatureKeys.privateKey);
    return proposeCommit(context, epoch, made);
  },

  request: (context, me) => MlsPendingJoin.make(context, me),
};

/** My identity's leaf of an earlier join, or one that was made for a request of mine whose Welcome did not open: this join replaces it (C4). */
function formerLeaf(tree: RatchetTree, me: Me): number | undefined {
  let former: number | undefined;
  for (const [index, leaf] of tree.leaves()) {
    const { identity, livekitIdentity } = credentialOf(leaf);
    if (equal(identity, me.identity.publicKey)) former = index;
    else if (livekitIdentity === me.livekitIdentity) {
      throw new CryptoError('duplicate_leaf', `leaf ${index} has my LiveKit identity`);
    }
  }
  return former;
}
