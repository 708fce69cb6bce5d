// Which proposals may be committed together (RFC 9420 §12.2), and applying them to a tree and a group's extensions in the order of
// §12.3. Whether the leaves they bring are valid is decided by commit-leaves.ts, once it is known where they stand.
import type { Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { SentProposal } from './application.ts';
import type { Extension } from './extension.ts';
import type { LeafNode } from './leaf-node.ts';
import type { KeyPackage } from './key-package.ts';
import type { Proposal, ProposalType } from './proposal.ts';
import { checkPskIds, pskName, type PskId } from './psk.ts';
import type { RatchetTree } from './ratchet-tree.ts';
import type { CipherSuite } from './suite.ts';
import type { LeafIndex } from './tree-math.ts';

/** Who commits: a member's leaf in the old tree, or a joiner. */
export type Committer = LeafIndex | 'joiner';

/** What a list of proposals makes of a group. */
export interface Applied {
  /** A clone, edited. */
  readonly tree: RatchetTree;
  readonly extensions: readonly Extension[];
  readonly added: readonly { readonly index: LeafIndex; readonly keyPackage: KeyPackage }[];
  readonly updated: readonly { readonly index: LeafIndex; readonly leafNode: LeafNode }[];
  readonly removed: readonly LeafIndex[];
  readonly psks: readonly PskId[];
  readonly kemOutput: Bytes | undefined;
}

/** §12.4: all but these change who is in, or need a path to make a difference. */
const typesWithoutPath: readonly ProposalType[] = ['add', 'psk', 'reinit'];

export function needsPath(list: readonly SentProposal[]): boolean {
  return list.length === 0 || list.some(({ proposal }) => !typesWithoutPath.includes(proposal.type));
}

/** Throws `CryptoError`: `not_allowed` for a list that breaks a rule, `out_of_range` for a leaf that is not there, `unsupported`. */
export function checkProposals(
  suite: CipherSuite,
  list: readonly SentProposal[],
  given: { readonly tree: RatchetTree; readonly committer: Committer },
): void {
  const { tree, committer } = given;
  if (committer === 'joiner') checkJoinersList(list);
  for (const { proposal, sender } of list) checkProposal(suite, proposal, { tree, committer, sender });
  refuseTwice(list.flatMap(subjectOf), 'a leaf that is updated or removed twice');
  checkPskIds(
    suite,
    all(list, 'psk').map(({ psk }) => psk),
  );
  refuseTwice(
    all(list, 'group_context_extensions').map(() => 'extensions'),
    'group extensions twice',
  );
}

/** Applies a list that was checked (§12.3). Throws `CryptoError('out_of_range')` where the tree is full. */
export function applyProposals(
  list: readonly SentProposal[],
  given: { readonly tree: RatchetTree; readonly extensions: readonly Extension[] },
): Applied {
  const tree = given.tree.clone();
  const updated: { index: LeafIndex; leafNode: LeafNode }[] = [];
  for (const { proposal, sender } of list) {
    if (proposal.type === 'update' && sender !== undefined)
      updated.push({ index: sender, leafNode: proposal.leafNode });
  }
  for (const { index, leafNode } of updated) tree.updateLeaf(index, leafNode);
  const removed = all(list, 'remove').map((proposal) => proposal.removed);
  for (const index of removed) tree.removeLeaf(index);
  const added = all(list, 'add').map(({ keyPackage }) => ({
    index: tree.addLeaf(keyPackage.leafNode),
    keyPackage,
  }));
  const [newExtensions] = all(list, 'group_context_extensions');
  return {
    tree,
    extensions: newExtensions?.extensions ?? given.extensions,
    ...{ added, updated, removed },
    psks: all(list, 'psk').map(({ psk }) => psk),
    kemOutput: all(list, 'external_init')[0]?.kemOutput,
  };
}

/** Of what was proposed, what I may commit (§12.2): nothing that I proposed for myself, one change a leaf, removals first. */
export function committable(list: readonly SentProposal[], committer: LeafIndex): SentProposal[] {
  const removed = new Set(all(list, 'remove').map((proposal) => proposal.removed));
  const chosen = new Map<string, SentProposal>();
  for (const [at, sent] of list.entries()) {
    const { proposal, sender } = sent;
    if (proposal.type === 'reinit' || proposal.type === 'external_init') continue;
    if (proposal.type === 'update' && (sender === committer || sender === undefined || removed.has(sender)))
      continue;
    if (proposal.type === 'remove' && proposal.removed === committer) continue;
    chosen.set(slotOf(sent) ?? `${at}`, sent);
  }
  return [...chosen.values()];
}

/** What only one proposal of a list may be about: of several, the last counts. */
function slotOf(sent: SentProposal): string | undefined {
  const [leaf] = subjectOf(sent);
  if (leaf !== undefined) return `leaf ${leaf}`;
  if (sent.proposal.type === 'psk') return `psk ${pskName(sent.proposal.psk)}`;
  return sent.proposal.type === 'group_context_extensions' ? 'extensions' : undefined;
}

/** §12.2 for external commits. */
function checkJoinersList(list: readonly SentProposal[]): void {
  if (list.some(({ by }) => by === 'reference'))
    throw new CryptoError('not_allowed', 'a joiner that refers to proposals');
  const allowed: readonly ProposalType[] = ['external_init', 'remove', 'psk'];
  const count = (type: ProposalType): number => list.filter(({ proposal }) => proposal.type === type).length;
  if (
    count('external_init') !== 1 ||
    count('remove') > 1 ||
    list.some(({ proposal }) => !allowed.includes(proposal.type))
  ) {
    throw new CryptoError('not_allowed', 'a joiner with proposals that are not for joiners');
  }
}

function checkProposal(
  suite: CipherSuite,
  proposal: Proposal,
  given: { tree: RatchetTree; committer: Committer; sender: LeafIndex | undefined },
): void {
  const { tree, committer, sender } = given;
  switch (proposal.type) {
    case 'add':
    case 'group_context_extensions':
    case 'psk':
      return;
    case 'update':
      if (sender === undefined || sender === committer)
        throw new CryptoError('not_allowed', 'an Update of the committer');
      tree.leafOrThrow(sender);
      return;
    case 'remove':
      tree.leafOrThrow(proposal.removed);
      if (proposal.removed === committer)
        throw new CryptoError('not_allowed', 'a committer that removes itself');
      return;
    case 'external_init':
      if (committer !== 'joiner') throw new CryptoError('not_allowed', 'an ExternalInit of a member');
      if (proposal.kemOutput.length !== suite.kem.outputBytes)
        throw new CryptoError('malformed', 'an ExternalInit of another size');
      return;
    case 'reinit':
      throw new CryptoError('unsupported', 'a group that is to be made anew');
    default:
      proposal satisfies never;
  }
}

/** The leaf that an Update or Remove is about. */
function subjectOf({ proposal, sender }: SentProposal): LeafIndex[] {
  if (proposal.type === 'remove') return [proposal.removed];
  return proposal.type === 'update' && sender !== undefined ? [sender] : [];
}

function refuseTwice(names: readonly (string | number)[], what: string): void {
  if (new Set(names).size !== names.length) throw new CryptoError('not_allowed', what);
}

function all<T extends ProposalType>(
  list: readonly SentProposal[],
  type: T,
): Extract<Proposal, { type: T }>[] {
  return list.flatMap(({ proposal }) =>
    proposal.type === type ? [proposal as Extract<Proposal, { type: T }>] : [],
  );
}
