// What the service muted is on again at once, and an insistent service does not make the page spin.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Overruled } from './overruled.ts';
import { SnapshotStore } from './store.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('[A5] a mute by the service is undone at once and counted', () => {
  const store = new SnapshotStore();
  let undone = 0;
  new Overruled(store).undo(() => undone++);
  vi.advanceTimersByTime(0);
  expect([undone, store.snapshot.serverMutes]).toEqual([1, 1]);
});

test('[A5] who mutes again and again is answered twice a second at most, and at once when it was quiet', () => {
  const overruled = new Overruled(new SnapshotStore());
  let undone = 0;
  const again = (): void => {
    undone++;
    overruled.undo(again);
  };
  overruled.undo(again);
  vi.advanceTimersByTime(10_000);
  expect(undone).toBeGreaterThan(18);
  expect(undone).toBeLessThan(23);
  vi.clearAllTimers();
  vi.advanceTimersByTime(20_000);
  const before = undone;
  overruled.undo(() => undone++);
  vi.advanceTimersByTime(0);
  expect(undone).toBe(before + 1);
});
