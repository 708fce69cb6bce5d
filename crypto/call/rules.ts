// Who may have a leaf and what a commit may do (protocol.md C3–C5, C10, C13), as the answers that crypto/mls asks for. For a tree that is
// new to us every leaf is judged; for a commit the new leaf beside those that stay. One object serves one tree or one commit.
import { equal, toBase64url } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { Application, CommitView, KeyPackage, LeafNode, RatchetTree } from '../mls/index.ts';
import { verifyCredential } from './credential.ts';
import { credentialBytes, credentialOf, maxLeaves } from './leaves.ts';
import { purposeOf } from './removal.ts';
import type { CallContext, IsMember } from './types.ts';

/** What decides. */
export interface LeafRules {
  readonly context: Pick<CallContext, 'groupId' | 'callId'>;
  readonly isMember: IsMember;
}

/** C12: a commit adds at most so many. It then has about 40 KiB, and takes a member some 40 ms (Node), ten joins one by one take longer. */
export const maxAdds = 64;

/** For my own commits: what they bring was judged before, by `rulesForRequests`. */
export const ownCommit: Application = { authenticate: () => undefined };

/** For a GroupInfo: no name twice, every credential proven, every identity a member (C3). */
export function rulesForTree(rules: LeafRules): Application {
  const names = new Names();
  return { authenticate: (leaf, index) => names.admit(leaf, index, rules) };
}

/** For join requests, one after the other, beside the leaves of `tree` (C12). */
export function rulesForRequests(tree: RatchetTree, rules: LeafRules): Application {
  const names = Names.of(tree);
  return { authenticate: (leaf, index) => names.admit(leaf, index, rules) };
}

/** For a commit that meets `tree`: what its sender may do (C4, C5, C13), and every new leaf as in `rulesForTree`. */
export function rulesForCommit(tree: RatchetTree, rules: LeafRules): Application {
  let committer: number | undefined;
  let names = new Names();
  return {
    permit(commit) {
      committer = commit.committer;
      checkCommit(tree, commit);
      if (bringsLeaves(commit)) names = Names.of(tree, removedBy(commit));
    },
    authenticate(leaf, index) {
      checkShape(leaf, index);
      return index === committer ? undefined : names.admit(leaf, index, rules);
    },
  };
}

function bringsLeaves({ committer, proposals }: CommitView): boolean {
  return committer === undefined || proposals.some(({ proposal }) => proposal.type === 'add');
}

/** Throws `CryptoError('not_allowed')` for a commit that its sender may not make. */
function checkCommit(tree: RatchetTree, commit: CommitView): void {
  const { committer, leafNode } = commit;
  if (leafNode === undefined) throw new CryptoError('not_allowed', 'a commit without a path');
  purposeOf(commit);
  if (committer === undefined) {
    checkJoiner(tree, commit, leafNode);
  } else {
    checkMembers(commit);
    checkSame(leafNode, tree.leafOrThrow(committer));
  }
}

/** C5, C13: by value, and either only Removes or only Adds, so that nobody is put where somebody has just been. */
function checkMembers({ proposals }: CommitView): void {
  const isOnly = (type: 'add' | 'remove'): boolean =>
    proposals.every(({ proposal, by }) => by === 'value' && proposal.type === type);
  if (!isOnly('remove') && !isOnly('add')) {
    throw new CryptoError('not_allowed', 'other proposals than only Removes or only Adds by value');
  }
  if (isOnly('add') && proposals.length > maxAdds) {
    throw new CryptoError('not_allowed', `a commit that adds ${proposals.length}, at most ${maxAdds}`);
  }
  for (const { proposal } of proposals) if (proposal.type === 'add') checkKeyPackage(proposal.keyPackage);
}

/** C11: like a leaf, without anything that would change how the group works. */
export function checkKeyPackage({ extensions }: KeyPackage): void {
  if (extensions.length > 0) throw new CryptoError('not_allowed', 'a key package with extensions');
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

  /** Those of the tree's leaves, without these. */
  static of(tree: RatchetTree, without: readonly number[] = []): Names {
    const names = new Names();
    for (const [index, leaf] of tree.leaves()) if (!without.includes(index)) names.#take(leaf, index);
    return names;
  }

  /** C3. The names count as taken while they are looked into, and only stay so where the leaf may stand. */
  async admit(leaf: LeafNode, index: number, rules: LeafRules): Promise<void> {
    checkShape(leaf, index);
    const taken = this.#take(leaf, index);
    try {
      await accept(leaf, index, rules);
    } catch (error) {
      for (const name of taken) this.#seen.delete(name);
      throw error;
    }
  }

  #take(leaf: LeafNode, index: number): readonly string[] {
    const { identity, livekitIdentity } = credentialOf(leaf);
    const names = [toBase64url(identity), `LiveKit ${livekitIdentity}`];
    if (names.some((name) => this.#seen.has(name))) {
      throw new CryptoError('duplicate_leaf', `leaf ${index} repeats another leaf's name`);
    }
    for (const name of names) this.#seen.add(name);
    return names;
  }
}
