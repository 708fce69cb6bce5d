// Making and joining calls on crypto/mls (protocol.md C1–C4). state.ts is what comes out; rules.ts decides who may be in.
import { equal, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import {
  createGroup,
  createKeyPackage,
  joinByExternalCommit,
  suiteX25519 as suite,
  type Capabilities,
  type Credential,
  type KeyPair,
  type RatchetTree,
} from '../mls/index.ts';
import { createCredential } from './credential.ts';
import { mlsGroupId, openGroupInfo, sealGroupInfo } from './group-info.ts';
import { credentialOf } from './leaves.ts';
import { rulesForTree } from './rules.ts';
import { MlsCallState, proposeCommit } from './state.ts';
import type { CallContext, CallEngine, Me, Proposed } from './types.ts';

/** Suite 1, basic credentials, and nothing that RFC 9420 does not ask of everybody. */
export const capabilities: Capabilities = {
  versions: [1],
  cipherSuites: [suite.id],
  extensions: [],
  proposals: [],
  credentials: [1],
};

/** The creator's leaf comes from a key package, which must name a lifetime. Nobody reads it: crypto has no clock. */
const lifetime = { notBefore: 0n, notAfter: (1n << 64n) - 1n };

export const engine: CallEngine = {
  async create(context: CallContext, me: Me): Promise<Proposed> {
    const { credential, signatureKeys } = await newLeaf(context, me);
    const mine = createKeyPackage(suite, { credential, signatureKeys }, { capabilities, lifetime });
    const mls = createGroup(suite, mine, { groupId: mlsGroupId(context) });
    wipe(signatureKeys.privateKey, ...Object.values<Bytes>({ ...mine.secrets }));
    const groupInfo = sealGroupInfo(context, mls);
    const next = new MlsCallState(context, mls);
    const { generation } = context;
    return { kind: 'open', generation, epoch: 0n, message: new Uint8Array(0), groupInfo, next };
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
};

/** My identity's leaf of an earlier join, which this one replaces (C4). */
function formerLeaf(tree: RatchetTree, me: Me): number | undefined {
  let former: number | undefined;
  for (const [index, leaf] of tree.leaves()) {
    const { identity, livekitIdentity } = credentialOf(leaf);
    if (livekitIdentity === me.livekitIdentity) {
      throw new CryptoError('duplicate_leaf', `leaf ${index} has my LiveKit identity`);
    }
    if (equal(identity, me.identity.publicKey)) former = index;
  }
  return former;
}

/** Fresh signature keys and my credential for them (C1, C2). */
async function newLeaf(
  context: CallContext,
  me: Me,
): Promise<{ readonly credential: Credential; readonly signatureKeys: KeyPair }> {
  const signatureKeys = suite.signature.generateKeyPair();
  const identity = await createCredential(me, { context, leafKey: signatureKeys.publicKey });
  return { credential: { type: 'basic', identity }, signatureKeys };
}
