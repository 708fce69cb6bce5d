// What a group's history leads to (G9–G10), as the service sees it: the kept state of a group, and what entries would make of it. Folded
// with the very code of the clients; what members would refuse is refused here. history.ts and service.ts ask.
import { fromBase64url, toBase64url, toHex, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import {
  encodeState,
  foldHistory,
  genesisState,
  parseAction,
  parseEntry,
  parseState,
  type Action,
  type GroupState,
  type HistoryEntry,
} from '../../crypto/group/history/index.ts';
import { AppError } from '../errors.ts';
import type { FoldedGroup } from '../store/store.ts';

/** As large as a state may grow by what its admins add; going and rotating is never refused for it. */
const mostStateBytes = 1024 * 1024;

/** An entry of the caller's, with what it does. */
export interface OwnEntry extends HistoryEntry {
  readonly act: Action;
}

/** The state after the entries that the store has. */
export function stateOf(group: FoldedGroup): GroupState {
  if (group.state !== null) return parseState(fromBase64url(group.state));
  const { groupId, owner, nonce } = group;
  return genesisState({
    groupId: fromBase64url(groupId),
    owner: fromBase64url(owner),
    nonce: fromBase64url(nonce),
  });
}

/** Throws `invalid_request` for what is no entry, `not_allowed` for an entry of somebody else. */
export function parseOwn(caller: string, entries: readonly string[]): OwnEntry[] {
  return entries.map((text) => {
    const entry = refusing(() => parseEntry(fromBase64url(text)));
    if (toBase64url(entry.author) !== caller) throw new AppError('not_allowed');
    return { ...entry, act: refusing(() => parseAction(entry.action)) };
  });
}

/** The state after `entries`. Throws `not_allowed`, `bad_signature`, `invalid_request`, and `group_full` for a state that grows too large. */
export async function foldOwn(state: GroupState, entries: readonly OwnEntry[]): Promise<GroupState> {
  let next: GroupState;
  try {
    next = await foldHistory(state, entries);
  } catch (error) {
    throw refusalOf(error);
  }
  const adds = entries.some(({ act }) => !['removal', 'rotation', 'departure', 'return'].includes(act.kind));
  if (adds && encodeState(next).length > mostStateBytes) throw new AppError('group_full');
  return next;
}

export function encoded(state: GroupState): string {
  return toBase64url(encodeState(state));
}

/** Whose going the entries say. */
export function departingBy(entries: readonly OwnEntry[]): string[] {
  return entries.flatMap(({ act, author }): string[] => {
    if (act.kind === 'departure') return [toBase64url(author)];
    return act.kind === 'removal' ? [toBase64url(act.identity)] : [];
  });
}

export function goneOf(state: GroupState, identity: Bytes): 'left' | 'removed' | 'banned' | undefined {
  return state.gone.get(toHex(identity))?.cause;
}

function refusing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw refusalOf(error);
  }
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof CryptoError)) return error;
  if (error.code === 'not_allowed' || error.code === 'bad_signature') return new AppError(error.code);
  return new AppError('invalid_request');
}
