import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Harness, type Answer, type Page, type Ticket } from '../testing/harness.ts';
import { randomText, type Draft, type Person } from '../testing/people.ts';
import { gatherMs } from './log.ts';
import { mostMessageBytes } from './schema.ts';

let harness: Harness;
let ada: Person;
let ben: Person;
let group: Draft;
let adas: Ticket;
let bens: Ticket;
let url: string;
beforeEach(async () => {
  harness = await Harness.start();
  [ada, ben] = [await harness.person('Ada'), await harness.person('Ben')];
  group = await harness.group(ada, ben);
  [adas, bens] = [await harness.join(ada, group), await harness.join(ben, group)];
  url = `/api/calls/${adas.callId}/log`;
});
afterEach(() => harness.close());

interface Entry {
  readonly kind: 'open' | 'commit';
  readonly generation: number;
  readonly epoch: number;
  readonly message: string;
  readonly groupInfo: string;
  readonly after: number;
}
type Appended = Answer<{
  position: number;
  generation: number;
  epoch: number;
  page?: Page;
  error?: { code: string };
}>;

const opening = (generation = 1): Entry => ({
  kind: 'open',
  generation,
  epoch: 0,
  message: '',
  groupInfo: randomText(40),
  after: 0,
});
const commit = (epoch: number, generation = 1): Entry => ({
  kind: 'commit',
  generation,
  epoch,
  message: randomText(60),
  groupInfo: randomText(40),
  after: 0,
});
const append = (by: Person, body: Entry): Promise<Appended> => harness.ask('POST', url, { by, body });
const read = async (by: Person, query: string): Promise<Page> => {
  return (await harness.ask<Page>('GET', `${url}?${query}`, { by })).body;
};

/** What as many accepted commits would have left behind, without waiting for the disk at each. */
async function fillLog(from: number, to: number): Promise<void> {
  const values = Array.from({ length: to - from + 1 }, (_, index) => {
    const position = from + index;
    return `('${adas.callId}', ${position}, 'commit', 1, ${position - 2}, 'AAAA')`;
  });
  await harness.testStore.run(
    `insert into entries (call_id, position, kind, generation, epoch, message) values ${values.join(', ')}`,
  );
  await harness.testStore.run(
    `update calls set position = ${to}, epoch = ${to - 1} where call_id = '${adas.callId}'`,
  );
}

async function countEntries(): Promise<number> {
  const statement = `select count(*) as n from entries where call_id = '${adas.callId}'`;
  const [row] = await harness.testStore.run(statement);
  return Number(row?.['n']);
}

describe('the delivery log', () => {
  test('[D1] positions count from 1 without gaps, and the state is that of the last entry', async () => {
    const entries = [opening(), commit(0), commit(1)];
    for (const [index, entry] of entries.entries()) {
      const { status, body } = await append(ada, entry);
      expect(status).toBe(201);
      expect(body).toEqual({ position: index + 1, generation: 1, epoch: index });
    }
    const page = await read(ben, 'after=0');
    expect(page).toMatchObject({ generation: 1, epoch: 2, position: 3, groupInfo: null });
    expect(page.entries).toEqual(
      entries.map(({ kind, generation, epoch, message }, index) => ({
        position: index + 1,
        kind,
        generation,
        epoch,
        message,
        welcome: null,
      })),
    );
    expect((await read(ben, 'after=2')).entries.map((entry) => entry.position)).toEqual([3]);
    // The GroupInfo is of exactly that epoch, for who asks for it and for who joins now.
    expect((await read(ben, 'after=3&groupInfo=1')).groupInfo).toBe(entries[2]?.groupInfo);
    expect((await harness.join(ben, group)).page).toMatchObject({
      epoch: 2,
      entries: [],
      groupInfo: entries[2]?.groupInfo,
    });
  });

  test('[D2] a commit of another epoch or generation is refused with what the caller missed', async () => {
    const entries = [opening(), commit(0), commit(1)];
    for (const entry of entries) await append(ada, entry);
    for (const wrong of [commit(0), commit(1), commit(3), commit(2, 2), commit(0, 2)]) {
      const { status, body } = await append(ben, { ...wrong, after: 1 });
      expect(status).toBe(409);
      expect(body.error?.code).toBe('epoch_conflict');
      expect(body.page).toMatchObject({
        generation: 1,
        epoch: 2,
        position: 3,
        groupInfo: entries[2]?.groupInfo,
      });
      expect(body.page?.entries.map((entry) => entry.position)).toEqual([2, 3]);
    }
    expect((await read(ada, 'after=0')).position).toBe(3);
  });

  test('[D2] of a hundred racing commits exactly one wins each epoch', async () => {
    await append(ada, opening());
    const wins: string[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      const tries = Array.from({ length: 100 }, () => commit(epoch));
      const answers = await Promise.all(tries.map((entry, index) => append(index % 2 ? ada : ben, entry)));
      const won = tries.filter((_, index) => answers[index]?.status === 201);
      expect(won).toHaveLength(1);
      expect(answers.filter((answer) => answer.status === 409)).toHaveLength(99);
      wins.push(won[0]?.message ?? '');
      for (const { body } of answers) if (body.page) expect(body.page.groupInfo).toBe(won[0]?.groupInfo);
    }
    const page = await read(ada, 'after=1');
    expect(page.entries.map((entry) => entry.message)).toEqual(wins);
  });

  test('[D2] [D3] an accepted entry sent again is answered as the first time, and is there once', async () => {
    const first = opening();
    const entries = [first, { ...commit(0), after: 1 }, { ...commit(1), after: 2 }];
    for (const [index, entry] of entries.entries()) {
      const told = { position: index + 1, generation: 1, epoch: index };
      for (let again = 0; again < 2; again++) {
        expect(await append(ada, entry)).toMatchObject({ status: 201, body: told });
      }
    }
    // Also where more came since; but not where another message is in its place, or it is older than what its author says to know.
    expect((await append(ada, entries[1] as Entry)).body).toEqual({ position: 2, generation: 1, epoch: 1 });
    for (const other of [{ ...commit(0), after: 1 }, { ...(entries[1] as Entry), after: 2 }, first]) {
      expect((await append(ada, other)).body.error?.code).toBe('epoch_conflict');
    }
    expect((await read(ben, 'after=0')).entries).toHaveLength(3);
  });

  test('[D3] a generation is opened once, as the next after the current', async () => {
    expect((await append(ada, opening(2))).status).toBe(409);
    expect((await append(ada, commit(0))).status).toBe(409);
    const racing = await Promise.all(Array.from({ length: 20 }, () => append(ben, opening())));
    expect(racing.filter((answer) => answer.status === 201)).toHaveLength(1);
    await append(ada, commit(0));
    expect((await append(ada, opening(1))).status).toBe(409);
    expect((await append(ada, opening(3))).status).toBe(409);
    expect((await append(ada, opening(2))).body).toMatchObject({ generation: 2, epoch: 0, position: 3 });
    expect((await append(ada, commit(1, 1))).status).toBe(409);
    expect((await append(ada, commit(0, 2))).body).toMatchObject({ generation: 2, epoch: 1, position: 4 });
  });

  test('[D3] an open with an epoch or a message, and a commit without one, are no entries', async () => {
    const wrong = [
      { ...opening(), epoch: 1 },
      { ...opening(), message: randomText(10) },
      { ...commit(0), message: '' },
      { ...commit(0), generation: 0 },
      { ...commit(0), groupInfo: '' },
      { ...commit(0), epoch: -1 },
      { ...commit(0), epoch: 0.5 },
      { ...commit(0), epoch: '0' },
      { ...commit(0), kind: 'welcome' },
    ];
    for (const body of wrong)
      expect(await harness.refusal('POST', url, { by: ada, body })).toBe('invalid_request');
    expect((await read(ada, 'after=0')).position).toBe(0);
  });

  test('[D4] only who has a place in the call reads and appends', async () => {
    const [cyd, mal] = [await harness.person('Cyd'), await harness.person('Mal')];
    await harness.enter(cyd, group);
    for (const outsider of [cyd, mal]) {
      expect(await harness.refusal('POST', url, { by: outsider, body: opening() })).toBe('call_not_found');
      expect(await harness.refusal('GET', `${url}?after=0`, { by: outsider })).toBe('call_not_found');
    }
    await harness.remove(ada, group, ben);
    expect(await harness.refusal('POST', url, { by: ben, body: opening() })).toBe('not_in_call');
    expect(await harness.refusal('GET', `${url}?after=0`, { by: ben })).toBe('not_in_call');
    const leave = { by: ada, body: { livekitIdentity: adas.livekit.identity } };
    await harness.ask('POST', `/api/calls/${adas.callId}/leave`, leave);
    expect(await harness.refusal('POST', url, { by: ada, body: opening() })).toBe('call_ended');
  });

  test('[D4] messages have up to 256 KiB, exactly', async () => {
    const largest = randomBytes(mostMessageBytes).toString('base64url');
    const larger = randomBytes(mostMessageBytes + 1).toString('base64url');
    await append(ada, opening());
    expect((await append(ada, { ...commit(0), message: largest, groupInfo: largest })).status).toBe(201);
    const [message, groupInfo] = [
      { ...commit(1), message: larger },
      { ...commit(1), groupInfo: larger },
    ];
    expect(await harness.refusal('POST', url, { by: ada, body: message })).toBe('invalid_request');
    expect(await harness.refusal('POST', url, { by: ada, body: groupInfo })).toBe('invalid_request');
    const huge = { ...commit(1), message: larger.repeat(4) };
    expect(await harness.refusal('POST', url, { by: ada, body: huge })).toBe('payload_too_large');
    expect((await read(ben, 'after=1')).entries[0]?.message).toBe(largest);
  });

  test('[D4] the last 1024 entries are kept, the positions go on, and they are read page by page', async () => {
    await append(ada, opening());
    await fillLog(2, 5000);
    expect((await append(ada, commit(4999))).body.position).toBe(5001);
    expect(await append(ada, commit(5000))).toMatchObject({ status: 201, body: { position: 5002 } });
    const positions: number[] = [];
    while (positions.at(-1) !== 5002) {
      const page = await read(ben, `after=${positions.at(-1) ?? 3978}`);
      expect(page.position).toBe(5002);
      expect(page.entries.length).toBeGreaterThan(0);
      positions.push(...page.entries.map((entry) => entry.position));
    }
    expect(positions).toEqual(Array.from({ length: 1024 }, (_, index) => 3979 + index));
    expect(await countEntries()).toBe(1024);
  });

  test('[D4] who is behind them is told so, and gets the state from which to enter anew', async () => {
    await append(ada, opening());
    await fillLog(2, 1100);
    const last = commit(1099);
    await append(ada, last);
    for (const after of [0, 1, 76])
      expect(await harness.refusal('GET', `${url}?after=${after}`, { by: ben }), `after ${after}`).toBe(
        'log_behind',
      );
    expect((await read(ben, 'after=77')).entries[0]?.position).toBe(78);
    const state = { position: 1101, generation: 1, epoch: 1100, groupInfo: last.groupInfo, entries: [] };
    expect(await read(ben, 'after=0&groupInfo=1')).toMatchObject(state);
    expect((await append(ben, { ...commit(5), after: 3 })).body).toMatchObject({
      error: { code: 'epoch_conflict' },
      page: state,
    });
  });

  test('a page of large messages is cut so that it can be sent', async () => {
    await append(ada, opening());
    const message = randomBytes(mostMessageBytes).toString('base64url');
    for (let epoch = 0; epoch < 20; epoch++) await append(ada, { ...commit(epoch), message });
    const page = await read(ben, 'after=1');
    expect(page.entries.length).toBeGreaterThan(1);
    expect(page.entries.length).toBeLessThan(20);
    expect(page.entries[0]?.position).toBe(2);
  });

  test('entries do not outlive the call', async () => {
    await append(ada, opening());
    await append(ada, commit(0));
    for (const [by, ticket] of [
      [ada, adas],
      [ben, bens],
    ] as const) {
      const body = { livekitIdentity: ticket.livekit.identity };
      await harness.ask('POST', `/api/calls/${ticket.callId}/leave`, { by, body });
    }
    const next = await harness.join(ada, group);
    expect(next.page).toMatchObject({ generation: 0, position: 0, groupInfo: null });
    expect(await harness.refusal('GET', `${url}?after=0`, { by: ada })).toBe('call_ended');
  });

  test('the log lives on over a restart of the service', async () => {
    await append(ada, opening());
    await append(ben, commit(0));
    const before = await read(ada, 'after=0');
    await harness.restart();
    expect(await read(ada, 'after=0')).toEqual(before);
    expect((await append(ada, commit(1))).status).toBe(201);
  });
});

describe('the long poll', () => {
  const poll = (by: Person, query: string) =>
    harness.ask<Page>('GET', `${url}?${query}&waitMs=20000`, { by });
  const versionNow = async (): Promise<number> => (await read(ada, 'after=0')).participantsVersion;

  test('waits for an entry and answers with it', async () => {
    const waiting = poll(ben, `after=0&seen=${await versionNow()}`);
    const entry = opening();
    await append(ada, entry);
    expect((await waiting).body.entries).toMatchObject([{ position: 1, kind: 'open' }]);
  });

  test('answers at once when there is an entry, or when the participants are not those seen', async () => {
    await append(ada, opening());
    expect((await poll(ben, `after=0&seen=${await versionNow()}`)).body.position).toBe(1);
    expect((await poll(ben, 'after=1&seen=0')).body.entries).toEqual([]);
    expect((await poll(ben, 'after=1')).body.participantsVersion).toBe(await versionNow());
  });

  test('wakes up when somebody joins, leaves, is removed or is seen in LiveKit', async () => {
    const wakes = async (act: () => Promise<unknown>): Promise<void> => {
      const seen = await versionNow();
      const waiting = poll(ada, `after=0&seen=${seen}`);
      await act();
      expect((await waiting).body.participantsVersion).toBeGreaterThan(seen);
    };
    const cyd = await harness.person('Cyd');
    await harness.enter(cyd, group);
    let cyds: Ticket | undefined;
    await wakes(async () => {
      cyds = await harness.join(cyd, group);
    });
    await wakes(() => harness.app.sweep());
    await wakes(async () => {
      const body = { livekitIdentity: cyds?.livekit.identity };
      await harness.ask('POST', `/api/calls/${adas.callId}/leave`, { by: cyd, body });
    });
    await wakes(async () => {
      await harness.remove(ada, group, ben);
    });
  });

  test('people who come one after the other come in one page, as changes; who leaves is told at once to who follows requests', async () => {
    const seen = await versionNow();
    const waiting = poll(ada, `after=0&seen=${seen}`);
    const people = [await harness.person('Cyd'), await harness.person('Dan')];
    for (const person of people) {
      await harness.enter(person, group);
      await harness.join(person, group);
    }
    const { participants, participantsSince, participantsVersion } = (await waiting).body;
    expect(participants.map((one) => one.identity)).toEqual(people.map((one) => one.identity));
    expect(participantsSince).toBe(seen);
    const sinceMs = performance.now();
    const next = poll(ada, `after=0&seen=${participantsVersion}&requestsSeen=0`);
    const body = { livekitIdentity: bens.livekit.identity };
    await harness.ask('POST', `/api/calls/${adas.callId}/leave`, { by: ben, body });
    expect((await next).body.participants).toMatchObject([{ identity: ben.identity, state: 'left' }]);
    expect(performance.now() - sinceMs).toBeLessThan(gatherMs);
  });

  test('[C12] who does not follow requests learns that somebody left with the commit that removes them', async () => {
    await append(ada, opening());
    const seen = await versionNow();
    const waiting = poll(ada, `after=1&seen=${seen}`);
    const body = { livekitIdentity: bens.livekit.identity };
    await harness.ask('POST', `/api/calls/${adas.callId}/leave`, { by: ben, body });
    await append(ada, commit(0));
    const page = (await waiting).body;
    expect(page.entries).toHaveLength(1);
    expect(page.participants).toMatchObject([{ identity: ben.identity, state: 'left' }]);
    // Nothing but the news: after a moment all the same.
    const alone = await poll(ada, `after=2&seen=${seen}`);
    expect(alone.body.participants).toMatchObject([{ identity: ben.identity, state: 'left' }]);
  });

  test('[D4] ends for who lost their place while they waited', async () => {
    const waiting = harness.refusal('GET', `${url}?after=0&seen=${await versionNow()}&waitMs=20000`, {
      by: ben,
    });
    await harness.remove(ada, group, ben);
    expect(await waiting).toBe('not_in_call');
  });

  test('answers without news after the time asked for, which has a limit', async () => {
    const startedMs = performance.now();
    const page = await read(ben, `after=0&seen=${await versionNow()}&waitMs=120`);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(115);
    expect(page.entries).toEqual([]);
    for (const query of [
      'after=0&waitMs=25001',
      'after=-1',
      'after=1.5',
      'after=',
      'seen=1',
      'after=0&before=1',
    ]) {
      expect(await harness.refusal('GET', `${url}?${query}`, { by: ben })).toBe('invalid_request');
    }
  });

  test('ends when the caller hangs up, and when the service stops', async () => {
    const address = await harness.app.listen({ host: '127.0.0.1', port: 0 });
    const query = `after=0&seen=${await versionNow()}&waitMs=25000`;
    const headers = { authorization: `Bearer ${ben.token}` };
    const waiting = async (): Promise<string> => {
      const { body } = await harness.ask<string>('GET', '/metrics');
      return /^aparte_waiting\{what="polls"\} (\d+)$/m.exec(body)?.[1] ?? '';
    };
    const hangUp = new AbortController();
    const abandoned = fetch(`${address}${url}?${query}`, { headers, signal: hangUp.signal });
    await expect.poll(waiting).toBe('1');
    hangUp.abort();
    await expect(abandoned).rejects.toThrow();
    await expect.poll(waiting).toBe('0');

    const stopped = fetch(`${address}${url}?${query}`, { headers });
    await expect.poll(waiting).toBe('1');
    const startedMs = performance.now();
    await harness.app.close();
    const answer = await stopped;
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'stopping' } }]);
  });
});
