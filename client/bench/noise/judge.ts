// What came out of a suppression of noise, against what went in, clip by clip. Pure; noise.ts asks.
import { sampleRate, type Clip, type Clips } from './clips.ts';
import { lagOf, snrOf, type Samples } from './snr.ts';

/** 10 ms: phases that a bank of filters turns for every sound alike. */
const forgivenTaps = 480;
/** A pretended microphone begins when it is opened, and its first sound is this late at most. */
export const mostLateSeconds = 1;
/** … and it may lose or repeat so much from one clip to the next. */
const slipSamples = 2_400;
/** Of the voice, to find it again. */
const known = { from: 24_000, length: 24_000 };

/** Decibels by which the voice stands higher above what is not it. */
export interface Gain {
  readonly clip: Clip;
  /** With a fixed filter forgiven, and by loudness alone (scale-invariant SNR). */
  readonly forgiven: number;
  readonly plain: number;
}

/** Of each clip that is in `sound` to its end. */
export function gainsOf(clips: Clips, sound: Samples): readonly Gain[] {
  const heard = heardIn(clips, sound);
  return heard.map(({ clip, part }) => {
    const [voice, mixture] = [clips.voice, clips.mixture].map((all) => all.subarray(clip.from, clip.to));
    const gain = (taps: number): number => snrOf(voice!, part, taps) - snrOf(voice!, mixture!, taps);
    return { clip, forgiven: gain(forgivenTaps), plain: gain(1) };
  });
}

/** How like what went in is what came out, in decibels, whatever its delay, which may be a part of a sample: the worst clip. */
export function likenessOf(clips: Clips, sound: Samples): number {
  const heard = heardIn(clips, sound);
  return Math.min(
    ...heard.map(({ clip, part }) => snrOf(clips.mixture.subarray(clip.from, clip.to), part, forgivenTaps)),
  );
}

/** Each clip where it is in `sound`, which is as much later as the voice in it. */
function heardIn(
  { clips, voice }: Clips,
  sound: Samples,
): readonly { readonly clip: Clip; readonly part: Samples }[] {
  let late = 0;
  return clips.flatMap((clip, at) => {
    const mostLag = at === 0 ? mostLateSeconds * sampleRate : 2 * slipSamples;
    const from = at === 0 ? clip.from : Math.max(0, clip.from + late - slipSamples);
    const own = voice.subarray(clip.from, clip.to);
    const lag = lagOf(own, sound.subarray(from), { ...known, mostLag });
    late = from + lag - clip.from;
    const part = sound.subarray(from + lag, from + lag + own.length);
    return part.length < own.length ? [] : [{ clip, part }];
  });
}
