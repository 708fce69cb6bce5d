// What this folder asks of whoever uses it (RFC 9420 §5.3.1, §8.4, §12.2): whether a leaf's credential is acceptable, whether a
// commit is allowed, the pre-shared keys, the time. crypto/call answers for calls.
import type { Bytes } from '../bytes.ts';
import type { GroupInfo } from './group-info.ts';
import type { LeafNode } from './leaf-node.ts';
import type { Proposal } from './proposal.ts';
import type { PskKind } from './psk.ts';
import type { LeafIndex } from './tree-math.ts';

/** A commit whose sender and signature are proven and whose proposals are valid together; nothing of it is applied yet. */
export interface CommitView {
  /** Leaf in the old tree of a member; undefined for a joiner. */
  readonly committer: LeafIndex | undefined;
  readonly proposals: readonly SentProposal[];
  /** The committer's new leaf, if the commit has a path. */
  readonly leafNode: LeafNode | undefined;
  readonly authenticatedData: Bytes;
}

export interface SentProposal {
  readonly proposal: Proposal;
  /** Leaf in the old tree; undefined for a joiner's own. */
  readonly sender: LeafIndex | undefined;
  readonly by: 'value' | 'reference';
}

export interface Application {
  /** The Authentication Service. Throws `CryptoError` unless this leaf may stand at `index`. Asked once for every leaf that is new to this client. */
  authenticate(leaf: LeafNode, index: LeafIndex): void | Promise<void>;
  /** Throws `CryptoError` for a commit that is valid MLS but not allowed here. Without it all are. */
  permit?(commit: CommitView): void | Promise<void>;
  /** Throws `CryptoError` for a GroupInfo in a Welcome that is not allowed here; its signature and tree are not proven yet. */
  permitGroup?(info: GroupInfo): void;
  /** A pre-shared key, or undefined where there is none. */
  psk?(id: PskKind): Bytes | undefined;
  /** Seconds since 1970. Lifetimes are not looked at without it. */
  readonly nowSeconds?: bigint;
  /** The longest lifetime that is accepted, which RFC 9420 §7.2 leaves to the application. Default `maxLifetimeSeconds` of leaf-validation.ts. */
  readonly maxLifetimeSeconds?: bigint;
}
