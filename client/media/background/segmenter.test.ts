// The model itself, on the files that are shipped: what is a person to it, and what is not.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { maskSize, openSegmenter } from './segmenter.ts';

const folder = new URL('../../../node_modules/@twilio/video-processors/dist/build/', import.meta.url);
const file = (name: string): ArrayBuffer => new Uint8Array(readFileSync(new URL(name, folder))).buffer;
const files = {
  program: file('tflite-simd-1-0-0.wasm'),
  model: file('selfie_segmentation_landscape.tflite'),
};

type Colour = readonly [number, number, number];

/** A picture by what is at each place, both sides 0 to 1. */
function picture(at: (x: number, y: number) => Colour): Uint8ClampedArray {
  const { width, height } = maskSize;
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++)
    rgba.set([...at((i % width) / width, Math.floor(i / width) / height), 255], 4 * i);
  return rgba;
}

test('a wall, and the pattern that the browser tests hold before the camera, are nobody', async () => {
  const find = await openSegmenter(files);
  const most = (at: (x: number, y: number) => Colour): number =>
    find(picture(at)).reduce((one, other) => Math.max(one, other));
  expect(most(() => [111, 90, 76])).toBe(0);
  expect(most((x) => (x > 0.4 && x < 0.65 ? [235, 120, 90] : [160, 50, 20]))).toBe(0);
});

test('files that are not those are refused', async () => {
  await expect(openSegmenter({ ...files, model: new ArrayBuffer(5_000) })).rejects.toThrow();
  const find = await openSegmenter(files);
  expect(() => find(new Uint8ClampedArray(16))).toThrow('another size');
});

test('of other servers the files name only where to read about an error: there is nobody for them to ask', () => {
  const names = ['tflite-simd-1-0-0.js', 'tflite-simd-1-0-0.wasm', 'selfie_segmentation_landscape.tflite'];
  const text = names.map((name) => readFileSync(new URL(name, folder), 'latin1')).join('\n');
  expect(text.length).toBeGreaterThan(2_000_000);
  expect(new Set(text.match(/(?:https?|wss?):\/\/[\w.-]+/g))).toEqual(new Set(['https://github.com']));
});
