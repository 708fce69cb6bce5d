// What my camera's picture goes through on its way out: somebody in front, and behind them what they chose. The track that comes out is the
// same for the whole life of a filter, and nothing is in it that the painter (painter.ts, a worker) did not paint: while model and picture
// are fetched, and when something breaks, it gives nothing. background-control.ts drives it in a call, state/device-check-media.ts before one.
import type { Track, TrackProcessor, VideoProcessorOptions } from 'livekit-client';
import { deferred } from '../deferred.ts';
import type { BackgroundWish } from '../types.ts';
import { framesOf, hasFrames, openCanvas, type Canvas } from './frames.ts';
import type { Backdrop, FromPainter, ToPainter } from './messages.ts';
import { loadOwnPicture } from './own-picture.ts';
import { asBitmap, pictureUrls } from './pictures.ts';

/** A painter that is given a picture and says nothing for so long is broken. */
const patienceMs = 8_000;

export class BackgroundFilter implements TrackProcessor<Track.Kind.Video, VideoProcessorOptions> {
  readonly name = 'aparte-background';
  readonly #painter: Worker;
  readonly #canvas: Canvas;
  readonly #onLost: () => void;
  readonly #shown = deferred<true>();
  /** Who waits for a backdrop to be there. */
  #asked = { id: 0, there: deferred<true>() };
  #isThere = false;
  #isShown = false;
  #isOver = false;
  #stopFrames: () => void = () => undefined;
  /** Runs while the painter paints. */
  #painting: ReturnType<typeof setTimeout> | undefined;

  /** `onLost`: it broke after it had shown something. Before that, whoever waits is told. */
  constructor(onLost: () => void) {
    this.#onLost = onLost;
    this.#canvas = openCanvas();
    this.#painter = new Worker(new URL('./painter.ts', import.meta.url), {
      ...{ type: 'module', name: 'background' },
    });
    this.#painter.onmessage = ({ data }: MessageEvent<FromPainter>) => this.#hear(data);
    this.#painter.onerror = () => this.#break();
  }

  get processedTrack(): MediaStreamTrack {
    return this.#canvas.track;
  }

  async use(wish: BackgroundWish): Promise<void> {
    const asked = (this.#asked = { id: this.#asked.id + 1, there: deferred<true>() });
    const backdrop = await backdropOf(wish);
    if (this.#isOver) throw new Error('it is over');
    // Another was asked for meanwhile: that one is put there.
    if (asked.id !== this.#asked.id) return;
    const message: ToPainter = { kind: 'backdrop', id: asked.id, backdrop };
    this.#painter.postMessage(message, 'picture' in backdrop ? [backdrop.picture] : []);
    await asked.there.promise;
  }

  async shown(): Promise<void> {
    await this.#shown.promise;
  }

  init({ track }: Pick<VideoProcessorOptions, 'track'>): Promise<void> {
    return this.restart({ track });
  }

  /** Another device, or the same anew. */
  restart({ track }: Pick<VideoProcessorOptions, 'track'>): Promise<void> {
    this.#stopFrames();
    if (this.#isOver) return Promise.reject(new Error('it is over'));
    this.#stopFrames = framesOf(track, (frame) => this.#paint(frame));
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    if (!this.#isOver) this.#end(new Error('it is over'));
    return Promise.resolve();
  }

  /** One after the other: what comes while one is painted is not shown. */
  #paint(frame: VideoFrame | ImageBitmap): void {
    if (this.#isOver || !this.#isThere || this.#painting !== undefined) {
      frame.close();
      return;
    }
    this.#painting = setTimeout(() => this.#break(), patienceMs);
    this.#painter.postMessage({ kind: 'frame', frame, asFrame: hasFrames } satisfies ToPainter, [frame]);
  }

  #hear(message: FromPainter): void {
    switch (message.kind) {
      case 'ready':
        this.#isThere = true;
        if (message.id === this.#asked.id) this.#asked.there.resolve(true);
        return;
      case 'painted':
        this.#painted(message.frame);
        return;
      case 'broken':
        this.#break();
    }
  }

  #painted(frame: VideoFrame | ImageBitmap): void {
    clearTimeout(this.#painting);
    this.#painting = undefined;
    if (this.#isOver) {
      frame.close();
      return;
    }
    this.#canvas.show(frame);
    this.#isShown = true;
    this.#shown.resolve(true);
  }

  #break(): void {
    if (this.#isOver) return;
    const wasShown = this.#isShown;
    this.#end(new Error('the painter broke'));
    if (wasShown) this.#onLost();
  }

  #end(why: Error): void {
    this.#isOver = true;
    clearTimeout(this.#painting);
    this.#stopFrames();
    this.#painter.onmessage = null;
    this.#painter.terminate();
    this.#canvas.close();
    this.#shown.reject(why);
    this.#asked.there.reject(why);
  }
}

/** Rejects where a picture of one's own is not there any more: it is not the bare room that is shown then. */
async function backdropOf({ background, picture }: BackgroundWish): Promise<Backdrop> {
  switch (background) {
    case 'none':
      throw new Error('without a background there is no filter');
    case 'slight':
    case 'strong':
      return { blur: background };
    case 'own':
      if (picture === null) throw new Error('there is no picture of my own');
      return { picture: await createImageBitmap(await loadOwnPicture(picture)) };
    default:
      return { picture: await asBitmap(pictureUrls[background]) };
  }
}
