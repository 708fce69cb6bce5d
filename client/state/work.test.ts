import { expect, test } from 'vitest';
import { ApiError } from '../api/errors.ts';
import type { Core } from './core.ts';
import { Work } from './work.svelte.ts';

/** No work of these tests looks at it. */
const core = {} as Core;
const ofBen = { groupId: 'room', personId: 'ben' };
const ofCyd = { groupId: 'room', personId: 'cyd' };

/** Work that ends when it is told to. */
function started(): {
  readonly work: () => Promise<void>;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
  readonly begins: () => number;
} {
  let begun = 0;
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<void>((done, failed) => {
    [resolve, reject] = [done, failed];
  });
  const work = (): Promise<void> => {
    begun += 1;
    return promise;
  };
  return { work, end: resolve, fail: reject, begins: () => begun };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

test('one form at a time: a second tap while the first is under way does nothing', async () => {
  const work = new Work(() => core);
  const [first, second] = [started(), started()];
  work.submit(first.work);
  work.submit(second.work);
  expect([first.begins(), second.begins(), work.isBusy]).toEqual([1, 0, true]);
  first.end();
  await turns();
  expect([second.begins(), work.isBusy, work.notice]).toEqual([0, false, null]);
});

test('changes wait their turn, each on the screen as the one that is under way', async () => {
  const work = new Work(() => core);
  const [first, second] = [started(), started()];
  work.perform(ofBen, first.work);
  work.perform(ofCyd, second.work);
  expect([second.begins(), work.changing]).toEqual([0, ofBen]);
  first.end();
  await turns();
  expect([second.begins(), work.changing, work.isBusy]).toEqual([1, ofCyd, true]);
  second.end();
  await turns();
  expect([work.changing, work.isBusy]).toEqual([null, false]);
});

test('what fails is told, and what was to follow it is not done', async () => {
  const work = new Work(() => core);
  const [first, second, third] = [started(), started(), started()];
  work.perform(ofBen, first.work);
  work.perform(ofCyd, second.work);
  first.fail(new ApiError('timeout', 0));
  await turns();
  expect([second.begins(), work.notice, work.changing, work.isBusy]).toEqual([
    0,
    { code: 'connection_lost' },
    null,
    false,
  ]);
  work.submit(third.work);
  expect([third.begins(), work.notice]).toEqual([1, null]);
});

test('before the store is open nothing is done, and nothing is kept for later', async () => {
  let here: Core | null = null;
  const work = new Work(() => here);
  const early = started();
  work.submit(early.work);
  expect([early.begins(), work.isBusy]).toEqual([0, false]);
  here = core;
  await turns();
  expect(early.begins()).toBe(0);
});
