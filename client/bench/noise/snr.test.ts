// The arithmetic of the noise benchmark, on sounds whose answer is known.
import { expect, test } from 'vitest';
import { gainFor, lagOf, snrOf, type Samples } from './snr.ts';

/** The same numbers each time, evenly from −1 to 1. */
function hiss(seed: number, length = 20_000): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function mixed(voice: Samples, noise: Samples, decibels: number): Float32Array {
  const gain = gainFor(voice, noise, decibels);
  return Float32Array.from(voice, (sample, i) => sample + gain * noise[i]!);
}

const [voice, noise] = [hiss(1), hiss(2)];

test.each([-5, 0, 10, 30])('a voice mixed at %d dB is measured at that, however loud', (decibels) => {
  const sound = mixed(voice, noise, decibels);
  expect(snrOf(voice, sound)).toBeCloseTo(decibels, 0);
  const quiet = Float32Array.from(sound, (sample) => -0.1 * sample);
  expect(snrOf(voice, quiet)).toBeCloseTo(snrOf(voice, sound), 6);
});

test('a delay is found under noise', () => {
  const late = new Float32Array(voice.length);
  late.set(mixed(voice, noise, 0).subarray(0, -137), 137);
  expect(lagOf(voice, late, { from: 1000, length: 8000, mostLag: 400 })).toBe(137);
});

test('a fixed filter is forgiven with enough taps, and noise is not', () => {
  const filtered = Float32Array.from(
    voice,
    (sample, i) => 0.5 * sample + 0.8 * (voice[i - 1] ?? 0) - 0.4 * (voice[i - 2] ?? 0),
  );
  expect(snrOf(voice, filtered)).toBeLessThan(0);
  expect(snrOf(voice, filtered, 16)).toBeGreaterThan(30);
  expect(snrOf(voice, mixed(filtered, noise, 5), 16)).toBeCloseTo(5, 0);
});
