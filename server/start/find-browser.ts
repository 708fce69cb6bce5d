// A browser for the tests: found (browsers.mjs), or installed where nobody is asked a thing: as root on Debian. Otherwise one line
// says what to install. Used by test.ts and, when run alone, by the browser tests and benchmarks.
import { browsers, locateBrowser, type BrowserName } from './browsers.mjs';
import { installFromDebian, isRootOnDebian, type InstallOptions } from './debian.ts';
import { SetupError } from './machine.mjs';

export interface FindBrowserOptions extends InstallOptions {
  env?: NodeJS.ProcessEnv;
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
  if (missing.length > 0 && isRootOnDebian()) {
    await installFromDebian(
      missing.map((name) => browsers[name].debianPackage),
      options,
    );
  }
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
