// The ears of the probe: everything that reaches the loudspeaker (audible media elements with a stream, and whatever a page
// connects to an AudioContext's destination) is summed into one analyser, and each person's two tones are looked for in it.
import type { Persona } from '../people.ts';

/** Who is heard now (within the last second), when each was heard last, and how loud the page is in dBFS. */
export interface Hearing {
  readonly now: readonly string[];
  /** Milliseconds since each voice was heard; absent: never. */
  readonly sinceMs: Readonly<Record<string, number>>;
  readonly everHeard: readonly string[];
  readonly peakDb: number;
  /** Tones over the floor around them, in dB, in the last look. For the log of a failure. */
  readonly marginsDb: Readonly<Record<string, number>>;
  readonly playingStreams: number;
}

const everyMs = 80;
/** 8192 samples at 48 kHz: bins of 5.9 Hz, a window of 170 ms, shorter than a syllable. */
export const fftSize = 8192;
/** A tone counts when it stands this far over the median of the speech band, and this far over what is right beside it. */
export const marginDb = 22;
const besideDb = 8;
const quietestDb = -70;
/** A voice is heard while at least so many looks within this time found it: one look at noise may find anything. */
const looksNeeded = 3;
const heardForMs = 1200;

const elements = new Set<HTMLMediaElement>();

/** Starts listening. The result answers who is heard. */
export function watchSounds(people: readonly Persona[]): () => Hearing {
  rememberElements();
  const found = new Map<string, number[]>();
  const lastHeard = new Map<string, number>();
  const margins: Record<string, number> = {};
  let peakDb = -Infinity;
  const listener = new Listener();
  tapDestinations(listener);
  setInterval(() => {
    const spectrum = listener.spectrum();
    if (spectrum === null) return;
    peakDb = Math.max(...spectrum.bins);
    for (const person of people) {
      const margin = Math.min(...person.tonesHz.map((hz) => spectrum.marginAt(hz)));
      margins[person.name] = Math.round(margin);
      const now = performance.now();
      const recent = (found.get(person.name) ?? []).filter((at) => now - at < heardForMs);
      if (margin >= marginDb) recent.push(now);
      found.set(person.name, recent);
      if (margin >= marginDb && recent.length >= looksNeeded) lastHeard.set(person.name, now);
    }
  }, everyMs);
  return () => {
    const now = performance.now();
    const sinceMs = Object.fromEntries([...lastHeard].map(([name, at]) => [name, Math.round(now - at)]));
    return {
      now: [...lastHeard]
        .filter(([, at]) => now - at < heardForMs)
        .map(([name]) => name)
        .sort(),
      sinceMs,
      everHeard: [...lastHeard.keys()].sort(),
      peakDb: Math.round(peakDb),
      marginsDb: { ...margins },
      playingStreams: listener.count,
    };
  };
}

/** Every media element that was ever given a stream, in the document or not. */
export function streamElements(): readonly HTMLMediaElement[] {
  return [...elements];
}

function rememberElements(): void {
  const srcObject = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')!;
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...srcObject,
    set(this: HTMLMediaElement, value: MediaProvider | null) {
      if (value !== null) elements.add(this);
      srcObject.set!.call(this, value);
    },
  });
}

interface Spectrum {
  readonly bins: Float32Array;
  marginAt(hz: number): number;
}

class Listener {
  #analysers = new Map<BaseAudioContext, AnalyserNode>();
  #context: AudioContext | null = null;
  #sources = new Map<string, MediaStreamAudioSourceNode>();

  get count(): number {
    return this.#sources.size;
  }

  /** An analyser of a page's own context, for what it connects to its destination. */
  analyserOf(context: BaseAudioContext): AnalyserNode {
    let analyser = this.#analysers.get(context);
    if (analyser === undefined) {
      analyser = context.createAnalyser();
      analyser.fftSize = fftSize;
      analyser.smoothingTimeConstant = 0;
      this.#analysers.set(context, analyser);
    }
    return analyser;
  }

  /** The loudest of what is audible at each frequency, or null when nothing plays. */
  spectrum(): Spectrum | null {
    this.#followElements();
    // One that is closed gives what it heard last, for ever.
    for (const context of this.#analysers.keys())
      if (context.state === 'closed') this.#analysers.delete(context);
    const all = [...this.#analysers].map(([context, analyser]) => {
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      return { bins, hzPerBin: context.sampleRate / fftSize };
    });
    const first = all[0];
    if (first === undefined) return null;
    for (const { bins } of all) bins.forEach((db, i) => (first.bins[i] = Math.max(first.bins[i]!, db)));
    return { bins: first.bins, marginAt: (hz) => marginOver(first.bins, first.hzPerBin, hz) };
  }

  #followElements(): void {
    const audible = audibleTracks();
    for (const [id, source] of this.#sources) {
      if (audible.has(id)) continue;
      source.disconnect();
      this.#sources.delete(id);
    }
    for (const [id, track] of audible) {
      if (this.#sources.has(id)) continue;
      this.#context ??= new AudioContext();
      const source = this.#context.createMediaStreamSource(new MediaStream([track]));
      source.connect(this.analyserOf(this.#context));
      this.#sources.set(id, source);
    }
  }
}

/** The audible sound of the page: of every element that plays. */
export function audibleTracks(): ReadonlyMap<string, MediaStreamTrack> {
  const audible = new Map<string, MediaStreamTrack>();
  for (const element of elements) {
    if (
      !(element.srcObject instanceof MediaStream) ||
      element.paused ||
      element.muted ||
      element.volume === 0
    )
      continue;
    for (const track of element.srcObject.getAudioTracks())
      if (track.readyState === 'live') audible.set(track.id, track);
  }
  return audible;
}

/** How far the strongest bin within 1.5 % of `hz` stands over the median of 200–4000 Hz; −∞ when it is no tone at all. */
export function marginOver(bins: Float32Array, hzPerBin: number, hz: number): number {
  const strongest = (from: number, to: number): number =>
    Math.max(...bins.subarray(Math.floor((hz * from) / hzPerBin), Math.ceil((hz * to) / hzPerBin) + 1));
  const peak = strongest(0.985, 1.015);
  const beside = Math.max(strongest(0.88, 0.94), strongest(1.06, 1.12));
  if (peak < quietestDb || peak - beside < besideDb) return -Infinity;
  const band = bins.slice(Math.floor(200 / hzPerBin), Math.ceil(4000 / hzPerBin)).sort();
  const floor = Math.max(band[Math.floor(band.length / 2)]!, -120);
  return peak - floor;
}

/** Sound that reaches the loudspeaker without an element: AudioNode.connect(context.destination). */
function tapDestinations(listener: Listener): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const connect = AudioNode.prototype.connect as (this: AudioNode, ...args: unknown[]) => unknown;
  AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]): never {
    if (args[0] instanceof AudioDestinationNode && !(this.context instanceof OfflineAudioContext)) {
      connect.call(this, listener.analyserOf(this.context));
    }
    return connect.apply(this, args) as never;
  };
}
