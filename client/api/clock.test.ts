// The machine's clock, which anybody may set: what people read follows it, durations do not.
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from './clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('[A6] a clock that is set on or back changes what people read, and no duration', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  for (const hours of [1, -2]) {
    const [now, today] = [systemClock.now(), systemClock.today()];
    vi.setSystemTime(Date.now() + hours * 3_600_000);
    expect(systemClock.now() - now).toBeGreaterThanOrEqual(0);
    expect(systemClock.now() - now).toBeLessThan(10_000);
    expect(systemClock.today() - today).toBe(hours * 3_600_000);
  }
});
