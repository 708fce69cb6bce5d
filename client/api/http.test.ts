// One request: what is refused, what is tried again, what a deadline and a hung-up caller do. The clock is the test's.
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ManualClock } from '../testing/clock.ts';
import { ApiError } from './errors.ts';
import { send, type HttpRequest, type Line } from './http.ts';
import { groupSchema, logPageSchema } from './schemas.ts';

const answer = v.object({ ok: v.boolean() });
const read = { method: 'GET', path: '/x', answer, isRead: true } as const;
const write = { method: 'POST', path: '/x', answer, body: {} } as const;
const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const failure = (code: string) => ({ error: { code, message: 'for developers' } });

/** A line whose requests are answered from a list; `null` never answers. */
function lineOf(...answers: (Response | Error | null)[]): Line & { clock: ManualClock; count: () => number } {
  let count = 0;
  return {
    baseUrl: '',
    clock: new ManualClock(),
    random: () => 0.5,
    count: () => count,
    fetch: (_input, init) => {
      const next = answers[count++];
      if (next instanceof Response) return Promise.resolve(next);
      if (next instanceof Error) return Promise.reject(next);
      return new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('gone', 'AbortError')));
      });
    },
  };
}

async function refused(line: Line, request: HttpRequest<typeof answer>): Promise<ApiError> {
  const error: unknown = await send(line, request).catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error('not refused');
  return error;
}

test('[T1] an answer of another shape is refused, whatever its status says', async () => {
  for (const body of [{ ok: 'yes' }, {}, [], 'ok', null]) {
    expect(await refused(lineOf(json(200, body)), read)).toMatchObject({ code: 'bad_answer', status: 200 });
  }
  expect((await refused(lineOf(new Response('<html>', { status: 200 })), read)).code).toBe('bad_answer');
});

test('[T2] an error carries the code of the service, and a proxy without one its status', async () => {
  expect(await refused(lineOf(json(404, failure('group_not_found'))), read)).toMatchObject({
    code: 'group_not_found',
    status: 404,
  });
  expect((await refused(lineOf(new Response('gone', { status: 410 })), write)).code).toBe('http_410');
});

test('a read is tried again after line trouble, a write without an id never', async () => {
  const line = lineOf(new TypeError('cut'), json(503, failure('overloaded')), json(200, { ok: true }));
  const answered = send(line, read);
  await line.clock.pass(10_000);
  expect(await answered).toEqual({ ok: true });
  expect(line.count()).toBe(3);
  const once = lineOf(new TypeError('cut'), json(200, { ok: true }));
  expect((await refused(once, write)).code).toBe('offline');
  expect(once.count()).toBe(1);
});

test('[T7] a write with an id is sent again where the service did not answer, and only then', async () => {
  const repeatable = { ...write, isRepeatable: true } as const;
  const line = lineOf(
    new TypeError('cut'),
    new Response('bad gateway', { status: 502 }),
    json(200, { ok: true }),
  );
  const answered = send(line, repeatable);
  await line.clock.pass(10_000);
  expect(await answered).toEqual({ ok: true });
  expect(line.count()).toBe(3);
  const again = { 'retry-after': '1' };
  for (const answer of [
    json(503, failure('livekit_unavailable'), again),
    json(429, failure('rate_limited'), again),
  ]) {
    const once = lineOf(answer, json(200, { ok: true }));
    await refused(once, repeatable);
    expect(once.count()).toBe(1);
  }
});

test('a read waits as long as the service asks, and gives up after three tries', async () => {
  const busy = () => json(429, failure('rate_limited'), { 'retry-after': '7' });
  const line = lineOf(busy(), busy(), busy(), json(200, { ok: true }));
  const refusedAfter = refused(line, read);
  await line.clock.pass(6_900);
  expect(line.count()).toBe(1);
  await line.clock.pass(200);
  expect(line.count()).toBe(2);
  await line.clock.pass(10_000);
  expect(await refusedAfter).toMatchObject({ code: 'rate_limited', retryAfterMs: 7_000 });
  expect(line.count()).toBe(3);
});

test('what the service refuses for good is not asked twice', async () => {
  const line = lineOf(json(403, failure('not_allowed')), json(200, { ok: true }));
  expect((await refused(line, read)).code).toBe('not_allowed');
  expect(line.count()).toBe(1);
});

test('no answer in time is a timeout, and a caller who hung up hears nothing but that', async () => {
  const line = lineOf(null);
  const late = refused(line, { ...write, timeoutMs: 500 });
  await line.clock.pass(499);
  await line.clock.pass(2);
  expect(await late).toMatchObject({ code: 'timeout', status: 0, isLineTrouble: true });

  const stop = new AbortController();
  const stopped = send(lineOf(null), { ...write, signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
});

test('a mistake of ours is not taken for a network that is down', async () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  await expect(send(lineOf(json(200, { ok: true })), { ...write, body: circular })).rejects.toThrow(
    TypeError,
  );
  await expect(send(lineOf(json(200, { ok: true })), { ...write, body: { n: 1n } })).rejects.toThrow(
    TypeError,
  );
});

test('[T1] bytes in answers are canonical base64url of the exact length', () => {
  const page = {
    ...{ generation: 1, epoch: 0, position: 1, entries: [], groupInfo: 'AAAA' },
    ...{ participantsVersion: 1, participantsSince: null, requests: null, requestsVersion: 0 },
    participants: [{ identity: 'A'.repeat(43), livekitIdentity: 'someone', state: 'present' }],
    ...{ requests: [{ livekitIdentity: 'someone', message: 'AAAA' }], requestsVersion: 1 },
  };
  const entry = { position: 1, kind: 'open', generation: 1, epoch: 0, message: '', welcome: null };
  expect(v.safeParse(logPageSchema, { ...page, entries: [entry] }).success).toBe(true);
  expect(v.safeParse(logPageSchema, page).success).toBe(true);
  const wrong = [
    { ...page, epoch: -1 },
    { ...page, epoch: 1.5 },
    { ...page, groupInfo: 'AAA=' },
    { ...page, groupInfo: 'A' },
    { ...page, position: Number.MAX_SAFE_INTEGER + 1 },
    { ...page, participants: [{ ...page.participants[0], identity: 'A'.repeat(42) }] },
    { ...page, participants: [{ ...page.participants[0], identity: `${'A'.repeat(42)}B` }] },
    { ...page, participants: [{ ...page.participants[0], state: 'listening' }] },
    { ...page, entries: [{ ...entry, position: 0 }] },
    { ...page, entries: [{ ...entry, welcome: 'AAA=' }] },
    { ...page, requests: [{ livekitIdentity: 'someone', message: '' }] },
    { ...page, requests: [{ livekitIdentity: 'someone', message: 'A'.repeat(10_924) }] },
  ];
  for (const other of wrong) expect(v.safeParse(logPageSchema, other).success).toBe(false);
  expect(v.safeParse(groupSchema, {}).success).toBe(false);
});
