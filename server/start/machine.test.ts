// Ports, folders and programs: what is said of those that cannot be had.
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { choosePorts } from '../livekit/local/ports.mjs';
import { assertWritable, compareVersions, outputOf, portFrom, takePort, which } from './machine.mjs';

const root = mkdtempSync(join(tmpdir(), 'aparte-machine-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a port', () => {
  test('that is taken is one line with port and variable', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    await expect(takePort({ protocol: 'tcp', port, variable: 'APARTE_PORT' })).rejects.toThrow(
      `Port ${port} is taken: stop what uses it, or set APARTE_PORT to another port.`,
    );
    holder.close();
    await once(holder, 'close');
    expect(await takePort({ protocol: 'tcp', port, variable: 'APARTE_PORT' })).toBe(port);
  });

  test('of UDP is taken too when only the second of the pair is', async () => {
    const { port, udpPort } = await choosePorts({ port: 0, udpPort: 0 });
    const holder = createSocket('udp4').bind(udpPort + 1, '127.0.0.1');
    await once(holder, 'listening');
    await expect(choosePorts({ port, udpPort })).rejects.toThrow(
      `UDP port ${udpPort + 1} is taken: stop what uses it, or set LIVEKIT_UDP_PORT to another port.`,
    );
    holder.close();
  });

  test('on an address of another machine says so', async () => {
    const wanted = { protocol: 'tcp', port: 0, host: '192.0.2.1', variable: 'APARTE_PORT' } as const;
    await expect(takePort(wanted)).rejects.toThrow('This machine has no address 192.0.2.1: set APARTE_HOST');
  });

  test('is read from a variable, and nonsense is refused with its name', () => {
    expect(portFrom({}, 'LIVEKIT_PORT', 7880)).toBe(7880);
    expect(portFrom({ LIVEKIT_PORT: '' }, 'LIVEKIT_PORT', 7880)).toBe(7880);
    expect(portFrom({ LIVEKIT_PORT: ' 9000 ' }, 'LIVEKIT_PORT', 7880)).toBe(9000);
    expect(portFrom({ LIVEKIT_PORT: 'auto' }, 'LIVEKIT_PORT', 7880)).toBe(0);
    for (const wrong of ['65536', '-1', '80a', '1e3', '0x50', '999999']) {
      expect(() => portFrom({ LIVEKIT_PORT: wrong }, 'LIVEKIT_PORT', 7880)).toThrow(
        /^LIVEKIT_PORT is not a port/,
      );
    }
  });
});

describe('a folder', () => {
  test('is made for its owner only, and left as it was', () => {
    const folder = join(root, 'deep', 'data');
    assertWritable(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that cannot be written is one line with the variable', () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    expect(() => assertWritable(join(file, 'data'))).toThrow(/cannot be written .*Set APARTE_DATA/);
  });
});

test('a program is the first executable file of that name in PATH', () => {
  for (const [name, mode] of [
    ['a', 0o644],
    ['b', 0o755],
    ['c', 0o755],
  ] as const) {
    const folder = join(root, name);
    assertWritable(folder);
    writeFileSync(join(folder, 'tool'), '#!/bin/sh\n', { mode });
  }
  const path = ['a', 'b', 'c'].map((name) => join(root, name)).join(':');
  expect(which('tool', { PATH: `:${path}` })).toBe(join(root, 'b', 'tool'));
  expect(which('tool', { PATH: '' })).toBeUndefined();
  expect(which('other', { PATH: path })).toBeUndefined();
});

test('a program that fails is told by its first words', async () => {
  await expect(outputOf('/bin/sh', ['-c', 'echo not today >&2; echo more >&2; exit 2'])).rejects.toThrow(
    /: not today$/,
  );
});

test('versions compare as numbers', () => {
  expect(compareVersions('1.13.10', '1.13.9')).toBeGreaterThan(0);
  expect(compareVersions('1.26', '1.26.0')).toBe(0);
  expect(compareVersions('1.9', '1.26')).toBeLessThan(0);
});
