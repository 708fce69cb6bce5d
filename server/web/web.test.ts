import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import Fastify, { type FastifyInstance } from 'fastify';
import { errorHandler } from '../errors.ts';
import { Harness } from '../testing/harness.ts';
import { createPerson } from '../testing/people.ts';
import { isKnownHost } from './host.ts';
import { addOverloadGuard } from './overload.ts';

let harness: Harness | undefined;
const folders: string[] = [];
afterEach(async () => {
  await harness?.close();
  harness = undefined;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function builtClient(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aparte-client-'));
  folders.push(folder);
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Aparté</title>');
  writeFileSync(join(folder, 'assets', 'main-BxY0z_12.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'plain.js'), 'export {};');
  writeFileSync(join(folder, 'service-worker.js'), 'self;');
  writeFileSync(join(folder, 'build.json'), '{}');
  writeFileSync(join(folder, 'manifest.webmanifest'), '{}');
  writeFileSync(join(folder, '.secret'), 'no');
  return folder;
}

describe('headers', () => {
  test('[T6] every answer carries the strict policy, with LiveKit as the only other address', async () => {
    harness = await Harness.start({
      env: { LIVEKIT_PUBLIC_URL: 'wss://sfu.example.org/rtc', APARTE_CLIENT: builtClient() },
    });
    for (const url of ['/', '/assets/main-BxY0z_12.js', '/healthz', '/api/nothing', '/nothing']) {
      const { headers } = await harness.ask('GET', url);
      expect(String(headers['content-security-policy']).split(';').sort()).toEqual(
        [
          "default-src 'none'",
          "script-src 'self' 'wasm-unsafe-eval'",
          "style-src 'self'",
          "img-src 'self' data: blob:",
          "media-src 'self' blob:",
          "connect-src 'self' wss://sfu.example.org https://sfu.example.org",
          "worker-src 'self'",
          "font-src 'self'",
          "manifest-src 'self'",
          "base-uri 'none'",
          "form-action 'self'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          'trusted-types svelte-trusted-html default',
        ].sort(),
      );
      expect(headers).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      expect(headers['permissions-policy']).toMatch(
        /camera=\(self\), microphone=\(self\), display-capture=\(self\)/,
      );
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  test('only a service behind HTTPS says that it always will be', async () => {
    harness = await Harness.start({
      env: { APARTE_ORIGIN: 'https://talk.example.org', LIVEKIT_PUBLIC_URL: 'wss://sfu.example.org' },
    });
    expect((await harness.ask('GET', '/healthz')).headers['strict-transport-security']).toMatch(
      /max-age=31536000/,
    );
  });
});

describe('the client’s files', () => {
  test('are kept for ever if their name has a hash, and asked for again if not', async () => {
    harness = await Harness.start({ env: { APARTE_CLIENT: builtClient() } });
    const cached = async (url: string) => (await harness?.ask('GET', url))?.headers['cache-control'];
    expect(await cached('/assets/main-BxY0z_12.js')).toBe('public, max-age=31536000, immutable');
    expect(await cached('/assets/plain.js')).toBe('no-cache');
    expect(await cached('/')).toBe('no-cache');
    expect(await cached('/index.html')).toBe('no-cache');
    expect(await cached('/api/groups/x')).toBe('no-store');
    expect((await harness.ask('GET', '/')).body).toContain('<title>Aparté</title>');
    for (const url of ['/.secret', '/../aparte.db', '/assets/', '/%2e%2e/%2e%2e/etc/passwd', '/missing.js']) {
      expect((await harness.ask('GET', url)).status, url).toBeGreaterThanOrEqual(400);
    }
  });

  test('that install the app come as what they are, under the policy, and are asked for again each time', async () => {
    harness = await Harness.start({ env: { APARTE_CLIENT: builtClient() } });
    for (const [url, type] of [
      ['/service-worker.js', /^application\/javascript/],
      ['/build.json', /^application\/json/],
      ['/manifest.webmanifest', /^application\/manifest\+json/],
    ] as const) {
      const { headers } = await harness.ask('GET', url);
      expect(headers['content-type'], url).toMatch(type);
      expect(headers['cache-control'], url).toBe('no-cache');
      // The worker's own policy: it may fetch from nowhere but here and LiveKit.
      expect(headers['content-security-policy'], url).toContain("default-src 'none'");
    }
  });

  test('that are not there: the page says how to build them', async () => {
    harness = await Harness.start({ env: { APARTE_CLIENT: '/nowhere' } });
    const { status, body, headers } = await harness.ask('GET', '/');
    expect([status, headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(body).toContain('npm run build');
  });
});

describe('hosts', () => {
  const local = { host: '127.0.0.1', origin: null };
  test.each([
    ['localhost:8080', local, true],
    ['127.0.0.1:8080', local, true],
    ['[::1]:8080', local, true],
    ['LOCALHOST', local, true],
    ['localhost.evil.example', local, false],
    ['127.0.0.1.evil.example', local, false],
    ['evil.example', local, false],
    ['', local, false],
    ['a b', local, false],
    ['192.168.1.5:80', { ...local, host: '192.168.1.5' }, true],
    ['192.168.1.6:80', { ...local, host: '192.168.1.5' }, false],
    ['[fe80::1]:80', { ...local, host: 'fe80::1' }, true],
    ['talk.example.org', { ...local, origin: 'https://talk.example.org' }, true],
    ['Talk.Example.org', { ...local, origin: 'https://talk.example.org' }, true],
    ['talk.example.org:444', { ...local, origin: 'https://talk.example.org' }, false],
    ['localhost', { ...local, origin: 'https://talk.example.org' }, false],
  ])('[T3] %j for %j: %s', (host, config, known) => {
    expect(isKnownHost(host, config)).toBe(known);
  });

  test('[T3] X-Forwarded-Host counts only from a proxy that is trusted', async () => {
    const forwarded = { 'x-forwarded-host': 'talk.example.org' };
    const env = { APARTE_ORIGIN: 'https://talk.example.org', LIVEKIT_PUBLIC_URL: 'wss://sfu.example.org' };
    const { identity } = await createPerson('Ada');
    const asked = { body: { identity }, headers: forwarded };
    harness = await Harness.start({ env });
    expect(await harness.refusal('POST', '/api/sessions/challenge', asked)).toBe('wrong_host');
    await harness.close();
    harness = await Harness.start({ env: { ...env, APARTE_TRUST_PROXY: '127.0.0.0/8' } });
    expect(await harness.refusal('POST', '/api/sessions/challenge', asked)).toBe('201');
  });
});

describe('limits', () => {
  test('by address, with the time to wait', async () => {
    harness = await Harness.start({ env: { APARTE_ADDRESS_LIMIT: '5' } });
    const { identity } = await createPerson('Ada');
    const ask = () => harness?.ask('POST', '/api/sessions/challenge', { body: { identity } });
    for (let i = 0; i < 5; i++) expect((await ask())?.status).toBe(201);
    const refused = await ask();
    expect([refused?.status, refused?.body]).toMatchObject([429, { error: { code: 'rate_limited' } }]);
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await harness.ask('GET', '/healthz')).status).toBe(200);
  });

  test('by identity, whoever else shares the address', async () => {
    harness = await Harness.start({ env: { APARTE_IDENTITY_LIMIT: '3' } });
    const [ada, ben] = [await harness.person('Ada'), await harness.person('Ben')];
    const url = `/api/groups/${'A'.repeat(22)}`;
    for (let i = 0; i < 3; i++)
      expect(await harness.refusal('GET', url, { by: ada })).toBe('group_not_found');
    const { status, headers } = await harness.ask('GET', url, { by: ada });
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(await harness.refusal('GET', url, { by: ben })).toBe('group_not_found');
  });
});

describe('a connection that speaks no HTTP', () => {
  test('[T2] gets the table’s error and is closed', async () => {
    harness = await Harness.start();
    await harness.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = harness.app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.write('NOT HTTP AT ALL\r\n\r\n');
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      error: { code: 'invalid_request' },
    });
  });
});

describe('health', () => {
  test('alive, ready, and which part is not', async () => {
    harness = await Harness.start();
    expect((await harness.ask('GET', '/healthz')).body).toEqual({ status: 'ok' });
    expect((await harness.ask('GET', '/readyz')).body).toEqual({ store: 'ok', livekit: 'ok' });
    harness.memorySfu.isDown = true;
    const { status, body } = await harness.ask('GET', '/readyz');
    expect([status, body]).toEqual([503, { store: 'ok', livekit: 'failing' }]);
  });

  test('[T4] the figures name routes, and nobody', async () => {
    harness = await Harness.start();
    const ada = await harness.person('Ada');
    const group = await harness.group(ada);
    const ticket = await harness.join(ada, group);
    const { body, headers } = await harness.ask<string>('GET', '/metrics');
    expect(headers['content-type']).toContain('text/plain');
    expect(body).toMatch(/aparte_calls\{what="places"\} 1/);
    expect(body).toContain('route="/api/groups/:groupId/call"');
    for (const secret of [ada.identity, ada.token, group.groupId, ticket.callId, ticket.livekit.identity]) {
      expect(body).not.toContain(secret);
    }
  });
});

describe('a process that cannot keep up', () => {
  const limits = { slowLoopMs: 60, sampleMs: 100 };
  /** Keeps the loop busy, with a turn of it in between, and asks after each turn. */
  async function busy(app: FastifyInstance, totalMs: number): Promise<string[]> {
    const outcomes: string[] = [];
    const untilMs = performance.now() + totalMs;
    while (performance.now() < untilMs) {
      const turnMs = performance.now() + 4 * limits.slowLoopMs;
      while (performance.now() < turnMs);
      await setTimeout(1);
      const { statusCode, headers } = await app.inject('/work');
      outcomes.push(`${statusCode} ${headers['retry-after'] ?? ''}`.trim());
    }
    return outcomes;
  }

  test('refuses work with the time to wait, not after the first pause, and still says that it lives', async () => {
    const app = Fastify();
    app.setErrorHandler(errorHandler);
    await addOverloadGuard(app, limits);
    app.get('/work', () => 'done');
    app.get('/healthz', () => 'alive');
    const outcomes = await busy(app, 20 * limits.slowLoopMs);
    expect(outcomes[0]).toBe('200');
    expect(outcomes.at(-1)).toBe('503 2');
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    await expect.poll(async () => (await app.inject('/work')).statusCode, { timeout: 20_000 }).toBe(200);
    await app.close();
  });
});
