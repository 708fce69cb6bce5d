import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig, type Config } from './config.ts';
import { startService, type Service } from './main.ts';
import { testEnv } from './testing/harness.ts';

let folder: string;
let config: Config;
const services: Service[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aparte-main-'));
  config = loadConfig({ ...testEnv, APARTE_DATA: folder, APARTE_LOG_LEVEL: 'silent' });
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(change: Partial<Config> = {}): Promise<Service> {
  const service = await startService({ ...config, ...change });
  services.push(service);
  return service;
}

describe('the service', () => {
  test('listens where it says, without LiveKit too, and stops', async () => {
    const service = await start();
    expect(service.address).toBe(`http://127.0.0.1:${service.port}`);
    expect((await fetch(`${service.address}/healthz`)).status).toBe(200);
    const ready = await fetch(`${service.address}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { store: 'ok', livekit: 'failing' }]);
    await Promise.all([service.close(), service.close()]);
    await expect(fetch(`${service.address}/healthz`)).rejects.toThrow();
    await start(); // the same folder is free again
  });

  test('a taken port is one line with the port and the variable, and leaves the folder free', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken: end what uses it, or set APARTE_PORT to another.`,
    );
    taken.close();
    await start();
  });

  test('an address of another machine is one line with the variable', async () => {
    await expect(start({ host: '192.0.2.1' })).rejects.toThrow(
      /192\.0\.2\.1 is not one of this machine: set APARTE_HOST/,
    );
  });
});

describe('run by itself', () => {
  interface Run {
    readonly child: ChildProcess;
    readonly output: () => string;
    readonly ended: Promise<number | null>;
  }

  function run(env: Record<string, string>): Run {
    let text = '';
    const child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
      env: { PATH: process.env['PATH'], APARTE_DATA: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return { child, output: () => text, ended: once(child, 'close').then(([code]) => code as number | null) };
  }

  test('a missing variable ends it with one line', async () => {
    const { ended, output } = run({});
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^LIVEKIT_URL is missing\. [^\n]+\n$/);
  });

  test('SIGTERM ends it in order', async () => {
    const { child, ended, output } = run({ ...testEnv, APARTE_LOG_LEVEL: 'silent' });
    await expect.poll(output, { timeout: 20_000 }).toMatch(/listens on http:\/\/127\.0\.0\.1:\d+\n/);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
