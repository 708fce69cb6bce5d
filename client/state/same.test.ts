import { expect, test } from 'vitest';
import { isSame, withSame } from './same.ts';

const want = (): void => undefined;

test('plain objects and lists are the same by what is in them, all else by what it is', () => {
  for (const [one, other] of [
    [1, 1],
    [Number.NaN, Number.NaN],
    [{ a: [1, { b: null }] }, { a: [1, { b: null }] }],
    [
      { kind: 'picture', picture: { url: null, want } },
      { kind: 'picture', picture: { url: null, want } },
    ],
  ])
    expect(isSame(one, other)).toBe(true);
  for (const [one, other] of [
    [1, '1'],
    [null, undefined],
    [null, {}],
    [[], {}],
    [{ a: undefined }, {}],
    [{ a: undefined }, { b: undefined }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [
      [1, 2],
      [2, 1],
    ],
    [{ want }, { want: (): void => undefined }],
    [new Map([[1, 2]]), new Map([[1, 2]])],
    [Uint8Array.of(1), Uint8Array.of(1)],
  ])
    expect(isSame(one, other)).toBe(false);
});

test('who is as before is the same object, also at another place, and a list in which nobody changed is the same list', () => {
  const before = [
    { id: 'a', verification: { state: 'verified', atMs: 7 } },
    { id: 'b', verification: { state: 'unverified', atMs: 0 } },
  ];
  const copy = structuredClone(before);
  expect(withSame(before, copy)).toBe(before);
  const turned = withSame(before, copy.toReversed());
  expect(turned.map((one) => before.indexOf(one))).toEqual([1, 0]);
  const later = structuredClone(before);
  later[0]!.verification.atMs = 8;
  expect(withSame(before, later)).toEqual(later);
  expect(withSame(before, later).map((one) => before.indexOf(one))).toEqual([-1, 1]);
  expect(withSame(before, copy.slice(0, 1))).toEqual(copy.slice(0, 1));
});
