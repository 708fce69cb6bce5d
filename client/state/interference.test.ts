// Forged, changed and repeated frames: said when they are many and go on, never for the few that every network makes.
import { expect, test } from 'vitest';
import { ManualClock } from '../testing/clock.ts';
import { toBase64url } from '../../crypto/bytes.ts';
import { Interference, leastFrames, overAfterMs } from './interference.ts';

const identity = new Uint8Array(32).fill(7);
const leaves = [{ index: 1, identity, livekitIdentity: 'ada' }];

function watch() {
  const clock = new ManualClock();
  let changes = 0;
  const interference = new Interference(clock, () => changes++);
  let total = 0;
  /** `frames` more of Ada's every `everyMs`, so many times; what was said of it. */
  const drop = async (frames: number, everyMs: number, times: number) => {
    const said = [];
    for (let n = 0; n < times; n++) {
      total += frames;
      said.push(
        ...interference.look(
          new Map([
            ['ada', total],
            ['mal', 2 * total],
          ]),
          leaves,
        ),
      );
      await clock.pass(everyMs);
    }
    return said;
  };
  const restart = (): void => void (total = 0);
  return { clock, interference, drop, restart, changes: () => changes };
}

test('[O3] frames that are dropped by the dozen for seconds are said with their number, which grows, and end', async () => {
  const { clock, interference, drop, changes } = watch();
  const said = await drop(12, 250, 12);
  expect(said[0]).toEqual({ identity, count: 84, isNew: true });
  expect(said.at(-1)).toEqual({ identity, count: 144, isNew: false });
  expect([...interference.under]).toEqual([toBase64url(identity)]);
  await clock.pass(overAfterMs);
  expect(interference.under.size).toBe(0);
  expect(changes()).toBe(1);
  const again = await drop(12, 250, 12);
  expect(again[0]).toEqual({ identity, count: 84, isNew: true });
});

test('[O3] a few now and then, and a burst when somebody comes or goes, are not said', async () => {
  const { clock, interference, drop } = watch();
  expect(await drop(2, 250, 200), 'duplicates of a bad line').toEqual([]);
  await clock.pass(10_000);
  expect(await drop(50, 250, 5), 'a second of frames that were on their way').toEqual([]);
  expect(interference.under.size).toBe(0);
});

test('[O3] a new worker counts from nothing, which is no attack and hides none', async () => {
  const { drop, restart } = watch();
  await drop(12, 250, 12);
  restart();
  const said = await drop(12, 250, 3);
  expect(said.map(({ count }) => count)).toEqual([156, 168, 180]);
});

test('[O3] what just reaches the limit within the window is said', async () => {
  const { drop } = watch();
  expect(await drop(leastFrames / 6, 500, 6)).toHaveLength(1);
});
