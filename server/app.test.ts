// Every route against what it was not made for: wrong types, unknown fields, wrong lengths, other people's bytes. Whatever
// comes, there is an answer of the table, never 500, and what is stored stays as it was.
import { createHash } from 'node:crypto';
import Database from 'libsql';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorTable } from './errors.ts';
import { Harness, type ErrorAnswer, type Ticket } from './testing/harness.ts';
import { draftGroup, memberRecord, randomText, type Draft, type Person } from './testing/people.ts';

const seed = Date.now() & 0x7fffffff;
process.stdout.write(`app.test.ts: seed ${seed}\n`);

let harness: Harness;
let ada: Person;
let group: Draft;
let ticket: Ticket;
/** A request of each kind that would be accepted. */
let good: { name: string; method: 'GET' | 'POST'; url: string; body?: Record<string, unknown> }[];

beforeAll(async () => {
  harness = await Harness.start({
    env: { APARTE_ADDRESS_LIMIT: '1000000', APARTE_IDENTITY_LIMIT: '1000000' },
  });
  ada = await harness.person('Ada');
  group = await harness.group(ada);
  ticket = await harness.join(ada, group);
  await harness.app.sweep(); // so that the timer's sweep has nothing to change
  const at = `/api/groups/${group.groupId}`;
  const call = `/api/calls/${ticket.callId}`;
  const mine = { livekitIdentity: ticket.livekit.identity };
  const draft = draftGroup(ada);
  const change = await harness.drafted(ada, group, 'rotation');
  const entry = { kind: 'open', generation: 1, epoch: 0, message: '', groupInfo: randomText(40), after: 0 };
  good = [
    { name: 'challenge', method: 'POST', url: '/api/sessions/challenge', body: { identity: ada.identity } },
    {
      name: 'session',
      method: 'POST',
      url: '/api/sessions',
      body: { identity: ada.identity, challenge: randomText(32), signature: randomText(64) },
    },
    {
      name: 'create',
      method: 'POST',
      url: '/api/groups',
      body: { ...draft, member: await memberRecord(ada, draft) },
    },
    { name: 'preview', method: 'POST', url: `${at}/preview`, body: { door: group.door } },
    {
      name: 'enter',
      method: 'POST',
      url: `${at}/members`,
      body: { door: group.door, member: await memberRecord(ada, group), entries: [] },
    },
    { name: 'read', method: 'POST', url: `${at}/history/read`, body: { door: group.door, after: 0 } },
    {
      name: 'change',
      method: 'POST',
      url: `${at}/history`,
      body: { ...change.body },
    },
    { name: 'join', method: 'POST', url: `${at}/call`, body: { placeId: randomText(16) } },
    { name: 'token', method: 'POST', url: `${call}/token`, body: mine },
    { name: 'leave', method: 'POST', url: `${call}/leave`, body: mine },
    { name: 'append', method: 'POST', url: `${call}/log`, body: entry },
    {
      name: 'append a commit',
      method: 'POST',
      url: `${call}/log`,
      body: { ...entry, kind: 'commit', message: randomText(40) },
    },
  ];
});
afterAll(() => harness.close());

/** A hash of everything that is stored. */
function stored(): string {
  const database = new Database(join(harness.testStore.folder, 'aparte.db'));
  const hash = createHash('sha256');
  for (const table of [
    'challenges',
    'sessions',
    'groups',
    'members',
    'history',
    'shares',
    'previous_seals',
    'calls',
    'places',
    'entries',
  ]) {
    hash.update(JSON.stringify(database.prepare(`select * from ${table}`).all([])));
  }
  database.close();
  return hash.digest('hex');
}

function expectAnswerOfTheTable({ status, body }: { status: number; body: unknown }): ErrorAnswer['error'] {
  const { error } = body as ErrorAnswer;
  expect(Object.keys(errorTable)).toContain(error.code);
  expect(status).toBe(errorTable[error.code as keyof typeof errorTable][0]);
  expect(status).not.toBe(500);
  return error;
}

/** Values that no field of ours may have. */
const wrongValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    [],
    {},
    -1,
    0.5,
    2 ** 53,
    Number.MAX_VALUE,
    'x',
    '',
    ' ',
    '====',
    'A'.repeat(21),
    'é'.repeat(22),
  ),
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.string({ minLength: 1 }).map((text) => `${text}=`),
  fc.object({ maxDepth: 1 }),
);

describe('[T1] a request that is not exactly as documented is refused and changes nothing', () => {
  test('a field with a wrong value, a missing field, a field too many', async () => {
    const before = stored();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.nat(),
        wrongValue,
        fc.constantFrom('replace', 'drop', 'add'),
        async (...picks) => {
          const [which, field, value, how] = picks;
          const { method, url, body = {}, name } = good[which % good.length] as (typeof good)[number];
          const changed: Record<string, unknown> = structuredClone(body);
          // Inside the member record, too: it is closed like the rest.
          const target = ('member' in changed && field % 2 ? changed['member'] : changed) as Record<
            string,
            unknown
          >;
          const key = Object.keys(target)[field % Math.max(1, Object.keys(target).length)];
          if (how === 'add' || key === undefined) target[`extra${field}`] = value;
          else if (how === 'drop') Reflect.deleteProperty(target, key);
          else if (JSON.stringify(target[key]) === JSON.stringify(value)) return;
          else target[key] = value;
          const answer = await harness.ask(method, url, { by: ada, body: changed });
          const { code } = expectAnswerOfTheTable(answer);
          expect(code, `${name} ${how} ${key}`).toBe('invalid_request');
        },
      ),
      { seed, numRuns: 600 },
    );
    expect(stored()).toBe(before);
  });

  test('a body that is no object, no JSON, or deep', async () => {
    const before = stored();
    const headers = { 'content-type': 'application/json' };
    const bodies = [
      'null',
      '1',
      '"text"',
      '[]',
      '{',
      '',
      '{}x',
      '\u0000',
      '[['.repeat(5000),
      '{"a":'.repeat(3000),
    ];
    for (const { method, url, body } of good) {
      for (const text of Object.keys(body ?? {}).length > 0 ? ['{}', ...bodies] : bodies) {
        const answer = await harness.ask(method, url, { by: ada, body: text, headers });
        expect(expectAnswerOfTheTable(answer).code).toBe('invalid_request');
      }
    }
    expect(stored()).toBe(before);
  });

  test('an address with ids of another shape', async () => {
    const before = stored();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.webPath(),
          fc.string({ unit: fc.constantFrom('A', '-', '_'), minLength: 15, maxLength: 30 }),
        ),
        fc.nat(),
        async (text, which) => {
          const { method, url, body } = good[which % good.length] as (typeof good)[number];
          const strange = url.replace(/(groups|calls)\/[\w-]{22}/, `$1/${encodeURIComponent(text)}`);
          if (strange === url || text === 'A'.repeat(22)) return;
          expectAnswerOfTheTable(await harness.ask(method, strange, { by: ada, body }));
        },
      ),
      { seed, numRuns: 300 },
    );
    expect(stored()).toBe(before);
  });

  test('a query on a route that documents none', async () => {
    const before = stored();
    for (const { method, url, body } of good) {
      expect(await harness.refusal(method, `${url}?debug=1`, { by: ada, body })).toBe('invalid_request');
    }
    for (const url of [`/api/groups/${group.groupId}?all=1`, '/api/events?from=1']) {
      expect(await harness.refusal('GET', url, { by: ada })).toBe('invalid_request');
    }
    expect(stored()).toBe(before);
  });

  test('bytes with spare bits are refused, so that nothing can be written in two ways', async () => {
    const before = stored();
    const canonical = ada.identity;
    const last = canonical.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = canonical.slice(0, -1) + (alphabet[alphabet.indexOf(last) + 1] ?? '');
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(canonical, 'base64url'));
    const asked = { body: { identity: twin } };
    expect(await harness.refusal('POST', '/api/sessions/challenge', asked)).toBe('invalid_request');
    expect(stored()).toBe(before);
  });
});

describe('[T1] what has the right shape but random bytes', () => {
  test('never fails the service and never changes what is stored', async () => {
    const before = stored();
    const bytes = (length: number) =>
      fc
        .uint8Array({ minLength: length, maxLength: length })
        .map((one) => Buffer.from(one).toString('base64url'));
    const member = fc.record({
      identity: fc.oneof(fc.constant(''), bytes(32)),
      inboxKey: bytes(32),
      mac: bytes(32),
      signature: bytes(64),
      sealedName: bytes(60),
      profile: fc.record({
        revision: fc.integer({ min: 1, max: 9 }),
        sealedFace: bytes(106),
        signature: bytes(64),
      }),
    });
    await fc.assert(
      fc.asyncProperty(member, bytes(32), bytes(64), fc.nat(), async (record, door, signature, which) => {
        const mine = { ...record, identity: record.identity || ada.identity };
        const at = `/api/groups/${group.groupId}`;
        const entry = Buffer.concat([
          Buffer.from([1]),
          ...[door, signature, door].map((one) => Buffer.from(one, 'base64url')),
        ])
          .subarray(0, 112)
          .toString('base64url');
        const tries = [
          ['/api/groups', { ...draftGroup(ada), member: mine }],
          [`${at}/members`, { door: which % 2 ? door : group.door, member: mine, entries: [] }],
          [`${at}/history`, { after: 0, entries: [entry], rotation: null }],
          [`${at}/history/read`, { door, after: 0 }],
          [`${at}/preview`, { door }],
          ['/api/sessions', { identity: mine.identity, challenge: door, signature }],
        ] as const;
        const [url, body] = tries[which % tries.length] as (typeof tries)[number];
        expectAnswerOfTheTable(await harness.ask('POST', url, { by: ada, body }));
      }),
      { seed, numRuns: 300 },
    );
    expect(stored()).toBe(before);
  });
});

describe('the requests that were changed above', () => {
  test('would have been accepted as they were', async () => {
    const outcomes: string[] = [];
    for (const { name, method, url, body } of good.toSorted((a, b) => order(a.name) - order(b.name))) {
      outcomes.push(`${name}: ${await harness.refusal(method, url, { by: ada, body })}`);
    }
    expect(outcomes).toEqual([
      'challenge: 201',
      'session: challenge_refused', // the only one that cannot be made ahead
      'create: 201',
      'preview: 200',
      'enter: 200',
      'read: 200',
      'token: 200',
      'append: 201',
      'append a commit: 201',
      'leave: 204',
      'join: 200',
      'change: 201',
    ]);
  });
});

/** What ends something comes last. */
function order(name: string): number {
  return ['leave', 'join', 'change'].indexOf(name);
}
