// What the service muted is on again at once, and an insistent service does not make the page spin.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Overruled } from './overruled.ts';
import { SnapshotStore } from './store.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const on = (isOn: boolean) => (): Promise<boolean> => Promise.resolve(isOn);

test('[A5] a mute by the service is undone at once and counted', async () => {
  const store = new SnapshotStore();
  new Overruled(store).undo(on(true));
  await vi.advanceTimersByTimeAsync(0);
  expect(store.snapshot.serverMutes).toBe(1);
});

test('[A5] what cannot be turned on again was not muted by the service: its device went', async () => {
  const store = new SnapshotStore();
  const overruled = new Overruled(store);
  overruled.undo(on(false));
  overruled.undo(() => Promise.reject(new Error('no device')));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(store.snapshot.serverMutes).toBe(0);
});

test('[A5] who mutes again and again is answered twice a second at most, and at once when it was quiet', () => {
  const overruled = new Overruled(new SnapshotStore());
  let undone = 0;
  const again = (): Promise<boolean> => {
    undone++;
    overruled.undo(again);
    return Promise.resolve(true);
  };
  overruled.undo(again);
  vi.advanceTimersByTime(10_000);
  expect(undone).toBeGreaterThan(18);
  expect(undone).toBeLessThan(23);
  vi.clearAllTimers();
  vi.advanceTimersByTime(20_000);
  const before = undone;
  overruled.undo(() => Promise.resolve(++undone > 0));
  vi.advanceTimersByTime(0);
  expect(undone).toBe(before + 1);
});
