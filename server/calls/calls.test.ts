import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Harness, type Page, type Ticket } from '../testing/harness.ts';
import { randomText, type Draft, type Person } from '../testing/people.ts';
import { awayMs, joiningMs } from './places.ts';

let harness: Harness;
let ada: Person;
let ben: Person;
let cyd: Person;
let group: Draft;
beforeEach(async () => {
  harness = await Harness.start({ env: { APARTE_MAX_PARTICIPANTS: '3' } });
  [ada, ben, cyd] = [await harness.person('Ada'), await harness.person('Ben'), await harness.person('Cyd')];
  group = await harness.group(ada, ben, cyd);
});
afterEach(() => harness.close());

const page = async (by: Person, { callId }: Ticket): Promise<Page> =>
  (await harness.ask<Page>('GET', `/api/calls/${callId}/log?after=0`, { by })).body;

const states = async (by: Person, ticket: Ticket): Promise<string[]> =>
  (await page(by, ticket)).participants.map((one) => one.state);

const at = (ticket: Ticket, what: string): string => `/api/calls/${ticket.callId}/${what}`;
/** A place by an id of its own. */
const wished = () => ({ placeId: randomText(16) });
const place = ({ livekit }: Ticket) => ({ livekitIdentity: livekit.identity });
const inRoom = (ticket: Ticket): string[] => [...(harness.memorySfu.rooms.get(ticket.callId) ?? [])];

describe('joining', () => {
  test('the first starts the voice chat, the next join it', async () => {
    const first = await harness.join(ada, group);
    expect(first).toMatchObject({
      startedAtMs: harness.nowMs,
      livekit: { url: 'ws://127.0.0.1:1', room: first.callId },
      page: { generation: 0, epoch: 0, position: 0, entries: [], groupInfo: null, participantsVersion: 1 },
    });
    expect(first.page.participants).toEqual([
      { identity: ada.identity, livekitIdentity: first.livekit.identity, state: 'joining' },
    ]);
    harness.nowMs += 5;
    const second = await harness.join(ben, group);
    expect([second.callId, second.startedAtMs]).toEqual([first.callId, first.startedAtMs]);
    expect(second.page.participants).toHaveLength(2);
    const record = await harness.ask('GET', `/api/groups/${group.groupId}`, { by: cyd });
    expect(record.body).toMatchObject({ call: { callId: first.callId, startedAtMs: first.startedAtMs } });
  });

  test('two starters at the same moment get the same voice chat, and no room is left over', async () => {
    const tickets = await Promise.all([ada, ben, cyd].map((person) => harness.join(person, group)));
    expect(new Set(tickets.map((ticket) => ticket.callId)).size).toBe(1);
    await expect.poll(() => [...harness.memorySfu.rooms.keys()]).toEqual([tickets[0]?.callId]);
    expect((await page(ada, tickets[0] as Ticket)).participants).toHaveLength(3);
  });

  test('the same person again: the former place has left and is out of the room', async () => {
    const former = await harness.join(ada, group);
    const next = await harness.join(ada, group);
    expect(next.callId).toBe(former.callId);
    expect(next.livekit.identity).not.toBe(former.livekit.identity);
    expect((await page(ada, next)).participants.map((one) => one.livekitIdentity)).toEqual([
      next.livekit.identity,
    ]);
    await expect.poll(() => inRoom(next)).toEqual([next.livekit.identity]);
    const again = { by: ada, body: place(former) };
    expect(await harness.refusal('POST', at(former, 'token'), again)).toBe('not_in_call');
  });

  test('a voice chat has so many people and no more', async () => {
    for (const person of [ada, ben, cyd]) await harness.join(person, group);
    const dot = await harness.person('Dot');
    await harness.enter(dot, group);
    const wish = { by: dot, body: wished() };
    expect(await harness.refusal('POST', `/api/groups/${group.groupId}/call`, wish)).toBe('call_full');
    expect((await harness.join(cyd, group)).page.participants).toHaveLength(3);
  });

  test('with LiveKit down a join says so, changes nothing, and works again afterwards', async () => {
    harness.memorySfu.isDown = true;
    const answer = await harness.ask('POST', `/api/groups/${group.groupId}/call`, {
      by: ada,
      body: wished(),
    });
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ error: { code: 'livekit_unavailable' } });
    expect(answer.headers['retry-after']).toBeDefined();
    expect((await harness.ask('GET', `/api/groups/${group.groupId}`, { by: ada })).body).toMatchObject({
      call: null,
    });
    expect((await harness.ask('GET', '/healthz')).status).toBe(200);
    harness.memorySfu.isDown = false;
    expect((await harness.join(ada, group)).page.participants).toHaveLength(1);
  });
});

describe('what happens between the two looks at the store', () => {
  /** Runs `meanwhile` once, after the service looked at the store and before it takes the place. */
  function duringCreateRoom(meanwhile: () => Promise<unknown>): void {
    const { memorySfu } = harness;
    const createRoom = memorySfu.createRoom.bind(memorySfu);
    memorySfu.createRoom = async (name) => {
      memorySfu.createRoom = createRoom;
      await createRoom(name);
      await meanwhile();
    };
  }
  /** Runs `meanwhile` once, right before a place is taken. */
  function beforePlace(meanwhile: () => Promise<unknown>): void {
    const { calls } = harness.store;
    const join = calls.join.bind(calls);
    calls.join = async (place) => {
      calls.join = join;
      await meanwhile();
      return join(place);
    };
  }
  const wish = (by: Person) =>
    harness.ask<Ticket>('POST', `/api/groups/${group.groupId}/call`, { by, body: wished() });

  test('[L4] who is removed meanwhile gets no place, and no room is left over', async () => {
    const { groupId } = group;
    duringCreateRoom(() => harness.remove(ada, group, ben));
    expect(await wish(ben)).toMatchObject({ status: 404, body: { error: { code: 'group_not_found' } } });
    expect((await harness.ask('GET', `/api/groups/${groupId}`, { by: ada })).body).toMatchObject({
      call: null,
    });
    await expect.poll(() => harness.memorySfu.rooms.size).toBe(0);
  });

  test('the voice chat that is joined ends meanwhile: another one is started', async () => {
    const adas = await harness.join(ada, group);
    beforePlace(() => harness.ask('POST', at(adas, 'leave'), { by: ada, body: place(adas) }));
    const bens = await wish(ben);
    expect(bens.status).toBe(200);
    expect(bens.body.callId).not.toBe(adas.callId);
    await expect.poll(() => [...harness.memorySfu.rooms.keys()]).toEqual([bens.body.callId]);
  });

  test('LiveKit does not answer for a running voice chat: the place is given back', async () => {
    await harness.join(ada, group);
    harness.memorySfu.isDown = true;
    expect(await wish(ben)).toMatchObject({ status: 503, body: { error: { code: 'livekit_unavailable' } } });
    const { body } = await harness.ask<{ call: Page }>('GET', `/api/groups/${group.groupId}`, { by: ada });
    expect(body.call.participants.map((one) => one.identity)).toEqual([ada.identity]);
  });

  test('LiveKit goes down between two tries: the place is given back', async () => {
    duringCreateRoom(async () => {
      await harness.join(ada, group);
      harness.memorySfu.isDown = true;
    });
    expect(await wish(ben)).toMatchObject({ status: 503, body: { error: { code: 'livekit_unavailable' } } });
    const { body } = await harness.ask<{ call: Page }>('GET', `/api/groups/${group.groupId}`, { by: ada });
    expect(body.call.participants.map((one) => one.identity)).toEqual([ada.identity]);
  });
});

describe('leaving', () => {
  test('[L4] who leaves is out of the room; the last one out ends the voice chat and its room', async () => {
    const [adas, bens] = [await harness.join(ada, group), await harness.join(ben, group)];
    expect((await harness.ask('POST', at(bens, 'leave'), { by: ben, body: place(bens) })).status).toBe(204);
    await expect.poll(() => inRoom(adas)).toEqual([adas.livekit.identity]);
    expect((await harness.ask('POST', at(bens, 'leave'), { by: ben, body: place(bens) })).status).toBe(204);
    expect(await harness.refusal('GET', `${at(bens, 'log')}?after=0`, { by: ben })).toBe('not_in_call');

    expect((await harness.ask('POST', at(adas, 'leave'), { by: ada, body: place(adas) })).status).toBe(204);
    await expect.poll(() => harness.memorySfu.rooms.size).toBe(0);
    expect(await harness.refusal('GET', `${at(adas, 'log')}?after=0`, { by: ada })).toBe('call_ended');
    expect(await harness.refusal('POST', at(adas, 'token'), { by: ada, body: place(adas) })).toBe(
      'call_ended',
    );
    expect((await harness.ask('POST', at(adas, 'leave'), { by: ada, body: place(adas) })).status).toBe(204);
    expect((await harness.join(ada, group)).callId).not.toBe(adas.callId);
  });

  test('nobody leaves, renews or reads for somebody else', async () => {
    const [adas, bens] = [await harness.join(ada, group), await harness.join(ben, group)];
    const foreign = { by: ben, body: place(adas) };
    expect(await harness.refusal('POST', at(adas, 'leave'), foreign)).toBe('call_not_found');
    expect(await harness.refusal('POST', at(adas, 'token'), foreign)).toBe('not_in_call');
    const outside = { by: cyd, body: place(adas) };
    expect(await harness.refusal('POST', at(adas, 'token'), outside)).toBe('call_not_found');
    expect(await harness.refusal('GET', `${at(adas, 'log')}?after=0`, { by: cyd })).toBe('call_not_found');
    const nowhere = `/api/calls/${randomText(16)}`;
    expect(await harness.refusal('POST', `${nowhere}/leave`, foreign)).toBe('call_not_found');
    expect(await harness.refusal('GET', `${nowhere}/log?after=0`, { by: ada })).toBe('call_not_found');
    expect(await states(ben, bens)).toHaveLength(2);
  });

  test('[L4] a removed member loses their place at once, and is taken out again when they come back', async () => {
    const [adas, bens] = [await harness.join(ada, group), await harness.join(ben, group)];
    await harness.app.sweep();
    await harness.remove(ada, group, ben);
    expect((await page(ada, adas)).participants.map((one) => one.identity)).toEqual([ada.identity]);
    await expect.poll(() => inRoom(adas)).toEqual([adas.livekit.identity]);
    for (let round = 0; round < 3; round++) {
      harness.memorySfu.enter(bens.callId, bens.livekit.identity);
      await harness.app.sweep();
      expect(inRoom(adas)).toEqual([adas.livekit.identity]);
    }
    expect(await harness.refusal('POST', at(bens, 'token'), { by: ben, body: place(bens) })).toBe(
      'not_in_call',
    );
    const body = wished();
    expect(await harness.refusal('POST', `/api/groups/${group.groupId}/call`, { by: ben, body })).toBe(
      'group_not_found',
    );
  });

  test('[L4] what could not be done while LiveKit was away is done by the sweep', async () => {
    const [adas, bens] = [await harness.join(ada, group), await harness.join(ben, group)];
    harness.memorySfu.isDown = true;
    await harness.ask('POST', at(bens, 'leave'), { by: ben, body: place(bens) });
    await harness.app.sweep();
    expect(inRoom(adas)).toHaveLength(2);
    harness.memorySfu.isDown = false;
    await harness.app.sweep();
    expect(inRoom(adas)).toEqual([adas.livekit.identity]);
    harness.memorySfu.isDown = true;
    await harness.ask('POST', at(adas, 'leave'), { by: ada, body: place(adas) });
    await harness.app.sweep();
    harness.memorySfu.isDown = false;
    await harness.app.sweep();
    expect(harness.memorySfu.rooms.size).toBe(0);
  });
});

describe('places over time', () => {
  const later = async (ms: number): Promise<void> => {
    harness.nowMs += ms;
    await harness.app.sweep();
  };

  test('[L3] joining, present, away and left, as LiveKit shows', async () => {
    const [adas, bens] = [await harness.join(ada, group), await harness.join(ben, group)];
    await later(awayMs); // the patience of a fresh start is over
    expect(await states(ada, adas)).toEqual(['present', 'present']);
    harness.memorySfu.vanish(bens.callId, bens.livekit.identity);
    await later(1);
    expect(await states(ada, adas)).toEqual(['present', 'away']);
    await later(awayMs - 1);
    expect(await states(ada, adas)).toEqual(['present', 'away']);
    harness.memorySfu.enter(bens.callId, bens.livekit.identity);
    await later(1);
    expect(await states(ada, adas)).toEqual(['present', 'present']);
    harness.memorySfu.vanish(bens.callId, bens.livekit.identity);
    await later(1);
    await later(awayMs);
    expect(await states(ada, adas)).toEqual(['present']);
  });

  test('a place that is never seen in LiveKit ends after thirty seconds, and the voice chat with it', async () => {
    const adas = await harness.join(ada, group);
    harness.memorySfu.vanish(adas.callId, adas.livekit.identity);
    await later(joiningMs - 1);
    expect(await states(ada, adas)).toEqual(['joining']);
    await later(1);
    expect(await harness.refusal('GET', `${at(adas, 'log')}?after=0`, { by: ada })).toBe('call_ended');
    await later(1);
    expect(harness.memorySfu.rooms.size).toBe(0);
  });

  test('a renewed place gets the time of a join again', async () => {
    const adas = await harness.join(ada, group);
    await later(awayMs);
    harness.memorySfu.vanish(adas.callId, adas.livekit.identity);
    await later(1);
    const renewed = await harness.ask<Ticket>('POST', at(adas, 'token'), { by: ada, body: place(adas) });
    expect(renewed.status).toBe(200);
    expect(renewed.body.livekit).toMatchObject({ identity: adas.livekit.identity, room: adas.callId });
    await later(joiningMs - 1);
    expect(await states(ada, adas)).toEqual(['joining']);
  });

  test('LiveKit restarts: the room is made again, everybody gets the time to come back', async () => {
    const [adas, bens] = [await harness.join(ada, group), await harness.join(ben, group)];
    await later(awayMs);
    harness.memorySfu.rooms.clear();
    await later(1);
    expect(await states(ada, adas)).toEqual(['away', 'away']);
    expect(harness.memorySfu.rooms.has(adas.callId)).toBe(true);
    await later(joiningMs - 1);
    harness.memorySfu.enter(adas.callId, adas.livekit.identity);
    await later(1);
    expect(await states(ada, adas)).toEqual(['present']);
    expect(await harness.refusal('GET', `${at(bens, 'log')}?after=0`, { by: ben })).toBe('not_in_call');
  });

  test('while LiveKit cannot be asked nobody is given up', async () => {
    const adas = await harness.join(ada, group);
    await later(awayMs);
    harness.memorySfu.isDown = true;
    await later(10 * joiningMs);
    expect(await states(ada, adas)).toEqual(['present']);
    harness.memorySfu.isDown = false;
    harness.memorySfu.vanish(adas.callId, adas.livekit.identity);
    await later(1);
    await later(awayMs - 2);
    expect(await states(ada, adas)).toEqual(['away']);
  });

  test('voice chats live on over a restart of the service', async () => {
    const [adas] = [await harness.join(ada, group), await harness.join(ben, group)];
    await later(awayMs);
    const before = await page(ada, adas);
    await harness.restart();
    expect(await page(ada, adas)).toEqual(before);
    harness.nowMs += 10 * joiningMs;
    await harness.app.sweep();
    expect(await states(ada, adas)).toEqual(['present', 'present']);
  });

  test('an ended voice chat is forgotten after an hour', async () => {
    const adas = await harness.join(ada, group);
    await harness.ask('POST', at(adas, 'leave'), { by: ada, body: place(adas) });
    await later(60 * 60_000);
    await harness.login(ada);
    expect(await harness.refusal('GET', `${at(adas, 'log')}?after=0`, { by: ada })).toBe('call_ended');
    await later(1);
    expect(await harness.refusal('GET', `${at(adas, 'log')}?after=0`, { by: ada })).toBe('call_not_found');
  });
});
