// When a key frame is asked for: after frames did not open for a while, once, and never in the ordinary run of things.
import { expect, test } from 'vitest';
import { KeyFrames } from './key-frames.ts';

function watch() {
  const keyFrames = new KeyFrames();
  const counts = { id: 1, arrived: 0, opened: 0, keyless: 0, damaged: 0, silenced: 0 };
  let nowMs = 0;
  /** A quarter of a second in which so many came and so many opened. */
  const pass = (arrived: number, opened: number): number[] => {
    counts.arrived += arrived;
    counts.opened += opened;
    counts.keyless += arrived - opened;
    nowMs += 250;
    return keyFrames.note([counts], nowMs);
  };
  return Object.assign(pass, { keyFrames });
}

test('[F6] frames that open again after a while without are torn, once', () => {
  const pass = watch();
  expect(pass(5, 5)).toEqual([]);
  for (let n = 0; n < 4; n++) expect(pass(5, 0)).toEqual([]);
  expect(pass(5, 2)).toEqual([1]);
  expect(pass(5, 5)).toEqual([]);
});

test('[K3] a single frame that is lost to a new generation tears the picture, and a generation that costs none does not', () => {
  const pass = watch();
  pass(5, 5);
  pass.keyFrames.renewed();
  expect(pass(5, 5)).toEqual([]);
  expect(pass(5, 4)).toEqual([]);
  pass.keyFrames.renewed();
  expect(pass(1, 0)).toEqual([]);
  expect(pass(5, 5)).toEqual([1]);
  expect(pass(5, 5)).toEqual([]);
});

test('[F6] a picture that was off for a while after some that did not open is not torn', () => {
  const pass = watch();
  pass(5, 5);
  for (let n = 0; n < 4; n++) expect(pass(3, 0)).toEqual([]);
  for (let n = 0; n < 8; n++) expect(pass(0, 0)).toEqual([]);
  expect(pass(5, 5)).toEqual([]);
});

test('[F6] frames of which some do not open, and pauses without any, are not', () => {
  const pass = watch();
  for (let n = 0; n < 20; n++) expect(pass(5, 4)).toEqual([]);
  for (let n = 0; n < 20; n++) expect(pass(0, 0)).toEqual([]);
  expect(pass(5, 0)).toEqual([]);
  expect(pass(5, 5)).toEqual([]);
});
