// Where browsers for the tests are looked for, in order. The browsers are empty programs written here: none is started.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { locateBrowser } from './browsers.mjs';

const root = mkdtempSync(join(tmpdir(), 'aparte-browsers-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder = '';
let env: NodeJS.ProcessEnv = {};
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  env = { PATH: join(folder, 'bin'), HOME: folder, PLAYWRIGHT_BROWSERS_PATH: join(folder, 'playwright') };
});

function program(...parts: string[]): string {
  const path = join(folder, ...parts);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '', { mode: 0o755 });
  return path;
}

test('the variable comes first, then PATH, then what Playwright downloaded last', () => {
  program('playwright', 'chromium-999', 'chrome-linux', 'chrome');
  const downloaded = program('playwright', 'chromium-1200', 'chrome-linux64', 'chrome');
  program('playwright', 'chromium_headless_shell-1300', 'chrome-linux', 'headless_shell');
  if (process.platform === 'linux') expect(locateBrowser('chromium', env)).toBe(downloaded);
  const inPath = program('bin', 'google-chrome');
  expect(locateBrowser('chromium', env)).toBe(inPath);
  const named = program('elsewhere', 'my-browser');
  expect(locateBrowser('chromium', { ...env, CHROMIUM_PATH: named })).toBe(named);
});

test('a variable that names no program is an error that says so', () => {
  program('bin', 'chromium');
  const wrong = { ...env, CHROMIUM_PATH: join(folder, 'none') };
  expect(() => locateBrowser('chromium', wrong)).toThrow(
    `CHROMIUM_PATH names no program: ${join(folder, 'none')}`,
  );
});

test('Firefox has its own variable and names', () => {
  program('bin', 'chromium');
  if (process.platform === 'linux') expect(locateBrowser('firefox', env)).toBeUndefined();
  const inPath = program('bin', 'firefox-esr');
  expect(locateBrowser('firefox', env)).toBe(inPath);
  const named = program('elsewhere', 'fox');
  expect(locateBrowser('firefox', { ...env, FIREFOX_PATH: named })).toBe(named);
});
