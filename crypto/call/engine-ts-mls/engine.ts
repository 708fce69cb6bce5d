// The call engine on ts-mls 1.6.4 (protocol.md C1–C10; ../types.ts is its interface). Nothing of the library is visible
// outside this folder. Known limits, each held by a guard here and proven by a test beside it:
// - indexes are not checked (tree.ts), trailing bytes not refused (decode.ts), copied keys and foreign removals taken
//   (check-commit.ts), path keys not compared (apply.ts), a commit that leaves one alone has no secret (commit.ts);
// - its validation misjudges trees with unmerged leaves: none arise, since joins are external commits only;
// - it hashes the whole tree for every commit; a GroupInfo outgrows its envelope at about 600 leaves (group-info.ts).
import type { Credential, LeafNode } from 'ts-mls';
import { createGroup, exportSecret } from 'ts-mls/clientState.js';
import { generateKeyPackageWithKey, type KeyPackage, type PrivateKeyPackage } from 'ts-mls/keyPackage.js';
import { addLeafNode, type RatchetTree } from 'ts-mls/ratchetTree.js';
import { equal, wipe, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { openEnvelope } from '../../invite/envelope.ts';
import { createCredential } from '../credential.ts';
import type { CallContext, CallEngine, Leaf, Me, Proposed } from '../types.ts';
import { checkGroupInfo, type CheckedGroupInfo } from './check-group-info.ts';
import { capabilities } from './check-leaf.ts';
import { makeCommit } from './commit.ts';
import { mlsGroupId } from './group-id.ts';
import { sealGroupInfo } from './group-info.ts';
import { asking } from './refusals.ts';
import { trimmed, wipeSecrets } from './secrets.ts';
import { MlsCallState, proposeCommit } from './state.ts';
import { clientConfig, own, suite } from './suite.ts';
import { maxLeaves, withoutLeaves } from './tree.ts';

/** The creator's leaf comes from a key package, which must name a lifetime. Nobody reads it: crypto has no clock. */
const lifetime = { notBefore: 0n, notAfter: (1n << 64n) - 1n };

export const engine: CallEngine = {
  async create(context: CallContext, me: Me): Promise<Proposed> {
    const { publicPackage, privatePackage } = await newLeaf(context, me);
    const created = await asking(() =>
      createGroup(mlsGroupId(context), publicPackage, privatePackage, [], suite, clientConfig),
    );
    const mls = trimmed(created);
    wipeSecrets(created);
    wipe(privatePackage.initPrivateKey);
    const next = new MlsCallState(context, mls);
    const groupInfo = await sealGroupInfo(context, mls);
    const { generation } = context;
    return { kind: 'open', generation, epoch: 0n, message: new Uint8Array(0), groupInfo, next };
  },

  // eslint-disable-next-line max-params -- the interface's
  async join(context, me, epoch, groupInfo, isMember): Promise<Proposed> {
    const opened = openEnvelope(context.handshakeKey, { ...context, epoch, kind: 'groupInfo' }, groupInfo);
    const joinable = await checkGroupInfo(opened, { context, epoch }, isMember);
    return joinChecked(context, me, joinable);
  },
};

async function joinChecked(context: CallContext, me: Me, joinable: CheckedGroupInfo): Promise<Proposed> {
  const { groupInfo, leaves, externalKey } = joinable;
  const former = formerLeaf(leaves, me);
  const removed = former === undefined ? [] : [former.index];
  const rest = withoutLeaves(joinable.tree, removed);
  const { publicPackage, privatePackage } = await newLeaf(context, me);
  const { tree, leafIndex } = withLeaf(rest, publicPackage.leafNode);
  const { enc, secret } = await asking(() => exportSecret(externalKey, suite));
  const made = await asking(() =>
    makeCommit({
      groupContext: groupInfo.groupContext,
      confirmationTag: groupInfo.confirmationTag,
      membershipKey: new Uint8Array(0),
      initSecret: secret,
      ...{ tree, leafIndex, sender: { senderType: 'new_member_commit' } },
      proposals: [
        ...removed.map((index) => ({ proposalType: 'remove' as const, remove: { removed: index } })),
        { proposalType: 'external_init', externalInit: { kemOutput: enc } },
      ],
      signaturePrivateKey: privatePackage.signaturePrivateKey,
      privateKeys: {},
    }),
  );
  wipe(own(secret), ...Object.values(privatePackage).map(own));
  return proposeCommit(context, groupInfo.groupContext.epoch, made);
}

/** My identity's leaf of an earlier join, which this one replaces (C4). */
function formerLeaf(leaves: readonly Leaf[], me: Me): Leaf | undefined {
  const former = leaves.find(({ identity }) => equal(identity, me.identity.publicKey));
  const sameName = leaves.find(({ livekitIdentity }) => livekitIdentity === me.livekitIdentity);
  if (sameName !== undefined) {
    throw new CryptoError('duplicate_leaf', `leaf ${sameName.index} has my LiveKit identity`);
  }
  return former;
}

/** The leftmost blank place or a new one (RFC 9420 §7.7). Throws `CryptoError('out_of_range')` in a full tree. */
function withLeaf(tree: RatchetTree, leaf: LeafNode): { tree: RatchetTree; leafIndex: number } {
  if (tree.length === 0) return { tree: [{ nodeType: 'leaf', leaf }], leafIndex: 0 };
  const [grown, node] = addLeafNode(tree, leaf);
  if (node / 2 >= maxLeaves) throw new CryptoError('out_of_range', 'the call is full');
  return { tree: grown, leafIndex: node / 2 };
}

/** A leaf with fresh keys and my credential (C1, C2). */
async function newLeaf(
  context: CallContext,
  me: Me,
): Promise<{ publicPackage: KeyPackage; privatePackage: PrivateKeyPackage }> {
  const keys = await suite.signature.keygen();
  const leafKey: Bytes = own(keys.publicKey);
  const identity = await createCredential(me, { context, leafKey });
  const credential: Credential = { credentialType: 'basic', identity };
  return asking(() => generateKeyPackageWithKey(credential, capabilities, lifetime, [], keys, suite));
}
