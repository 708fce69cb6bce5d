// The shape of a leaf node, before its credential is looked at (protocol.md C1, C2): a client that speaks suite 1 and
// nothing that would change how the group works. Called for every leaf of a GroupInfo and every new leaf of a commit.
import type { Capabilities, LeafNode } from 'ts-mls';
import { CryptoError } from '../../errors.ts';
import { checkEncryptionKey } from './keys.ts';
import { suiteName } from './suite.ts';
import { credentialOf } from './tree.ts';

/** Ours, and the least that every leaf must have: no extension, no proposal type beyond RFC 9420's own. */
export const capabilities: Capabilities = {
  versions: ['mls10'],
  ciphersuites: [suiteName],
  extensions: [],
  proposals: [],
  credentials: ['basic'],
};

/**
 * Throws `CryptoError`: `malformed` for keys of another size or of small order, `bad_credential` for another type of
 * credential, `not_allowed` for extensions, missing capabilities, or a leaf that came from an Update proposal or, other
 * than the creator's at index 0, from a key package: neither way in exists here (C4).
 */
export function checkLeaf(leaf: LeafNode, index: number): void {
  checkEncryptionKey(leaf.hpkePublicKey);
  if (leaf.signaturePublicKey.length !== 32)
    throw new CryptoError('malformed', 'signature key of another size');
  credentialOf(leaf);
  const can = leaf.capabilities;
  const able =
    can.versions.includes('mls10') &&
    can.ciphersuites.includes(suiteName) &&
    can.credentials.includes('basic');
  if (!able) throw new CryptoError('not_allowed', `leaf ${index} does not support suite 1`);
  if (leaf.extensions.length > 0) throw new CryptoError('not_allowed', `leaf ${index} has extensions`);
  const byCommit = leaf.leafNodeSource === 'commit';
  if (!byCommit && !(leaf.leafNodeSource === 'key_package' && index === 0)) {
    throw new CryptoError('not_allowed', `leaf ${index} came by ${leaf.leafNodeSource}`);
  }
}
