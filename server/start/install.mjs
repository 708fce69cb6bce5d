// Whether node_modules holds what package-lock.json says, and `npm ci` when it does not. npm keeps a lock file of its own inside
// node_modules with what it really installed, written last: comparing the two needs no stamp of ours, accepts an installation
// made by hand, and refuses one that was interrupted. Built-ins only. Called by bootstrap.mjs and doctor.mjs.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { lastLines, runChild } from './child.mjs';
import { withLock } from './lock.mjs';
import { SetupError, projectRoot, which } from './machine.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[] }} LockedPackage */

/**
 * @param {string} [root] the folder of package-lock.json
 * @returns {string | undefined} why `npm ci` has to run; undefined when everything is in place
 */
export function whyInstall(root = projectRoot) {
  if (!existsSync(join(root, 'node_modules'))) return 'node_modules is missing';
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined) return 'package-lock.json cannot be read';
  if (installed === undefined) return 'the last installation did not finish';
  for (const [path, { version, integrity, optional }] of Object.entries(wanted)) {
    if (path === '') continue; // The project itself.
    const present = installed[path];
    if (present === undefined && optional === true) continue; // For another platform.
    if (present?.version !== version || present?.integrity !== integrity)
      return `${path} differs from package-lock.json`;
  }
  for (const [path, { os, cpu }] of Object.entries(installed)) {
    if (wanted[path] === undefined) return `${path} is not in package-lock.json`;
    if (!suits(os, process.platform) || !suits(cpu, process.arch))
      return `${path} is for another kind of machine`;
  }
  return undefined;
}

/**
 * Runs `npm ci` if it has to run.
 * @param {{ say: (line: string) => void, signal?: AbortSignal }} options
 * @throws {SetupError} with npm's last lines and what to do
 */
export async function install({ say, signal }) {
  if (whyInstall() === undefined) return;
  const lock = {
    path: join(projectRoot, '.cache', 'install.lock'),
    what: 'installing packages',
    say,
    signal,
  };
  await withLock(lock, async () => {
    const why = whyInstall();
    if (why === undefined) return;
    say(`Installing packages with npm ci (${why}).`);
    const [program, ...args] = npm();
    const { code, output } = await runChild(
      program,
      // --include=dev: the build tools are needed even where NODE_ENV says production.
      [...args, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
      { cwd: projectRoot, ...(signal && { signal }) },
    );
    if (code !== 0) {
      throw new SetupError(
        `${lastLines(output, 15)}\nnpm ci failed (see above). Is the npm registry reachable and the disk not full? Then run this again.`,
      );
    }
    // Not an error: everything may work, and if it does not, this line says why.
    const still = whyInstall();
    if (still !== undefined) say(`npm ci ended well, but ${still}.`);
  });
}

/**
 * The npm that started us, or the one in PATH.
 * @returns {[string, ...string[]]} program and first arguments
 */
function npm() {
  const running = process.env.npm_execpath;
  if (running !== undefined && basename(running) === 'npm-cli.js' && existsSync(running))
    return [process.execPath, running];
  const found = which('npm');
  if (found === undefined)
    throw new SetupError('npm is missing: install Node with npm from https://nodejs.org.');
  return [found];
}

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage> | undefined}
 */
function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * npm's rule for `os` and `cpu`: a list of names, or of names not wanted (`!win32`).
 * @param {string[] | undefined} list
 * @param {string} mine
 */
function suits(list, mine) {
  if (list === undefined || list.length === 0) return true;
  if (list.includes(`!${mine}`)) return false;
  return list.includes(mine) || list.every((name) => name.startsWith('!'));
}
