// Children go when we go: by signal, by abort, and when we are killed without a word.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { lastLines, runChild, startChild } from './child.mjs';
import { isRunning } from './machine.mjs';

/** A shell that starts a grandchild and prints its pid. */
const withGrandchild = ['-c', 'sleep 600 & echo $!; wait'];

test('code and output of a program come back', async () => {
  const { code, output } = await runChild('sh', ['-c', 'echo out; echo err >&2; exit 7']);
  expect(code).toBe(7);
  expect(output.split('\n').sort()).toEqual(['', 'err', 'out']);
});

test('arguments arrive as they are', async () => {
  const odd = ['a b', '$HOME', '"', "'", '*', ''];
  const { output } = await runChild(process.execPath, [
    '-p',
    'JSON.stringify(process.argv.slice(1))',
    '--',
    ...odd,
  ]);
  expect(JSON.parse(output)).toEqual(odd);
});

test('a program that is missing is code 127, with words', async () => {
  const { code, output } = await runChild('/nowhere/program', []);
  expect(code).toBe(127);
  expect(output).toContain('/nowhere/program');
});

test('an abort ends the whole group at once and rejects with its reason', async () => {
  const controller = new AbortController();
  const child = startChild('sh', withGrandchild, { signal: controller.signal });
  await expect.poll(() => child.output()).toMatch(/^\d+\n/);
  const grandchild = Number(child.output());
  expect(isRunning(grandchild)).toBe(true);
  controller.abort(new Error('enough'));
  expect((await child.ended).signal).toBe('SIGKILL');
  await expect.poll(() => isRunning(grandchild)).toBe(false);
  await expect(runChild('true', [], { signal: controller.signal })).rejects.toThrow('enough');
});

test('a program that ends in good order takes nobody with it', async () => {
  const child = startChild('sh', ['-c', 'sleep 600 >/dev/null 2>&1 & echo $!']);
  await child.ended;
  const daemon = Number(child.output());
  expect(isRunning(daemon)).toBe(true);
  process.kill(daemon, 'SIGKILL');
});

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a child and its children are gone after our own %s',
  async (signal) => {
    const script = `
    import { startChild } from ${JSON.stringify(new URL('child.mjs', import.meta.url).href)};
    startChild('sh', ${JSON.stringify(withGrandchild)}, { output: 'show' });
  `;
    const us = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(us.stdout), 'line')) as [string];
    const grandchild = Number(line);
    expect(isRunning(grandchild)).toBe(true);
    us.kill(signal);
    await expect.poll(() => isRunning(grandchild), { timeout: 5_000 }).toBe(false);
  },
);

test('the last lines are those that say something', () => {
  expect(lastLines('one\n\ntwo \n \n')).toBe('two');
  expect(lastLines('one\ntwo\nthree', 2)).toBe('two\nthree');
  expect(lastLines('')).toBe('');
});
