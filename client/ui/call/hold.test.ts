// Hold to talk: who holds is heard, who lets go, loses the key or looks away is muted. Any order of events ends muted.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Hold, holdAfterMs, type Grip } from './hold.ts';

class Scene {
  isMuted = true;
  readonly said: boolean[] = [];
  readonly hold = new Hold({
    isPossible: () => this.isMuted,
    talk: (isHeld) => {
      this.said.push(isHeld);
      this.isMuted = !isHeld;
    },
    after: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
  });
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('hold to talk', () => {
  it('begins with the space bar at once and with the microphone after 200 ms, and ends with letting go', () => {
    const scene = new Scene();
    expect(scene.hold.press('key', 0)).toBe(true);
    expect(scene.said).toEqual([true]);
    expect(scene.hold.release('key')).toBe('hold');
    expect(scene.said).toEqual([true, false]);

    scene.hold.press('pointer', holdAfterMs);
    vi.advanceTimersByTime(holdAfterMs - 1);
    expect(scene.said).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(scene.said).toEqual([true, false, true]);
    expect(scene.hold.release('pointer')).toBe('hold');
    expect(scene.isMuted).toBe(true);
  });

  it('a short press is a tap, and nothing is said', () => {
    const scene = new Scene();
    scene.hold.press('pointer', holdAfterMs);
    vi.advanceTimersByTime(holdAfterMs - 1);
    expect(scene.hold.release('pointer')).toBe('tap');
    vi.advanceTimersByTime(10_000);
    expect(scene.said).toEqual([]);
  });

  it('is nothing for who is not muted, and one grip does not end the other', () => {
    const scene = new Scene();
    scene.isMuted = false;
    expect(scene.hold.press('key', 0)).toBe(false);
    expect(scene.hold.release('key')).toBe(null);
    scene.isMuted = true;
    scene.hold.press('key', 0);
    expect(scene.hold.press('pointer', 0)).toBe(false);
    expect(scene.hold.release('pointer')).toBe(null);
    expect(scene.isMuted).toBe(false);
  });

  it('a key that repeated and stopped, without a word that it came up, was let go of', () => {
    const scene = new Scene();
    scene.hold.press('key', 0);
    vi.advanceTimersByTime(20_000);
    expect(scene.isMuted).toBe(false);
    scene.hold.repeat();
    vi.advanceTimersByTime(1_400);
    scene.hold.repeat();
    vi.advanceTimersByTime(1_400);
    expect(scene.isMuted).toBe(false);
    vi.advanceTimersByTime(200);
    expect(scene.isMuted).toBe(true);
    // What is still pressed then begins nothing: only a new press does.
    scene.hold.repeat();
    vi.advanceTimersByTime(2_000);
    expect(scene.said).toEqual([true, false]);
  });

  it('another key ends the repetition and not the hold', () => {
    const scene = new Scene();
    scene.hold.press('key', 0);
    scene.hold.repeat();
    scene.hold.interrupt();
    vi.advanceTimersByTime(60_000);
    expect(scene.isMuted).toBe(false);
    scene.hold.stop();
    expect(scene.isMuted).toBe(true);
  });

  it('whatever happens in whatever order, who is not holding is muted, and stopping mutes', () => {
    const grips = fc.constantFrom<Grip>('pointer', 'key');
    const events = fc.array(
      fc.oneof(
        fc.record({
          do: fc.constant('press' as const),
          grip: grips,
          delayMs: fc.constantFrom(0, holdAfterMs),
        }),
        fc.record({ do: fc.constant('release' as const), grip: grips }),
        fc.record({ do: fc.constantFrom('repeat' as const, 'interrupt' as const, 'stop' as const) }),
        fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(events, (drawn) => {
        const scene = new Scene();
        for (const event of drawn) {
          if (event.do === 'press') scene.hold.press(event.grip, event.delayMs);
          else if (event.do === 'release') scene.hold.release(event.grip);
          else if (event.do === 'pass') vi.advanceTimersByTime(event.ms);
          else scene.hold[event.do]();
          if (scene.hold.grip === null) expect(scene.isMuted).toBe(true);
        }
        scene.hold.stop();
        vi.advanceTimersByTime(10_000);
        expect(scene.isMuted).toBe(true);
        // Never twice the same: each word to the microphone is a change.
        expect(scene.said.every((word, i) => word === (i % 2 === 0))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
