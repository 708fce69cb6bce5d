// Update paths and commits as bytes (RFC 9420 §7.6, §12.4). treekem.ts makes and opens paths.
import type { Bytes } from '../bytes.ts';
import { opaque, optional, struct, vector, type Codec } from './codec.ts';
import type { HpkeCiphertext } from './hpke.ts';
import { leafNode, type LeafNode } from './leaf-node.ts';
import { proposalOrRef, type ProposalOrRef } from './proposal.ts';

export interface UpdatePathNode {
  readonly encryptionKey: Bytes;
  /** One for each node of the copath child's resolution, in its order. */
  readonly encryptedPathSecrets: readonly HpkeCiphertext[];
}

export interface UpdatePath {
  readonly leafNode: LeafNode;
  /** One for each node of the filtered direct path, from the leaf up. */
  readonly nodes: readonly UpdatePathNode[];
}

export interface Commit {
  readonly proposals: readonly ProposalOrRef[];
  readonly path: UpdatePath | undefined;
}

export const hpkeCiphertext: Codec<HpkeCiphertext> = struct({ kemOutput: opaque, ciphertext: opaque });

const updatePathNode: Codec<UpdatePathNode> = struct({
  encryptionKey: opaque,
  encryptedPathSecrets: vector(hpkeCiphertext),
});

export const updatePath: Codec<UpdatePath> = struct({ leafNode, nodes: vector(updatePathNode) });

export const commit: Codec<Commit> = struct({ proposals: vector(proposalOrRef), path: optional(updatePath) });
