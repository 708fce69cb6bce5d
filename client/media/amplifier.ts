// Makes a voice louder than it comes: through an AudioContext of its own, opened when the first one is wanted and closed with the last. A
// compressor keeps what is twice as loud from breaking up. Where the browser does not let it sound, the element plays as before.
import { routeTo } from './sink.ts';

interface Amplified {
  readonly source: MediaStreamAudioSourceNode;
  readonly gain: GainNode;
}

export class Amplifier {
  #context: AudioContext | null = null;
  #limiter: DynamicsCompressorNode | null = null;
  #output: string | null = null;
  readonly #voices = new Map<MediaStreamTrack, Amplified>();
  readonly #onChange: () => void;

  /** `onChange`: the browser lets it sound now, or no more. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** False while it does not sound: the caller plays it some other way. */
  set(track: MediaStreamTrack, volume: number): boolean {
    const known = this.#voices.get(track);
    if (known !== undefined) {
      known.gain.gain.value = volume;
      return this.#isRunning;
    }
    const limiter = this.#open();
    if (limiter === null) return false;
    const context = limiter.context as AudioContext;
    const source = new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) });
    const gain = new GainNode(context, { gain: volume });
    source.connect(gain).connect(limiter);
    this.#voices.set(track, { source, gain });
    return this.#isRunning;
  }

  remove(track: MediaStreamTrack): void {
    const voice = this.#voices.get(track);
    if (voice === undefined) return;
    voice.source.disconnect();
    voice.gain.disconnect();
    this.#voices.delete(track);
    if (this.#voices.size === 0) this.close();
  }

  setOutput(deviceId: string | null): void {
    this.#output = deviceId;
    this.#route();
  }

  async resume(): Promise<void> {
    if (this.#context?.state === 'suspended') await this.#context.resume();
  }

  close(): void {
    for (const { source, gain } of this.#voices.values())
      for (const node of [source, gain]) node.disconnect();
    this.#voices.clear();
    if (this.#context !== null) this.#context.onstatechange = null;
    void this.#context?.close().catch(() => undefined);
    this.#context = null;
    this.#limiter = null;
  }

  get #isRunning(): boolean {
    return this.#context?.state === 'running';
  }

  #open(): DynamicsCompressorNode | null {
    if (this.#limiter !== null) return this.#limiter;
    if (typeof AudioContext === 'undefined') return null;
    this.#context = new AudioContext({ latencyHint: 'interactive' });
    this.#context.onstatechange = this.#onChange;
    void this.resume().catch(() => undefined);
    this.#limiter = new DynamicsCompressorNode(this.#context, {
      ...{ threshold: -6, knee: 6, ratio: 12, attack: 0.003, release: 0.1 },
    });
    this.#limiter.connect(this.#context.destination);
    this.#route();
    return this.#limiter;
  }

  #route(): void {
    if (this.#context !== null) void routeTo(this.#context, this.#output);
  }
}
