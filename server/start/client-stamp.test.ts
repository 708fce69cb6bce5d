// When the client is built anew: when something that it is made of has changed, and only then.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { clientSourceHash, clientStampFile, isClientBuilt } from './client-stamp.mjs';

const root = mkdtempSync(join(tmpdir(), 'aparte-stamp-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(root, 'project-'));
  write('client/main.ts', 'one');
  write('crypto/bytes.ts', 'two');
});

function write(path: string, contents: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), contents);
}

test.each([
  'client/main.ts',
  'client/ui/New.svelte',
  'crypto/bytes.ts',
  'package-lock.json',
  'vite.config.ts',
])('a change of %s is seen', (path) => {
  const before = clientSourceHash(project);
  write(path, 'something else');
  expect(clientSourceHash(project)).not.toBe(before);
});

test.each(['client/e2e/voice.test.ts', 'client/bench/main.ts', 'crypto/bytes.test.ts', 'server/main.ts'])(
  'a change of %s is not',
  (path) => {
    const before = clientSourceHash(project);
    write(path, 'something else');
    expect(clientSourceHash(project)).toBe(before);
  },
);

test('a file that moved is seen, though the contents are the same', () => {
  const before = clientSourceHash(project);
  rmSync(join(project, 'client/main.ts'));
  write('client/other.ts', 'one');
  expect(clientSourceHash(project)).not.toBe(before);
});

test('a build counts only with its page and its stamp', () => {
  const hash = clientSourceHash(project);
  const stamp = clientStampFile(project);
  expect(isClientBuilt(hash, project)).toBe(false);
  write('build/client/index.html', '<!doctype html>');
  expect(isClientBuilt(hash, project)).toBe(false);
  writeFileSync(stamp, `${hash}\n`);
  expect(isClientBuilt(hash, project)).toBe(true);
  expect(isClientBuilt(clientSourceHash(root), project)).toBe(false);
  rmSync(join(project, 'build/client/index.html'));
  expect(isClientBuilt(hash, project)).toBe(false);
});
