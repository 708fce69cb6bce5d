// Bytes that somebody in the group made, as something an `<img>` may show (protocol.md G20): their head first, then a decoder that only
// says whether it can. main.ts gives it to faces.ts.
import type { Bytes } from '../../crypto/bytes.ts';
import { imageHead } from '../groups/image-head.ts';

/** A `blob:` address, good until the page ends; null where it is no picture. */
export async function showPicture(bytes: Bytes): Promise<string | null> {
  const head = imageHead(bytes);
  if (head === null) return null;
  const blob = new Blob([bytes], { type: head.type });
  try {
    const picture = await createImageBitmap(blob);
    // What is turned by its metadata has its sides exchanged; anything else is not what its head said.
    const sides = [picture.width, picture.height].sort().join();
    picture.close();
    return sides === [head.width, head.height].sort().join() ? URL.createObjectURL(blob) : null;
  } catch {
    return null;
  }
}
