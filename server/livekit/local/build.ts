// Finds LiveKit or builds it: the pinned module with Go, once, kept in .cache of the project. The build is written under another
// name and moved into place, so a half-built file is never used; a lock keeps two starts from building side by side.
// find.mjs decides what counts; start.ts runs the result.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, runChild } from '../../start/child.mjs';
import { withLock } from '../../start/lock.mjs';
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

/**
 * A LiveKit binary to run: a given one, an earlier build, or a new build.
 * @throws {SetupError} one line with what to install
 */
export async function ensureLivekit(options: EnsureOptions = {}): Promise<string> {
  const { env = process.env, cacheFolder = buildFolder, say = () => undefined, signal } = options;
  const { found, refused } = await findLivekit(env, cacheFolder);
  for (const line of refused) say(`Not used: ${line}.`);
  if (found) return found.path;
  const { found: go, refused: refusedGo } = await findGo(env);
  if (!go) throw new SetupError(nothingFound([...refused, ...refusedGo]));
  const lock = { path: join(cacheFolder, 'livekit-build.lock'), what: 'building LiveKit', say, signal };
  return withLock(lock, async () => {
    const target = builtPath(cacheFolder);
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
        `LiveKit could not be built with Go: ${lastLines(output)} (all of it in ${log}). Is the Go module proxy reachable, and is there room for 2 GB?`,
      );
    }
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
  say(`Built LiveKit ${livekit} in ${Math.round((Date.now() - beganMs) / 1000)} s.`);
}
