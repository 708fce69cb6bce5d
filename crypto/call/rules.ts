// Who may have a leaf and what a commit may do (protocol.md C3–C5, C10), as the answers that crypto/mls asks for. For a tree that is
// new to us every leaf is judged; for a commit the new leaf beside those that stay. One object serves one tree or one commit.
import { equal, toBase64url } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { Application, CommitView, LeafNode, RatchetTree } from '../mls/index.ts';
import { verifyCredential } from './credential.ts';
import { credentialBytes, credentialOf, maxLeaves } from './leaves.ts';
import type { CallContext, IsMember } from './types.ts';

/** What decides. */
export interface LeafRules {
  readonly context: Pick<CallContext, 'groupId' | 'callId'>;
  readonly isMember: IsMember;
}

/** For my own commits, which bring no leaf but mine. */
export const ownCommit: Application = { authenticate: () => undefined };

/** For a GroupInfo: no name twice, every credential proven, every identity a member (C3). */
export function rulesForTree(rules: LeafRules): Application {
  const names = new Names();
  return {
    authenticate(leaf, index) {
      checkShape(leaf, index);
      names.add(leaf, index);
      return accept(leaf, index, rules);
    },
  };
}

/** For a commit that meets `tree`: what its sender may do (C4, C5), and the joiner's leaf as in `rulesForTree`. */
export function rulesForCommit(tree: RatchetTree, rules: LeafRules): Application {
  let isJoin = false;
  const names = new Names();
  return {
    permit(commit) {
      isJoin = commit.committer === undefined;
      checkCommit(tree, commit);
      const removed = removedBy(commit);
      for (const [index, leaf] of tree.leaves())
        if (isJoin && !removed.includes(index)) names.add(leaf, index);
    },
    authenticate(leaf, index) {
      checkShape(leaf, index);
      if (!isJoin) return;
      names.add(leaf, index);
      return accept(leaf, index, rules);
    },
  };
}

/** Throws `CryptoError('not_allowed')` for a commit that its sender may not make. */
function checkCommit(tree: RatchetTree, commit: CommitView): void {
  const { committer, leafNode, authenticatedData, proposals } = commit;
  if (leafNode === undefined) throw new CryptoError('not_allowed', 'a commit without a path');
  if (authenticatedData.length > 0) throw new CryptoError('not_allowed', 'a commit with authenticated data');
  const isForEverybody = proposals.every(({ proposal, by }) => by === 'value' && proposal.type === 'remove');
  if (committer === undefined) {
    checkJoiner(tree, commit, leafNode);
  } else {
    if (!isForEverybody) throw new CryptoError('not_allowed', 'a proposal that is not Remove by value');
    checkSame(leafNode, tree.leafOrThrow(committer));
  }
}

/** C4: the joiner and, if need be, its own old leaf. */
function checkJoiner(tree: RatchetTree, commit: CommitView, leafNode: LeafNode): void {
  if (commit.proposals.some(({ proposal }) => proposal.type === 'psk')) {
    throw new CryptoError('not_allowed', 'a joiner with a pre-shared key');
  }
  const { identity } = credentialOf(leafNode);
  for (const index of removedBy(commit)) {
    if (!equal(credentialOf(tree.leafOrThrow(index)).identity, identity)) {
      throw new CryptoError('not_allowed', 'a joiner that removes somebody else');
    }
  }
}

/** C5: who commits stays who it was. */
function checkSame(leaf: LeafNode, current: LeafNode): void {
  const isSame =
    equal(leaf.signatureKey, current.signatureKey) && equal(credentialBytes(leaf), credentialBytes(current));
  if (!isSame) throw new CryptoError('not_allowed', 'a committer that changes who it is');
}

function removedBy({ proposals }: CommitView): number[] {
  return proposals.flatMap(({ proposal }) => (proposal.type === 'remove' ? [proposal.removed] : []));
}

/** K2's room, no leaf of an Update, which nobody may propose (C5), and nothing in a leaf that would change how the group works. */
function checkShape(leaf: LeafNode, index: number): void {
  if (index >= maxLeaves) throw new CryptoError('out_of_range', 'the call is full');
  if (leaf.source.kind === 'update') throw new CryptoError('not_allowed', `leaf ${index} came by an Update`);
  if (leaf.extensions.length > 0) throw new CryptoError('not_allowed', `leaf ${index} has extensions`);
}

async function accept(leaf: LeafNode, index: number, { context, isMember }: LeafRules): Promise<void> {
  const credential = credentialOf(leaf);
  await verifyCredential(credential, { context, leafKey: leaf.signatureKey });
  if (!(await isMember(credential.identity))) {
    throw new CryptoError('not_member', `the identity of leaf ${index} is not in the roster`);
  }
}

/**
 * One leaf an identity and a LiveKit identity. The latter is not MLS' business: a frame is matched to a person by it (F4), so
 * whoever could take another's would be heard as them. Keys are compared by MLS itself.
 */
class Names {
  readonly #seen = new Set<string>();

  add(leaf: LeafNode, index: number): void {
    const { identity, livekitIdentity } = credentialOf(leaf);
    for (const name of [toBase64url(identity), `LiveKit ${livekitIdentity}`]) {
      if (this.#seen.has(name))
        throw new CryptoError('duplicate_leaf', `leaf ${index} repeats another leaf's name`);
      this.#seen.add(name);
    }
  }
}
