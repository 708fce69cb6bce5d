// When packages are installed anew: judged by npm's own record of what it did.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { whyInstall } from './install.mjs';

const root = mkdtempSync(join(tmpdir(), 'aparte-install-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const elsewhere = process.platform === 'win32' ? 'linux' : 'win32';
const one = { version: '1.0.0', integrity: 'sha512-one' };
const two = { version: '2.0.0', integrity: 'sha512-two', dev: true };

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(root, 'project-'));
});

function write(wanted: object, installed?: object): void {
  writeFileSync(
    join(project, 'package-lock.json'),
    JSON.stringify({ packages: { '': { name: 'x' }, ...wanted } }),
  );
  if (!installed) return;
  mkdirSync(join(project, 'node_modules'));
  writeFileSync(join(project, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
}

test('nothing is done when npm installed exactly this, whoever started it', () => {
  write(
    { 'node_modules/one': one, 'node_modules/two': two },
    { 'node_modules/one': one, 'node_modules/two': two },
  );
  expect(whyInstall(project)).toBeUndefined();
});

test('packages for other platforms may be missing, and may not be present', () => {
  const foreign = { ...one, optional: true, os: [elsewhere] };
  write({ 'node_modules/foreign': foreign }, {});
  expect(whyInstall(project)).toBeUndefined();
  rmSync(join(project, 'node_modules'), { recursive: true });
  write({ 'node_modules/foreign': foreign }, { 'node_modules/foreign': foreign });
  expect(whyInstall(project)).toBe('node_modules/foreign is for another kind of machine');
});

test.each([
  ['missing', {}, 'node_modules/one differs from package-lock.json'],
  [
    'of another version',
    { 'node_modules/one': { ...one, version: '1.0.1' } },
    'node_modules/one differs from package-lock.json',
  ],
  [
    'of other contents',
    { 'node_modules/one': { ...one, integrity: 'sha512-x' } },
    'node_modules/one differs from package-lock.json',
  ],
  [
    'beside one that nobody wants',
    { 'node_modules/one': one, 'node_modules/two': two },
    'node_modules/two is not in package-lock.json',
  ],
])('a package %s is a reason', (_what, installed, reason) => {
  write({ 'node_modules/one': one }, installed);
  expect(whyInstall(project)).toBe(reason);
});

test('no folder, and an installation that did not finish, are reasons', () => {
  write({ 'node_modules/one': one });
  expect(whyInstall(project)).toBe('node_modules is missing');
  mkdirSync(join(project, 'node_modules'));
  expect(whyInstall(project)).toBe('the last installation did not finish');
});
