import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qrPath, readQr } from './qr.ts';

/** Paints a path of unit rectangles into pixels, `scale` pixels a module, on white. */
function paint({ size, path }: { size: number; path: string }, scale: number): ImageData {
  const side = (size + 8) * scale;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let column = 0; column < Number(length) * scale; column += 1) {
      for (let line = 0; line < scale; line += 1) {
        const at = ((Number(y) + 4) * scale + line) * side + (Number(x) + 4) * scale + column;
        data.set([0, 0, 0], at * 4);
      }
    }
  }
  return { width: side, height: side, data, colorSpace: 'srgb' };
}

describe('QR codes', () => {
  it('[S2] any payload of 65 bytes comes back byte for byte from the drawn code', async () => {
    const seed = Date.now();
    // eslint-disable-next-line no-console -- a failing run can be repeated
    console.log(`seed ${seed}`);
    const payload = fc.uint8Array({ minLength: 65, maxLength: 65 });
    await fc.assert(
      fc.asyncProperty(payload, async (bytes) => {
        expect(await readQr(paint(await qrPath(bytes), 4))).toEqual(bytes);
      }),
      { seed, numRuns: 25 },
    );
  });

  it('a link comes back as its own text', async () => {
    const link = 'https://aparte.example/#/join/AQIDBAUGBwgJCgsMDQ4PEAAAAAFyZWFsbHk';
    const read = await readQr(paint(await qrPath(link), 3));
    expect(new TextDecoder().decode(read ?? undefined)).toBe(link);
  });

  it('a picture without a code gives null', async () => {
    expect(await readQr(paint({ size: 20, path: 'M2 2h9v1h-9z' }, 4))).toBeNull();
  });
});
