// Asking again for what does not arrive: by itself, ever more seldom, and not at all once it arrives (M6).
import { expect, test } from 'vitest';
import { ManualClock } from '../testing/clock.ts';
import { firstRetryMs, maxRetryMs, Recovery } from './recovery.ts';

function setUp() {
  const clock = new ManualClock();
  const startMs = clock.now();
  const asked: [name: string, afterMs: number][] = [];
  const recovery = new Recovery(clock, (name) => asked.push([name, clock.now() - startMs]));
  return { clock, recovery, asked, stalled: (...names: string[]) => recovery.update(names) };
}

test('[M6] what is stalled is asked for again after four seconds, then after twice as long each time', async () => {
  const { clock, asked, stalled } = setUp();
  stalled('ben');
  await clock.pass(firstRetryMs - 1);
  expect(asked).toEqual([]);
  await clock.pass(60_000);
  expect(asked.map(([, afterMs]) => afterMs)).toEqual([4000, 12_000, 28_000, 60_000]);
  await clock.pass(600_000);
  const gaps = asked.slice(5).map(([, afterMs], i) => afterMs - asked[i + 4]![1]);
  expect(gaps.length).toBeGreaterThan(5);
  expect(new Set(gaps)).toEqual(new Set([maxRetryMs]));
});

test('[M6] nobody is asked for who arrives again, and the others still are', async () => {
  const { clock, asked, stalled } = setUp();
  stalled('ben', 'cyd');
  await clock.pass(2000);
  stalled('cyd');
  await clock.pass(5000);
  expect(asked).toEqual([['cyd', 4000]]);
  stalled();
  await clock.pass(600_000);
  expect(asked).toHaveLength(1);
  expect(clock.nextMs).toBeNull();
});

test('[M6] a stall that is back within a minute goes on where it was, a later one begins anew', async () => {
  const { clock, asked, stalled } = setUp();
  stalled('ben');
  await clock.pass(4000);
  stalled();
  await clock.pass(10_000);
  stalled('ben');
  await clock.pass(0);
  expect(asked.map(([, afterMs]) => afterMs)).toEqual([4000, 14_000]);
  stalled();
  await clock.pass(maxRetryMs);
  stalled();
  stalled('ben');
  await clock.pass(firstRetryMs - 1);
  expect(asked).toHaveLength(2);
  await clock.pass(1);
  expect(asked).toHaveLength(3);
});

test('a recovery that was stopped asks for nothing any more', async () => {
  const { clock, recovery, asked, stalled } = setUp();
  stalled('ben');
  recovery.stop();
  await clock.pass(100_000);
  expect(asked).toEqual([]);
});
