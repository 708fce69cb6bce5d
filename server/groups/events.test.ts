import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sessionMs } from '../sessions/service.ts';
import { Harness } from '../testing/harness.ts';
import type { Person } from '../testing/people.ts';
import { EventReader, type StreamEvent } from '../testing/stream.ts';
import { streamsPerIdentity } from './events.ts';

let harness: Harness;
let address: string;
let ada: Person;
let ben: Person;
let readers: EventReader[];
beforeEach(async () => {
  harness = await Harness.start();
  address = await harness.app.listen({ host: '127.0.0.1', port: 0 });
  [ada, ben] = [await harness.person('Ada'), await harness.person('Ben')];
  readers = [];
});
afterEach(async () => {
  for (const reader of readers) reader.close();
  await harness.close();
});

async function listen(person: Person): Promise<EventReader> {
  const reader = await EventReader.open(`${address}/api/events`, person.token);
  readers.push(reader);
  return reader;
}

const about =
  (groupId: string, version?: number) =>
  ({ event, data }: StreamEvent): boolean => {
    const seen = data as { groupId: string; version: number };
    return (
      event === 'group' && seen.groupId === groupId && (version === undefined || seen.version === version)
    );
  };

interface GroupEvent {
  readonly groupId: string;
  readonly version: number;
  readonly call: {
    readonly callId: string;
    readonly participants: readonly { identity: string; state: string }[];
  } | null;
}
const withCall = ({ data }: StreamEvent): boolean => (data as GroupEvent).call !== null;

describe('events', () => {
  test('on connect there is an event for every group of the caller, and for no other', async () => {
    const [first, second] = [await harness.group(ada), await harness.group(ada)];
    await harness.group(ben);
    const reader = await listen(ada);
    expect(reader.status).toBe(200);
    expect(await reader.next(about(first.groupId))).toEqual({
      event: 'group',
      data: { groupId: first.groupId, version: 1, call: null },
    });
    await reader.next(about(second.groupId));
    // The news of the founding may still be under way: an event of a group can come twice, one of somebody else's group never.
    const shown = new Set(reader.events.map(({ data }) => (data as GroupEvent).groupId));
    expect(shown).toEqual(new Set([first.groupId, second.groupId]));
  });

  test('members hear of members, and of the voice chat as it starts, changes and ends', async () => {
    const group = await harness.group(ada);
    const reader = await listen(ada);
    await reader.next(about(group.groupId, 1));
    await harness.enter(ben, group);
    await reader.next(about(group.groupId, 2));

    const ticket = await harness.join(ben, group);
    const started = (await reader.next(withCall)).data as GroupEvent;
    expect(started.call).toMatchObject({
      callId: ticket.callId,
      participants: [{ identity: ben.identity, livekitIdentity: ticket.livekit.identity, state: 'joining' }],
    });
    await harness.app.sweep();
    await reader.next(({ data }) => (data as GroupEvent).call?.participants[0]?.state === 'present');

    const from = reader.events.length;
    const body = { livekitIdentity: ticket.livekit.identity };
    await harness.ask('POST', `/api/calls/${ticket.callId}/leave`, { by: ben, body });
    const ended = await reader.next(about(group.groupId), from);
    expect((ended.data as GroupEvent).call).toBeNull();
  });

  test('[T5] who is removed is told that the group is gone, and hears no more of it', async () => {
    const group = await harness.group(ada, ben);
    const [adas, bens] = [await listen(ada), await listen(ben)];
    await bens.next(about(group.groupId));
    const { groupId } = group;
    await harness.remove(ada, group, ben);
    expect(await bens.next(({ event }) => event === 'gone')).toEqual({ event: 'gone', data: { groupId } });
    const count = bens.events.length;
    await harness.join(ada, group);
    await adas.next(withCall);
    expect(bens.events).toHaveLength(count);
  });

  test('a stream ends with its session', async () => {
    const reader = await listen(ada);
    await harness.ask('DELETE', '/api/sessions', { by: ada });
    await reader.ended;
    harness.nowMs += sessionMs - 30;
    const late = await listen(ben); // 30 ms of its session are left
    await late.ended;
  });

  test('an identity has so many streams and no more; a closed one makes room', async () => {
    const open = await Promise.all(Array.from({ length: streamsPerIdentity }, () => listen(ada)));
    const extra = await fetch(`${address}/api/events`, { headers: { authorization: `Bearer ${ada.token}` } });
    expect(extra.status).toBe(429);
    expect(extra.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await extra.json()).toMatchObject({ error: { code: 'too_many_streams' } });
    expect((await listen(ben)).status).toBe(200);
    open[0]?.close();
    await expect.poll(async () => (await listen(ada)).status).toBe(200);
  });

  test('a stop of the service ends streams at once', async () => {
    const reader = await listen(ada);
    const startedMs = performance.now();
    await harness.app.close();
    await reader.ended;
    expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  test('streams carry the security headers and are not stored', async () => {
    const response = await fetch(`${address}/api/events`, {
      headers: { authorization: `Bearer ${ada.token}` },
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    await response.body?.cancel();
  });
});
