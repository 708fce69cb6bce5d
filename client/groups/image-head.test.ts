// G20: what a picture says of its size is read before it is decoded, and what says too much or nothing is not decoded at all.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, fromHex, uint, utf8, type Bytes } from '../../crypto/bytes.ts';
import { anyBytes } from '../../crypto/test/fuzz.ts';
import { imageHead } from './image-head.ts';

const little = (value: number, length: number): Bytes => uint(value, length).reverse();
const riff = (chunk: Bytes): Bytes =>
  concat(utf8('RIFF'), little(chunk.length + 4, 4), utf8('WEBP'), chunk, new Uint8Array(30));
const lossy = (width: number, height: number): Bytes =>
  riff(concat(utf8('VP8 '), little(20, 4), fromHex('3001009d012a'), little(width, 2), little(height, 2)));
const lossless = (width: number, height: number): Bytes =>
  riff(concat(utf8('VP8L'), little(20, 4), fromHex('2f'), little((width - 1) | ((height - 1) << 14), 4)));
const extended = (width: number, height: number, flags = 0): Bytes =>
  riff(concat(utf8('VP8X'), little(10, 4), little(flags, 4), little(width - 1, 3), little(height - 1, 3)));
/** With a comment and tables before the frame, as cameras write them. */
const jpeg = (width: number, height: number, marker = 'c0'): Bytes =>
  concat(
    ...[fromHex('ffd8'), fromHex('ffe00010'), new Uint8Array(14), fromHex('fffe0005'), utf8('abc')],
    ...[
      fromHex('ffc40004'),
      new Uint8Array(2),
      fromHex(`ff${marker}001108`),
      uint(height, 2),
      uint(width, 2),
    ],
    new Uint8Array(12),
  );

test('[G20] a WebP or JPEG says how large it is', () => {
  const webp = { type: 'image/webp', width: 320, height: 240 } as const;
  expect(imageHead(lossy(320, 240))).toEqual(webp);
  expect(imageHead(lossless(320, 240))).toEqual(webp);
  expect(imageHead(extended(320, 240))).toEqual(webp);
  for (const marker of ['c0', 'c1', 'c2'])
    expect(imageHead(jpeg(320, 240, marker))).toEqual({ ...webp, type: 'image/jpeg' });
});

test('[G20] one that is too large, empty or moving is no picture', () => {
  for (const of of [lossy, lossless, extended, jpeg]) {
    expect(imageHead(of(1024, 1024))).not.toBeNull();
    for (const [width, height] of [
      [1025, 1],
      [1, 1025],
      [16_000, 16_000],
    ] as const)
      expect(imageHead(of(width, height)), of.name).toBeNull();
  }
  for (const of of [lossy, jpeg]) expect(imageHead(of(0, 5))).toBeNull();
  expect(imageHead(extended(320, 240, 0x02))).toBeNull();
});

test('[G20] other files are none: those that a browser would run, move or fetch for', () => {
  const others = [
    utf8('<svg xmlns="http://www.w3.org/2000/svg"><image href="https://elsewhere.example/"/></svg>'),
    concat(utf8('GIF89a'), new Uint8Array(60)),
    concat(fromHex('89504e470d0a1a0a'), new Uint8Array(60)),
    concat(fromHex('000000206674797061766966'), new Uint8Array(60)),
    concat(fromHex('ffd8ffda'), new Uint8Array(60)),
    concat(fromHex('ffd8ffe00000'), new Uint8Array(60)),
    riff(utf8('ANMF')),
    new Uint8Array(0),
  ];
  for (const other of others) expect(imageHead(other)).toBeNull();
});

test('[G20] any bytes are a head or none, and nothing is thrown', () => {
  fc.assert(
    fc.property(
      anyBytes(0, 80),
      fc.constantFrom(lossy(9, 9), jpeg(9, 9), new Uint8Array(0)),
      (bytes, start) => {
        for (const given of [bytes, concat(start.subarray(0, bytes.length), bytes)]) {
          const head = imageHead(given);
          if (head !== null) expect(Math.max(head.width, head.height)).toBeLessThanOrEqual(1024);
        }
      },
    ),
  );
});
