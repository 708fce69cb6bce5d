// From a state of a group and the changes that follow to the next state (protocol.md G10): order and signatures here, what a change
// may do in apply.ts. Pure, and the same code in the service and in every client.
import type { Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { verify } from '../../identity/verify.ts';
import { parseAction, type Action } from './action.ts';
import { apply, draftOf, stateOf } from './apply.ts';
import { headOf, statementAfter, type HistoryEntry } from './entry.ts';
import type { GroupState } from './state.ts';

/** Changes are counted in 32 bits. */
const lastVersion = 2 ** 32 - 1;

/** A change in its place. */
interface Placed {
  readonly author: Bytes;
  readonly action: Action;
  readonly statement: Bytes;
  readonly signature: Bytes;
  readonly head: Bytes;
}

/**
 * The state after `entries`, which follow `state` without a gap. The first that is not right refuses all of them: `CryptoError`
 * `malformed`, `unsupported`, `wrong_version` (a gap, a repetition, another order), `bad_signature` (also where the entry belongs to
 * another history), or what apply.ts refuses with.
 */
export async function foldHistory(state: GroupState, entries: readonly HistoryEntry[]): Promise<GroupState> {
  const placed = place(state, entries);
  const verdicts = await Promise.all(
    placed.map(({ author, statement, signature }) => verify(author, statement, signature)),
  );
  if (verdicts.includes(false))
    throw new CryptoError('bad_signature', 'a change that its author did not sign');
  const draft = draftOf(state);
  for (const { author, action, head } of placed) {
    apply(draft, author, action);
    draft.version += 1;
    draft.head = head;
  }
  return stateOf(draft);
}

/** The state after a change that is being made, which nobody has signed yet. Throws as `foldHistory` does. */
export function applyUnsigned(
  state: GroupState,
  change: Pick<HistoryEntry, 'author' | 'atMs' | 'action'>,
): { readonly state: GroupState; readonly statement: Bytes } {
  const draft = draftOf(state);
  apply(draft, change.author, parseAction(change.action));
  const statement = statementAfter(state, change);
  draft.version += 1;
  draft.head = headOf(statement);
  return { state: stateOf(draft), statement };
}

/** Every entry with the statement that it must have signed: heads depend on statements only, so signatures can be checked at once. */
function place(state: GroupState, entries: readonly HistoryEntry[]): Placed[] {
  let { version, head } = state;
  return entries.map((entry) => {
    const { author, signature } = entry;
    checkShape(entry);
    if (entry.version !== version + 1) {
      throw new CryptoError('wrong_version', `change ${entry.version} after ${version}`);
    }
    const action = parseAction(entry.action);
    const statement = statementAfter({ groupId: state.groupId, version, head }, entry);
    version = entry.version;
    head = headOf(statement);
    return { author, action, statement, signature, head };
  });
}

function checkShape({ version, author, atMs }: HistoryEntry): void {
  const isTime = Number.isSafeInteger(atMs) && atMs >= 0;
  if (author.length !== 32 || !isTime || !(version <= lastVersion)) {
    throw new CryptoError('malformed', 'a change of the wrong shape');
  }
}
