// G8: an entry has one encoding, and no bit of it can be changed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random, toHex, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { anyBytes, mutations } from '../../test/fuzz.ts';
import { beginningOf, grow, policy, refusalOf, removal, role, rotation } from '../../test/history.ts';
import { person } from '../../test/people.ts';
import { encodeEntry, foldHistory, parseEntry, type HistoryEntry } from './index.ts';

const [ada, ben, cyd] = await Promise.all([person(), person(), person()]);
const begun = beginningOf(ada);
const { entries } = await grow(
  begun,
  [ada, role(ben, 'admin')],
  [ben, policy({ admission: 'approval' }, [ben, cyd])],
  [ben, removal(cyd)],
  [ben, rotation(2)],
);

/** Reads bytes as an entry, which must then be the one that has these bytes. */
function readsInOneWay(bytes: Bytes): void {
  try {
    expect(toHex(encodeEntry(parseEntry(bytes)))).toBe(toHex(bytes));
  } catch (error) {
    expect(error).toBeInstanceOf(CryptoError);
  }
}

describe('an entry as bytes', () => {
  it('[G8] is read back, and nothing else is read as it', () => {
    for (const entry of entries) {
      expect(parseEntry(encodeEntry(entry))).toEqual(entry);
      for (const bytes of mutations(encodeEntry(entry))) readsInOneWay(bytes);
    }
    fc.assert(fc.property(anyBytes(0, 160), readsInOneWay), { numRuns: 2000 });
    expect(() => encodeEntry({ ...entries[0]!, author: random(31) })).toThrow(RangeError);
  });

  it('[G8] is refused with any bit changed, cut or prolonged', async () => {
    for (const [at, entry] of entries.entries()) {
      const before = await foldHistory(begun, entries.slice(0, at));
      const wrong: HistoryEntry[] = [];
      for (const bytes of mutations(encodeEntry(entry))) {
        try {
          wrong.push(parseEntry(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(CryptoError);
        }
      }
      expect(wrong.length).toBeGreaterThan(500);
      await Promise.all(wrong.map(async (one) => refusalOf(foldHistory(before, [one]))));
    }
  });
});
