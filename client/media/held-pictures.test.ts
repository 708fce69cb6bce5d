// A picture that is taken back keeps its place for a moment, one that is turned off does not (M7).
import { beforeEach, expect, test } from 'vitest';
import { HeldPictures } from './held-pictures.ts';
import type { RemoteTrackView } from './types.ts';

const stream = {} as MediaStream;
const camera: RemoteTrackView = {
  ...{ source: 'camera', stream, isMuted: false, status: 'playing', isArriving: true },
};
let held: HeldPictures;
const see = (nowMs: number, tracks: readonly RemoteTrackView[], isOff = false) =>
  held.with('ben', tracks, { isOff: () => isOff, nowMs });
beforeEach(() => (held = new HeldPictures()));

test('[M7] [F4] a picture that is taken back is held, without its stream and said to be so, until it comes again or for two and a half seconds', () => {
  const microphone: RemoteTrackView = { ...camera, source: 'microphone', stream: null };
  expect(see(0, [microphone, camera])).toEqual([microphone, camera]);
  const gone = { ...camera, stream: null, isArriving: false, isHeld: true };
  expect(see(100, [microphone])).toEqual([microphone, gone]);
  expect(see(2_599, [microphone])).toEqual([microphone, gone]);
  expect(see(2_600, [microphone])).toEqual([microphone]);
  expect(see(2_601, [microphone])).toEqual([microphone]);

  see(3_000, [camera]);
  see(3_100, []);
  const again: RemoteTrackView = { ...camera, stream: {} as MediaStream, status: 'waiting' };
  expect(see(3_200, [again])).toEqual([again]);
  expect(see(3_300, [{ ...again, status: 'playing' }])).toHaveLength(1);
  // Its receiver is let go of a moment before its publication.
  see(3_400, [again]);
  expect(see(3_500, [])).toEqual([gone]);
});

test.each([
  { what: 'was turned off', tracks: [], isOff: true },
  { what: 'was damaged last', tracks: [{ ...camera, status: 'damaged' as const }], isOff: false },
])('[M7] a picture that $what is not held', ({ tracks, isOff }) => {
  see(0, [camera]);
  see(50, tracks, isOff);
  expect(see(100, [])).toEqual([]);
});

test('nothing is held of who is gone', () => {
  see(0, [camera]);
  held.keep(new Set(['cyd']));
  expect(see(100, [])).toEqual([]);
});

test('[M7] a picture that never played is not held', () => {
  see(0, [{ ...camera, status: 'waiting' }]);
  expect(see(100, [])).toEqual([]);
});
