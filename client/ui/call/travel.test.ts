import { expect, it } from 'vitest';
import { wayBetween } from './travel.ts';

const box = (left: number, top: number, width: number, height: number) => ({ left, top, width, height });

it('a picture begins in the middle of the face that it comes out of, no smaller than that', () => {
  expect(wayBetween(box(10, 10, 44, 44), box(100, 100, 440, 220))).toBe(
    'translate(-288px, -178px) scale(0.2)',
  );
});

it('what has no place on the screen goes nowhere', () => {
  const here = box(20, 20, 100, 80);
  expect(wayBetween(box(0, 0, 0, 0), here)).toBeNull();
  expect(wayBetween(here, box(0, 0, 0, 0))).toBeNull();
});
