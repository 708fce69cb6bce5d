// How loud everybody is, from the decoded sound itself and not from what the server says. One AudioContext for the call, opened when
// what makes it sound has had its turn; sampled ten times a second.

export const sampleEveryMs = 100;

/** Opening an AudioContext stops the page for some milliseconds, while a join is in a hurry. */
const openAfterMs = 300;

/** Speaking from here on (about −40 dBFS), and until this long after the last loud sample. */
const SPEAKING_RMS = 0.01;
const SPEAKING_HOLD_MS = 400;
/** The quietest sound that moves the level. */
const FLOOR_DB = -60;
const STEPS = 20;

export interface Loudness {
  /** 0..1 in steps of 0.05, logarithmic. */
  readonly level: number;
  readonly isSpeaking: boolean;
}

interface Meter {
  readonly source: MediaStreamAudioSourceNode;
  readonly analyser: AnalyserNode;
  readonly samples: Float32Array<ArrayBuffer>;
  loudUntilMs: number;
}

/** Of what only measures: late is early enough, and no loudspeaker is kept open for it where a browser can do without one. */
const unheard: AudioContextOptions & { readonly sinkId: { readonly type: 'none' } } = {
  latencyHint: 'playback',
  sinkId: { type: 'none' },
};

const SILENT: Loudness = { level: 0, isSpeaking: false };

export class Levels {
  #context: AudioContext | null = null;
  /** Tracks that will have a meter in a moment. */
  readonly #wanted = new Set<MediaStreamTrack>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #meters = new Map<MediaStreamTrack, Meter>();

  /** Begins to measure `track`, in a moment; silent until then. */
  add(track: MediaStreamTrack): void {
    if (this.#meters.has(track) || typeof AudioContext === 'undefined') return;
    this.#wanted.add(track);
    this.#timer ??= setTimeout(() => this.#connectWanted(), openAfterMs);
  }

  #connectWanted(): void {
    this.#timer = undefined;
    for (const track of this.#wanted) this.#connect(track);
    this.#wanted.clear();
  }

  #connect(track: MediaStreamTrack): void {
    const context = this.#open();
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    // Some browsers let it sound from the moment that a microphone is captured, without a tap.
    void this.resume().catch(() => undefined);
    this.#meters.set(track, {
      source,
      analyser,
      samples: new Float32Array(analyser.fftSize),
      loudUntilMs: 0,
    });
  }

  remove(track: MediaStreamTrack): void {
    this.#wanted.delete(track);
    const meter = this.#meters.get(track);
    meter?.source.disconnect();
    this.#meters.delete(track);
  }

  /** Root mean square of the last 20 ms or so, 0 to 1; 0 of what is not measured. */
  rms(track: MediaStreamTrack | undefined): number {
    const meter = track && this.#meters.get(track);
    return meter === undefined ? 0 : rmsOf(meter);
  }

  measure(track: MediaStreamTrack | undefined, nowMs: number): Loudness {
    const meter = track && this.#meters.get(track);
    if (meter === undefined) return SILENT;
    const rms = rmsOf(meter);
    if (rms >= SPEAKING_RMS) meter.loudUntilMs = nowMs + SPEAKING_HOLD_MS;
    return { level: levelOf(rms), isSpeaking: nowMs < meter.loudUntilMs };
  }

  /** After a tap: browsers keep an AudioContext silent until then. */
  async resume(): Promise<void> {
    if (this.#context?.state === 'suspended') await this.#context.resume();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#wanted.clear();
    for (const track of [...this.#meters.keys()]) this.remove(track);
    await this.#context?.close();
    this.#context = null;
  }

  #open(): AudioContext {
    this.#context ??= new AudioContext(unheard);
    return this.#context;
  }
}

function rmsOf({ analyser, samples }: Meter): number {
  analyser.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** 0..1 of a root mean square: decibels above the floor, in steps, so that small noise does not wake the screen. */
export function levelOf(rms: number): number {
  const decibels = rms > 0 ? 20 * Math.log10(rms) : FLOOR_DB;
  const level = Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
  return Math.round(level * STEPS) / STEPS;
}
