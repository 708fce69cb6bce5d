// Joining when many come at once or the race is lost (protocol.md C11, C12, C14), over the real service and the real engine: who asks is
// added in batches, by the next one if the lowest leaf does not, and gets in without anybody's help if need be.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { random, toBase64url, toHex } from '../../crypto/bytes.ts';
import { agree, World, type TestCall, type TestPerson } from '../testing/world.ts';
import { requestWaitMs } from './entrance.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const names = (count: number) => Array.from({ length: count }, (_, at) => `p${at}`);

async function callOf(people: readonly TestPerson[], id: string): Promise<TestCall[]> {
  const calls: TestCall[] = [];
  for (const person of people) calls.push(await person.enter(id));
  await agree(calls, people.length);
  return calls;
}

/** The person's next `count` commits meet an epoch that has gone. */
function losesRaces(person: TestPerson, count: number): void {
  const through = person.line.fetch;
  let left = count;
  rewrite(
    person,
    (body) => {
      if (body['kind'] !== 'commit' || left-- <= 0) return body;
      return { ...body, epoch: 2 ** 40 };
    },
    through,
  );
}

/** Changes what the person sends to the log. */
function rewrite(
  person: TestPerson,
  change: (body: Record<string, unknown>) => Record<string, unknown>,
  through = person.line.fetch,
): void {
  person.line.fetch = (input, init) => {
    if (!(input as string).endsWith('/log') || typeof init?.body !== 'string') return through(input, init);
    return through(input, {
      ...init,
      body: JSON.stringify(change(JSON.parse(init.body) as Record<string, unknown>)),
    });
  };
}

const asked = (person: TestPerson) => person.line.sent.filter(({ method }) => method === 'PUT').length;
const withdrew = (person: TestPerson) => person.line.sent.filter(({ method }) => method === 'DELETE').length;
const commitsOf = (person: TestPerson) =>
  person.line.sent.filter(({ path, body }) => path.endsWith('/log') && body.includes('"kind":"commit"'))
    .length;
const added = (person: TestPerson) => person.line.sent.some(({ body }) => body.includes('"welcome":{'));
const isWell = (call: TestCall) => call.session.counts.rejected === 0 && call.restarts === 0;

test('[C11] [C12] [C14] who lost the race twice is added, and is in with the same keys', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben] = (await callOf(people.slice(0, 2), id)) as [TestCall, TestCall];
  losesRaces(people[2]!, 2);
  const cyd = await people[2]!.enter(id);
  await agree([ada, ben, cyd], 3);
  expect([asked(people[2]!), withdrew(people[2]!), commitsOf(people[2]!)]).toEqual([1, 0, 2]);
  expect(ada.epoch.epoch).toBe(2n);
  expect([ada, ben, cyd].map(({ trust }) => trust.at(-1)?.kind)).toEqual(['joined', 'joined', 'joined']);
  expect(ada.trust.at(-1)?.identity).toEqual(people[2]!.identity);
  expect(ada.epoch.sendAfterMs).toBe(1500);
  expect(cyd.epochs[0]?.sendAfterMs).toBe(0);
  await people[2]!.leave();
  await agree([ada, ben], 2);
  expect(cyd.epochs.map((epoch) => toHex(epoch.baseKey))).not.toContain(toHex(ada.epoch.baseKey));
});

test(
  '[C12] twelve who come at the same moment are all on one epoch after far fewer commits',
  { timeout: 90_000 },
  async () => {
    const { people, id } = await world.group('Ada', ...names(12));
    const [ada] = (await callOf(people.slice(0, 1), id)) as [TestCall];
    const calls = await Promise.all(people.slice(1).map((person) => person.enter(id)));
    await agree([ada, ...calls], 13);
    expect([ada, ...calls].every(isWell)).toBe(true);
    expect(ada.epoch.generation).toBe(1);
    const externals = people.slice(1).map(commitsOf);
    expect(Math.max(...externals)).toBeLessThanOrEqual(2);
    expect(Number(ada.epoch.epoch)).toBeLessThan(12);
  },
);

test('[C12] when all twelve wait, one commit brings all of them in', { timeout: 90_000 }, async () => {
  const { people, id } = await world.group('Ada', ...names(12));
  const [ada] = (await callOf(people.slice(0, 1), id)) as [TestCall];
  for (const person of people.slice(1)) losesRaces(person, 2);
  const calls = await Promise.all(people.slice(1).map((person) => person.enter(id)));
  await agree([ada, ...calls], 13);
  expect(Number(ada.epoch.epoch)).toBeLessThanOrEqual(4);
  expect([ada, ...calls].every(isWell)).toBe(true);
});

test('[C11] who comes with four others or more asks at once; with fewer, joins without asking', async () => {
  const { people, id } = await world.group('Ada', ...names(5));
  const calls: TestCall[] = [];
  // LiveKit has seen none of them: each is still on the way when the next one comes.
  for (const person of people) {
    calls.push(await person.enter(id));
    await agree(calls, calls.length);
  }
  expect(people.map(asked)).toEqual([0, 0, 0, 0, 1, 1]);
  expect(people.slice(4).map(commitsOf)).toEqual([0, 0]);
  expect(calls.every(isWell)).toBe(true);
});

test('[C12] where the lowest leaf does nothing, the next one adds', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd', 'Dan');
  const [ada, ben, cyd] = (await callOf(people.slice(0, 3), id)) as [TestCall, TestCall, TestCall];
  ada.session.stop(); // Her place stays: LiveKit still sees her.
  losesRaces(people[3]!, 2);
  const dan = await people[3]!.enter(id);
  await agree([ben, cyd, dan], 4);
  expect(withdrew(people[3]!)).toBe(0);
  expect(people.slice(0, 2).map(added)).toEqual([false, true]);
});

test('[C11] where nobody adds them, they withdraw and join by themselves', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben] = (await callOf(people.slice(0, 2), id)) as [TestCall, TestCall];
  for (const call of [ada, ben]) call.session.stop();
  losesRaces(people[2]!, 2);
  const sinceMs = performance.now();
  const cyd = await people[2]!.enter(id);
  expect(performance.now() - sinceMs).toBeGreaterThanOrEqual(requestWaitMs);
  expect(cyd.epoch.leaves).toHaveLength(3);
  expect([asked(people[2]!), withdrew(people[2]!), commitsOf(people[2]!)]).toEqual([1, 1, 3]);
  const query = { after: 0, seen: null, requestsSeen: 999, waitMs: 0 };
  expect((await people[0]!.service.readLog(ada.ticket.callId, query)).requests).toEqual([]);
});

test('[C11] who is alone in the call, says the service, asks nobody', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  await callOf(people.slice(0, 1), id);
  losesRaces(people[1]!, 4);
  people[1]!.line.forge = (_path, body) => withOnly(people[1]!, body);
  const ben = await people[1]!.enter(id);
  expect(ben.end).toBeNull();
  expect([asked(people[1]!), commitsOf(people[1]!) >= 5]).toEqual([0, true]);
});

test('[C11] [C14] a Welcome that does not open is no way in: they join by themselves and replace the leaf that was made', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben] = (await callOf(people.slice(0, 2), id)) as [TestCall, TestCall];
  rewrite(people[0]!, (body) => {
    const welcome = body['welcome'] as { to: string[] } | undefined;
    return welcome ? { ...body, welcome: { ...welcome, message: toBase64url(random(300)) } } : body;
  });
  losesRaces(people[2]!, 2);
  const sinceMs = performance.now();
  const cyd = await people[2]!.enter(id);
  await agree([ada, ben, cyd], 3);
  expect(performance.now() - sinceMs).toBeLessThan(requestWaitMs);
  expect(ada.epoch.epoch).toBe(3n);
  expect([ada, ben, cyd].every(isWell)).toBe(true);
  expect(ada.trust.map(({ kind }) => kind)).toEqual(['opened', 'joined', 'joined']);
});

test('[C11] [C9] another generation ends the request: they join that one', async () => {
  const { people, id } = await world.group('Ada', 'Mal', 'Cyd');
  const [ada, mal] = (await callOf(people.slice(0, 2), id)) as [TestCall, TestCall];
  mal.session.stop();
  people[0]!.line.forge = (path, body) => (path.endsWith('/log') ? withoutRequests(body) : body);
  losesRaces(people[2]!, 2);
  const entering = people[2]!.enter(id);
  await expect.poll(() => asked(people[2]!)).toBe(1);
  const { generation, epoch } = ada.epoch;
  await people[1]!.service.append(ada.ticket.callId, {
    ...{ kind: 'commit', generation, epoch, after: 0 },
    ...{ message: random(300), groupInfo: random(300) },
  });
  const cyd = await entering;
  await agree([ada, cyd], 2);
  expect(cyd.epoch.generation).toBe(2);
});

test('[C7] [C12] who comes back and has to ask is added once their old leaf is gone, in another commit', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, old, cyd] = (await callOf(people, id)) as [TestCall, TestCall, TestCall];
  old.session.stop(); // A reload.
  losesRaces(people[1]!, 2);
  const sinceMs = performance.now();
  const ben = await people[1]!.enter(id);
  await agree([ada, ben, cyd], 3);
  expect(performance.now() - sinceMs).toBeLessThan(requestWaitMs);
  expect(ada.epoch.epoch).toBe(4n);
  expect([withdrew(people[1]!), isWell(ada), isWell(cyd)]).toEqual([0, true, true]);
  expect(ada.trust.slice(-2).map(({ kind }) => kind)).toEqual(['left', 'joined']);
});

test('[C12] requests that the service garbles or shows for others are not granted, and hold nobody up', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada] = (await callOf(people.slice(0, 1), id)) as [TestCall];
  people[0]!.line.forge = (path, body) => (path.endsWith('/log') ? withForgedRequests(body) : body);
  for (const person of people.slice(1)) losesRaces(person, 2);
  const calls = await Promise.all(people.slice(1).map((person) => person.enter(id)));
  await agree([ada, ...calls], 3);
  expect([ada, ...calls].every(isWell)).toBe(true);
  expect(people.slice(1).map(withdrew)).toEqual([0, 0]);
});

test(
  '[C6] [C12] [D6] answers that get lost and a service that restarts in the middle do no harm',
  { timeout: 90_000 },
  async () => {
    const { people, id } = await world.group('Ada', ...names(6));
    const [ada] = (await callOf(people.slice(0, 1), id)) as [TestCall];
    for (const person of people) {
      let count = 0;
      person.line.losesAnswer = ({ method, path }) =>
        (method === 'PUT' || (method === 'POST' && path.endsWith('/log'))) && ++count % 2 === 1;
    }
    const entering = people.slice(1).map((person) => {
      losesRaces(person, 3);
      return person.enter(id);
    });
    await expect.poll(() => people.some((person) => asked(person) > 0)).toBe(true);
    await world.restart();
    const calls = await Promise.all(entering);
    await agree([ada, ...calls], 7);
    expect([ada, ...calls].every(isWell)).toBe(true);
  },
);

interface Shown {
  participants?: { identity: string }[];
  requests?: { livekitIdentity: string; message: string }[] | null;
  page?: Shown;
}

/** The service's answers as if nobody else had a place. */
function withOnly(person: TestPerson, body: string): string {
  const mine = toBase64url(person.identity);
  const alone = (page: Shown): Shown => ({
    ...page,
    ...(page.participants && { participants: page.participants.filter(({ identity }) => identity === mine) }),
    ...(page.page && { page: alone(page.page) }),
  });
  return JSON.stringify(alone(JSON.parse(body) as Shown));
}

function withoutRequests(body: string): string {
  const page = JSON.parse(body) as Shown;
  return page.requests ? JSON.stringify({ ...page, requests: [] }) : body;
}

/** Every request also as garbage, and for the place of the next one. */
function withForgedRequests(body: string): string {
  const page = JSON.parse(body) as Shown;
  const { requests } = page;
  if (!requests?.length) return body;
  const garbage = requests.map((request) => ({ ...request, message: toBase64url(random(100)) }));
  const crossed = requests.map(({ livekitIdentity }, at) => {
    return { livekitIdentity, message: requests[(at + 1) % requests.length]!.message };
  });
  return JSON.stringify({
    ...page,
    requests: [...garbage, ...(requests.length > 1 ? crossed : []), ...requests],
  });
}
