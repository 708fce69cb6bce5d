// `npm start` from the command to "Aparté is ready", and from Ctrl-C to the end. Warm: here, run twice, the first warms. Cold: in a
// clone of its own with empty caches of npm and Go, and what it says on the way, with times; minutes, so only when asked for by name.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../server/start/machine.mjs';
import type { Measure } from './report.ts';

const reachMs = 10_000;
const ready = 'Aparté is ready:';

interface Started {
  readonly readyMs: number;
  readonly endMs: number;
  /** What was printed, and when. */
  readonly lines: readonly { readonly atMs: number; readonly text: string }[];
}

export async function measureStart(): Promise<readonly Measure[]> {
  await startIn(projectRoot);
  const { readyMs, endMs } = await startIn(projectRoot);
  return [
    {
      what: 'npm start, warm: → ready',
      value: seconds(readyMs),
      reach: `≤ ${reachMs / 1000} s`,
      isReached: readyMs <= reachMs,
    },
    { what: 'Ctrl-C → everything ended', value: seconds(endMs) },
  ];
}

/** The commit that is checked out, not what has changed since. */
export async function measureColdStart(): Promise<readonly Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'aparte-cold-'));
  const clone = join(folder, 'clone');
  try {
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', projectRoot, clone]);
    const caches = ['npm_config_cache', 'GOCACHE', 'GOMODCACHE'].map((name) => [name, join(folder, name)]);
    // Go makes its module cache read-only, which could then not be deleted.
    const env = { ...Object.fromEntries(caches), GOFLAGS: '-modcacherw' } as Record<string, string>;
    const { readyMs, lines } = await startIn(clone, env);
    const steps = lines.map(({ atMs, text }) => ({
      what: `  at ${seconds(atMs)}`,
      value: text.slice(0, 60),
    }));
    return [{ what: 'npm start, cold: clone → ready', value: seconds(readyMs) }, ...steps];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

async function startIn(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const data = mkdtempSync(join(tmpdir(), 'aparte-bench-'));
  const beganMs = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: {
      ...process.env,
      ...env,
      APARTE_PORT: '0',
      LIVEKIT_PORT: 'auto',
      LIVEKIT_UDP_PORT: 'auto',
      APARTE_DATA: data,
    },
    // A group of its own, so that the signal below reaches all of it as a terminal's Ctrl-C would.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: { atMs: number; text: string }[] = [];
  const ended = once(child, 'close');
  const isReady = new Promise<void>((resolve) => {
    const listen = (chunk: Buffer): void => {
      const atMs = performance.now() - beganMs;
      for (const text of chunk.toString().split('\n')) {
        if (text.trim() !== '' && !text.startsWith('>')) lines.push({ atMs, text });
      }
      if (lines.some(({ text }) => text.includes(ready))) resolve();
    };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', listen);
  });
  try {
    const tooSoon = ended.then(() => {
      throw new Error(`npm start ended: ${lines.map(({ text }) => text).join('\n')}`);
    });
    await Promise.race([isReady, tooSoon]);
    const readyMs = performance.now() - beganMs;
    process.kill(-child.pid!, 'SIGINT');
    await ended;
    return { readyMs, endMs: performance.now() - beganMs - readyMs, lines };
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
