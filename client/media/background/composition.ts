// Paints one picture: what is behind, the whole of it, and over it whoever the mask shows. Part of painter.ts.
import type { Backdrop } from './messages.ts';
import { maskSize } from './segmenter.ts';

type Picture = VideoFrame | ImageBitmap;

/** How small the room is made before it is made large again, and how much of that is smeared, in its pixels. */
const blurs = {
  slight: { part: 8, smear: 1.5 },
  strong: { part: 16, smear: 2.5 },
} as const;

export class Composition {
  readonly #mask = new Sheet(maskSize);
  /** Who is in the picture, cut out. */
  readonly #front = new Sheet();
  readonly #small = new Sheet();
  readonly #out = new Sheet();
  #backdrop: Backdrop | null = null;

  set backdrop(backdrop: Backdrop) {
    const before = this.#backdrop;
    if (before !== null && 'picture' in before) before.picture.close();
    this.#backdrop = backdrop;
  }

  /** `mask`: for each pixel, how much of it belongs to somebody. Throws where there is nothing to put behind. */
  paint(frame: Picture, mask: Uint8ClampedArray<ArrayBuffer>, asFrame: boolean): Picture {
    if (this.#backdrop === null) throw new Error('nothing to put behind');
    const size = sizeOf(frame);
    for (const sheet of [this.#front, this.#out]) sheet.fit(size);
    this.#mask.context.putImageData(new ImageData(mask, maskSize.width, maskSize.height), 0, 0);

    const { context: front } = this.#front;
    front.globalCompositeOperation = 'copy';
    front.drawImage(this.#mask.canvas, 0, 0, size.width, size.height);
    front.globalCompositeOperation = 'source-in';
    front.drawImage(frame, 0, 0, size.width, size.height);

    const { context: out, canvas } = this.#out;
    if ('picture' in this.#backdrop) cover(out, this.#backdrop.picture, size);
    else this.#blur(frame, this.#backdrop.blur, size);
    out.drawImage(this.#front.canvas, 0, 0);
    return asFrame
      ? new VideoFrame(canvas, { timestamp: (frame as VideoFrame).timestamp, alpha: 'discard' })
      : canvas.transferToImageBitmap();
  }

  #blur(frame: Picture, blur: keyof typeof blurs, { width, height }: Size): void {
    const { part, smear } = blurs[blur];
    const [wide, high] = [Math.ceil(width / part), Math.ceil(height / part)];
    this.#small.fit({ width: wide, height: high });
    const { context, canvas } = this.#small;
    // Not every browser has it; small and large again is a blur, too.
    if ('filter' in context) context.filter = `blur(${smear}px)`;
    context.globalCompositeOperation = 'copy';
    context.drawImage(frame, 0, 0, wide, high);
    // At the rim the smear has mixed in what is outside.
    const rim = Math.ceil(smear);
    this.#out.context.drawImage(canvas, rim, rim, wide - 2 * rim, high - 2 * rim, 0, 0, width, height);
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A canvas to work on. */
class Sheet {
  readonly canvas: OffscreenCanvas;
  readonly context: OffscreenCanvasRenderingContext2D;

  constructor({ width, height }: Size = { width: 1, height: 1 }) {
    this.canvas = new OffscreenCanvas(width, height);
    const context = this.canvas.getContext('2d');
    if (context === null) throw new Error('this browser paints nothing in a worker');
    this.context = context;
    this.fit({ width, height });
  }

  fit({ width, height }: Size): void {
    if (this.canvas.width !== width || this.canvas.height !== height)
      Object.assign(this.canvas, { width, height });
    this.context.imageSmoothingQuality = 'medium';
  }
}

function sizeOf(frame: Picture): Size {
  return 'displayWidth' in frame
    ? { width: frame.displayWidth, height: frame.displayHeight }
    : { width: frame.width, height: frame.height };
}

/** All of it is covered, and as much as need be is cut off. */
function cover(
  context: OffscreenCanvasRenderingContext2D,
  picture: ImageBitmap,
  { width, height }: Size,
): void {
  const scale = Math.max(width / picture.width, height / picture.height);
  const [wide, high] = [picture.width * scale, picture.height * scale];
  context.drawImage(picture, (width - wide) / 2, (height - high) / 2, wide, high);
}
