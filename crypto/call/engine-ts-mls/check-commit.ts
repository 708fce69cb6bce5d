// What a received commit may hold (protocol.md C3–C5, C10), decided before the library sees it: who sends it, which
// proposals, which leaves it names, which keys it brings. state.ts lets the library apply what passes. The library itself
// would follow an index without end, take a copied key, and let a joiner remove anybody.
import type { ClientState, LeafNode, ProposalOrRef, UpdatePath } from 'ts-mls';
import type { PublicMessage } from 'ts-mls/publicMessage.js';
import {
  addLeafNode,
  filteredDirectPathAndCopathResolution,
  findBlankLeafNodeIndexOrExtend,
  type RatchetTree,
} from 'ts-mls/ratchetTree.js';
import { toLeafIndex } from 'ts-mls/treemath.js';
import { encodeCredential } from 'ts-mls/credential.js';
import { equal, toHex } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { leafOf } from '../acceptable.ts';
import { checkLeaf } from './check-leaf.ts';
import { keyBytes, tagBytes } from './hpke.ts';
import { checkEncryptionKey } from './keys.ts';
import { candidateOf, encryptionKeysOf, leafAt, maxLeaves, withoutLeaves } from './tree.ts';

/** KDF.Nh of suite 1. */
const pathSecretBytes = 32;

/** A commit whose contents are allowed. Signatures, tags and hashes are still unproven. */
export interface CheckedCommit {
  readonly message: PublicMessage;
  readonly kind: 'member' | 'external';
  /** Index of the committer in the new tree. */
  readonly committer: number;
  readonly path: UpdatePath;
  /** Indexes in the old tree. */
  readonly removed: readonly number[];
  /** The tree after the removals, before the path. Empty if an external commit takes the only leaf away. */
  readonly rest: RatchetTree;
}

/** Throws `CryptoError`: `wrong_call`, `wrong_epoch`, `not_allowed`, `out_of_range`, `duplicate_leaf`, `malformed`, `bad_commit`. */
export function checkCommit(state: ClientState, message: PublicMessage): CheckedCommit {
  checkPlace(state, message);
  const { content } = message;
  if (content.contentType !== 'commit') throw new CryptoError('not_allowed', 'not a commit');
  const { path, proposals } = content.commit;
  if (path === undefined) throw new CryptoError('not_allowed', 'a commit without a path');
  const tree = state.ratchetTree;
  const { sender } = content;
  if (sender.senderType === 'member') {
    const removed = readRemovals(tree, proposals);
    checkMember(state, { committer: sender.leafIndex, removed, leaf: path.leafNode });
    const rest = withoutLeaves(tree, removed);
    return checked(state, { message, kind: 'member', committer: sender.leafIndex, path, removed, rest });
  }
  if (sender.senderType === 'new_member_commit') {
    const removed = readRemovals(tree, readExternalInit(proposals));
    const rest = withoutLeaves(tree, removed);
    const committer = rest.length === 0 ? 0 : findBlankLeafNodeIndexOrExtend(rest) / 2;
    checkJoiner(tree, { committer, removed, leaf: path.leafNode });
    return checked(state, { message, kind: 'external', committer, path, removed, rest });
  }
  throw new CryptoError('not_allowed', `a commit sent as ${sender.senderType}`);
}

function checkPlace({ groupContext }: ClientState, { content }: PublicMessage): void {
  if (!equal(content.groupId, groupContext.groupId))
    throw new CryptoError('wrong_call', 'commit of another call');
  if (content.epoch !== groupContext.epoch) throw new CryptoError('wrong_epoch', 'commit of another epoch');
  if (content.authenticatedData.length > 0)
    throw new CryptoError('not_allowed', 'a commit with authenticated data');
}

/** C4: exactly one ExternalInit, by value. Returns the other proposals. */
function readExternalInit(proposals: readonly ProposalOrRef[]): ProposalOrRef[] {
  const inits = proposals.filter((it) => kemOutputOf(it) !== undefined);
  if (inits.length !== 1) throw new CryptoError('not_allowed', `${inits.length} ExternalInit proposals`);
  if (inits.some((it) => kemOutputOf(it)?.length !== keyBytes)) {
    throw new CryptoError('malformed', 'an ExternalInit of another size');
  }
  return proposals.filter((it) => kemOutputOf(it) === undefined);
}

function kemOutputOf(it: ProposalOrRef): Uint8Array | undefined {
  if (it.proposalOrRefType !== 'proposal' || !('externalInit' in it.proposal)) return undefined;
  return it.proposal.externalInit.kemOutput;
}

/** C5: Remove by value and nothing else, each of another leaf that is there. Returns their indexes. */
function readRemovals(tree: RatchetTree, proposals: readonly ProposalOrRef[]): number[] {
  const removed = proposals.map((it) => {
    if (it.proposalOrRefType !== 'proposal' || !('remove' in it.proposal)) {
      throw new CryptoError('not_allowed', 'a proposal that is not Remove by value');
    }
    return it.proposal.remove.removed;
  });
  if (new Set(removed).size !== removed.length) throw new CryptoError('not_allowed', 'a leaf removed twice');
  for (const index of removed) leafAt(tree, index);
  return removed;
}

interface Claim {
  readonly committer: number;
  readonly removed: readonly number[];
  readonly leaf: LeafNode;
}

/** A member commits for its own leaf, is not me, removes not itself, and stays who it was (C5). */
function checkMember({ ratchetTree, privatePath }: ClientState, { committer, removed, leaf }: Claim): void {
  const current = leafAt(ratchetTree, committer);
  if (committer === privatePath.leafIndex) throw new CryptoError('not_allowed', 'a commit of my own leaf');
  if (removed.includes(committer)) throw new CryptoError('not_allowed', 'a committer that removes itself');
  const sameKey = equal(leaf.signaturePublicKey, current.signaturePublicKey);
  const sameName = equal(encodeCredential(leaf.credential), encodeCredential(current.credential));
  if (!sameKey || !sameName) throw new CryptoError('not_allowed', 'a committer that changes who it is');
}

/** A joiner has room, and removes only its own identity's old leaf (C4). */
function checkJoiner(tree: RatchetTree, { committer, removed, leaf }: Claim): void {
  if (committer >= maxLeaves) throw new CryptoError('out_of_range', 'the tree is full');
  const { identity } = leafOf(candidateOf(leaf, committer));
  for (const index of removed) {
    if (!equal(leafOf(candidateOf(leafAt(tree, index), index)).identity, identity)) {
      throw new CryptoError('not_allowed', 'a joiner that removes somebody else');
    }
  }
}

function checked(state: ClientState, commit: CheckedCommit): CheckedCommit {
  checkLeaf(commit.path.leafNode, commit.committer);
  checkKeys(state.ratchetTree, commit.path);
  if (commit.rest.length > 0) checkPathShape(commit);
  return commit;
}

/** No encryption key twice: not in the tree it meets, not in itself. The library compares the tree with itself only. */
function checkKeys(tree: RatchetTree, { leafNode, nodes }: UpdatePath): void {
  const seen = new Set(encryptionKeysOf(tree).map(toHex));
  for (const { hpkePublicKey } of [leafNode, ...nodes]) {
    checkEncryptionKey(hpkePublicKey);
    if (seen.has(toHex(hpkePublicKey))) {
      throw new CryptoError('duplicate_leaf', 'an encryption key that is already in the tree');
    }
    seen.add(toHex(hpkePublicKey));
  }
}

/** As many nodes as the filtered direct path, and one ciphertext for each node of the copath's resolution (§7.5). */
function checkPathShape({ path, rest, committer, kind }: CheckedCommit): void {
  const tree = kind === 'external' ? addLeafNode(rest, path.leafNode)[0] : rest;
  const expected = filteredDirectPathAndCopathResolution(toLeafIndex(committer), tree);
  if (path.nodes.length !== expected.length) throw new CryptoError('bad_commit', 'a path of another length');
  for (const [at, { encryptedPathSecret }] of path.nodes.entries()) {
    if (encryptedPathSecret.length !== expected[at]?.resolution.length) {
      throw new CryptoError('bad_commit', 'a path with too many or too few ciphertexts');
    }
    for (const { kemOutput, ciphertext } of encryptedPathSecret) {
      if (kemOutput.length !== keyBytes || ciphertext.length !== pathSecretBytes + tagBytes) {
        throw new CryptoError('bad_commit', 'a ciphertext of another size');
      }
    }
  }
}
