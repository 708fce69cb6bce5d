// Installs Debian's packages where nobody is asked a thing: as root on Debian. Used by find-browser.ts and find-postgres.ts.
import { readFileSync } from 'node:fs';
import { lastLines, runChild } from './child.mjs';
import { SetupError, which } from './machine.mjs';

export interface InstallOptions {
  say?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** One installation at a time: apt-get refuses a second. */
let last: Promise<void> = Promise.resolve();

/** @throws {SetupError} with apt-get's last line */
export function installFromDebian(packages: readonly string[], options: InstallOptions): Promise<void> {
  const mine = last.then(() => install(packages, options));
  last = mine.catch(() => undefined);
  return mine;
}

async function install(packages: readonly string[], options: InstallOptions): Promise<void> {
  const { say = () => undefined, signal } = options;
  say(`Installing ${packages.join(' and ')} from Debian.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', ...packages]]) {
    const { code, output } = await runChild('apt-get', ['-q', ...args], { env, signal });
    if (code !== 0) throw new SetupError(`apt-get ${args.join(' ')} failed: ${lastLines(output)}`);
  }
}

/** On Debian itself: where `chromium` in Ubuntu only asks for a snap. */
export function isRootOnDebian(): boolean {
  if (process.getuid?.() !== 0 || which('apt-get') === undefined) return false;
  try {
    return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
