// Join requests and Welcomes as the service keeps and shows them (D6, D7): to whom, for how long, and how long polls wake.
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Harness, type Page, type Ticket } from '../testing/harness.ts';
import { randomText, type Draft, type Person } from '../testing/people.ts';
import { mostMessageBytes, mostRequestBytes } from './schema.ts';

let harness: Harness;
let ada: Person;
let ben: Person;
let cyd: Person;
let group: Draft;
let tickets: Map<Person, Ticket>;
let call: string;
beforeEach(async () => {
  harness = await Harness.start();
  [ada, ben, cyd] = [await harness.person('Ada'), await harness.person('Ben'), await harness.person('Cyd')];
  group = await harness.group(ada, ben, cyd);
  tickets = new Map();
  for (const person of [ada, ben, cyd]) tickets.set(person, await harness.join(person, group));
  call = `/api/calls/${tickets.get(ada)!.callId}`;
  await open(1);
});
afterEach(() => harness.close());

const placeOf = (person: Person) => tickets.get(person)!.livekit.identity;
const urlOf = (person: Person) => `${call}/requests/${placeOf(person)}`;
const open = (generation: number) =>
  harness.ask('POST', `${call}/log`, {
    by: ada,
    body: { kind: 'open', generation, epoch: 0, message: '', groupInfo: randomText(40), after: 0 },
  });
const ask = async (by: Person): Promise<void> => {
  expect(await put(by)).toBe('204');
};
const put = (by: Person, message = randomText(600), generation = 1) =>
  harness.refusal('PUT', urlOf(by), { by, body: { generation, message } });
const withdraw = (by: Person) => harness.refusal('DELETE', urlOf(by), { by });
const append = (by: Person, epoch: number, welcome?: { message: string; to: readonly string[] }) => {
  const message = randomText(60);
  const body = { kind: 'commit', generation: 1, epoch, message, groupInfo: randomText(40), after: 0 };
  return harness.refusal('POST', `${call}/log`, { by, body: welcome ? { ...body, welcome } : body });
};
const read = async (by: Person, query: string): Promise<Page> =>
  (await harness.ask<Page>('GET', `${call}/log?${query}`, { by })).body;
/** What Ada sees, whatever she knew. */
const shown = async () => (await read(ada, 'after=99&requestsSeen=999999')).requests;

describe('a join request', () => {
  test('[D6] is shown to who has a place and asks, oldest first, with its place, as it came', async () => {
    const [bens, cyds] = [randomText(600), randomText(700)];
    expect([await put(cyd, cyds), await put(ben, bens)]).toEqual(['204', '204']);
    const expected = [
      { livekitIdentity: placeOf(cyd), message: cyds },
      { livekitIdentity: placeOf(ben), message: bens },
    ];
    const page = await read(ada, 'after=1&requestsSeen=0');
    expect(page).toMatchObject({ requests: expected, requestsVersion: 2 });
    expect((await read(ada, 'after=1&requestsSeen=2')).requests).toBeNull();
    expect((await read(ada, 'after=1')).requests).toBeNull();
    const mal = await harness.person('Mal');
    expect(await harness.refusal('GET', `${call}/log?after=0&requestsSeen=0`, { by: mal })).toBe(
      'call_not_found',
    );
  });

  test('[D6] is one a place: a new one replaces it and goes to the end', async () => {
    await ask(ben);
    await ask(cyd);
    const again = randomText(600);
    await put(ben, again);
    expect(await shown()).toMatchObject([
      { livekitIdentity: placeOf(cyd) },
      { livekitIdentity: placeOf(ben), message: again },
    ]);
  });

  test('[D6] is its owner’s: nobody opens or withdraws one for another place', async () => {
    await ask(ben);
    const body = { generation: 1, message: randomText(600) };
    expect(await harness.refusal('PUT', urlOf(ben), { by: cyd, body })).toBe('not_in_call');
    expect(await harness.refusal('DELETE', urlOf(ben), { by: cyd })).toBe('not_in_call');
    const mal = await harness.person('Mal');
    expect(await harness.refusal('PUT', urlOf(ben), { by: mal, body })).toBe('call_not_found');
    expect(await harness.refusal('PUT', urlOf(ben), { body })).toBe('session_required');
    expect(await shown()).toHaveLength(1);
  });

  test('[D6] is withdrawn by its owner, also twice', async () => {
    await ask(ben);
    expect([await withdraw(ben), await withdraw(ben)]).toEqual(['204', '204']);
    expect(await shown()).toEqual([]);
  });

  test('[D6] is for the current generation and goes with it', async () => {
    expect(await put(ben, randomText(600), 2)).toBe('epoch_conflict');
    await ask(ben);
    await open(2);
    expect(await shown()).toEqual([]);
    expect(await put(ben)).toBe('epoch_conflict');
    expect(await put(ben, randomText(600), 2)).toBe('204');
    expect(await shown()).toHaveLength(1);
  });

  test('[D6] ends with its place: left, taken anew, removed, or given up', async () => {
    await ask(ben);
    await harness.ask('POST', `${call}/leave`, { by: ben, body: { livekitIdentity: placeOf(ben) } });
    expect(await shown()).toEqual([]);
    expect(await put(ben)).toBe('not_in_call');

    await ask(cyd);
    const old = urlOf(cyd);
    tickets.set(cyd, await harness.join(cyd, group));
    expect(await shown()).toEqual([]);
    const body = { generation: 1, message: randomText(600) };
    expect(await harness.refusal('PUT', old, { by: cyd, body })).toBe('not_in_call');

    await ask(cyd);
    await harness.app.sweep();
    harness.memorySfu.vanish(tickets.get(cyd)!.callId, placeOf(cyd));
    await harness.app.sweep();
    harness.nowMs += 60_000;
    await harness.app.sweep();
    await harness.app.sweep();
    expect(await shown()).toEqual([]);

    tickets.set(cyd, await harness.join(cyd, group));
    await ask(cyd);
    await harness.remove(ada, group, cyd);
    expect(await shown()).toEqual([]);
  });

  test('[D6] lives on over a restart of the service', async () => {
    await ask(ben);
    const before = await shown();
    await harness.restart();
    expect(await shown()).toEqual(before);
    expect(before).toHaveLength(1);
  });

  test('[D6] [T1] has up to 8 KiB, and nothing but its fields', async () => {
    expect(await put(ben, randomBytes(mostRequestBytes).toString('base64url'))).toBe('204');
    expect(await put(ben, randomBytes(mostRequestBytes + 1).toString('base64url'))).toBe('invalid_request');
    const message = randomText(60);
    const wrong = [
      { generation: 1 },
      { message },
      { generation: 0, message },
      { generation: '1', message },
      { generation: 1, message: '' },
      { generation: 1, message: `${message}=` },
      { generation: 1, message, epoch: 0 },
    ];
    for (const body of wrong)
      expect(await harness.refusal('PUT', urlOf(ben), { by: ben, body })).toBe('invalid_request');
    const elsewhere = `${call}/requests/${randomText(15)}`;
    expect(await harness.refusal('PUT', elsewhere, { by: ben, body: { generation: 1, message } })).toBe(
      'invalid_request',
    );
  });
});

describe('the long poll', () => {
  const poll = (by: Person, query: string) => read(by, `${query}&waitMs=20000`);
  const versions = async () => {
    const { participantsVersion, requestsVersion } = await read(ada, 'after=1');
    return `after=1&seen=${participantsVersion}&requestsSeen=${requestsVersion}`;
  };

  test('[D6] wakes who follows requests when one comes and when one goes, and nobody else', async () => {
    const first = poll(ada, await versions());
    const { participantsVersion } = await read(ada, 'after=1');
    let isAwake = false;
    const other = poll(cyd, `after=1&seen=${participantsVersion}`).finally(() => (isAwake = true));
    await ask(ben);
    expect((await first).requests).toHaveLength(1);
    const second = poll(ada, await versions());
    await withdraw(ben);
    expect((await second).requests).toEqual([]);
    expect(isAwake).toBe(false);
    await append(ada, 0);
    expect((await other).entries).toHaveLength(1);
  });

  test('[D6] answers at once who does not know of a request yet', async () => {
    await ask(ben);
    const { participantsVersion } = await read(ada, 'after=1');
    expect((await poll(ada, `after=1&seen=${participantsVersion}&requestsSeen=0`)).requests).toHaveLength(1);
  });
});

describe('a Welcome', () => {
  test('[D7] is stored with its commit, shown to who asks, and takes the requests along that it answers', async () => {
    await ask(ben);
    await ask(cyd);
    const welcome = { message: randomText(500), to: [placeOf(ben)] };
    expect(await append(ada, 0, welcome)).toBe('201');
    expect((await read(ben, 'after=1&welcomes=1')).entries).toMatchObject([
      { position: 2, welcome: welcome.message },
    ]);
    expect((await read(ben, 'after=1')).entries).toMatchObject([{ position: 2, welcome: null }]);
    expect(await shown()).toMatchObject([{ livekitIdentity: placeOf(cyd) }]);
    expect(await append(ada, 1)).toBe('201');
    expect((await read(ben, 'after=2&welcomes=1')).entries).toMatchObject([{ position: 3, welcome: null }]);
  });

  test('[D7] [D2] of a commit that lost the race is nowhere, and the requests stay', async () => {
    await ask(ben);
    await append(ada, 0);
    expect(await append(cyd, 0, { message: randomText(500), to: [placeOf(ben)] })).toBe('epoch_conflict');
    expect(await shown()).toHaveLength(1);
    expect((await read(ben, 'after=1&welcomes=1')).entries).toMatchObject([{ welcome: null }]);
  });

  test('[D7] [T1] has up to 256 KiB beside a commit and a GroupInfo of that size, and names 1 to 64 places', async () => {
    const largest = randomBytes(mostMessageBytes).toString('base64url');
    const larger = randomBytes(mostMessageBytes + 1).toString('base64url');
    const to = Array.from({ length: 65 }, () => randomText(16));
    const wrong = [
      { message: larger, to: to.slice(0, 1) },
      { message: '', to: to.slice(0, 1) },
      { message: randomText(40), to: [] },
      { message: randomText(40), to },
      { message: randomText(40), to: [to[0]!, to[0]!] },
      { message: randomText(40), to: [randomText(15)] },
    ];
    for (const welcome of wrong) expect(await append(ada, 0, welcome)).toBe('invalid_request');
    const body = { kind: 'commit', generation: 1, epoch: 0, message: largest, groupInfo: largest, after: 0 };
    const welcome = { message: largest, to: to.slice(0, 64) };
    expect(await harness.refusal('POST', `${call}/log`, { by: ada, body: { ...body, welcome } })).toBe('201');
    const opening = {
      ...body,
      kind: 'open',
      generation: 2,
      message: '',
      welcome: { message: 'AAAA', to: [to[0]] },
    };
    expect(await harness.refusal('POST', `${call}/log`, { by: ada, body: opening })).toBe('invalid_request');
  });
});
