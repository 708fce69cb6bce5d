// Ears for a browser whose AudioContext does not run, which is what Firefox does on a machine without a loudspeaker: what the page
// plays is recorded for a moment and looked at with an OfflineAudioContext, which needs none. Slower than ears.ts, the same judgement.
import type { Persona } from '../people.ts';
import { audibleTracks, fftSize, marginDb, marginOver } from './ears.ts';

/** Eight syllables: each voice is loud in some of the windows. */
const recordMs = 2000;
const sampleRate = 48_000;
/** Windows overlap by half. */
const stepSeconds = fftSize / sampleRate / 2;
/** One window of noise may look like anything. */
const windowsNeeded = 3;

/** Records what is audible now and answers whose voices are in it. */
export async function hearByRecording(people: readonly Persona[]): Promise<readonly string[]> {
  const sounds = await Promise.all([...audibleTracks().values()].map(record));
  const spectra = (await Promise.all(sounds.map(spectraOf))).flat();
  const isHeard = ({ tonesHz }: Persona): boolean =>
    spectra.filter((bins) => tonesHz.every((hz) => marginOver(bins, sampleRate / fftSize, hz) >= marginDb))
      .length >= windowsNeeded;
  return people
    .filter(isHeard)
    .map(({ name }) => name)
    .sort();
}

async function record(track: MediaStreamTrack): Promise<AudioBuffer> {
  const recorder = new MediaRecorder(new MediaStream([track]));
  const pieces: Blob[] = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const isOver = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  setTimeout(() => recorder.stop(), recordMs);
  await isOver;
  return new OfflineAudioContext(1, fftSize, sampleRate).decodeAudioData(
    await new Blob(pieces).arrayBuffer(),
  );
}

/** A spectrum of each window of the sound. */
function spectraOf(sound: AudioBuffer): Promise<Float32Array[]> {
  const count = Math.max(0, Math.floor(sound.duration / stepSeconds) - 1);
  return Promise.all(Array.from({ length: count }, (_, n) => spectrumAt(sound, n * stepSeconds)));
}

async function spectrumAt(sound: AudioBuffer, seconds: number): Promise<Float32Array> {
  const context = new OfflineAudioContext(1, fftSize, sampleRate);
  const source = new AudioBufferSourceNode(context, { buffer: sound });
  const analyser = new AnalyserNode(context, { fftSize, smoothingTimeConstant: 0 });
  source.connect(analyser).connect(context.destination);
  source.start(0, seconds);
  await context.startRendering();
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  return bins;
}
