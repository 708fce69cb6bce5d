// `npm start` as a person runs it: ready with an address, gone with everything it started. Real LiveKit, real store, the built client.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { ensureLivekit } from '../livekit/local/index.ts';
import { choosePorts, type LivekitPorts } from '../livekit/local/ports.mjs';
import { buildClient } from './client-build.ts';
import { isRunning, projectRoot, takePort } from './machine.mjs';

// A start takes two seconds; beside everything else a busy machine does, it has taken thirty.
vi.setConfig({ testTimeout: 120_000 });
const startWithinMs = 100_000;

const root = mkdtempSync(join(tmpdir(), 'aparte-start-'));
const started: ChildProcess[] = [];
let binary = '';

beforeAll(async () => {
  binary = process.env.APARTE_TEST_LIVEKIT_BINARY ?? (await ensureLivekit());
  await buildClient({ say: () => undefined });
}, 600_000);
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Start {
  child: ChildProcess;
  ports: LivekitPorts;
  /** Everything printed, once it has ended. */
  output: Promise<string>;
  errors: Promise<string>;
  ended: Promise<[code: number | null, signal: string | null]>;
  /** Resolves with the address. */
  ready: Promise<string>;
}

async function npmStart(env: NodeJS.ProcessEnv = {}): Promise<Start> {
  const ports = await choosePorts({ port: 0, udpPort: 0 });
  const child = spawn(process.execPath, [join(projectRoot, 'server/start/bootstrap.mjs'), 'start'], {
    cwd: projectRoot,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      APARTE_PORT: '0',
      APARTE_DATA: mkdtempSync(join(root, 'data-')),
      LIVEKIT_PORT: String(ports.port),
      LIVEKIT_UDP_PORT: String(ports.udpPort),
      LIVEKIT_SERVER: binary,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const gathered = { output: text(child.stdout), errors: text(child.stderr) };
  let seen = '';
  const ready = new Promise<string>((resolve, reject) => {
    child.once('exit', () => void gathered.errors.then((errors) => reject(new Error(`it ended: ${errors}`))));
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      const address = /^Aparté is ready: (.*)$/m.exec(seen)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  ready.catch(() => undefined);
  return { child, ports, ...gathered, ended, ready };
}

/** LiveKit is gone when its ports can be had again. */
const untilPortsAreFree = async (ports: LivekitPorts): Promise<void> =>
  expect.poll(() => choosePorts(ports).then(() => 'free', String), { timeout: 5_000 }).toBe('free');

test('it says where it is, serves the client, reaches LiveKit, and Ctrl-C ends all of it at once', async () => {
  const { child, ports, output, errors, ended, ready } = await npmStart();
  const address = await ready;
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  // On a busy machine the service may turn requests away for a moment (503).
  const statusOf = async (path: string): Promise<number> => (await fetch(address + path)).status;
  await expect.poll(() => statusOf('/'), { timeout: startWithinMs }).toBe(200);
  await expect.poll(() => statusOf('/readyz'), { timeout: startWithinMs }).toBe(200);
  expect((await fetch(`http://127.0.0.1:${ports.port}`)).ok).toBe(true);
  const askedMs = performance.now();
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(performance.now() - askedMs).toBeLessThan(4_000);
  await untilPortsAreFree(ports);
  const lines = (await output).trim().split('\n');
  // Sources that changed since the build of this run are one line more.
  expect(lines.filter((line) => line !== 'Building the client.')).toEqual([
    `Aparté is ready: ${address}`,
    'Open it, create a group and send its invite link. Ctrl-C ends everything.',
  ]);
  expect(await errors).toBe('');
});

test('LiveKit goes with it when it is killed without a word', async () => {
  const { child, ports, ready } = await npmStart();
  await ready;
  await expect(choosePorts(ports)).rejects.toThrow('is taken');
  child.kill('SIGKILL');
  await untilPortsAreFree(ports);
});

test('Ctrl-C on the way there ends it with 130, and leaves nothing', async () => {
  // Stands for a LiveKit server that takes for ever to start.
  const slow = join(root, 'slow-livekit');
  const pidFile = join(root, 'slow-livekit.pid');
  const script = `#!/bin/sh
[ "$1" = --version ] && exec echo 'livekit-server version 1.13.5'
echo $$ > '${pidFile}.new'; mv '${pidFile}.new' '${pidFile}'
exec sleep 600
`;
  writeFileSync(slow, script, { mode: 0o755 });
  const { child, ended, output, errors } = await npmStart({ LIVEKIT_SERVER: slow });
  await expect.poll(() => existsSync(pidFile), { timeout: startWithinMs }).toBe(true);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  expect(isRunning(pid)).toBe(true);
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
  expect(await output).not.toContain('ready');
  expect(await errors).toBe('');
});

test('a taken port is one line that names port and variable, and exit code 1', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const { ended, errors, ports } = await npmStart({ APARTE_PORT: String(port) });
  expect(await ended).toEqual([1, null]);
  expect(await errors).toBe(
    `Port ${port} is taken: stop what uses it, or set APARTE_PORT to another port.\n`,
  );
  holder.close();
  await takePort({ protocol: 'tcp', port: ports.port, variable: 'LIVEKIT_PORT' });
});

test('a LiveKit server named in part is one line that names what is missing', async () => {
  const { ended, errors } = await npmStart({ LIVEKIT_URL: 'ws://127.0.0.1:1' });
  expect(await ended).toEqual([1, null]);
  expect(await errors).toMatch(/^LIVEKIT_API_KEY and LIVEKIT_API_SECRET are missing[^\n]*\n$/);
});

test('an unknown command is one line that names the known ones', async () => {
  const child = spawn(process.execPath, [join(projectRoot, 'server/start/bootstrap.mjs'), 'dance']);
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  expect(code).toBe(1);
  expect(errors).toMatch(/^Unknown command "dance": expected one of start, test, [^\n]*\n$/);
});

test('an old Node is told so in one line', async () => {
  const pretend = join(root, 'pretend.cjs');
  writeFileSync(
    pretend,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } });",
  );
  const bootstrap = join(projectRoot, 'server/start/bootstrap.mjs');
  const child = spawn(process.execPath, ['--require', pretend, bootstrap, 'start']);
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  expect(code).toBe(1);
  expect(errors).toMatch(/^Aparté needs Node 20\.19 or newer, this is 20\.18\.3: [^\n]*\n$/);
});
