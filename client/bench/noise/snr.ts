// How much of a sound is the voice that is known to be in it: signal to noise in decibels, whatever its loudness and delay. With more than one
// tap a fixed filter is forgiven, too (as in BSS Eval), since nobody hears a shift of phases that every sound gets alike. Pure; noise.ts asks.

export type Samples = Float32Array;

/** By how many samples `sound` is later than `voice`, from 0 to `mostLag`, judged by `length` samples of the voice from `from` on. */
export function lagOf(
  voice: Samples,
  sound: Samples,
  { from, length, mostLag }: { readonly from: number; readonly length: number; readonly mostLag: number },
): number {
  let best = { lag: 0, match: 0 };
  for (let lag = 0; lag <= mostLag && from + lag + length <= sound.length; lag++) {
    let sum = 0;
    for (let i = from; i < from + length; i++) sum += voice[i]! * sound[i + lag]!;
    // A device may turn the sign.
    if (Math.abs(sum) > best.match) best = { lag, match: Math.abs(sum) };
  }
  return best.lag;
}

/** Of `sound`, which is as late as `voice`. One tap forgives the loudness alone, and is the scale-invariant SNR. */
export function snrOf(voice: Samples, sound: Samples, taps = 1): number {
  const half = Math.floor(taps / 2);
  const own = correlation(voice, voice, { first: 0, count: taps });
  const cross = correlation(voice, sound, { first: -half, count: taps });
  own[0]! *= 1 + 1e-9;
  const filter = solveToeplitz(own, cross);
  const kept = filter.reduce((sum, tap, i) => sum + tap * cross[i]!, 0);
  const all = sound.reduce((sum, sample) => sum + sample * sample, 0);
  return 10 * Math.log10(kept / Math.max(all - kept, Number.MIN_VALUE));
}

/** What has to be added to `noise` as a factor, so that `voice` stands so many decibels above it. */
export function gainFor(voice: Samples, noise: Samples, decibels: number): number {
  return Math.sqrt(powerOf(voice) / powerOf(noise)) * 10 ** (-decibels / 20);
}

export function powerOf(samples: Samples): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}

/** Sums of `a[n] · b[n + lag]` for `count` lags from `first` on; silent outside. */
function correlation(
  a: Samples,
  b: Samples,
  { first, count }: { readonly first: number; readonly count: number },
): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const lag = first + i;
    const end = Math.min(a.length, b.length - lag);
    let sum = 0;
    for (let n = Math.max(0, -lag); n < end; n++) sum += a[n]! * b[n + lag]!;
    return sum;
  });
}

/** Levinson's recursion: the `x` with `row[|i − j|] · x[j] = right[i]`. */
function solveToeplitz(row: Float64Array, right: Float64Array): Float64Array {
  const size = row.length;
  const x = new Float64Array(size);
  const predictor = new Float64Array(size);
  predictor[0] = 1;
  let error = row[0]!;
  x[0] = right[0]! / error;
  for (let n = 1; n < size; n++) {
    let wrong = 0;
    for (let i = 0; i < n; i++) wrong += predictor[i]! * row[n - i]!;
    const reflection = -wrong / error;
    const before = predictor.slice(0, n);
    for (let i = 1; i <= n; i++) predictor[i]! += reflection * (i === n ? 1 : before[n - i]!);
    error *= 1 - reflection * reflection;
    let missing = right[n]!;
    for (let i = 0; i < n; i++) missing -= x[i]! * row[n - i]!;
    for (let i = 0; i <= n; i++) x[i]! += (missing / error) * predictor[n - i]!;
  }
  return x;
}
