// A lock file for work that two starts must not do side by side: installing, building LiveKit, building the client.
// A holder renews it; one that died leaves it stale, and the next start takes over. A holder that was suspended for longer than a
// lock lives may find another at work: then the same thing is made twice, from the same sources.
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning } from './machine.mjs';

const renewMs = 5_000;
const staleAfterMs = 3 * renewMs;
const pollMs = 300;

/**
 * @typedef {object} LockOptions
 * @property {string} path the lock file
 * @property {string} what what another start is doing meanwhile, for the line that is said while waiting
 * @property {(line: string) => void} say
 * @property {AbortSignal | undefined} [signal]
 */

/**
 * Runs the work while holding the lock. Whoever had to wait should look first whether the work is done already.
 * @template T
 * @param {LockOptions} options
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock({ path, what, say, signal }, work) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!take(path)) {
    if (isStale(path)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) say(`Another start is ${what}: waiting for it.`);
    told = true;
    await pause(pollMs, undefined, { signal });
  }
  const renewal = setInterval(() => renew(path), renewMs);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} path */
function renew(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Somebody took it for stale; see the top of this file.
  }
}

/** @param {string} path */
function isStale(path) {
  try {
    if (Date.now() - statSync(path).mtimeMs > staleAfterMs) return true;
    const holder = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(holder) && holder > 0 && !isRunning(holder);
  } catch {
    return false; // Released just now: the next attempt decides.
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}
