// What a microphone's sound goes through on its way out: straight, or through a model that takes the noise out. The track that comes out is
// the same whatever is in between, so that a change is heard as a change of sound and not as a gap. noise-control.ts drives it.
import type { AudioProcessorOptions, Track, TrackProcessor } from 'livekit-client';
import { createModelNode, modelSampleRate, type ModelNode, type NoiseModel } from './models.ts';

/** From one way to the other. */
const fadeSeconds = 0.03;
/** After so long a rest everything stops: who says a word between two mutes does not wait for it to start. */
const asleepAfterMs = 10_000;

interface Way {
  readonly model: NoiseModel | null;
  /** What the sound goes into; null: it goes straight to `gain`. */
  readonly node: ModelNode | null;
  readonly gain: GainNode;
}

export class NoiseFilter implements TrackProcessor<Track.Kind.Audio, AudioProcessorOptions> {
  readonly name = 'aparte-noise';
  readonly context: AudioContext;
  readonly processedTrack: MediaStreamTrack;
  readonly #out: MediaStreamAudioDestinationNode;
  #track: MediaStreamTrack | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  #way: Way;
  /** Where the sound goes while nobody is to hear it: it flows on, so that none is old when it is wanted again. */
  readonly #aside: GainNode;
  #isResting = false;
  /** The browser is told to stop, or not yet told to go on. */
  #isAsleep = false;
  #nap: ReturnType<typeof setTimeout> | undefined;

  /** `onStalled`: the browser stopped the sound that goes through here. */
  constructor(onStalled: () => void) {
    this.context = new AudioContext({ sampleRate: modelSampleRate, latencyHint: 'interactive' });
    this.#out = new MediaStreamAudioDestinationNode(this.context, { channelCount: 1 });
    this.processedTrack = this.#out.stream.getAudioTracks()[0] as MediaStreamTrack;
    this.#aside = new GainNode(this.context, { gain: 0 });
    this.#aside.connect(this.#out);
    this.#way = this.#lay(null, null);
    this.#way.gain.gain.value = 1;
    this.context.onstatechange = () => {
      if (!this.#isAsleep && this.context.state !== 'running' && this.context.state !== 'closed') onStalled();
    };
  }

  /** What comes in; null before there was anything. */
  get input(): MediaStreamTrack | null {
    return this.#track;
  }

  /** Whether sound can go through: a browser may want a tap first. */
  async wake(): Promise<boolean> {
    if (this.#isAsleep || this.context.state === 'suspended') {
      const tooLong = new Promise((resolve) => setTimeout(resolve, 500));
      await Promise.race([this.context.resume().catch(() => undefined), tooLong]);
    }
    return this.context.state === 'running';
  }

  /** The microphone is muted: nothing of it comes out, no model computes, and after a while nothing at all runs. */
  rest(): void {
    if (this.#isResting) return;
    this.#isResting = true;
    this.#detach(entryOf(this.#way));
    this.#source?.connect(this.#aside);
    this.#nap = setTimeout(() => this.#fallAsleep(), asleepAfterMs);
  }

  /** The microphone is heard again. Resolves with whether it can be. */
  async resume(): Promise<boolean> {
    if (!this.#isResting) return true;
    this.#isResting = false;
    clearTimeout(this.#nap);
    if (!this.#isAsleep) {
      this.#detach(this.#aside);
      this.#source?.connect(entryOf(this.#way));
      return true;
    }
    const isAwake = await this.wake();
    return this.#rouse() ? isAwake : true;
  }

  /** From now on through `model`, or straight with null. Rejects, and changes nothing, where the model cannot be had. */
  async use(model: NoiseModel | null): Promise<void> {
    if (this.#way.model === model) return;
    const node = model === null ? null : await createModelNode(this.context, model);
    const former = this.#way;
    this.#way = this.#lay(model, node);
    if (!this.#isResting) this.#source?.connect(entryOf(this.#way));
    const from = this.context.currentTime;
    former.gain.gain.setValueAtTime(1, from).linearRampToValueAtTime(0, from + fadeSeconds);
    this.#way.gain.gain.setValueAtTime(0, from).linearRampToValueAtTime(1, from + fadeSeconds);
    setTimeout(() => this.#remove(former), 4_000 * fadeSeconds);
  }

  init({ track }: Pick<AudioProcessorOptions, 'track'>): Promise<void> {
    this.#listenTo(track);
    return Promise.resolve();
  }

  /** Another device. The context stays ours, whichever livekit-client offers. */
  restart({ track }: Pick<AudioProcessorOptions, 'track'>): Promise<void> {
    this.#listenTo(track);
    return Promise.resolve();
  }

  async destroy(): Promise<void> {
    this.context.onstatechange = null;
    clearTimeout(this.#nap);
    this.#source?.disconnect();
    this.#remove(this.#way);
    if (this.context.state !== 'closed') await this.context.close();
  }

  #listenTo(track: MediaStreamTrack): void {
    if (track === this.#track) return;
    this.#track = track;
    if (!this.#isAsleep) this.#open();
  }

  #open(): void {
    if (this.#track === null || this.context.state === 'closed') return;
    this.#source?.disconnect();
    this.#source = this.context.createMediaStreamSource(new MediaStream([this.#track]));
    this.#source.connect(this.#isResting ? this.#aside : entryOf(this.#way));
  }

  /** False where it is muted again meanwhile, and sleeps on. */
  #rouse(): boolean {
    if (this.#isResting) {
      clearTimeout(this.#nap);
      this.#fallAsleep();
      return false;
    }
    this.#isAsleep = false;
    this.#open();
    return true;
  }

  /** Without a source: one that nobody takes sound from keeps what it has, and would begin with that. */
  #fallAsleep(): void {
    this.#isAsleep = true;
    this.#source?.disconnect();
    this.#source = null;
    // Closed, then.
    void this.context.suspend().catch(() => undefined);
  }

  #lay(model: NoiseModel | null, node: ModelNode | null): Way {
    const gain = new GainNode(this.context, { gain: 0 });
    node?.connect(gain);
    gain.connect(this.#out);
    return { model, node, gain };
  }

  #remove(way: Way): void {
    this.#detach(entryOf(way));
    const { node, gain } = way;
    gain.disconnect();
    node?.disconnect();
    node?.destroy();
  }

  #detach(from: AudioNode): void {
    try {
      this.#source?.disconnect(from);
    } catch {
      // It was not connected: the device changed meanwhile, or nobody was to hear it.
    }
  }
}

function entryOf({ node, gain }: Way): AudioNode {
  return node ?? gain;
}
