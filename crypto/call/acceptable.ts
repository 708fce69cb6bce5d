// Who may have a leaf (protocol.md C3), whatever MLS engine runs underneath: the credential verifies for this group, call
// and leaf key, the identity is a verified member, and nothing that names a leaf occurs twice. Engines ask this for every
// leaf of a GroupInfo before joining, and for every new leaf of a commit before they apply it.
import { toBase64url, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { decodeCredential, verifyCredential } from './credential.ts';
import type { CallContext, IsMember, Leaf } from './types.ts';

/** What an engine knows of a leaf before it is accepted. */
export interface Candidate {
  readonly index: number;
  /** C2 bytes. */
  readonly credential: Bytes;
  /** Ed25519, 32 bytes. */
  readonly signatureKey: Bytes;
  /** X25519, 32 bytes. */
  readonly encryptionKey: Bytes;
}

/** What decides. */
export interface LeafRules {
  readonly context: Pick<CallContext, 'groupId' | 'callId'>;
  readonly isMember: IsMember;
}

/** Accepts all leaves of a tree or none. Throws `CryptoError`: `malformed`, `duplicate_leaf`, `bad_credential`, `not_member`. */
export async function acceptTree(tree: readonly Candidate[], rules: LeafRules): Promise<Leaf[]> {
  refuseDoubles(tree);
  const leaves: Leaf[] = [];
  for (const candidate of tree) leaves.push(await accept(candidate, rules));
  return leaves;
}

/** Accepts one new leaf beside those that stay. Throws as `acceptTree`. */
export async function acceptNewLeaf(
  candidate: Candidate,
  staying: readonly Candidate[],
  rules: LeafRules,
): Promise<Leaf> {
  refuseDoubles([...staying, candidate]);
  return accept(candidate, rules);
}

/** The leaf that an accepted candidate is. Throws `CryptoError('malformed')`. */
export function leafOf(candidate: Candidate): Leaf {
  const { identity, livekitIdentity } = decodeCredential(candidate.credential);
  return { index: candidate.index, identity, livekitIdentity };
}

async function accept(candidate: Candidate, { context, isMember }: LeafRules): Promise<Leaf> {
  const credential = decodeCredential(candidate.credential);
  await verifyCredential(credential, { context, leafKey: candidate.signatureKey });
  if (!(await isMember(credential.identity))) {
    throw new CryptoError('not_member', `the identity of leaf ${candidate.index} is not in the roster`);
  }
  return leafOf(candidate);
}

/**
 * One leaf an identity, a key, a LiveKit identity. The last is not MLS' business: a frame is matched to a person by it
 * (F4), so whoever could take another's would be heard as them.
 */
function refuseDoubles(candidates: readonly Candidate[]): void {
  const seen = new Set<string>();
  for (const candidate of candidates) {
    const { identity, livekitIdentity } = decodeCredential(candidate.credential);
    const names = [
      `identity ${toBase64url(identity)}`,
      `LiveKit identity ${livekitIdentity}`,
      `signature key ${toBase64url(candidate.signatureKey)}`,
      `encryption key ${toBase64url(candidate.encryptionKey)}`,
    ];
    for (const name of names) {
      if (seen.has(name)) {
        throw new CryptoError(
          'duplicate_leaf',
          `leaf ${candidate.index} repeats another leaf's identity or key`,
        );
      }
      seen.add(name);
    }
  }
}
