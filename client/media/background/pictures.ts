// The pictures that come with Aparté, drawn for it: files of the build. The screen shows them to choose from, filter.ts puts one behind somebody.
import type { BuiltInPicture } from '../types.ts';
import dusk from './dusk.svg?url';
import hills from './hills.svg?url';
import paper from './paper.svg?url';

export const pictureUrls: Readonly<Record<BuiltInPicture, string>> = { dusk, hills, paper };

/** Of every picture that is put behind somebody. */
export const pictureSize = { width: 1280, height: 720 };

/** No browser makes pixels of an SVG but by way of an image. */
export async function asBitmap(url: string): Promise<ImageBitmap> {
  const image = new Image(pictureSize.width, pictureSize.height);
  image.src = url;
  await image.decode();
  return createImageBitmap(image);
}
