// The service and a real LiveKit server, with real WebRTC clients in it: what LiveKit enforces of our tokens, and what the
// service makes of who is there.
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { dispose, Room, RoomEvent } from '@livekit/rtc-node';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Harness, type Page, type Ticket } from '../testing/harness.ts';
import { roleFor } from '../testing/changes.ts';
import { randomText, type Draft, type Person } from '../testing/people.ts';
import { startLocalLivekit, type LocalLivekit } from './local/index.ts';

let livekit: LocalLivekit;
let harness: Harness;
let admin: RoomServiceClient;
let ada: Person;
let ben: Person;
let group: Draft;
const connected: Room[] = [];

beforeAll(async () => {
  const port = await freePort();
  const webhookUrl = `http://127.0.0.1:${port}/livekit/webhook`;
  livekit = await startLocalLivekit({ port: 0, udpPort: 0, webhookUrl });
  harness = await Harness.start({
    env: {
      LIVEKIT_URL: livekit.url,
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
    },
    hasRealSfu: true,
  });
  await harness.app.listen({ host: '127.0.0.1', port });
  admin = new RoomServiceClient(livekit.url.replace('ws', 'http'), livekit.apiKey, livekit.apiSecret);
  [ada, ben] = [await harness.person('Ada'), await harness.person('Ben')];
  group = await harness.group(ada, ben);
}, 300_000);

afterEach(async () => {
  await Promise.all(connected.splice(0).map((room) => room.disconnect()));
  for (const [person] of [[ada], [ben]] as const) {
    const wish = { by: person, body: { placeId: randomText(16) } };
    const { status, body } = await harness.ask<Ticket>('POST', `/api/groups/${group.groupId}/call`, wish);
    if (status === 200) await leave(person, body);
  }
});

afterAll(async () => {
  await harness.close();
  await livekit.close();
  await dispose();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function connect({ url, token }: { url: string; token: string }): Promise<Room> {
  const room = new Room();
  await room.connect(url, token, { autoSubscribe: false, dynacast: false });
  connected.push(room);
  return room;
}

const leave = (by: Person, { callId, livekit: { identity } }: Ticket) =>
  harness.ask('POST', `/api/calls/${callId}/leave`, { by, body: { livekitIdentity: identity } });

const statesOf = async (by: Person, { callId }: Ticket): Promise<string[]> => {
  const { body } = await harness.ask<Page>('GET', `/api/calls/${callId}/log?after=0`, { by });
  return body.participants.map((one) => one.state);
};

const inLivekit = async (room: string): Promise<string[]> =>
  (await admin.listParticipants(room)).map((one) => one.identity);

const removed = (room: Room): Promise<unknown> =>
  new Promise((resolve) => room.once(RoomEvent.Disconnected, resolve));

// A client that is taken out while it connects gives up only after fifteen seconds.
describe('the service and LiveKit', { timeout: 120_000 }, () => {
  test('[L3] a webhook makes the service look: who connects is present at once, who goes is away', async () => {
    const ticket = await harness.join(ada, group);
    const room = await connect(ticket.livekit);
    await expect.poll(() => statesOf(ada, ticket), { timeout: 10_000 }).toEqual(['present']);
    await room.disconnect();
    await expect.poll(() => statesOf(ada, ticket), { timeout: 10_000 }).toEqual(['away']);
    const { body } = await harness.ask<string>('GET', '/metrics');
    expect(body).toMatch(
      /aparte_request_seconds_count\{method="POST",route="\/livekit\/webhook",status="200"\} [1-9]/,
    );
  });

  test('[L1] a token opens its room, and no room that the service has not made', async () => {
    const ticket = await harness.join(ada, group);
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'x' });
    token.addGrant({ roomJoin: true, room: randomText(16) });
    await expect(connect({ url: livekit.url, token: await token.toJwt() })).rejects.toThrow();
    await connect(ticket.livekit);
    const participant = await admin.getParticipant(ticket.callId, ticket.livekit.identity);
    expect([participant.name, participant.metadata, participant.attributes]).toEqual(['', '', {}]);
    expect(Buffer.from(ticket.livekit.identity, 'base64url')).toHaveLength(16);
  });

  test('[L2] LiveKit enforces the grants: data packets, no metadata', async () => {
    const [adas, bens] = [await harness.join(ada, group), await harness.join(ben, group)];
    const [adasRoom, bensRoom] = [await connect(adas.livekit), await connect(bens.livekit)];
    const { permission } = await admin.getParticipant(adas.callId, adas.livekit.identity);
    expect(permission).toMatchObject({
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      canUpdateMetadata: false,
      hidden: false,
    });
    expect(permission?.canPublishSources.toSorted()).toEqual([1, 2, 3, 4]);
    const heard = new Promise<number[]>((resolve) =>
      bensRoom.on(RoomEvent.DataReceived, (data) => resolve([...data])),
    );
    await adasRoom.localParticipant?.publishData(new Uint8Array([1]), { reliable: true });
    await adasRoom.localParticipant?.updateMetadata('I am Ben').catch(() => undefined);
    await adasRoom.localParticipant?.updateName('Ben').catch(() => undefined);
    await adasRoom.localParticipant?.setAttributes({ name: 'Ben' }).catch(() => undefined);
    expect(await heard).toEqual([1]);
    const participant = await admin.getParticipant(adas.callId, adas.livekit.identity);
    expect([participant.name, participant.metadata, participant.attributes]).toEqual(['', '', {}]);
  });

  test('[L2] who only listens may send no sound in LiveKit either, and may as soon as the role changes', async () => {
    const dot = await harness.person('Dot');
    await harness.enter(dot, group);
    await harness.change(ada, group, [roleFor(dot, 'listener')]);
    const ticket = await harness.join(dot, group);
    await connect(ticket.livekit);
    const permission = async () => {
      const one = await admin.getParticipant(ticket.callId, ticket.livekit.identity);
      const { canPublish, canPublishSources, canPublishData, canSubscribe, hidden } = one.permission ?? {};
      return { canPublish, sources: canPublishSources?.toSorted(), canPublishData, canSubscribe, hidden };
    };
    const always = { canPublishData: true, canSubscribe: true, hidden: false };
    const speaks = { ...always, canPublish: true, sources: [1, 2, 3, 4] };
    const listens = { ...always, canPublish: false, sources: [] };
    expect(await permission()).toEqual(listens);
    await harness.change(ada, group, [roleFor(dot, 'member')]);
    await expect.poll(permission).toEqual(speaks);
    await harness.change(ada, group, [roleFor(dot, 'listener')]);
    await expect.poll(permission).toEqual(listens);
    await harness.depart(dot, group);
  });

  test('[L4] a removed member is disconnected, and again each time they come back', async () => {
    const cyd = await harness.person('Cyd');
    await harness.enter(cyd, group);
    const [adas, cyds] = [await harness.join(ada, group), await harness.join(cyd, group)];
    await connect(adas.livekit);
    const room = await connect(cyds.livekit);
    const gone = removed(room);
    await harness.remove(ada, group, cyd);
    await gone;
    for (let round = 0; round < 2; round++) {
      // LiveKit knows no revocation: the old token still connects, and the service takes it out again.
      const again = await connect(cyds.livekit).catch(() => null);
      if (again) await removed(again);
      await expect.poll(() => inLivekit(adas.callId), { timeout: 10_000 }).toEqual([adas.livekit.identity]);
    }
  });

  test('[L4] who connects without a place is taken out', async () => {
    const ticket = await harness.join(ada, group);
    await connect(ticket.livekit);
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: randomText(16) });
    token.addGrant({ roomJoin: true, room: ticket.callId });
    const intruder = await connect({ url: livekit.url, token: await token.toJwt() });
    if (intruder.isConnected) await removed(intruder);
    await expect.poll(() => inLivekit(ticket.callId), { timeout: 10_000 }).toEqual([ticket.livekit.identity]);
  });

  test('the last one out ends the voice chat: its room is deleted and opens no more', async () => {
    const ticket = await harness.join(ada, group);
    const room = await connect(ticket.livekit);
    const gone = removed(room);
    await leave(ada, ticket);
    await gone;
    await expect.poll(async () => (await admin.listRooms([ticket.callId])).length).toBe(0);
    await expect(connect(ticket.livekit)).rejects.toThrow();
  });

  test('LiveKit restarts: the place is kept, its room is made again, a new ticket opens it', async () => {
    const ticket = await harness.join(ada, group);
    await connect(ticket.livekit);
    await expect.poll(() => statesOf(ada, ticket), { timeout: 10_000 }).toEqual(['present']);
    await livekit.restart();
    await expect.poll(() => statesOf(ada, ticket), { timeout: 10_000 }).toEqual(['away']);
    await expect
      .poll(async () => (await admin.listRooms([ticket.callId])).length, { timeout: 10_000 })
      .toBe(1);
    const renewed = await harness.ask<Ticket>('POST', `/api/calls/${ticket.callId}/token`, {
      by: ada,
      body: { livekitIdentity: ticket.livekit.identity },
    });
    await connect(renewed.body.livekit);
    await expect.poll(() => statesOf(ada, ticket), { timeout: 10_000 }).toEqual(['present']);
  });

  test('[L3] a webhook that LiveKit did not sign is refused', async () => {
    const post = (payload: string, authorization = '') =>
      harness.refusal('POST', '/livekit/webhook', {
        body: payload,
        headers: { 'content-type': 'application/webhook+json', authorization },
      });
    const forged = JSON.stringify({ event: 'participant_left' });
    const foreign = await new AccessToken(livekit.apiKey, randomText(32), {}).toJwt();
    const ours = await new AccessToken(livekit.apiKey, livekit.apiSecret, {}).toJwt(); // no hash of this body
    const ticket = await harness.join(ada, group);
    for (const authorization of [
      '',
      'x',
      foreign,
      ours,
      `Bearer ${ticket.livekit.token}`,
      ticket.livekit.token,
    ]) {
      expect(await post(forged, authorization)).toBe('bad_signature');
    }
    const asked = { body: { event: 'x' } };
    expect(await harness.refusal('POST', '/livekit/webhook', asked)).toBe('unsupported_media_type');
  });
});
