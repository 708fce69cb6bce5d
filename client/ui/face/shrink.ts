// An image file of a person's as what others get to see: its middle, square and small, drawn anew. What the file holds beside the
// picture (where and with what it was taken) stays behind.
/** Sides tried, largest first, and how good each may look: until it is small enough. */
const sides = [320, 256, 192, 128, 96];
const qualities = [0.86, 0.72, 0.55];
/** More than cameras make. */
const mostFileBytes = 64 * 1024 * 1024;

/** WebP, or JPEG where the browser does not write that. Null for what the browser cannot show as a picture. */
export async function shrink(file: Blob, mostBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (file.size > mostFileBytes) return null;
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return null;
  }
  try {
    for (const side of sides) {
      const canvas = drawn(picture, side);
      for (const quality of qualities) {
        const small = await written(canvas, quality);
        if (small !== null && small.size <= mostBytes) return new Uint8Array(await small.arrayBuffer());
      }
    }
    return null;
  } finally {
    picture.close();
  }
}

/** The middle of it, as far as it is square. */
function drawn(picture: ImageBitmap, side: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [side, side];
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('a canvas without a context');
  // What is see-through would be black in a JPEG.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = 'high';
  const cut = Math.min(picture.width, picture.height);
  const [x, y] = [(picture.width - cut) / 2, (picture.height - cut) / 2];
  context.drawImage(picture, x, y, cut, cut, 0, 0, side, side);
  return canvas;
}

async function written(canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> {
  for (const type of ['image/webp', 'image/jpeg']) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
    // A browser that does not know the type writes another.
    if (blob?.type === type) return blob;
  }
  return null;
}
