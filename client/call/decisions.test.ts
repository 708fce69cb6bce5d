// The pure decisions of a session: whose turn it is (C7), when to renew (C8), when frames move (K4), what the log says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Bytes } from '../../crypto/bytes.ts';
import type { Leaf } from '../../crypto/call/types.ts';
import { seed } from '../../crypto/test/fuzz.ts';
import type { Participant } from '../api/schemas.ts';
import { difference, sendDelayMs, trustChanges } from './change.ts';
import { leavesToRemove, rankDelayMs, rejoinMs, removalDelayMs, selfUpdateDelayMs } from './duty.ts';

const keyOf = (n: number): Bytes => new Uint8Array(32).fill(n);
const leaf = (index: number, join = 1): Leaf => ({
  index,
  identity: keyOf(index),
  livekitIdentity: `lk${index}.${join}`,
});
const place = (
  { identity, livekitIdentity }: Leaf,
  state: Participant['state'] = 'present',
): Participant => ({
  ...{ identity, livekitIdentity, state },
});
const nobody = () => false;
const seenBy = (own: Leaf, leaves: readonly Leaf[]) => ({ ownLeaf: own, leaves });

test('[C7] of all who stay, exactly one removes at once, and the others one after another', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 12 }),
      fc.integer({ min: 1, max: 11 }),
      (indexes, count) => {
        const leaves = indexes.sort((a, b) => a - b).map((index) => leaf(index));
        const left = leaves.filter(
          (_, i) => (i * 7 + count) % leaves.length < Math.min(count, leaves.length - 1),
        );
        const stay = leaves.filter((one) => !left.includes(one));
        const presence = { participants: stay.map((one) => place(one)), isRemoved: nobody };
        const delays = stay.map((own) => {
          const leaving = leavesToRemove(seenBy(own, leaves), presence);
          expect(leaving).toEqual(left);
          return removalDelayMs(seenBy(own, leaves), leaving, presence);
        });
        expect(delays).toEqual(stay.map((_, rank) => rank * rankDelayMs));
      },
    ),
    { seed },
  );
});

test('[C7] [G6] whom the owner removed goes, whatever the service says of them; nobody removes themselves', () => {
  const leaves = [leaf(0), leaf(1), leaf(2)];
  const presence = {
    participants: leaves.map((one) => place(one)),
    isRemoved: (identity: Bytes) => identity[0] === 2,
  };
  expect(leavesToRemove(seenBy(leaf(0), leaves), presence)).toEqual([leaf(2)]);
  expect(leavesToRemove(seenBy(leaf(2), leaves), presence)).toEqual([]);
  expect(leavesToRemove(seenBy(leaf(0), leaves), { participants: [], isRemoved: nobody })).toEqual([
    leaf(1),
    leaf(2),
  ]);
});

test('[C7] a leaf whose owner has taken another place is left to their join for two seconds', () => {
  const leaves = [leaf(0), leaf(1)];
  const back = { participants: [place(leaf(0)), place(leaf(1, 2), 'joining')], isRemoved: nobody };
  const own = seenBy(leaf(0), leaves);
  expect(removalDelayMs(own, leavesToRemove(own, back), back)).toBe(rejoinMs);
  const removed = { ...back, isRemoved: (identity: Bytes) => identity[0] === 1 };
  expect(removalDelayMs(own, leavesToRemove(own, removed), removed)).toBe(0);
});

test('[C8] a self-update comes between four and a half and five and a half minutes', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (x) => {
      const delayMs = selfUpdateDelayMs(() => x);
      expect(delayMs).toBeGreaterThanOrEqual(270_000);
      expect(delayMs).toBeLessThanOrEqual(330_000);
    }),
    { seed },
  );
});

test('[K4] when my frames move: nothing to hold on to, only newcomers, a join or update, a removal', () => {
  const [ada, ben, cyd] = [leaf(0), leaf(1), leaf(2)];
  const at = (...leaves: readonly Leaf[]) => seenBy(ada, leaves);
  expect(sendDelayMs(null, at(ada, ben, cyd))).toBe(0);
  expect(sendDelayMs(at(ada), at(ada, ben))).toBe(0);
  expect(sendDelayMs(at(ada, ben), at(ada, ben, cyd))).toBe(1500);
  expect(sendDelayMs(at(ada, ben), at(ada, ben))).toBe(1500);
  expect(sendDelayMs(at(ada, ben, cyd), at(ada, ben))).toBe(1000);
  expect(sendDelayMs(at(ada, ben, cyd), at(ada, ben, leaf(2, 2)))).toBe(1500);
  expect(sendDelayMs(at(ada, ben), at(ada))).toBe(0);
});

test('the trust log says who came and who went, and of who came back only that', () => {
  const [ada, ben, cyd] = [leaf(0), leaf(1), leaf(2)];
  const said = (
    before: readonly Leaf[],
    after: readonly Leaf[],
    isRemoved = nobody as (identity: Bytes) => boolean,
  ) =>
    trustChanges(difference({ leaves: before }, { leaves: after }), isRemoved).map(
      ({ kind, identity }) => `${kind} ${identity[0]}`,
    );
  expect(said([ada, ben], [ada, ben, cyd])).toEqual(['joined 2']);
  expect(said([ada, ben, cyd], [ada])).toEqual(['left 1', 'left 2']);
  expect(said([ada, ben, cyd], [ada], (identity) => identity[0] === 2)).toEqual(['left 1', 'removed 2']);
  expect(said([ada, ben], [ada, leaf(1, 2)])).toEqual(['joined 1']);
  expect(said([ada, ben], [ada, ben])).toEqual([]);
});
