// What `npm run doctor` says, on this machine and on a fresh copy of the project without packages.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { projectRoot } from './start/machine.mjs';

const root = mkdtempSync(join(tmpdir(), 'aparte-doctor-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const fakeLivekit = join(root, 'livekit-server');
writeFileSync(fakeLivekit, "#!/bin/sh\necho 'livekit-server version 1.13.5'\n", { mode: 0o755 });

/** A machine on which everything is well. */
const well = {
  PATH: process.env.PATH,
  HOME: root,
  APARTE_PORT: '0',
  APARTE_DATA: join(root, 'data'),
  LIVEKIT_PORT: 'auto',
  LIVEKIT_UDP_PORT: 'auto',
  LIVEKIT_SERVER: fakeLivekit,
};

async function doctor(
  env: NodeJS.ProcessEnv,
  project = projectRoot,
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [join(project, 'server/start/bootstrap.mjs'), 'doctor'], {
    env,
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number]>]);
  return { code, output };
}

test('a machine on which all is well is ok in every line, and stays as it was', async () => {
  const { code, output } = await doctor(well);
  const needed = output
    .split('\n')
    .filter((line) => !line.includes('for tests') && line.startsWith('not ok'));
  expect(needed).toEqual([]);
  expect(code).toBe(0);
  expect(output).toContain(`ok      LiveKit: 1.13.5, ${fakeLivekit}`);
  expect(output).toContain(`ok      Store: ${well.APARTE_DATA} is new`);
  expect(existsSync(well.APARTE_DATA)).toBe(false);
});

test('a taken port is not ok, with what to do, and the exit code says so', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const { code, output } = await doctor({ ...well, APARTE_PORT: String(port) });
  holder.close();
  expect(code).toBe(1);
  expect(output).toMatch(
    new RegExp(`^not ok  Port of the service: Port ${port} is taken.*APARTE_PORT.*\\n        do: `, 'm'),
  );
});

test('a LiveKit server named in part, a wrong setting and a file in place of a folder are each named', async () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  const { code, output } = await doctor({
    ...well,
    LIVEKIT_URL: 'ws://127.0.0.1:1',
    APARTE_LOG_LEVEL: 'loud',
    APARTE_DATA: file,
  });
  expect(code).toBe(1);
  expect(output).toMatch(/^not ok {2}LiveKit: LIVEKIT_API_KEY and LIVEKIT_API_SECRET are missing/m);
  expect(output).toMatch(/^not ok {2}Settings: /m);
  expect(output).toMatch(/^not ok {2}Store: .* cannot be written/m);
});

test('an existing LiveKit server that does not answer is not ok', async () => {
  const { code, output } = await doctor({
    ...well,
    LIVEKIT_URL: 'ws://127.0.0.1:1',
    LIVEKIT_API_KEY: 'key',
    LIVEKIT_API_SECRET: 'x'.repeat(40),
  });
  expect(code).toBe(1);
  expect(output).toContain('not ok  LiveKit: ws://127.0.0.1:1 (LIVEKIT_URL) does not answer');
  expect(output).not.toContain('x'.repeat(40));
});

test('a machine without LiveKit and Go is told what to install', async () => {
  const { code, output } = await doctor({ ...well, LIVEKIT_SERVER: '', PATH: '' }, copyWithoutPackages());
  expect(code).toBe(1);
  expect(output).toMatch(/^not ok {2}LiveKit: No LiveKit server: install Go/m);
  expect(output).toMatch(/^not ok {2}Packages: npm is missing/m);
});

test('before anything is installed, all that can be said is said', async () => {
  const { code, output } = await doctor(well, copyWithoutPackages());
  expect(code).toBe(0);
  expect(output).toContain('ok      Packages: npm start will install them (node_modules is missing)');
  expect(output).toContain('ok      Port of the service: 127.0.0.1:any free one');
  expect(output).toMatch(/^ok {6}Store: .* can be written/m);
});

test('what doctor takes for the defaults are the defaults', async () => {
  const copy = copyWithoutPackages();
  const { output } = await doctor({ ...well, APARTE_PORT: '', APARTE_DATA: '' }, copy);
  const livekit = {
    LIVEKIT_URL: 'ws://127.0.0.1:1',
    LIVEKIT_API_KEY: 'key',
    LIVEKIT_API_SECRET: 'x'.repeat(40),
  };
  const { host, port, dataDir } = loadConfig(livekit);
  // Taken or not, the line names the port.
  expect(output).toMatch(new RegExp(`Port of the service: (${host}:|Port )${port}\\b`));
  expect(output).toContain(join(copy, basename(dataDir)));
});

test('a PostgreSQL that does not answer is named with its variable and without its password', async () => {
  const { code, output } = await doctor({ ...well, DATABASE_URL: 'postgres://me:hidden@127.0.0.1:1/aparte' });
  expect(code).toBe(1);
  expect(output).toMatch(
    /^not ok {2}Store: PostgreSQL at 127\.0\.0\.1:1\/aparte \(DATABASE_URL\) cannot be used: .*ECONNREFUSED/m,
  );
  expect(output).toContain('do: start PostgreSQL, or mend DATABASE_URL');
  expect(output).not.toContain('hidden');
});

let copies = 0;

/** A clone's server folder: no packages, no builds. */
function copyWithoutPackages(): string {
  copies += 1;
  const copy = join(root, `copy-${copies}`);
  for (const name of ['server', 'package-lock.json', 'package.json']) {
    cpSync(join(projectRoot, name), join(copy, name), { recursive: true });
  }
  return copy;
}
