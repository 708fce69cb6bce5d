// How lists of the service are checked: every entry stands or falls alone; what is refused is listed with its code and takes nothing
// else down. Used by members.ts.
import { toHex, type Bytes } from '../bytes.ts';
import { CryptoError, type CryptoErrorCode } from '../errors.ts';

/** An entry that does not count, and why. `removed`: the owner or an admin removed the identity. */
export interface RefusedEntry {
  readonly identity: Bytes;
  readonly code: CryptoErrorCode;
}

export interface Sorted<T> {
  readonly accepted: T[];
  readonly refused: RefusedEntry[];
}

/** Checks every entry for itself. Of several good ones for one identity the first counts, the others are `malformed`. */
export async function sortEntries<T extends { identity: Bytes }, V extends { identity: Bytes }>(
  entries: readonly T[],
  check: (entry: T) => V | Promise<V>,
): Promise<Sorted<V>> {
  const outcomes = await Promise.all(entries.map((entry) => outcomeOf(entry, check)));
  const names = new Set<string>();
  const sorted: Sorted<V> = { accepted: [], refused: [] };
  for (const [i, outcome] of outcomes.entries()) {
    const { identity } = entries[i] as T;
    if (outcome instanceof CryptoError) sorted.refused.push({ identity, code: outcome.code });
    else if (names.has(nameOf(outcome))) sorted.refused.push({ identity, code: 'malformed' });
    else {
      names.add(nameOf(outcome));
      sorted.accepted.push(outcome);
    }
  }
  return sorted;
}

export function nameOf(entry: { readonly identity: Bytes }): string {
  return toHex(entry.identity);
}

async function outcomeOf<T, V>(entry: T, check: (entry: T) => V | Promise<V>): Promise<V | CryptoError> {
  try {
    return await check(entry);
  } catch (error) {
    if (error instanceof CryptoError) return error;
    throw error;
  }
}
