// What others see behind me: puts the filter (background/filter.ts, its own chunk) between my camera and the call, changes it, and keeps
// the frame worker shut for the camera while what would go out is not what I chose. camera.ts asks it before anything is published.
import type { LocalVideoTrack, Track, TrackProcessor, VideoProcessorOptions } from 'livekit-client';
import { deferred } from './deferred.ts';
import type { BackgroundWish } from './types.ts';

/** What was chosen cannot be put behind me: nothing of the camera may go out. */
export class BackgroundFailure extends Error {}
/** Another wish ended this one's work. */
export class Abandoned extends Error {}

export interface Filter extends TrackProcessor<Track.Kind.Video, VideoProcessorOptions> {
  /** From now on this. Rejects, and changes nothing, where it cannot be had. Last wish wins. */
  use(wish: BackgroundWish): Promise<void>;
  /** Resolves when a picture has come out of it. Rejects when none will. */
  shown(): Promise<void>;
}

export interface BackgroundParts {
  /** The frame worker drops whatever the camera's encoder gives it, or no longer. */
  readonly shut: (isShut: boolean) => void;
  readonly load: () => Promise<new (onLost: () => void) => Filter>;
  /** It broke while it was used. The worker is shut by then. */
  readonly onLost: () => void;
}

type FilteredTrack = Pick<LocalVideoTrack, 'getProcessor' | 'setProcessor' | 'stopProcessor' | 'sender'>;

export class BackgroundControl {
  readonly #parts: BackgroundParts;
  #wish: BackgroundWish;
  #filter: Filter | null = null;
  #ready: { readonly wish: BackgroundWish; readonly filter: Promise<Filter> } | null = null;
  /** While livekit-client is given the filter: what takes it off comes after. */
  #giving: Promise<unknown> = Promise.resolve();
  #isInPlace = false;
  #isShut = false;
  #run = 0;
  #ending = deferred<never>();

  constructor(parts: BackgroundParts, wish: BackgroundWish) {
    this.#parts = parts;
    this.#wish = pick(wish);
    this.#shut(this.isWished);
  }

  get isWished(): boolean {
    return this.#wish.background !== 'none';
  }

  /** There is something of it to let go of. */
  get isUsed(): boolean {
    return this.#filter !== null;
  }

  /** What was published until now must be taken back before anything else is. */
  get isShut(): boolean {
    return this.#isShut;
  }

  /** Whether it is another wish than before. From this moment nothing goes out that is against it. */
  set(wish: BackgroundWish): boolean {
    const { background, picture } = this.#wish;
    // Which picture is mine matters only behind me.
    const isSame = wish.background === background && (background !== 'own' || wish.picture === picture);
    if (isSame) return false;
    this.#wish = pick(wish);
    if (this.isWished && !this.#isInPlace) this.#shut(true);
    this.abandon();
    return true;
  }

  /** The camera is being asked for: what will be needed then is fetched meanwhile. */
  prepare(): void {
    // Whoever needs it is told.
    if (this.isWished) this.#filterFor(this.#wish).catch(() => undefined);
  }

  /** Until `track` gives what is wished, and nothing else. Rejects with `BackgroundFailure` or `Abandoned`. */
  async apply(track: FilteredTrack): Promise<void> {
    for (;;) {
      const wish = this.#wish;
      await this.#inTime(this.isWished ? this.#putOn(track, wish) : this.#takeOff(track));
      if (wish === this.#wish) return;
    }
  }

  /** Before it is published: throws unless `track` gives what is wished. Then the worker lets the camera's frames through again. */
  open(track: FilteredTrack): void {
    if (this.isWished && !this.#isOn(track)) throw new BackgroundFailure('the bare picture is not published');
    this.#shut(false);
  }

  /** Of one that is published: throws, and shuts, where something else than the wish is on the way. */
  check(track: FilteredTrack): void {
    const sent = track.sender?.track ?? null;
    if (!this.isWished || sent === null || sent === this.#filter?.processedTrack) return;
    this.#shut(true);
    throw new BackgroundFailure('the bare picture was about to go out');
  }

  /** What waits for the filter waits no longer. */
  abandon(): void {
    this.#ending.reject(new Abandoned());
    this.#ending = deferred();
  }

  /** The camera is released, and with it what it went through. */
  forget(): void {
    this.#run++;
    this.abandon();
    this.#isInPlace = false;
    this.#ready = null;
    const filter = this.#filter;
    this.#filter = null;
    void filter?.destroy().catch(() => undefined);
    if (this.isWished) this.#shut(true);
  }

  async #putOn(track: FilteredTrack, wish: BackgroundWish): Promise<void> {
    const filter = await this.#filterFor(wish);
    if (this.#filter !== filter) throw new Abandoned();
    try {
      if (!this.#isOn(track)) await this.#give(track, filter);
      await filter.shown();
      if (this.#filter !== filter) throw new Abandoned();
      this.#isInPlace = true;
    } catch (error) {
      throw asFailure(error);
    }
  }

  async #give(track: FilteredTrack, filter: Filter): Promise<void> {
    const giving = track.setProcessor(filter);
    this.#giving = giving.catch(() => undefined);
    await giving;
  }

  async #takeOff(track: FilteredTrack): Promise<void> {
    await this.#giving;
    const isOn = this.#isOn(track);
    this.#isInPlace = false;
    this.#ready = null;
    const filter = this.#filter;
    this.#filter = null;
    if (isOn) await track.stopProcessor();
    else await filter?.destroy();
  }

  #isOn(track: FilteredTrack): boolean {
    return this.#filter !== null && track.getProcessor() === this.#filter;
  }

  #filterFor(wish: BackgroundWish): Promise<Filter> {
    if (this.#ready?.wish === wish) return this.#ready.filter;
    const ready = { wish, filter: this.#make(wish, this.#run) };
    this.#ready = ready;
    ready.filter.catch(() => {
      if (this.#ready === ready) this.#ready = null;
    });
    return ready.filter;
  }

  async #make(wish: BackgroundWish, run: number): Promise<Filter> {
    try {
      const Made = await this.#parts.load();
      if (run !== this.#run) throw new Abandoned();
      const filter = (this.#filter ??= new Made(() => this.#lost(run)));
      await filter.use(wish);
      return filter;
    } catch (error) {
      throw asFailure(error);
    }
  }

  #lost(run: number): void {
    if (run !== this.#run || this.#filter === null) return;
    this.#isInPlace = false;
    this.#shut(true);
    this.#parts.onLost();
  }

  #inTime(work: Promise<void>): Promise<void> {
    return Promise.race([work, this.#ending.promise]);
  }

  #shut(isShut: boolean): void {
    if (isShut === this.#isShut) return;
    this.#isShut = isShut;
    this.#parts.shut(isShut);
  }
}

function pick({ background, picture }: BackgroundWish): BackgroundWish {
  return { background, picture };
}

function asFailure(error: unknown): Error {
  if (error instanceof Abandoned || error instanceof BackgroundFailure) return error;
  return new BackgroundFailure('the background cannot be put there', { cause: error });
}
