// Key packages that say what they should not, signed with their owner's real keys, so that only a rule can refuse them.
import { signKeyPackage, type KeyPackage } from '../key-package.ts';
import { signLeafNode, type LeafContent } from '../leaf-node.ts';
import type { Proposal } from '../proposal.ts';
import { keyPackageOf, suite, type Person } from './people.ts';

export interface Change {
  readonly leaf?: Partial<LeafContent>;
  readonly packet?: Partial<Omit<KeyPackage, 'signature' | 'leafNode'>>;
}

/** A key package of `who`, changed before it is signed. Leaves of Updates and commits are signed for leaf 4 of `groupId`. */
export function forgePackage(
  who: Person,
  { leaf = {}, packet = {} }: Change = {},
  groupId = new Uint8Array(16),
): KeyPackage {
  const { signature: _, leafNode: honest, ...rest } = keyPackageOf(who).keyPackage;
  const { signature: __, ...content } = honest;
  const { privateKey } = who.signatureKeys;
  const by = { signaturePrivateKey: privateKey, place: { groupId, leafIndex: 4 } };
  const leafNode = signLeafNode(suite, { ...content, ...leaf }, by);
  return signKeyPackage(suite, { ...rest, leafNode, ...packet }, privateKey);
}

export function adding(...packages: readonly KeyPackage[]): Proposal[] {
  return packages.map((keyPackage) => ({ type: 'add', keyPackage }));
}
