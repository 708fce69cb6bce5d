// G8, G10: a history is taken in its order, whole, from who signed it, in the group it was made for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, random, toHex } from '../../bytes.ts';
import { changeStatement } from '../../identity/index.ts';
import { createGroupId } from '../../invite/index.ts';
import { anyBytes, refusal } from '../../test/fuzz.ts';
import {
  beginningOf,
  departure,
  forge,
  grow,
  policy,
  refusalOf,
  removal,
  role,
  rotation,
} from '../../test/history.ts';
import { person } from '../../test/people.ts';
import { attempts, historyOf } from '../../test/random-history.ts';
import { encodeState, foldHistory, genesisState, type GroupState, type HistoryEntry } from './index.ts';

const people = await Promise.all(Array.from({ length: 6 }, person));
const [ada, ben, cyd] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
const begun = beginningOf(ada);
const { state, entries } = await grow(
  begun,
  [ada, role(ben, 'admin')],
  [ben, policy({ admission: 'approval' }, [ben, cyd])],
  [ben, removal(cyd)],
  [ben, rotation(2)],
);
const bytesOf = (of: GroupState): string => toHex(encodeState(of));

/** Folds and says with what code, checking that the state is not touched. */
async function refused(list: readonly HistoryEntry[], from = begun): Promise<string> {
  const before = bytesOf(from);
  const code = await refusalOf(foldHistory(from, list));
  expect(bytesOf(from)).toBe(before);
  return code;
}

describe('a history', () => {
  it('[G8] leads to the state that its authors saw, from its beginning or from any state on the way', async () => {
    expect(bytesOf(await foldHistory(begun, entries))).toBe(bytesOf(state));
    expect(bytesOf(await foldHistory(await foldHistory(begun, entries.slice(0, 2)), entries.slice(2)))).toBe(
      bytesOf(state),
    );
    expect(bytesOf(await foldHistory(state, []))).toBe(bytesOf(state));
    expect([state.version, state.head.length]).toEqual([4, 32]);
  });

  it('[G1] begins with an owner who gives the group id only', () => {
    const nonce = random(16);
    const groupId = createGroupId(ada.publicKey, nonce);
    for (const wrong of [
      { groupId, owner: ben.publicKey, nonce },
      { groupId, owner: ada.publicKey, nonce: random(16) },
      { groupId: random(16), owner: ada.publicKey, nonce },
      { groupId, owner: ada.publicKey.slice(1), nonce },
    ])
      expect(refusal(() => genesisState(wrong))).toBe('wrong_group');
  });

  it('[G10] is refused where entries are missing, repeated or in another order', async () => {
    const [a, b, c, d] = entries as [HistoryEntry, HistoryEntry, HistoryEntry, HistoryEntry];
    for (const wrong of [[b], [a, c], [a, a], [b, a], [a, b, d, c], [a, b, c, d, d]]) {
      expect(await refused(wrong)).toBe('wrong_version');
    }
    const renumbered = [b, a, c, d].map((entry, at) => ({ ...entry, version: at + 1 }));
    expect(await refused(renumbered)).toBe('bad_signature');
    const shifted = [a, ...[c, d].map((entry, at) => ({ ...entry, version: at + 2 }))];
    expect(await refused(shifted)).toBe('bad_signature');
  });

  it('[G10] is refused whole for one entry that is not allowed, at its end too', async () => {
    const bad = await forge(state, [cyd, rotation(3)]);
    expect(await refused([...entries, ...bad])).toBe('not_allowed');
    const more = await forge(state, [ben, rotation(3)], [cyd, rotation(4)], [ben, rotation(5)]);
    expect(await refused([...entries, ...more])).toBe('not_allowed');
  });

  it('[G8] is not taken in another group, after another head, or under another author', async () => {
    const elsewhere = beginningOf(ada);
    expect(await refused(entries, elsewhere)).toBe('bad_signature');
    const fork = await forge(
      begun,
      [ada, role(cyd, 'admin')],
      [ada, policy()],
      [ada, removal(ben)],
      [ada, rotation(2)],
    );
    expect(await refused([...fork.slice(0, 2), ...entries.slice(2)])).toBe('bad_signature');
    const asAda = entries.map((entry) => ({ ...entry, author: ada.publicKey }));
    expect(await refused(asAda)).toBe('bad_signature');
  });

  it('[G8] takes no signature over less than group, number, head, author, time and action', async () => {
    const [first] = entries as [HistoryEntry];
    const fields = {
      groupId: begun.groupId,
      version: 1,
      previous: begun.head,
      author: ada.publicKey,
      atMs: first.atMs,
      action: first.action,
    };
    const signed = async (given: Partial<typeof fields>): Promise<HistoryEntry> => ({
      ...first,
      signature: await ada.sign(changeStatement({ ...fields, ...given })),
    });
    await foldHistory(begun, [await signed({})]);
    for (const other of [
      { groupId: random(16) },
      { version: 2 },
      { previous: random(32) },
      { author: ben.publicKey },
      { atMs: 7 },
      { action: random(34) },
    ])
      expect(await refused([await signed(other)]), Object.keys(other)[0]).toBe('bad_signature');
  });

  it('[G8] [I3] takes no second encoding of a signature', async () => {
    // [L]B = 0, so S + L would verify in lenient libraries.
    const [first] = entries as [HistoryEntry];
    const order = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
    const signature = first.signature.slice();
    let carry = 0;
    for (let at = 0; at < 32; at++) {
      const sum = (signature[32 + at] as number) + (order[at] as number) + carry;
      signature[32 + at] = sum & 255;
      carry = sum >> 8;
    }
    expect(await refused([{ ...first, signature }])).toBe('bad_signature');
  });

  it('[G10] refuses entries of the wrong shape as malformed', async () => {
    const [first] = entries as [HistoryEntry];
    const wrong: Partial<HistoryEntry>[] = [
      ...[-1, 0.5, Number.NaN, Infinity, 2 ** 60].map((atMs) => ({ atMs })),
      { author: random(31) },
      { action: new Uint8Array(0) },
      { action: new Uint8Array(70_000).fill(1) },
      { version: Number.NaN },
      { version: 2 ** 32 },
    ];
    for (const given of wrong) {
      expect(['malformed', 'unsupported'], JSON.stringify(Object.keys(given))).toContain(
        await refused([{ ...first, ...given }]),
      );
    }
  });
});

describe('any history', () => {
  it('[G10] leads to the same state in one go and in pieces', async () => {
    let changes = 0;
    await fc.assert(
      fc.asyncProperty(
        attempts(people.length, 40),
        fc.array(fc.nat(40), { maxLength: 5 }),
        async (given, cuts) => {
          const made = await historyOf(begun, people, given);
          changes += made.entries.length;
          const last = bytesOf(made.states.at(-1)!);
          expect(bytesOf(await foldHistory(begun, made.entries))).toBe(last);
          const ends = [...cuts.filter((cut) => cut <= made.entries.length), made.entries.length].sort(
            (a, b) => a - b,
          );
          let piecewise = begun;
          for (const end of ends) {
            piecewise = await foldHistory(piecewise, made.entries.slice(piecewise.version, end));
            expect(bytesOf(piecewise)).toBe(bytesOf(made.states[end]!));
          }
          expect(bytesOf(piecewise)).toBe(last);
        },
      ),
      { numRuns: 40 },
    );
    expect(changes).toBeGreaterThan(40 * 4);
  });

  it('[G10] with one entry taken out, doubled or moved is refused', async () => {
    await fc.assert(
      fc.asyncProperty(attempts(people.length, 30), fc.nat(), fc.nat(), async (given, from, to) => {
        const all = (await historyOf(begun, people, given)).entries;
        fc.pre(all.length > 1);
        const [at, other] = [from % (all.length - 1), to % all.length];
        const without = all.filter((_, index) => index !== at);
        expect(await refused(without)).toBe('wrong_version');
        expect(await refused(without.map((entry, index) => ({ ...entry, version: index + 1 })))).toBe(
          'bad_signature',
        );
        expect(await refused([...all.slice(0, at + 1), ...all.slice(at)])).toBe('wrong_version');
        fc.pre(at !== other);
        const moved = [...without.slice(0, other), all[at]!, ...without.slice(other)];
        expect(await refused(moved)).toBe('wrong_version');
      }),
      { numRuns: 30 },
    );
  });

  it('[G10] of any bytes is refused with a code', async () => {
    const entry = fc.record({
      version: fc.oneof(fc.constant(1), fc.double()),
      author: anyBytes(0, 40),
      atMs: fc.oneof(fc.constant(1), fc.double()),
      action: fc.oneof(fc.constant(new Uint8Array([8])), anyBytes(0, 70)),
      signature: anyBytes(0, 70),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 3 }), async (list) => {
        await refused(list);
      }),
      { numRuns: 300 },
    );
    expect(await refused(await forge(begun, [ada, departure]))).toBe('not_allowed');
  });
});
