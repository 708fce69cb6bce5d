// A browser for the tests: found (browsers.mjs), or installed where nobody is asked a thing: as root on Debian. Otherwise one line
// says what to install. Used by test.ts and, when run alone, by the browser tests and benchmarks.
import { readFileSync } from 'node:fs';
import { browsers, locateBrowser, type BrowserName } from './browsers.mjs';
import { lastLines, runChild } from './child.mjs';
import { SetupError, which } from './machine.mjs';

export interface FindBrowserOptions {
  env?: NodeJS.ProcessEnv;
  say?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Paths of the browsers, in the order asked for.
 * @throws {SetupError} one line with what to install
 */
export async function findBrowsers(
  names: readonly BrowserName[],
  options: FindBrowserOptions = {},
): Promise<string[]> {
  const { env = process.env } = options;
  const missing = names.filter((name) => locateBrowser(name, env) === undefined);
  if (missing.length > 0 && isRootOnDebian()) await installFromDebian(missing, options);
  return names.map((name) => {
    const path = locateBrowser(name, env);
    if (path !== undefined) return path;
    const { variable, debianPackage } = browsers[name];
    throw new SetupError(
      `No ${name} for the browser tests: install it (Debian: apt-get install ${debianPackage}), or set ${variable} to its program.`,
    );
  });
}

/** Chromium alone. */
export async function findChromium(options?: FindBrowserOptions): Promise<string> {
  return (await findBrowsers(['chromium'], options))[0] ?? '';
}

/** Firefox alone. */
export async function findFirefox(options?: FindBrowserOptions): Promise<string> {
  return (await findBrowsers(['firefox'], options))[0] ?? '';
}

async function installFromDebian(names: readonly BrowserName[], options: FindBrowserOptions): Promise<void> {
  const { say = () => undefined, signal } = options;
  const packages = names.map((name) => browsers[name].debianPackage);
  say(`Installing ${packages.join(' and ')} from Debian.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', ...packages]]) {
    const { code, output } = await runChild('apt-get', ['-q', ...args], { env, signal });
    if (code !== 0) throw new SetupError(`apt-get ${args.join(' ')} failed: ${lastLines(output)}`);
  }
}

/** On Debian itself: where `chromium` in Ubuntu only asks for a snap. */
function isRootOnDebian(): boolean {
  if (process.getuid?.() !== 0 || which('apt-get') === undefined) return false;
  try {
    return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
