// Follows a group's history at the service (G11): takes what goes on from the state that this device folded, and where something does
// not, fetches everything from the first change on and says what it is. catch-up.ts asks; crypto/group/history folds and judges.
import type { Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import {
  foldHistory,
  judgeHistory,
  parseEntry,
  type Genesis,
  type GroupState,
  type HistoryEntry,
} from '../../crypto/group/history/index.ts';
import type { HistoryPage } from '../api/schemas.ts';
import { GroupRefused } from './group.ts';

/** Asks the service for the changes after a version. */
export type ReadHistory = (after: number) => Promise<HistoryPage>;

/** More than this is no history that people made. */
const mostEntries = 100_000;

/**
 * The state of now, where the service says that the history has `claimed` changes. Throws `GroupRefused`: `group_rolled_back`,
 * `group_forked`, `group_forged`, or `group_newer` for a change of a kind that this page does not know; and `ApiError`.
 */
export async function followHistory(
  read: ReadHistory,
  known: { readonly state: GroupState; readonly genesis: Genesis },
  claimed: number,
): Promise<GroupState> {
  const { state } = known;
  if (claimed === state.version) return state;
  if (claimed > state.version) {
    const next = await foldOn(read, state);
    if (next !== null && next.version > state.version) return next;
  }
  return judge(read, known);
}

/** Folds page after page; null where one does not follow. */
export async function foldOn(read: ReadHistory, from: GroupState): Promise<GroupState | null> {
  try {
    let state = from;
    for (;;) {
      const page = await read(state.version);
      state = await foldHistory(state, page.entries.map(parseEntry));
      if (page.entries.length === 0 || state.version >= page.version) return state;
    }
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}

async function judge(
  read: ReadHistory,
  { state, genesis }: { readonly state: GroupState; readonly genesis: Genesis },
): Promise<GroupState> {
  const entries = await readAll(read);
  const verdict =
    entries === null
      ? ({ kind: 'forged', code: 'malformed' } as const)
      : await judgeHistory(state, genesis, entries);
  if (verdict.kind === 'continues') return verdict.state;
  if (verdict.kind === 'forged' && verdict.code === 'unsupported') throw new GroupRefused('group_newer');
  throw new GroupRefused(`group_${verdict.kind}`);
}

/** All changes from the first on; null where they are none. */
async function readAll(read: ReadHistory): Promise<readonly HistoryEntry[] | null> {
  const all: Bytes[] = [];
  for (;;) {
    const page = await read(all.length);
    all.push(...page.entries);
    if (page.entries.length === 0 || all.length >= page.version || all.length > mostEntries) break;
  }
  try {
    return all.map(parseEntry);
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
