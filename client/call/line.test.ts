// The line to the service as a session sees it: said to be down once, said to be up again once, whatever the trouble was.
import { expect, test } from 'vitest';
import { ApiError } from '../api/errors.ts';
import { ManualClock } from '../testing/clock.ts';
import { LineWatch } from './line.ts';

function watch() {
  const clock = new ManualClock();
  const said: boolean[] = [];
  const line = new LineWatch({ clock, random: () => 0.5, onLine: (isUp) => said.push(isUp) });
  const trouble = (error: unknown) => line.trouble(error, new AbortController().signal);
  return { clock, said, line, trouble };
}

test('a service that asks to wait is waited for, and the line is up again with its next answer', async () => {
  const { clock, said, line, trouble } = watch();
  const waiting = trouble(new ApiError('stopping', 503, { retryAfterMs: 1000 }));
  expect(clock.nextMs).toBe(1000);
  expect([said, line.isDown]).toEqual([[false], true]);
  await clock.pass(1000);
  await waiting;
  line.works();
  expect([said, line.isDown]).toEqual([[false, true], false]);
});

test('trouble after trouble is said once, and waited for longer each time up to a second and a half', async () => {
  const { clock, said, line, trouble } = watch();
  const waits: (number | null)[] = [];
  for (let i = 0; i < 8; i++) {
    const waiting = trouble(new ApiError('offline', 0));
    waits.push(clock.nextMs);
    await clock.pass(5_000);
    await waiting;
  }
  line.works();
  expect(waits).toEqual([225, 450, 900, 1125, 1125, 1125, 1125, 1125]);
  expect(said).toEqual([false, true]);
});

test('what no waiting mends is thrown at once, and says nothing of the line', async () => {
  const { said, trouble } = watch();
  for (const error of [new ApiError('not_in_call', 403), new ApiError('bad_answer', 200), new Error('ours')])
    await expect(trouble(error)).rejects.toBe(error);
  expect(said).toEqual([]);
});
