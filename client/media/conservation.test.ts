import { expect, it } from 'vitest';
import { Conservation } from './conservation.ts';

/** Runs checks of one sender, given as [payload bytes, sealed frames], and gives the number of the first that trips. */
function firstTrip(checks: [payloadBytes: number, sealed: number][]): number {
  const conservation = new Conservation();
  return checks.findIndex(
    ([payloadBytes, sealed]) => conservation.check([{ id: 1, payloadBytes, sealed }]).length > 0,
  );
}

it('[F9] trips when a sender sends and the worker never sealed anything', () => {
  expect(
    firstTrip([
      [0, 0],
      [5000, 0],
    ]),
  ).toBe(1);
  expect(
    firstTrip([
      [5000, 0],
      [9000, 0],
    ]),
  ).toBe(1);
});

it('[F9] trips when a sender goes on sending after the worker stopped sealing', () => {
  expect(
    firstTrip([
      [5000, 50],
      [9000, 100],
      [13000, 100],
      [17000, 100],
    ]),
  ).toBe(3);
});

it('[F9] is quiet while both grow, and for a sender that sends nothing', () => {
  expect(
    firstTrip([
      [0, 0],
      [5000, 60],
      [9000, 120],
      [9000, 120],
      [9000, 120],
      [12000, 150],
    ]),
  ).toBe(-1);
});

it('[F9] is quiet when the last packets before a pause left after the check', () => {
  expect(
    firstTrip([
      [5000, 50],
      [9000, 100],
      [9100, 100],
      [9100, 100],
      [9100, 100],
    ]),
  ).toBe(-1);
});

it('[F9] judges each sender by itself and forgets those that are gone', () => {
  const conservation = new Conservation();
  conservation.check([
    { id: 1, payloadBytes: 10, sealed: 1 },
    { id: 2, payloadBytes: 0, sealed: 0 },
  ]);
  expect(
    conservation.check([
      { id: 1, payloadBytes: 20, sealed: 2 },
      { id: 2, payloadBytes: 9, sealed: 0 },
    ]),
  ).toEqual([2]);
  expect(conservation.check([{ id: 1, payloadBytes: 30, sealed: 3 }])).toEqual([]);
  expect(conservation.check([{ id: 2, payloadBytes: 99, sealed: 0 }])).toEqual([]);
});
