// Leaves as a call sees them: who stands behind an MLS leaf node, read from its credential (protocol.md C2) once and kept, since a
// tree outlives most of its commits. Nothing here proves a credential: rules.ts does, before a leaf gets into a state.
import type { Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { GroupState, LeafNode } from '../mls/index.ts';
import { decodeCredential, type Credential } from './credential.ts';
import type { Leaf } from './types.ts';

/** K2 has ten bits for the leaf. */
export const maxLeaves = 1024;

const known = new WeakMap<LeafNode, Credential>();

/** The credential in a leaf node. Throws `CryptoError`: `malformed`, `bad_credential` for one that is not basic. */
export function credentialOf(leaf: LeafNode): Credential {
  let credential = known.get(leaf);
  if (credential === undefined) {
    credential = decodeCredential(credentialBytes(leaf));
    known.set(leaf, credential);
  }
  return credential;
}

/** C2 bytes. */
export function credentialBytes({ credential }: LeafNode): Bytes {
  if (credential.type !== 'basic') throw new CryptoError('bad_credential', 'not a basic credential');
  return credential.identity;
}

export function leafAt(leaf: LeafNode, index: number): Leaf {
  const { identity, livekitIdentity } = credentialOf(leaf);
  return { index, identity, livekitIdentity };
}

/** Every leaf of a state, ascending. */
export function leavesOf({ tree }: GroupState): readonly Leaf[] {
  return Object.freeze([...tree.leaves()].map(([index, leaf]) => leafAt(leaf, index)));
}
