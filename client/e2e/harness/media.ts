// Microphone and camera files for Chromium's fake capture devices, made in code: a WAV of gated, warbling tone pairs (a steady
// tone would be taken for noise and suppressed) and a Y4M of a bright bar that travels over a ground of the person's colour.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Persona } from './people.ts';

const sampleRate = 48_000;
/** Four syllables a second, like speech; the loop is a whole number of syllables, so that it has no seam. */
const syllableSeconds = 0.25;
const loopSeconds = 6;
// Just enough for LiveKit to send two layers (simulcast begins at 480), little enough for three browsers on two cores.
const width = 480;
const height = 270;
const fewFramesPerSecond = 12;
/** There and back of the bar. */
const swingSeconds = 2;
const barWidth = 120;

/** Mono samples of a person's voice, −1..1. Used for the WAV and by participants outside a browser. */
export function voiceSamples(persona: Persona, seconds = loopSeconds): Float32Array {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  const phases = persona.tonesHz.map(() => 0);
  for (let i = 0; i < samples.length; i++) {
    const seconds = i / sampleRate;
    const within = (seconds % syllableSeconds) / syllableSeconds;
    // A syllable: up in a tenth, down to silence at three quarters, then a pause. Every other one is louder.
    const envelope = within < 0.75 ? Math.sin((Math.PI * within) / 0.75) ** 0.7 : 0;
    const stress = Math.floor(seconds / syllableSeconds) % 2 === 0 ? 1 : 0.6;
    const warble = 1 + 0.006 * Math.sin(2 * Math.PI * 5.5 * seconds);
    let sum = 0;
    persona.tonesHz.forEach((hz, n) => {
      phases[n] = phases[n]! + (2 * Math.PI * hz * warble) / sampleRate;
      sum += Math.sin(phases[n]);
    });
    samples[i] = 0.3 * envelope * stress * sum;
  }
  return samples;
}

/** 16-bit mono WAV, 48 kHz. */
export function voiceWav(persona: Persona): Buffer {
  const samples = voiceSamples(persona);
  const wav = Buffer.alloc(44 + samples.length * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples.length * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); // PCM
  wav.writeUInt16LE(1, 22); // mono
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => wav.writeInt16LE(Math.round(sample * 32_767), 44 + i * 2));
  return wav;
}

/** One I420 frame of a person's picture; the bar stands at `phase` (0..1) of its way. */
export function pictureFrame(persona: Persona, phase: number): Buffer {
  const ground = yuv(persona.hue, 0.35);
  const bar = yuv(persona.hue, 0.6);
  const barStart = Math.round(phase * (width - barWidth));
  const planes = ([0, 1, 2] as const).map((plane) => {
    const scale = plane === 0 ? 1 : 2;
    const row = Buffer.alloc(width / scale, ground[plane]);
    row.fill(bar[plane], Math.round(barStart / scale), Math.round((barStart + barWidth) / scale));
    return Buffer.concat(Array.from({ length: height / scale }, () => row));
  });
  return Buffer.concat(planes);
}

export const pictureSize = { width, height };

function pictureY4m(persona: Persona, framesPerSecond: number): Buffer {
  const frameCount = framesPerSecond * swingSeconds;
  const parts: Uint8Array[] = [
    Buffer.from(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`),
  ];
  for (let i = 0; i < frameCount; i++) {
    const there = (2 * i) / frameCount;
    parts.push(Buffer.from('FRAME\n'), pictureFrame(persona, there <= 1 ? there : 2 - there));
  }
  return Buffer.concat(parts);
}

/** Video-range BT.601 of a saturated colour. */
function yuv(hue: number, lightness: number): readonly [number, number, number] {
  const chroma = (1 - Math.abs(2 * lightness - 1)) * 0.9;
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return lightness - (chroma / 2) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  const [r, g, b] = [channel(0), channel(8), channel(4)];
  const y = 0.299 * r + 0.587 * g + 0.114 * b;
  return [16 + 219 * y, 128 + 224 * 0.564 * (b - y), 128 + 224 * 0.713 * (r - y)].map(Math.round) as [
    number,
    number,
    number,
  ];
}

/** Writes both files once a machine and gives their paths. */
export function captureFiles(
  persona: Persona,
  framesPerSecond = fewFramesPerSecond,
): { readonly wav: string; readonly y4m: string } {
  const folder = join(tmpdir(), 'aparte-e2e-media-3');
  mkdirSync(folder, { recursive: true });
  const wav = join(folder, `${persona.name}.wav`);
  const y4m = join(folder, `${persona.name}-${framesPerSecond}.y4m`);
  writeOnce(wav, () => voiceWav(persona));
  writeOnce(y4m, () => pictureY4m(persona, framesPerSecond));
  return { wav, y4m };
}

/** Through a rename, so that two runs at once never read half a file. */
function writeOnce(path: string, make: () => Buffer): void {
  if (existsSync(path)) return;
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, make());
  renameSync(unfinished, path);
}
