// Which model takes the noise out of my microphone, if any: loads it when the call has begun (a join is in a hurry), changes it without a
// gap, and lets the sound go straight where it cannot be had: who speaks is heard. microphone.ts tells it of the track.
import type { LocalAudioTrack } from 'livekit-client';
import type { NoiseFilter } from './noise/filter.ts';
import type { SnapshotStore } from './store.ts';
import type { NoiseSuppression } from './types.ts';

/** What makes the call sound has its turn first. */
const settleMs = 700;

export class NoiseControl {
  readonly #store: SnapshotStore;
  /** Called when another track than before is what goes out. */
  readonly #onTrack: (track: MediaStreamTrack) => void;
  #wish: NoiseSuppression;
  #track: LocalAudioTrack | null = null;
  #filter: NoiseFilter | null = null;
  /** The microphone is muted. */
  #isResting = false;
  #work: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: SnapshotStore, wish: NoiseSuppression, onTrack: (track: MediaStreamTrack) => void) {
    this.#store = store;
    this.#wish = wish;
    this.#onTrack = onTrack;
  }

  /** The microphone's own sound, before anything is done about it; null where nothing is. */
  get input(): MediaStreamTrack | null {
    return this.#filter?.input ?? null;
  }

  /** Last wish wins. Asking for the same again tries again what failed. */
  set(wish: NoiseSuppression): void {
    this.#wish = wish;
    this.#queue();
  }

  /** A microphone that is published. */
  follow(track: LocalAudioTrack): void {
    this.#track = track;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#queue(), settleMs);
  }

  /** Nothing is computed for a microphone that nobody hears. */
  rest(isResting: boolean): void {
    this.#isResting = isResting;
    const [filter, track] = [this.#filter, this.#track];
    if (filter === null || track === null) return;
    if (isResting) filter.rest();
    else
      void filter.resume().then((isHeard) => {
        if (!isHeard && this.#filter === filter) this.#stalled(track);
      });
  }

  /** The microphone is released, and with it what it went through. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#track = null;
    this.#filter = null;
    this.#store.set({ noise: 'off' });
  }

  #queue(): void {
    this.#work = this.#work.then(() => this.#apply());
  }

  async #apply(): Promise<void> {
    const [track, wish] = [this.#track, this.#wish];
    if (track === null || (wish === 'off' && this.#filter === null)) return;
    try {
      const filter = await this.#filterOf(track, wish);
      if (this.#track === track) this.#store.set({ noise: wish });
      else await filter.destroy();
    } catch {
      if (this.#track !== track) return;
      this.#store.set({ noise: 'failed' });
      // Its own is less, and better than nothing.
      await track.applyConstraints({ noiseSuppression: true }).catch(() => undefined);
    }
  }

  async #filterOf(track: LocalAudioTrack, wish: NoiseSuppression): Promise<NoiseFilter> {
    const model = wish === 'off' ? null : wish;
    const known = this.#filter;
    if (known !== null && track.getProcessor() === known) {
      await known.use(model);
      return known;
    }
    const { NoiseFilter } = await import('./noise/filter.ts');
    const filter = new NoiseFilter(() => this.#stalled(track));
    try {
      if (!(await filter.wake())) throw new Error('the browser lets no sound through');
      await filter.use(model);
      await track.setAudioContext(filter.context);
      await track.setProcessor(filter);
    } catch (error) {
      await filter.destroy();
      throw error;
    }
    this.#filter = filter;
    if (this.#isResting) filter.rest();
    this.#onTrack(track.mediaStreamTrack);
    return filter;
  }

  /** A call on the phone, a browser that saves power: the microphone's own sound goes out in place of silence. */
  #stalled(track: LocalAudioTrack): void {
    this.#work = this.#work.then(async () => {
      if (this.#track !== track || this.#filter === null) return;
      this.#filter = null;
      await track.stopProcessor();
      this.#onTrack(track.mediaStreamTrack);
      this.#store.set({ noise: 'failed' });
    });
  }
}
