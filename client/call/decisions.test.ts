// The pure decisions of a session: whose turn it is to remove (C7) and to add (C12), when to renew (C8), when frames move (K4), what the log says.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random, type Bytes } from '../../crypto/bytes.ts';
import { maxAdds } from '../../crypto/call/index.ts';
import type { CallState, Leaf } from '../../crypto/call/types.ts';
import { seed } from '../../crypto/test/fuzz.ts';
import type { JoinRequest, LogPage, Participant } from '../api/schemas.ts';
import { Admission } from './admission.ts';
import { difference, sendDelayMs, trustChanges } from './change.ts';
import {
  additionDelayMs,
  followers,
  gatherMs,
  isFollower,
  longestPaceMs,
  leavesToRemove,
  rankDelayMs,
  rejoinMs,
  removalDelayMs,
  requestsToAdd,
  selfUpdateDelayMs,
} from './duty.ts';

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
const requestOf = ({ livekitIdentity }: Leaf): JoinRequest => ({ livekitIdentity, message: random(8) });
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
        const presence = { participants: stay.map((one) => place(one)), requests: [], isRemoved: nobody };
        const delays = stay.map((own) => {
          const leaving = leavesToRemove(seenBy(own, leaves), presence);
          expect(leaving).toEqual(left);
          return removalDelayMs(seenBy(own, leaves), leaving, { presence, paceMs: 0 });
        });
        expect(delays).toEqual(stay.map((_, rank) => rank * rankDelayMs));
      },
    ),
    { seed },
  );
});

test('[C7] [G10] whom the owner removed goes, whatever the service says of them; nobody removes themselves', () => {
  const leaves = [leaf(0), leaf(1), leaf(2)];
  const presence = {
    participants: leaves.map((one) => place(one)),
    requests: [],
    isRemoved: (identity: Bytes) => identity[0] === 2,
  };
  expect(leavesToRemove(seenBy(leaf(0), leaves), presence)).toEqual([leaf(2)]);
  expect(leavesToRemove(seenBy(leaf(2), leaves), presence)).toEqual([]);
  expect(
    leavesToRemove(seenBy(leaf(0), leaves), { participants: [], requests: [], isRemoved: nobody }),
  ).toEqual([leaf(1), leaf(2)]);
});

test('[C7] a leaf whose owner has taken another place is left to their join for two seconds', () => {
  const leaves = [leaf(0), leaf(1)];
  const back = {
    participants: [place(leaf(0)), place(leaf(1, 2), 'joining')],
    ...{ requests: [], isRemoved: nobody },
  };
  const own = seenBy(leaf(0), leaves);
  expect(removalDelayMs(own, leavesToRemove(own, back), { presence: back, paceMs: 0 })).toBe(rejoinMs);
  const removed = { ...back, isRemoved: (identity: Bytes) => identity[0] === 1 };
  expect(removalDelayMs(own, leavesToRemove(own, removed), { presence: removed, paceMs: 0 })).toBe(0);
  const waits = { ...back, requests: [requestOf(leaf(1, 2))] };
  expect(removalDelayMs(own, leavesToRemove(own, waits), { presence: waits, paceMs: 0 })).toBe(0);
});

test('[C12] whom to add: who waits in a place, has no leaf, not even an old one, and was not removed; at most 64', () => {
  const [ada, ben, cyd, mal, gus] = [leaf(0), leaf(1), leaf(2), leaf(3), leaf(4)];
  const back = leaf(1, 2);
  const presence = {
    participants: [
      place(ada),
      place(ben),
      place(back),
      place(cyd, 'joining'),
      place(mal),
      place(gus, 'left'),
    ],
    requests: [ben, back, mal, gus, leaf(5), cyd].map(requestOf),
    isRemoved: (identity: Bytes) => identity[0] === 3,
  };
  expect(requestsToAdd({ leaves: [ada, ben] }, presence)).toEqual([presence.requests[5]]);
  expect(requestsToAdd({ leaves: [ada] }, presence).map(({ livekitIdentity }) => livekitIdentity)).toEqual([
    'lk1.1',
    'lk1.2',
    'lk2.1',
  ]);
  const many = Array.from({ length: 100 }, (_, at) => leaf(at + 1));
  const storm = {
    participants: many.map((one) => place(one)),
    requests: many.map(requestOf),
    isRemoved: nobody,
  };
  expect(requestsToAdd({ leaves: [ada] }, storm)).toEqual(storm.requests.slice(0, maxAdds));
});

test('[C12] the lowest leaf that stays adds after the time to gather, the others one after another; eight follow', () => {
  const leaves = Array.from({ length: 12 }, (_, at) => leaf(at * 2));
  const gone = [leaf(0), leaf(4)];
  const delaysAt = (paceMs: number) =>
    leaves.map((own) => additionDelayMs(seenBy(own, leaves), gone, paceMs));
  const ranks = [0, 0, 1, 1, 2];
  expect(delaysAt(0).slice(0, 5)).toEqual(ranks.map((rank) => gatherMs + rank * rankDelayMs));
  expect(delaysAt(200).slice(0, 5)).toEqual(ranks.map((rank) => 200 + rank * rankDelayMs));
  expect(delaysAt(700).slice(0, 5)).toEqual(ranks.map((rank) => 700 + rank * 700));
  expect(delaysAt(60_000).slice(0, 5)).toEqual(ranks.map((rank) => longestPaceMs + rank * longestPaceMs));
  expect(leaves.filter((own) => isFollower(seenBy(own, leaves)))).toEqual(leaves.slice(0, followers));
});

test('[C12] time runs from the first request on, and one that was refused waits without holding up others', () => {
  const own = leaf(0);
  const state = seenBy(own, [own]) as CallState;
  const admission = new Admission();
  const [first, second] = [requestOf(leaf(1)), requestOf(leaf(2))];
  const page = { requestsVersion: 1, requests: [first] } as unknown as LogPage;
  const dueAt = (nowMs: number) => {
    const participants = [own, leaf(1), leaf(2)].map((one) => place(one));
    const presence = { participants, requests: admission.requests, isRemoved: nobody };
    return admission.due(state, { presence, paceMs: 0 }, nowMs);
  };
  expect(dueAt(0)).toBeNull();
  expect(admission.seen(state)).toBe(0);
  admission.takePage(page);
  expect(admission.seen(state)).toBe(1);
  expect(dueAt(1000)).toEqual({ atMs: 1000 + gatherMs, requests: [first] });
  const copies = [first, second].map((one) => ({ ...one, message: one.message.slice() }));
  admission.takePage({ ...page, requestsVersion: 2, requests: copies });
  expect(dueAt(1050)).toEqual({ atMs: 1000 + gatherMs, requests: copies });
  admission.refuse([{ request: first, code: 'not_member' }], 1120);
  expect(dueAt(1130)).toEqual({ atMs: 1130 + gatherMs, requests: [copies[1]] });
  admission.takePage({ ...page, requestsVersion: 1, requests: [] });
  expect(dueAt(1140)?.requests).toHaveLength(1);
  admission.takePage({ ...page, requestsVersion: 3 });
  expect(dueAt(1150)).toEqual({ atMs: 3120, requests: [] });
  expect(dueAt(3120)).toEqual({ atMs: 3120 + gatherMs, requests: [first] });
  admission.takePage({ ...page, requestsVersion: 4, requests: null });
  expect(dueAt(3130)).not.toBeNull();
  admission.takePage({ ...page, requestsVersion: 5, requests: [] });
  expect(dueAt(3140)).toBeNull();
});

test('[C8] a self-update comes between four and a half and five and a half minutes', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (x) => {
      for (const leaves of [1, 2, 30]) {
        const delayMs = selfUpdateDelayMs(() => x, leaves);
        expect(delayMs).toBeGreaterThanOrEqual(270_000);
        expect(delayMs).toBeLessThanOrEqual(330_000);
      }
    }),
    { seed },
  );
});

test('[C8] however many they are, a call has an update every ten seconds or so, and no more', () => {
  for (const leaves of [31, 100, 500]) {
    const delays = Array.from({ length: 11 }, (_, i) => selfUpdateDelayMs(() => i / 10, leaves));
    const mean = delays.reduce((sum, delayMs) => sum + delayMs, 0) / delays.length;
    expect(mean / leaves).toBeCloseTo(10_000);
    expect(Math.max(...delays) / Math.min(...delays)).toBeLessThan(1.3);
  }
});

test('[K4] when my frames move: nothing to hold on to, only newcomers, a join or update, a removal', () => {
  const [ada, ben, cyd] = [leaf(0), leaf(1), leaf(2)];
  const at = (...leaves: readonly Leaf[]) => seenBy(ada, leaves);
  expect(sendDelayMs(null, at(ada, ben, cyd))).toBe(0);
  expect(sendDelayMs(at(ada), at(ada, ben))).toBe(0);
  expect(sendDelayMs(at(ada), at(ada, ben, cyd))).toBe(0);
  expect(sendDelayMs(at(ada, ben), at(ada, ben, cyd, leaf(3)))).toBe(1500);
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
    trustChanges(difference({ leaves: before }, { leaves: after }), { isRemoved, isShutOut: nobody }).map(
      ({ kind, identity }) => `${kind} ${identity[0]}`,
    );
  expect(said([ada, ben], [ada, ben, cyd])).toEqual(['joined 2']);
  expect(said([ada, ben, cyd], [ada])).toEqual(['left 1', 'left 2']);
  expect(said([ada, ben, cyd], [ada], (identity) => identity[0] === 2)).toEqual(['left 1', 'removed 2']);
  expect(said([ada, ben], [ada, leaf(1, 2)])).toEqual(['joined 1']);
  expect(said([ada, ben], [ada, ben])).toEqual([]);
});
