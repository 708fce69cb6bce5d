import { expect, it } from 'vitest';
import { Conservation, memory } from './conservation.ts';

/** Runs checks of one end, given as [amount, frames of the worker], and gives the number of the first that trips. */
function firstTrip(
  checks: [amount: number, frames: number][],
  remembered: number = memory.receiving,
): number {
  const conservation = new Conservation(remembered);
  return checks.findIndex(([amount, frames]) => conservation.check([{ id: 1, amount, frames }]).length > 0);
}

it('[F9] trips when bytes are on the wire and the worker never saw a frame of them', () => {
  expect(
    firstTrip([
      [0, 0],
      [5000, 0],
      [9000, 0],
    ]),
  ).toBe(2);
  expect(
    firstTrip([
      [5000, 0],
      [9000, 0],
    ]),
  ).toBe(1);
});

it('[F9] trips also when nothing is sent any more by the time of the judgement', () => {
  expect(
    firstTrip([
      [0, 0],
      [5000, 0],
      [5000, 0],
    ]),
  ).toBe(2);
});

it('[F9] trips when the bytes go on after the worker stopped', () => {
  expect(
    firstTrip([
      [5000, 50],
      [9000, 100],
      [13000, 100],
      [17000, 100],
      [21000, 100],
    ]),
  ).toBe(4);
});

it('[F9] is quiet while both grow, and for an end on which nothing is on the wire', () => {
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

it('[F9] is quiet when the first packets, or the first after a mute, leave before the worker has reported them', () => {
  expect(
    firstTrip([
      [0, 0],
      [0, 0],
      [300, 0],
      [9000, 60],
      [9000, 60],
      [9000, 60],
      [9000, 60],
      [9300, 60],
      [18000, 140],
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

it('[F9] is quiet when a slow line still sends, seconds later, what was sealed before the camera went off', () => {
  // As Chromium counted it with a full pacer, on a machine with too much to do.
  const counted: [number, number][] = [
    [102_520, 83],
    [139_102, 107],
    [163_468, 107],
    [168_676, 107],
    [168_676, 107],
    [168_676, 107],
  ];
  expect(firstTrip(counted, memory.sending)).toBe(-1);
});

it('[F9] trips for a sender, too, when the bytes go on after the worker stopped', () => {
  const sent = Array.from({ length: 9 }, (_, i): [number, number] => [5000 + 4000 * i, i === 0 ? 50 : 100]);
  expect(firstTrip(sent, memory.sending)).toBe(6);
});

it('[F9] is quiet while a camera that is off has packets of before sent again as probes, and trips at once when it is on again and goes past the worker', () => {
  const conservation = new Conservation(memory.sending);
  const check = (amount: number, frames: number, isOff: boolean): number[] =>
    conservation.check([{ id: 1, amount, frames, isOff }]);
  check(5000, 46, false);
  for (let look = 0; look < 10; look++) expect(check(9000 + 100 * look, 46, true)).toEqual([]);
  expect(check(15_000, 46, false)).toEqual([]);
  expect(check(20_000, 46, false)).toEqual([1]);
});

it('[F9] trips for what went past the worker between two checks, although the camera is off by the second', () => {
  const conservation = new Conservation(memory.sending);
  const check = (amount: number, isOff: boolean): number[] =>
    conservation.check([{ id: 1, amount, frames: 46, isOff }]);
  for (let look = 0; look < 6; look++) expect(check(5000, false)).toEqual([]);
  expect(check(9000, true)).toEqual([]);
  expect(check(9000, true)).toEqual([1]);
});

it('[F9] judges each end by itself and forgets those that are gone', () => {
  const conservation = new Conservation(memory.receiving);
  conservation.check([
    { id: 1, amount: 10, frames: 1 },
    { id: 2, amount: 10, frames: 0 },
  ]);
  expect(
    conservation.check([
      { id: 1, amount: 20, frames: 2 },
      { id: 2, amount: 10, frames: 0 },
    ]),
  ).toEqual([2]);
  expect(conservation.check([{ id: 1, amount: 30, frames: 3 }])).toEqual([]);
  expect(conservation.check([{ id: 2, amount: 99, frames: 0 }])).toEqual([]);
});
