// One start at a time does the slow work; a start that died does not stop the next.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.mjs';

const root = mkdtempSync(join(tmpdir(), 'aparte-lock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let path = '';
beforeEach(() => {
  path = join(mkdtempSync(join(root, 'case-')), 'not-there-yet', 'lock');
});

const lines: string[] = [];
const lock = (signal?: AbortSignal): Parameters<typeof withLock>[0] => ({
  path,
  what: 'building',
  say: (line: string) => lines.push(line),
  signal,
});

test('the second waits, says so once, and comes after the first', async () => {
  const order: string[] = [];
  let finish = (): void => undefined;
  const first = withLock(lock(), async () => {
    order.push('first begins');
    await new Promise<void>((resolve) => (finish = resolve));
    order.push('first ends');
  });
  const second = withLock(lock(), () => Promise.resolve(order.push('second')));
  await expect.poll(() => lines).toEqual(['Another start is building: waiting for it.']);
  finish();
  await Promise.all([first, second]);
  expect(order).toEqual(['first begins', 'first ends', 'second']);
  expect(existsSync(path)).toBe(false);
});

test('the lock is given back when the work fails', async () => {
  await expect(withLock(lock(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});

test('a lock whose holder is gone is taken over', async () => {
  await withLock(lock(), () => Promise.resolve());
  const { pid } = spawnSync('true');
  writeFileSync(path, String(pid));
  expect(await withLock(lock(), () => Promise.resolve('done'))).toBe('done');
});

test('a lock that nobody renews is taken over, though its number is in use again', async () => {
  await withLock(lock(), () => Promise.resolve());
  writeFileSync(path, String(process.pid));
  const long = new Date(Date.now() - 60_000);
  utimesSync(path, long, long);
  expect(await withLock(lock(), () => Promise.resolve('done'))).toBe('done');
});

test('waiting ends at once when interrupted, and leaves the lock to its holder', async () => {
  await withLock(lock(), async () => {
    await expect(withLock(lock(AbortSignal.timeout(50)), () => Promise.resolve())).rejects.toThrow(/abort/i);
    expect(existsSync(path)).toBe(true);
  });
});
