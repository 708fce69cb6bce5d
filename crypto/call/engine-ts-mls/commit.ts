// Making a commit and its next epoch (RFC 9420 §12.4.1, §8), for members and joiners alike, from the library's parts
// (protocol.md C4, C5). Not with the library's own `createCommit` and `joinGroupExternal`: where the committer is left
// alone they take an all-zero commit secret, so that whoever was removed can derive the new epoch, and a joiner that
// replaces the only leaf makes them fail. state.ts and join.ts give this what differs.
import type { ClientState, GroupContext, Proposal, Sender, UpdatePath } from 'ts-mls';
import { nextEpochContext } from 'ts-mls/clientState.js';
import { deriveSecret } from 'ts-mls/crypto/kdf.js';
import { createConfirmationTag, createContentCommitSignature } from 'ts-mls/framedContent.js';
import { initializeEpoch, type KeySchedule } from 'ts-mls/keySchedule.js';
import { protectPublicMessage } from 'ts-mls/messageProtectionPublic.js';
import { getCommitSecret, pathToPathSecrets } from 'ts-mls/pathSecrets.js';
import { toPrivateKeyPath } from 'ts-mls/privateKeyPath.js';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { toLeafIndex, toNodeIndex } from 'ts-mls/treemath.js';
import { createUpdatePath, type PathSecret } from 'ts-mls/updatePath.js';
import { random, wipe, type Bytes } from '../../bytes.ts';
import { encodeMessage } from './decode.ts';
import { trimmed, wipeSecrets } from './secrets.ts';
import { clientConfig, suite } from './suite.ts';

const wireformat = 'mls_public_message';

/** Where a commit starts from. */
export interface CommitBase {
  /** Of the epoch the commit is made in. */
  readonly groupContext: GroupContext;
  readonly confirmationTag: Uint8Array;
  /** Only a member has it: it tags the message. */
  readonly membershipKey: Uint8Array;
  /** The epoch's, or what ExternalInit agreed on. Not wiped here. */
  readonly initSecret: Uint8Array;
  /** After the proposals, with the committer's leaf in it. */
  readonly tree: RatchetTree;
  readonly leafIndex: number;
  readonly sender: Sender;
  readonly proposals: readonly Proposal[];
  /** Seed of the leaf's signature key. */
  readonly signaturePrivateKey: Uint8Array;
  /** By node index, what the committer holds already. */
  readonly privateKeys: Readonly<Record<number, Uint8Array>>;
}

/** A commit and what it leads to. */
export interface Made {
  /** MLSMessage bytes. */
  readonly message: Bytes;
  readonly state: ClientState;
}

/** Makes the commit. The new state shares no secret bytes with `base`. */
export async function makeCommit(base: CommitBase): Promise<Made> {
  const { tree, path, privateKeys, commitSecret } = await makePath(base);
  const { signature, framedContent } = await createContentCommitSignature(
    base.groupContext,
    wireformat,
    commitOf(base.proposals, path),
    base.sender,
    new Uint8Array(0),
    base.signaturePrivateKey,
    suite.signature,
  );
  const treeHash = await treeHashRoot(tree, suite.hash);
  const groupContext = await nextEpochContext(
    base.groupContext,
    wireformat,
    framedContent,
    signature,
    treeHash,
    base.confirmationTag,
    suite.hash,
  );
  const keySchedule = await nextKeySchedule(base.initSecret, commitSecret, groupContext);
  wipe(commitSecret);
  const { confirmationKey } = keySchedule;
  const confirmationTag = await createConfirmationTag(
    confirmationKey,
    groupContext.confirmedTranscriptHash,
    suite.hash,
  );
  const auth = { contentType: 'commit' as const, signature, confirmationTag };
  const content = { wireformat, content: framedContent, auth } as const;
  const publicMessage = await protectPublicMessage(base.membershipKey, base.groupContext, content, suite);
  const { leafIndex, signaturePrivateKey } = base;
  const fresh: ClientState = {
    ...{ groupContext, keySchedule, ratchetTree: tree, confirmationTag, signaturePrivateKey, clientConfig },
    ...{ privatePath: { leafIndex, privateKeys }, secretTree: [], unappliedProposals: {} },
    ...{ historicalReceiverData: new Map(), groupActiveState: { kind: 'active' } },
  };
  const state = trimmed(fresh);
  wipeSecrets(fresh, [signaturePrivateKey, ...Object.values(base.privateKeys)]);
  return { message: encodeMessage({ version: 'mls10', wireformat, publicMessage }), state };
}

function commitOf(
  proposals: readonly Proposal[],
  path: UpdatePath,
): { proposals: { proposalOrRefType: 'proposal'; proposal: Proposal }[]; path: UpdatePath } {
  return { proposals: proposals.map((proposal) => ({ proposalOrRefType: 'proposal', proposal })), path };
}

interface NewPath {
  readonly tree: RatchetTree;
  readonly path: UpdatePath;
  readonly privateKeys: Record<number, Uint8Array>;
  readonly commitSecret: Uint8Array;
}

async function makePath(base: CommitBase): Promise<NewPath> {
  const leafIndex = toLeafIndex(base.leafIndex);
  const leafSecret = random(32);
  // The only random bytes that createUpdatePath draws are path_secret[0] (§7.4): given here because it keeps them to itself.
  const seeded = { ...suite, rng: { randomBytes: () => leafSecret } };
  const [tree, path, secrets, leafKey] = await createUpdatePath(
    base.tree,
    leafIndex,
    base.groupContext,
    base.signaturePrivateKey,
    seeded,
  );
  const commitSecret = await commitSecretOf(tree, secrets, leafSecret);
  const fromPath = await toPrivateKeyPath(pathToPathSecrets(secrets), leafIndex, suite);
  const privateKeys: Record<number, Uint8Array> = {
    ...base.privateKeys,
    ...fromPath.privateKeys,
    [2 * leafIndex]: await suite.hpke.exportPrivateKey(leafKey),
  };
  wipe(leafSecret, ...secrets.map(({ secret }) => secret));
  return { tree, path, privateKeys, commitSecret };
}

/** `path_secret[n + 1]` (§7.4, §12.4.1), also where the path is empty because nobody else is left. */
async function commitSecretOf(
  tree: RatchetTree,
  secrets: readonly PathSecret[],
  leafSecret: Uint8Array,
): Promise<Uint8Array> {
  const last = secrets.at(-1);
  if (last === undefined) return deriveSecret(leafSecret, 'path', suite.kdf);
  return getCommitSecret(tree, toNodeIndex(last.nodeIndex), last.secret, suite.kdf);
}

async function nextKeySchedule(
  initSecret: Uint8Array,
  commitSecret: Uint8Array,
  groupContext: GroupContext,
): Promise<KeySchedule> {
  const noPsk = new Uint8Array(suite.kdf.size);
  const epoch = await initializeEpoch(initSecret, commitSecret, groupContext, noPsk, suite.kdf);
  for (const secret of [epoch.joinerSecret, epoch.encryptionSecret, epoch.welcomeSecret]) secret.fill(0);
  return epoch.keySchedule;
}
