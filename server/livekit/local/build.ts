// Finds LiveKit or builds it: the pinned module with Go, once, kept in .cache of the project. The build is written under another
// name and moved into place, so a half-built file is never used; a lock keeps two starts from building side by side.
// find.mjs decides what counts; start.ts runs the result.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lastLines, runChild } from '../../start/child.mjs';
import { SetupError } from '../../start/machine.mjs';
import {
  buildFolder,
  builtPath,
  findGo,
  findLivekit,
  livekitVersion,
  moduleFolder,
  nothingFound,
  pinned,
} from './find.mjs';

export interface EnsureOptions {
  env?: NodeJS.ProcessEnv;
  cacheFolder?: string;
  /** Told one line about what takes time or was passed over. */
  say?: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** A builder renews its lock this often; a lock older than three of these was left behind by a start that died. */
const lockRenewMs = 5_000;
const lockStaleMs = 3 * lockRenewMs;
const lockPollMs = 300;

/**
 * A LiveKit binary to run: a given one, an earlier build, or a new build.
 * @throws {SetupError} one line with what to install
 */
export async function ensureLivekit(options: EnsureOptions = {}): Promise<string> {
  const { env = process.env, cacheFolder = buildFolder, say = () => undefined } = options;
  const { found, refused } = await findLivekit(env, cacheFolder);
  for (const line of refused) say(`Not used: ${line}.`);
  if (found) return found.path;
  const { found: go, refused: refusedGo } = await findGo(env);
  if (!go) throw new SetupError(nothingFound([...refused, ...refusedGo]));
  mkdirSync(cacheFolder, { recursive: true });
  return withLock(join(cacheFolder, 'livekit-build.lock'), options, async () => {
    const target = builtPath(cacheFolder);
    // Another start may have built it while this one waited.
    const { version } = await livekitVersion(target);
    if (version !== pinned().livekit) await build(go.path, target, options);
    return target;
  });
}

async function build(go: string, target: string, options: EnsureOptions): Promise<void> {
  const { env = process.env, say = () => undefined, signal } = options;
  const { livekit } = pinned();
  say(`Building LiveKit ${livekit} with Go, once, about three minutes.`);
  const beganMs = Date.now();
  const unfinished = `${target}.${process.pid}`;
  try {
    const { code, output } = await runChild(
      go,
      // -buildvcs=false: the commit of this project says nothing about LiveKit's code, and git may be absent.
      [
        'build',
        '-trimpath',
        '-buildvcs=false',
        '-ldflags=-s -w',
        '-o',
        unfinished,
        'github.com/livekit/livekit-server/cmd/server',
      ],
      // Neither a workspace nor flags of the user's own Go projects reach this build.
      {
        cwd: moduleFolder,
        env: { ...env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' },
        signal,
      },
    );
    if (code !== 0) {
      const log = `${target}.log`;
      writeFileSync(log, output);
      throw new SetupError(
        `LiveKit could not be built with Go: ${lastLines(output)} (all of it in ${log}). Is the Go module proxy reachable, and is there 2 GB of disk?`,
      );
    }
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
  say(`Built LiveKit ${livekit} in ${Math.round((Date.now() - beganMs) / 1000)} s.`);
}

/**
 * Runs the work while holding a lock file. Two holders are possible if a holder was suspended for longer than a lock lives:
 * then both build, which costs time but no more (see the move into place above).
 */
async function withLock<T>(path: string, options: EnsureOptions, work: () => Promise<T>): Promise<T> {
  const { say = () => undefined, signal } = options;
  let told = false;
  while (!take(path)) {
    if (isStale(path)) {
      rmSync(path, { force: true });
      continue;
    }
    if (!told) say('Another start is building LiveKit: waiting for it.');
    told = true;
    await pause(lockPollMs, undefined, { signal });
  }
  const renewal = setInterval(() => renew(path), lockRenewMs);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function renew(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Somebody took it for stale: the build still ends well, see withLock.
  }
}

function isStale(path: string): boolean {
  try {
    if (Date.now() - statSync(path).mtimeMs > lockStaleMs) return true;
    const holder = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(holder) && holder > 0 && !isRunning(holder);
  } catch {
    return false; // Released just now: the next attempt decides.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
