import { expect, it } from 'vitest';
import { wayBetween } from './travel.ts';

const box = (left: number, top: number, width: number, height: number) => ({ left, top, width, height });

it('a picture begins where it stood, in the measures that it had', () => {
  expect(wayBetween(box(0, 0, 200, 100), box(300, 50, 100, 100), false)).toEqual({
    transform: 'translate(-250px, -50px) scale(2, 1)',
    opacity: 1,
  });
});

it('one that comes out of a face begins as small as that, whole and faint', () => {
  expect(wayBetween(box(10, 10, 44, 44), box(100, 100, 440, 220), true)).toEqual({
    transform: 'translate(-288px, -178px) scale(0.2)',
    opacity: 0,
  });
});

it('what stays, or has no place on the screen, goes nowhere', () => {
  const here = box(20, 20, 100, 80);
  expect(wayBetween(here, { ...here, left: 21 }, false)).toBeNull();
  expect(wayBetween(box(0, 0, 0, 0), here, true)).toBeNull();
  expect(wayBetween(here, box(0, 0, 0, 0), false)).toBeNull();
  expect(wayBetween(here, { ...here, height: 160 }, false)).not.toBeNull();
});
