// Which files become a picture behind somebody, and as what they are kept. The pixels are the browser's: client/e2e/devices.test.ts.
import { expect, test } from 'vitest';
import { fitted, mostFileBytes, type Drawing } from './own-picture.ts';

/** A browser that reads everything, and writes these. */
function drawing(...types: readonly string[]): Drawing & { readonly closed: () => number } {
  let closed = 0;
  const picture = { width: 4, height: 3, close: () => (closed += 1) } as ImageBitmap;
  return {
    closed: () => closed,
    decode: () => Promise.resolve(picture),
    encode: (_picture, type) =>
      Promise.resolve(new Blob(['small'], { type: types.includes(type) ? type : 'image/png' })),
  };
}

const file = (bytes: number): Blob => ({ size: bytes }) as Blob;

test('a file is kept as WebP, or as JPEG where the browser writes no WebP, and never as it came', async () => {
  for (const [writes, type] of [
    [['image/webp', 'image/jpeg'], 'image/webp'],
    [['image/jpeg'], 'image/jpeg'],
  ] as const) {
    const browser = drawing(...writes);
    const kept = await fitted(file(mostFileBytes), browser);
    expect([kept.type, await kept.text(), browser.closed()]).toEqual([type, 'small', 1]);
  }
});

test('one that is too large is not even opened', async () => {
  const opening: Drawing = { ...drawing('image/webp'), decode: () => Promise.reject(new Error('opened')) };
  await expect(fitted(file(mostFileBytes + 1), opening)).rejects.toMatchObject({ problem: 'tooLarge' });
});

test('one that is no picture, or that cannot be written as one, is named', async () => {
  const blind: Drawing = { ...drawing('image/webp'), decode: () => Promise.reject(new Error('no picture')) };
  await expect(fitted(file(5), blind)).rejects.toMatchObject({ problem: 'unreadable' });
  const browser = drawing();
  await expect(fitted(file(5), browser)).rejects.toMatchObject({ problem: 'unreadable' });
  expect(browser.closed()).toBe(1);
});
