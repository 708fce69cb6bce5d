// The leaves that a commit brings (RFC 9420 §7.3, §10.1, §12.4.2): each is valid where it will stand, and none has a key that is
// taken. The same for who makes a commit and who receives one.
import { CryptoError } from '../errors.ts';
import type { Application } from './application.ts';
import { extensionTypes, type Extension } from './extension.ts';
import type { GroupContext } from './group-context.ts';
import { validateKeyPackage } from './key-package.ts';
import { isSame } from './key-set.ts';
import { checkCapabilities, refuseTakenKeys, validateLeaf } from './leaf-validation.ts';
import type { LeafNode } from './leaf-node.ts';
import type { Applied } from './proposal-list.ts';
import type { RatchetTree } from './ratchet-tree.ts';
import type { CipherSuite } from './suite.ts';
import type { LeafIndex } from './tree-math.ts';

export interface LeafJudge {
  readonly suite: CipherSuite;
  readonly application: Application;
  readonly groupId: GroupContext['groupId'];
}

/** Added and updated leaves, and what new group extensions ask of everybody. Throws `CryptoError`. */
export async function validateApplied(
  judge: LeafJudge,
  applied: Applied,
  before: { readonly tree: RatchetTree; readonly extensions: readonly Extension[] },
): Promise<void> {
  const { suite } = judge;
  const { tree, extensions, added, updated } = applied;
  if (extensions !== before.extensions) {
    refuseGroupExtensions(extensions);
    for (const [, leaf] of tree.leaves()) checkCapabilities(leaf, extensions);
  }
  for (const { index, leafNode } of [
    ...updated,
    ...added.map(({ index, keyPackage }) => ({ index, leafNode: keyPackage.leafNode })),
  ]) {
    refuseTakenKeys(tree, leafNode, index);
  }
  for (const { index, leafNode } of updated) {
    if (isSame(leafNode.encryptionKey, before.tree.leafOrThrow(index).encryptionKey)) {
      throw new CryptoError('not_allowed', 'an Update with the key that it replaces');
    }
    await validateNewLeaf(judge, leafNode, { index, source: 'update', extensions });
  }
  for (const { index, keyPackage } of added) {
    await validateKeyPackage(suite, keyPackage);
    await validateNewLeaf(judge, keyPackage.leafNode, { index, source: 'key_package', extensions });
  }
}

/** The leaf of a path, before it is merged. Throws `CryptoError`. */
export async function validatePathLeaf(
  judge: LeafJudge,
  leaf: LeafNode,
  given: { readonly applied: Applied; readonly index: LeafIndex },
): Promise<void> {
  const { index, applied } = given;
  refuseTakenKeys(applied.tree, leaf, index);
  await validateNewLeaf(judge, leaf, { index, source: 'commit', extensions: applied.extensions });
}

function validateNewLeaf(
  { suite, application, groupId }: LeafJudge,
  leaf: LeafNode,
  given: { index: LeafIndex; source: 'update' | 'commit' | 'key_package'; extensions: readonly Extension[] },
): Promise<void> {
  const { index, source, extensions } = given;
  return validateLeaf(suite, leaf, {
    standing: { index, source, context: { groupId, extensions } },
    application,
  });
}

/** External senders (§12.1.8.1) would let who is not in the group propose: calls have none, and no other extension is known here. */
export function refuseGroupExtensions(extensions: readonly Extension[]): void {
  const unknown = extensions.find(({ type }) => type !== extensionTypes.requiredCapabilities);
  if (unknown !== undefined) throw new CryptoError('unsupported', `a group with extension ${unknown.type}`);
}
