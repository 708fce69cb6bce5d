// The real LiveKit server as we run it: reachable on this machine only, with our keys, gone when we are. Needs a binary: of
// `npm test`, found, or built.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRunning } from '../../start/machine.mjs';
import {
  ensureLivekit,
  keyFileName,
  startLocalLivekit,
  type LocalLivekit,
  type LocalLivekitOptions,
} from './index.ts';

const data = mkdtempSync(join(tmpdir(), 'aparte-livekit-test-'));
const running: LocalLivekit[] = [];
let binary = '';

beforeAll(async () => {
  binary = process.env.APARTE_TEST_LIVEKIT_BINARY ?? (await ensureLivekit());
}, 600_000);

afterAll(async () => {
  await Promise.all(running.map((server) => server.close()));
  rmSync(data, { recursive: true, force: true });
});

async function start(options: LocalLivekitOptions = {}): Promise<LocalLivekit> {
  const server = await startLocalLivekit({ binary, port: 0, udpPort: 0, ...options });
  running.push(server);
  return server;
}

const rooms = ({ url, apiKey, apiSecret }: LocalLivekit): RoomServiceClient =>
  new RoomServiceClient(url.replace('ws', 'http'), apiKey, apiSecret);

test('the server answers to its keys, and closing ends it at once', async () => {
  const server = await start();
  await rooms(server).createRoom({ name: 'one' });
  expect((await rooms(server).listRooms()).map(({ name }) => name)).toEqual(['one']);
  await expect(rooms({ ...server, apiSecret: 'x'.repeat(43) }).listRooms()).rejects.toThrow();
  const { pid, logFile } = server;
  const beganMs = performance.now();
  await server.close();
  expect(performance.now() - beganMs).toBeLessThan(2_500);
  expect(isRunning(pid)).toBe(false);
  expect(() => statSync(logFile)).toThrow();
  await server.close();
});

test('a restart keeps address and keys, and forgets the rooms', async () => {
  const server = await start();
  await rooms(server).createRoom({ name: 'one' });
  const { pid, url } = server;
  await server.restart();
  expect(server.pid).not.toBe(pid);
  expect(isRunning(pid)).toBe(false);
  expect(server.url).toBe(url);
  expect(await rooms(server).listRooms()).toEqual([]);
});

test('a server that dies by itself is reported, one that is closed is not', async () => {
  const lost: string[] = [];
  const server = await start({ onLost: (why) => lost.push(why) });
  process.kill(server.pid, 'SIGKILL');
  await expect.poll(() => lost).toEqual([expect.stringContaining('SIGKILL')]);
  await server.restart();
  await server.close();
  expect(lost).toHaveLength(1);
});

test.runIf(process.platform === 'linux')(
  'every socket of the server is on the loopback interface',
  async () => {
    const { ports } = await start();
    const sockets = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) => {
      const [, ...lines] = readFileSync(`/proc/self/net/${protocol}`, 'utf8').trim().split('\n');
      return lines.map((line) => {
        const [address = '', port = ''] = (line.trim().split(/\s+/)[1] ?? '').split(':');
        return { protocol, address, port: Number.parseInt(port, 16) };
      });
    });
    const ours = sockets.filter(
      ({ port, protocol }) =>
        port === (protocol.startsWith('tcp') ? ports.port : ports.udpPort) || port === ports.udpPort + 1,
    );
    // The kernel writes addresses backwards: 127.0.0.1.
    expect(new Set(ours.map(({ address }) => address))).toEqual(new Set(['0100007F']));
    expect(new Set(ours.map(({ protocol }) => protocol))).toEqual(new Set(['tcp', 'udp']));
  },
);

test('keys are kept in the data folder, for their owner only, and used again', async () => {
  const first = await start({ dataFolder: data });
  const file = join(data, keyFileName);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(first.logFile).mode & 0o777).toBe(0o600);
  await first.close();
  const second = await start({ dataFolder: data });
  expect(second.apiSecret).toBe(first.apiSecret);
  expect(second.apiSecret.length).toBeGreaterThanOrEqual(43);
  await second.close();
  expect(readFileSync(second.logFile, 'utf8')).not.toContain(first.apiSecret);
});

test('a damaged key file is an error of one line that says what to do', async () => {
  const folder = mkdtempSync(join(data, 'damaged-'));
  writeFileSync(join(folder, keyFileName), '{"apiKey":"x"}');
  await expect(start({ dataFolder: folder })).rejects.toThrow(/is damaged: delete it[^\n]*$/);
});

test('a taken port is an error of one line that names port and variable', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  await expect(start({ port })).rejects.toThrow(
    new RegExp(`^Port ${port} is taken: stop what uses it, or set LIVEKIT_PORT to another port\\.$`),
  );
  holder.close();
});

test('a binary that ends at once is reported with its last words', async () => {
  const broken = join(data, 'broken');
  writeFileSync(broken, '#!/bin/sh\necho first\necho "cannot do this" >&2\nexit 3\n', { mode: 0o755 });
  await expect(start({ binary: broken })).rejects.toThrow(/^LiveKit did not start: cannot do this$/);
});

test('the server dies with us, even when we are killed', async () => {
  const script = `
    import { register } from 'tsx/esm/api';
    register();
    const { startLocalLivekit } = await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)});
    const server = await startLocalLivekit({ binary: ${JSON.stringify(binary)}, port: 0, udpPort: 0 });
    console.log(server.pid);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const pid = Number(line);
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
});
