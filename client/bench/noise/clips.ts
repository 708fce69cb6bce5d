// The noisy voices of the noise benchmark: sentences of espeak-ng with noises of sox, mixed at known levels, one after another in one sound of
// 48 kHz. Each begins with noise alone, as a call does, so that what learns the noise can. noise.ts plays it and judges what comes back.
import { execFileSync } from 'node:child_process';
import { gainFor, powerOf, type Samples } from './snr.ts';

export const sampleRate = 48_000;
const leadSeconds = 2;
const levels = [0, 5, 10];
/** −23 dBFS: a voice near a microphone, with room for the noise. */
const voiceRms = 0.07;
/** Of the loudest sample. */
const headroom = 0.95;

export interface Clip {
  readonly noise: string;
  /** Voice over noise, in decibels. */
  readonly level: number;
  /** Of the whole sound, without the lead. */
  readonly from: number;
  readonly to: number;
}

export interface Clips {
  readonly clips: readonly Clip[];
  /** The voice alone, silent where there is none; as long as `mixture`. */
  readonly voice: Samples;
  readonly mixture: Samples;
}

const said =
  'The boat left the harbour before the sun was up. Bring the small lamp, please, and close both of the shutters behind you.';
const others = [
  [
    'en-us+m3',
    'Nobody knew how many chairs there were in the hall, and so they went and counted them again.',
  ],
  ['en-gb+f2', 'She had asked for a ticket to the coast, which costs more than it did in spring.'],
  ['en-us+f4', 'If it rains on Thursday we shall have to carry all of these boxes down to the cellar.'],
  ['en-gb+m7', 'Forty and five is forty five, and that is what they had agreed on, more or less.'],
  ['en-us+m1', 'There is a good bakery beside the bridge, open from six, closed on Mondays.'],
  ['en-gb+f5', 'The second train is slower, though it has a window that opens, and tea.'],
] as const;

/** What to install, in words; null where everything is there. */
export function whatIsMissing(): string | null {
  const missing = ['espeak-ng', 'sox'].filter((program) => {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  return missing.length === 0 ? null : `apt-get install -y ${missing.join(' ')}`;
}

export function makeClips(): Clips {
  const voice = atRms(spoken('en-gb', said), voiceRms);
  const seconds = leadSeconds + voice.length / sampleRate;
  const made = (...effect: readonly string[]): Samples => sox(['-n'], ['synth', String(seconds), ...effect]);
  const noises: readonly (readonly [string, Samples])[] = [
    ['white', made('whitenoise')],
    ['brown', made('brownnoise')],
    ['babble', babble(Math.ceil(seconds * sampleRate))],
    ['hum', made('sawtooth', '50', 'lowpass', '1500')],
  ];
  const clips: Clip[] = [];
  const voices: Samples[] = [];
  const mixtures: Samples[] = [];
  const lead = leadSeconds * sampleRate;
  for (const [noise, sound] of noises)
    for (const level of levels) {
      const from = clips.length * (lead + voice.length) + lead;
      clips.push({ noise, level, from, to: from + voice.length });
      const alone = new Float32Array(lead + voice.length);
      alone.set(voice, lead);
      const gain = gainFor(voice, sound.subarray(lead, lead + voice.length), level);
      voices.push(alone);
      mixtures.push(alone.map((sample, i) => sample + gain * (sound[i] ?? 0)));
    }
  return { clips, voice: joined(voices), mixture: withHeadroom(joined(mixtures)) };
}

/** 16-bit mono, 48 kHz, for the browser's pretended microphone. */
export function wavOf(samples: Samples): Buffer {
  const data = Buffer.from(Int16Array.from(samples, (sample) => Math.round(sample * 32_767)).buffer);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

/** In the rate of the clips. */
export function resampled(samples: Samples, rate: number): Samples {
  const input = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return sox(['-t', 'f32', '-r', String(rate), '-c', '1', '-'], [], input);
}

function spoken(voice: string, words: string): Samples {
  return sox(
    ['-t', 'wav', '-'],
    [],
    execFileSync('espeak-ng', ['-v', voice, '-s', '155', '--stdout', words]),
  );
}

/** Six people at once, each from another moment on, over and over. */
function babble(length: number): Samples {
  const sum = new Float32Array(length);
  others.forEach(([voice, words], n) => {
    const sound = atRms(spoken(voice, words), voiceRms);
    const start = Math.round((n * sound.length) / others.length);
    for (let i = 0; i < length; i++) sum[i]! += sound[(start + i) % sound.length]!;
  });
  return sum;
}

/** Samples of 48 kHz, mono. */
function sox(input: readonly string[], effects: readonly string[], stdin?: Buffer): Samples {
  const format = ['-t', 'f32', '-r', String(sampleRate), '-c', '1', '-'];
  // Without input there is no rate to convert from: said before it, too.
  const given = input[0] === '-n' ? ['-r', String(sampleRate), '-c', '1', ...input] : input;
  const bytes = execFileSync('sox', ['-R', '-V1', ...given, ...format, ...effects], {
    ...{ maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'inherit'] },
    ...(stdin && { input: stdin }),
  });
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function atRms(samples: Samples, rms: number): Samples {
  const gain = rms / Math.sqrt(powerOf(samples));
  return samples.map((sample) => gain * sample);
}

function withHeadroom(samples: Samples): Samples {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return peak <= headroom ? samples : samples.map((sample) => (sample * headroom) / peak);
}

function joined(parts: readonly Samples[]): Samples {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
