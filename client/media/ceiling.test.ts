// A group's ceiling for pictures, as what is asked of camera and screen.
import { expect, it } from 'vitest';
import { cameraSize, lowered, screenSize } from './ceiling.ts';

it('[G9] no picture is asked for that is larger than the group wants', () => {
  expect((['any', '720p', '360p'] as const).map((ceiling) => cameraSize(ceiling).height)).toEqual([
    720, 720, 360,
  ]);
  expect((['any', '720p', '360p'] as const).map((ceiling) => screenSize(ceiling)?.height)).toEqual([
    ...[undefined, 720, 360],
  ]);
});

it('less data is never more than the group wants', () => {
  const ceilings = ['any', '720p', '360p'] as const;
  expect(ceilings.map((ceiling) => lowered(ceiling, true))).toEqual(['360p', '360p', '360p']);
  expect(ceilings.map((ceiling) => lowered(ceiling, false))).toEqual(ceilings);
});
