// A service that does not tell its log as it is: keeps entries back, hands old ones out under new numbers, shows an older state, or tells
// two people two histories. Whoever is lied to notices by the log itself, says so, and the call goes on with new keys (C9).
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toBase64url } from '../../crypto/bytes.ts';
import { systemClock, type Clock } from '../api/clock.ts';
import { agree, World, type TestCall, type TestPerson } from '../testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

interface Page {
  readonly generation: number;
  readonly epoch: number;
  readonly position: number;
  readonly entries: readonly { readonly position: number; readonly message: string }[];
}

const kinds = (call: TestCall) => call.trust.map((change) => change.kind);

async function three() {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const calls: TestCall[] = [];
  for (const person of people) calls.push(await person.enter(id));
  await agree(calls, 3);
  return { people, id, calls: calls as [TestCall, TestCall, TestCall] };
}

/** Changes every page that this person reads, from the next on. */
function lieTo(person: TestPerson, change: (page: Page) => Page): void {
  person.line.forge = (path, body) => {
    if (!path.endsWith('/log')) return body;
    const page = JSON.parse(body) as Page;
    return Array.isArray(page.entries) ? JSON.stringify(change(page)) : body;
  };
  person.call?.session.wake();
}

const honest = (page: Page): Page => page;
const isRestarted = (call: TestCall) => call.epoch.generation > 1;

test('[C9] an entry that is kept back while the log counts it is missed at once, and all meet in a new generation', async () => {
  const { people, calls } = await three();
  const [ada, ben] = calls;
  lieTo(people[1]!, (page) => ({ ...page, entries: [] }));
  await people[2]!.leave();
  await ben.until(() => kinds(ben).includes('refused'), 'Ben noticed');
  lieTo(people[1]!, honest);
  await agree([ada, ben], 2);
  expect(kinds(ada)).not.toContain('refused');
  expect(ben.end).toBeNull();
});

test('[C9] [O2] an old entry under a new number does not take the place of the one that belongs there', async () => {
  const { people, calls } = await three();
  const [ada, ben] = calls;
  const { entries } = await people[1]!.service.readLog(ben.ticket.callId, {
    after: 1,
    seen: null,
    waitMs: 0,
  });
  const old = toBase64url(entries[0]!.message);
  const asOld = { message: old, epoch: Number(entries[0]!.epoch) };
  lieTo(people[1]!, (page) => ({ ...page, entries: page.entries.map((one) => ({ ...one, ...asOld })) }));
  await people[2]!.leave();
  await ben.until(() => kinds(ben).includes('refused'), 'Ben noticed');
  lieTo(people[1]!, honest);
  await ben.until(() => isRestarted(ben), 'a new generation');
  await agree([ada, ben], 2);
});

test('[C9] a log that got shorter or names another epoch is taken back when the next page is right again', async () => {
  const { people, calls } = await three();
  const [ada, , cyd] = calls;
  // The highest leaf lets others try the longest.
  lieTo(people[2]!, (page) => ({ ...page, position: page.position - 1, epoch: page.epoch - 1, entries: [] }));
  await cyd.until(() => kinds(cyd).includes('refused'), 'Cyd noticed');
  lieTo(people[2]!, honest);
  await people[1]!.leave();
  await agree([ada, cyd], 2);
  expect(cyd.epoch.generation).toBe(1);
  expect(cyd.restarts).toBe(1);
});

test('[C9] [A6] of two histories for two people the log itself tells who is in doubt, and both meet again', async () => {
  const { people, calls } = await three();
  const [ada, ben] = calls;
  const line = people[1]!.line;
  const { position, epoch } = await people[1]!.service.readLog(ben.ticket.callId, {
    ...{ after: 0, seen: null, waitMs: 0 },
  });
  // Ben is told that his own removal of Cyd was accepted, and never hears of Ada's.
  let step = 0;
  const truth = line.fetch;
  line.fetch = async (input, init) => {
    if (!(input as string).includes('/log')) return truth(input, init);
    const present = () => ({ position: position + step, epoch: Number(epoch) + step });
    if (init?.method === 'POST') {
      step = 1;
      return Response.json({ ...present(), generation: 1 }, { status: 201 });
    }
    const page = (await (await truth(input, init)).json()) as Page;
    return Response.json({ ...page, ...present(), entries: [] });
  };
  ben.session.wake();
  await people[2]!.leave();
  await Promise.all([ada, ben].map((call) => call.untilLeaves(2)));
  expect(ada.secret).not.toBe(ben.secret);
  line.fetch = truth;
  const isApart = () => [...ben.peers.values()].some(({ health }) => health === 'apart');
  for (let n = 0; n < 2; n++) ada.session.say('Ben, do you hear me?');
  await ben.until(isApart, 'Ben says that Ada is elsewhere');
  await ben.until(() => isRestarted(ben), 'a new generation', 3000);
  await agree([ada, ben], 2);
  expect(kinds(ben)).toContain('refused');
});

test('[C15] who is shown the call as it was, and nothing else, gets no keys of it: that ends with a name, and disturbs nobody', async () => {
  const { people, id, calls } = await three();
  const dan = await world.person('Dan');
  await dan.groups.join(people[0]!.groups.get(id)!.secret, 'Dan');
  await people[0]!.groups.refresh(id);
  const former = await rawPage(people[0]!, calls[0]);
  await people[2]!.leave();
  await agree(calls.slice(0, 2), 2);
  dan.line.clock = twentyTimes;
  dan.line.forge = (path, body) => {
    if (!/\/(log|call)$/.test(path)) return body;
    const told = JSON.parse(body) as Partial<Page> & { page?: Page };
    const old = { ...former, entries: [] };
    return JSON.stringify(told.page ? { ...told, page: { ...told.page, ...old } } : { ...told, ...old });
  };
  const call = await dan.enter(id);
  expect(call.end).toEqual({ reason: 'failed', code: 'keys_failed' });
  expect(call.epochs).toEqual([]);
  expect(calls.slice(0, 2).map(({ epoch, restarts }) => [epoch.generation, restarts])).toEqual([
    [1, 0],
    [1, 0],
  ]);
});

/** Waiting takes a twentieth of the time. */
const twentyTimes: Clock = {
  ...systemClock,
  now: () => 20 * systemClock.now(),
  after: (delayMs, task) => systemClock.after(delayMs / 20, task),
};

/** The state of the log as it travels. */
async function rawPage(person: TestPerson, call: TestCall): Promise<object> {
  const page = await person.service.readLog(call.ticket.callId, {
    ...{ after: 0, seen: null, waitMs: 0, withGroupInfo: true },
  });
  const { generation, epoch, position, groupInfo } = page;
  return { generation, epoch: Number(epoch), position, groupInfo: toBase64url(groupInfo!) };
}
