// What to think of a service whose history does not continue the one that a device knows (protocol.md G11). Asked only then: the
// device fetches everything from the first change on, and this says whether it was rolled back, forked, or forged.
import { equal } from '../../bytes.ts';
import { CryptoError, type CryptoErrorCode } from '../../errors.ts';
import type { HistoryEntry } from './entry.ts';
import { foldHistory } from './fold.ts';
import { genesisState, type Genesis, type GroupState } from './state.ts';

export type HistoryVerdict =
  /** It goes on from what is known, after all: this is the state of now. */
  | { readonly kind: 'continues'; readonly state: GroupState }
  /** Right as far as it goes, and shorter than what is known. */
  | { readonly kind: 'rolled_back'; readonly version: number }
  /** Right, and another one: members of the group are shown different histories. `state`: where the other one is. */
  | { readonly kind: 'forked'; readonly state: GroupState }
  /** Not a history of this group. */
  | { readonly kind: 'forged'; readonly code: CryptoErrorCode };

/** Judges all `entries` from the first change on against the state that the device keeps, which stays in force unless it continues. */
export async function judgeHistory(
  kept: GroupState,
  genesis: Genesis,
  entries: readonly HistoryEntry[],
): Promise<HistoryVerdict> {
  try {
    const first = genesisState(genesis);
    if (!equal(first.groupId, kept.groupId))
      throw new CryptoError('wrong_group', 'the history of another group');
    const then = await foldHistory(first, entries.slice(0, kept.version));
    if (then.version < kept.version) return { kind: 'rolled_back', version: then.version };
    const state = await foldHistory(then, entries.slice(kept.version));
    return { kind: equal(then.head, kept.head) ? 'continues' : 'forked', state };
  } catch (error) {
    if (error instanceof CryptoError) return { kind: 'forged', code: error.code };
    throw error;
  }
}
