// Two services on one PostgreSQL serve one group: what happens at one is told to who listens at the other.
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { admissionOf, admitting } from '../testing/changes.ts';
import { Harness, type Page, type Ticket } from '../testing/harness.ts';
import { randomText, type Draft, type Person } from '../testing/people.ts';
import { EventReader } from '../testing/stream.ts';

let one: Harness;
let two: Harness;
let ada: Person;
let ben: Person;
let group: Draft;
const readers: EventReader[] = [];
beforeEach(async () => {
  one = await Harness.start();
  two = await Harness.start({ beside: one });
  [ada, ben] = [await one.person('Ada'), await one.person('Ben')];
  group = await one.group(ada, ben);
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await two.close();
  await one.close();
});

async function listen(harness: Harness, person: Person): Promise<EventReader> {
  const address = await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const reader = await EventReader.open(`${address}/api/events`, person.token);
  readers.push(reader);
  expect(reader.status).toBe(200);
  await reader.next(({ event }) => event === 'group');
  return reader;
}

/** A call that both are in, opened by Ada at the first service. */
async function call(): Promise<{ adas: Ticket; bens: Ticket; url: string }> {
  const adas = await one.join(ada, group);
  const bens = await two.join(ben, group);
  expect(bens.callId).toBe(adas.callId);
  const url = `/api/calls/${adas.callId}/log`;
  const open = { kind: 'open', generation: 1, epoch: 0, message: '', groupInfo: randomText(40), after: 0 };
  expect((await one.ask('POST', url, { by: ada, body: open })).status).toBe(201);
  return { adas, bens, url };
}
const commit = (epoch: number) => ({
  ...{ kind: 'commit', generation: 1, epoch, message: randomText(60), groupInfo: randomText(40), after: 0 },
});

describe('two services on one PostgreSQL', () => {
  test('a session made at one is good at the other, and its end ends the streams there', async () => {
    const reader = await listen(two, ada);
    expect((await one.ask('DELETE', '/api/sessions', { by: ada })).status).toBe(204);
    await reader.ended;
    expect(await two.refusal('GET', '/api/events', { by: ada })).toBe('session_required');
  });

  test('[D1] a long poll at one wakes up for an entry that the other accepted', async () => {
    const { url } = await call();
    const { body: now } = await two.ask<Page>('GET', `${url}?after=0`, { by: ben });
    const seen = `after=${now.position}&seen=${now.participantsVersion}`;
    const waiting = two.ask<Page>('GET', `${url}?${seen}&waitMs=25000`, { by: ben });
    await expect.poll(() => waitingPolls(two)).toBe(1);
    const beganMs = performance.now();
    expect((await one.ask('POST', url, { by: ada, body: commit(0) })).status).toBe(201);
    expect((await waiting).body.entries).toMatchObject([{ position: now.position + 1, kind: 'commit' }]);
    expect(performance.now() - beganMs).toBeLessThan(5_000);
  });

  test('[D2] of two commits at two services at the same moment one is accepted', async () => {
    const { url } = await call();
    for (let epoch = 0; epoch < 5; epoch += 1) {
      const answers = await Promise.all([
        one.ask('POST', url, { by: ada, body: commit(epoch) }),
        two.ask('POST', url, { by: ben, body: commit(epoch) }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    }
  });

  test('a call that begins at one is shown to members at the other, and a removal, too', async () => {
    const reader = await listen(two, ben);
    const { callId } = await one.join(ada, group);
    await reader.next(({ data }) => (data as { call?: { callId: string } }).call?.callId === callId);
    await one.remove(ada, group, ben);
    await reader.next(({ event }) => event === 'gone');
  });

  test('[G15] who knocks at one is heard at the other by an admin, and hears there that they are let in', async () => {
    const mal = await one.person('Mal');
    const adas = await listen(two, ada);
    const mals = await EventReader.open(two.app.listeningOrigin + '/api/events', mal.token);
    readers.push(mals);
    await one.change(ada, group, [admitting('approval', ada, ben)]);
    expect((await one.enter(mal, group)).status).toBe(202);
    const data = { groupId: group.groupId };
    await adas.next(({ event, data: told }) => event === 'knock' && isDeepStrictEqual(told, data));
    await one.change(ada, group, [admissionOf(mal)]);
    expect(await mals.next(({ event }) => event === 'answer')).toEqual({ event: 'answer', data });
  });

  test('after the connection of the doorbell was cut, what was missed in between is not missed', async () => {
    const { url } = await call();
    const reader = await listen(two, ben);
    const { body: now } = await two.ask<Page>('GET', `${url}?after=0`, { by: ben });
    const seen = `after=${now.position}&seen=${now.participantsVersion}`;
    const waiting = two.ask<Page>('GET', `${url}?${seen}&waitMs=25000`, { by: ben });
    await expect.poll(() => waitingPolls(two)).toBe(1);
    const cut = await one.testStore.run(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'aparte news' and datname = current_database()`,
    );
    expect(cut).toHaveLength(2);
    expect((await one.ask('POST', url, { by: ada, body: commit(0) })).status).toBe(201);
    expect((await waiting).body.entries).toHaveLength(1);
    await reader.ended; // it begins anew with the present state
  });
});

async function waitingPolls(harness: Harness): Promise<number> {
  const { body } = await harness.ask<string>('GET', '/metrics');
  return Number(/aparte_waiting\{what="polls"\} (\d+)/.exec(body)?.[1]);
}
