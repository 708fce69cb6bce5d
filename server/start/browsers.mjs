// Where the browsers for the tests are: a variable, PATH, the usual places, Playwright's own download. Only looks, built-ins only:
// doctor.mjs asks too. find-browser.ts installs what is missing where it may.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SetupError, isExecutable, which } from './machine.mjs';

/** @typedef {'chromium' | 'firefox'} BrowserName */

/** Each with the variable that names it, its names in PATH, and where macOS keeps it. Firefox of Playwright is patched and speaks no WebDriver BiDi. */
export const browsers = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    places: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    debianPackage: 'chromium',
  },
  firefox: {
    variable: 'FIREFOX_PATH',
    names: ['firefox-esr', 'firefox'],
    places: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
    debianPackage: 'firefox-esr',
  },
};

/** The program inside one of Playwright's `chromium-<revision>` folders. */
const playwrightPrograms = [
  'chrome-linux/chrome',
  'chrome-linux64/chrome',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
  'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
];

/**
 * @param {BrowserName} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} path of the program
 * @throws {SetupError} when the variable names something that is no program
 */
export function locateBrowser(name, env = process.env) {
  const { variable, names, places } = browsers[name];
  const given = (env[variable] ?? '').trim();
  if (given !== '') {
    if (isExecutable(given)) return given;
    throw new SetupError(`${variable} names no program: ${given}`);
  }
  for (const program of names) {
    const found = which(program, env);
    if (found !== undefined) return found;
  }
  return places.find(isExecutable) ?? (name === 'chromium' ? playwrightChromium(env) : undefined);
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} the newest Chromium that Playwright downloaded
 */
function playwrightChromium(env) {
  const caches = process.platform === 'darwin' ? join('Library', 'Caches') : '.cache';
  const folder = env.PLAYWRIGHT_BROWSERS_PATH ?? join(env.HOME ?? homedir(), caches, 'ms-playwright');
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((entry) => /^chromium-\d+$/.test(entry))
    .sort((a, b) => Number(b.slice('chromium-'.length)) - Number(a.slice('chromium-'.length)))
    .flatMap((entry) => playwrightPrograms.map((program) => join(folder, entry, program)))
    .find(isExecutable);
}
