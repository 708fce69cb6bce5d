import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { variables } from './config.ts';
import { errorTable } from './errors.ts';
import { Harness, type ErrorAnswer } from './testing/harness.ts';

const operating = readFileSync(new URL('../docs/operating.md', import.meta.url), 'utf8');

/** Rows of the tables of docs/operating.md whose first cell is code: first and second cell. */
function rows(heading: string): [string, string][] {
  const section = operating.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)` +\| ([^|]+)\|/gm)].map((row) => [
    row[1] ?? '',
    (row[2] ?? '').trim(),
  ]);
}

describe('the tables of docs/operating.md', () => {
  test('[T2] list exactly the error codes of the service, with their status', () => {
    const expected = Object.entries(errorTable).map(([code, [status]]) => [code, String(status)]);
    expect(rows('Error codes').sort()).toEqual(expected.sort());
  });

  test('list exactly the variables that are read, with their defaults', () => {
    const expected = Object.entries(variables.properties).map(([name, schema]) => {
      const { default: value } = schema as { default?: string | number };
      const fallback = name === 'LIVEKIT_PUBLIC_URL' ? '`LIVEKIT_URL`' : '–';
      return [name, value === undefined ? fallback : `\`${value}\``];
    });
    expect(rows('Configuration').sort()).toEqual(expected.sort());
  });
});

describe('errors that no handler throws', () => {
  test('[T2] Fastify’s own refusals have the same shape and codes of the table', async () => {
    const harness = await Harness.start();
    const url = '/api/sessions/challenge';
    const json = { 'content-type': 'application/json' };
    const answers: [string, Promise<{ status: number; body: unknown }>][] = [
      ['not_found', harness.ask('GET', '/api/nothing')],
      ['not_found', harness.ask('GET', '/../../etc/passwd')],
      ['not_found', harness.ask('PUT', url)],
      ['invalid_request', harness.ask('POST', url)],
      ['invalid_request', harness.ask('POST', url, { body: '{"identity":', headers: json })],
      ['invalid_request', harness.ask('POST', url, { body: '', headers: json })],
      [
        'invalid_request',
        harness.ask('POST', url, { body: '{"__proto__":{"identity":"x"}}', headers: json }),
      ],
      ['invalid_request', harness.ask('POST', url, { body: '[]', headers: json })],
      ['invalid_request', harness.ask('GET', '/api/%ff')],
      [
        'unsupported_media_type',
        harness.ask('POST', url, { body: '<a/>', headers: { 'content-type': 'text/xml' } }),
      ],
      ['payload_too_large', harness.ask('POST', url, { body: { identity: 'A'.repeat(20_000) } })],
    ];
    for (const [code, asked] of answers) {
      const { status, body } = await asked;
      expect(body).toEqual({ error: { code, message: expect.any(String) } });
      expect(status).toBe(errorTable[(body as ErrorAnswer).error.code as keyof typeof errorTable][0]);
    }
    await harness.close();
  });

  test('[T2] a failure of the service tells the caller nothing, and the log where it happened', async () => {
    const harness = await Harness.start();
    const ada = await harness.person('Ada');
    await harness.store.close();
    const { status, body } = await harness.ask('GET', `/api/groups/${'A'.repeat(22)}`, { by: ada });
    expect([status, body]).toEqual([500, { error: { code: 'internal', message: errorTable.internal[1] } }]);
    const line = harness.logLines.find((one) => one.includes('a handler failed')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ level: 50, err: { stack: expect.stringContaining('    at ') } });
    expect((await harness.ask('GET', '/readyz')).body).toEqual({ store: 'failing', livekit: 'ok' });
    await harness.app.close();
  });
});
