// Following a commit (RFC 9420 §12.4.2), of a member or of a joiner: everything is checked before anything is derived, and the
// state that it meets stays as it is. receive.ts unprotects and calls this.
import { equal, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { Application, SentProposal } from './application.ts';
import { keyOf } from './codec.ts';
import { validateApplied, validatePathLeaf, type LeafJudge } from './commit-leaves.ts';
import { nextEpoch, provisionalContext, resolvePsks, stateOf } from './epoch.ts';
import { verifyContent, type AuthenticatedContent } from './framing.ts';
import type { GroupContext } from './group-context.ts';
import { receiveExternalInit } from './key-schedule.ts';
import { isSame } from './key-set.ts';
import { applyProposals, checkProposals, needsPath, type Applied, type Committer } from './proposal-list.ts';
import type { PathStep } from './ratchet-tree.ts';
import type { SecretTree } from './secret-tree.ts';
import { keysThatStay, pastOf, type GroupState } from './state.ts';
import { decryptPath, mergePath, type PrivateKeys } from './treekem.ts';
import { nodeOf, type LeafIndex } from './tree-math.ts';
import type { Commit, UpdatePath } from './update-path.ts';

/** What a commit changed. Indexes of `removed` are of the old tree, all others of the new. */
export interface CommitChange {
  readonly committer: LeafIndex;
  readonly isExternal: boolean;
  readonly added: readonly LeafIndex[];
  readonly updated: readonly LeafIndex[];
  readonly removed: readonly LeafIndex[];
}

/** A commit as it came out of its protection, and the secret tree without the key that took. */
export interface ReceivedCommit {
  readonly message: AuthenticatedContent;
  readonly secretTree: SecretTree;
}

/** Throws `CryptoError`: `removed` where it takes me away, else why it is refused. */
export async function processCommit(
  state: GroupState,
  received: ReceivedCommit,
  application: Application,
): Promise<{ readonly state: GroupState; readonly change: CommitChange }> {
  const { suite, context } = state;
  const { message } = received;
  const commit = commitOf(message);
  const committer = committerOf(state, message);
  const signatureKey =
    committer === 'joiner'
      ? commit.path?.leafNode.signatureKey
      : state.tree.leafOrThrow(committer).signatureKey;
  if (signatureKey === undefined) throw new CryptoError('not_allowed', 'a joiner without a path');
  await verifyContent(suite, message, { context, signatureKey });
  const list = resolve(state, commit, committer);
  checkProposals(suite, list, { tree: state.tree, committer });
  if (commit.path === undefined && needsPath(list))
    throw new CryptoError('not_allowed', 'a commit that needs a path');
  await application.permit?.({
    committer: committer === 'joiner' ? undefined : committer,
    proposals: list,
    leafNode: commit.path?.leafNode,
    authenticatedData: message.framed.authenticatedData,
  });
  const applied = applyProposals(list, { tree: state.tree, extensions: context.extensions });
  const judge: LeafJudge = { suite, application, groupId: context.groupId };
  await validateApplied(judge, applied, { tree: state.tree, extensions: context.extensions });
  const index = await placeCommitter(judge, { committer, path: commit.path, applied, state });
  if (applied.removed.includes(state.ownLeaf)) throw new CryptoError('removed', 'this commit removes me');
  const next = follow(state, { ...received, applied, index, path: commit.path, application });
  return { state: next, change: changeOf(applied, index, committer) };
}

function commitOf({ framed, auth }: AuthenticatedContent): Commit {
  if (framed.content.type !== 'commit' || auth.confirmationTag === undefined)
    throw new TypeError('not a commit');
  return framed.content.commit;
}

function committerOf(state: GroupState, { framed, wireFormat }: AuthenticatedContent): Committer {
  const { sender } = framed;
  if (sender.kind === 'new_member_commit' && wireFormat === 'public_message') return 'joiner';
  if (sender.kind !== 'member')
    throw new CryptoError('not_allowed', `a commit of sender type ${sender.kind}`);
  if (sender.leafIndex === state.ownLeaf) throw new CryptoError('not_allowed', 'a commit of my own leaf');
  return sender.leafIndex;
}

/** The proposals that a commit names. Throws `CryptoError('bad_commit')` for one that is not here. */
function resolve({ proposals }: GroupState, commit: Commit, committer: Committer): SentProposal[] {
  const own = committer === 'joiner' ? undefined : committer;
  return commit.proposals.map((named): SentProposal => {
    if (named.by === 'value') return { proposal: named.proposal, sender: own, by: 'value' };
    const cached = proposals.get(keyOf(named.reference));
    if (cached === undefined) throw new CryptoError('bad_commit', 'a commit of a proposal that is not here');
    return { ...cached, by: 'reference' };
  });
}

/** Judges the leaf of the path where it will stand; a joiner's is put there. Returns where the committer stands in the new tree. */
async function placeCommitter(
  judge: LeafJudge,
  given: { committer: Committer; path: UpdatePath | undefined; applied: Applied; state: GroupState },
): Promise<LeafIndex> {
  const { committer, path, applied, state } = given;
  if (committer !== 'joiner') {
    if (path !== undefined) {
      if (isSame(path.leafNode.encryptionKey, state.tree.leafOrThrow(committer).encryptionKey)) {
        throw new CryptoError('not_allowed', 'a path with the key that it replaces');
      }
      await validatePathLeaf(judge, path.leafNode, { applied, index: committer });
    }
    return committer;
  }
  if (path === undefined) throw new CryptoError('not_allowed', 'a joiner without a path');
  const index = applied.tree.addLeaf(path.leafNode);
  await validatePathLeaf(judge, path.leafNode, { applied, index });
  return index;
}

interface Following extends ReceivedCommit {
  readonly applied: Applied;
  /** The committer's leaf in the new tree. */
  readonly index: LeafIndex;
  readonly path: UpdatePath | undefined;
  readonly application: Application;
}

function follow(state: GroupState, given: Following): GroupState {
  const { suite, interimTranscriptHash } = state;
  const { applied, message } = given;
  const steps = given.path && mergePath(suite, applied.tree, { path: given.path, leafIndex: given.index });
  const provisional = provisionalContext(suite, state.context, applied);
  const known = knownKeys(state, applied);
  const { privateKeys, commitSecret } = agree(state, { ...given, known, provisional, steps });
  const initSecret =
    applied.kemOutput === undefined
      ? state.secrets.init.slice()
      : receiveExternalInit(suite, state.secrets, applied.kemOutput);
  const pskSecret = resolvePsks(suite, applied.psks, { application: given.application, state });
  const { signature, confirmationTag = new Uint8Array(0) } = message.auth;
  const entry = { wireFormat: message.wireFormat, framed: message.framed, signature };
  const epoch = nextEpoch(suite, {
    interimTranscriptHash,
    provisional,
    entry,
    initSecret,
    commitSecret,
    pskSecret,
  });
  wipe(commitSecret, initSecret, pskSecret, epoch.joinerSecret);
  if (!equal(epoch.confirmationTag, confirmationTag)) {
    wipe(...(Object.values(epoch.secrets) as Bytes[]), ...privateKeys.values());
    throw new CryptoError('bad_commit', 'a confirmation tag that is wrong');
  }
  return stateOf(suite, epoch, {
    tree: applied.tree,
    ownLeaf: state.ownLeaf,
    privateKeys,
    signaturePrivateKey: state.signaturePrivateKey.slice(),
    past: pastOf({ ...state, secretTree: given.secretTree }),
  });
}

/** Private keys that I still hold once the commit is applied, before its path brings new ones. */
function knownKeys(state: GroupState, { tree, updated }: Applied): Map<number, Bytes> {
  const { ownLeaf, privateKeys, pendingUpdates } = state;
  const known = keysThatStay(privateKeys, { before: state.tree, after: tree });
  if (updated.some(({ index }) => index === ownLeaf)) {
    const key = pendingUpdates.get(keyOf(tree.leafOrThrow(ownLeaf).encryptionKey));
    if (key === undefined) throw new CryptoError('bad_commit', 'an Update of mine whose key is not here');
    known.set(nodeOf(ownLeaf), key.slice());
  }
  return known;
}

interface Agreeing {
  readonly applied: Applied;
  readonly path: UpdatePath | undefined;
  readonly steps: readonly PathStep[] | undefined;
  readonly known: PrivateKeys;
  readonly provisional: GroupContext;
}

/** The commit secret, zeros where there is no path (§12.4.2), and all private keys that I hold then. */
function agree(
  { suite, ownLeaf }: GroupState,
  { applied, path, steps, known, provisional }: Agreeing,
): { privateKeys: PrivateKeys; commitSecret: Bytes } {
  if (path === undefined || steps === undefined) {
    return { privateKeys: known, commitSecret: new Uint8Array(suite.hashBytes) };
  }
  const added = applied.added.map(({ index }) => index);
  const reader = { path, steps, ownLeaf, privateKeys: known, added, context: provisional };
  const { privateKeys, commitSecret } = decryptPath(suite, applied.tree, reader);
  return { privateKeys: new Map([...known, ...privateKeys]), commitSecret };
}

function changeOf(applied: Applied, committer: LeafIndex, by: Committer): CommitChange {
  const isExternal = by === 'joiner';
  return {
    ...{ committer, isExternal, removed: applied.removed },
    added: isExternal ? [committer] : applied.added.map(({ index }) => index),
    updated: applied.updated.map(({ index }) => index),
  };
}
