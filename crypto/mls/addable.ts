// Which of several key packages could be added in one commit (RFC 9420 §12.1.1, §12.2): each is judged as the commit would, where it
// would stand, beside those before it that were found good. One that is bad spoils nothing for the others.
import { CryptoError } from '../errors.ts';
import type { Application } from './application.ts';
import { validateApplied } from './commit-leaves.ts';
import type { KeyPackage } from './key-package.ts';
import { applyProposals } from './proposal-list.ts';
import type { GroupState } from './state.ts';

/** For each key package, in order: null where it can be added, else why not. */
export async function whyNotAddable(
  state: GroupState,
  keyPackages: readonly KeyPackage[],
  application: Application,
): Promise<(CryptoError | null)[]> {
  const { suite, context } = state;
  const { extensions, groupId } = context;
  const reasons: (CryptoError | null)[] = [];
  let tree = state.tree;
  for (const keyPackage of keyPackages) {
    try {
      const list = [{ proposal: { type: 'add', keyPackage }, sender: state.ownLeaf, by: 'value' }] as const;
      const applied = applyProposals(list, { tree, extensions });
      await validateApplied({ suite, application, groupId }, applied, { tree, extensions });
      tree = applied.tree;
      reasons.push(null);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      reasons.push(error);
    }
  }
  return reasons;
}
