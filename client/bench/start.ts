// `npm start` with warm caches, from the command to "Aparté is ready", and from Ctrl-C to the end. Run twice: the first warms.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../server/start/machine.mjs';
import type { Measure } from './report.ts';

const reachMs = 10_000;

export async function measureStart(): Promise<readonly Measure[]> {
  await startOnce();
  const { readyMs, endMs } = await startOnce();
  return [
    {
      what: 'npm start, warm: → ready',
      value: `${(readyMs / 1000).toFixed(1)} s`,
      reach: `≤ ${reachMs / 1000} s`,
      isReached: readyMs <= reachMs,
    },
    { what: 'Ctrl-C → everything ended', value: `${(endMs / 1000).toFixed(1)} s` },
  ];
}

async function startOnce(): Promise<{ readonly readyMs: number; readonly endMs: number }> {
  const data = mkdtempSync(join(tmpdir(), 'aparte-bench-'));
  const beganMs = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: projectRoot,
    env: {
      ...process.env,
      APARTE_PORT: '0',
      LIVEKIT_PORT: 'auto',
      LIVEKIT_UDP_PORT: 'auto',
      APARTE_DATA: data,
    },
    // A group of its own, so that the signal below reaches all of it as a terminal's Ctrl-C would.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const ended = once(child, 'close');
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', () => {
      if (output.includes('Aparté is ready:')) resolve();
    });
  });
  try {
    await Promise.race([ready, ended.then(() => Promise.reject(new Error(`npm start ended: ${output}`)))]);
    const readyMs = performance.now() - beganMs;
    process.kill(-child.pid!, 'SIGINT');
    await ended;
    return { readyMs, endMs: performance.now() - beganMs - readyMs };
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
