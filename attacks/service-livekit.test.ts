// LiveKit's API key in the attacker's hands: the LiveKit identity of a member stolen with a second token, the room deleted and made again
// under everybody, and forged webhooks. Said on the screen while it lasts, and mended without a tap.
import { createHash } from 'node:crypto';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, expect, test } from 'vitest';
import type { LivekitAccess } from '../client/e2e/harness/bare-server.ts';
import { participants } from '../client/e2e/harness/livekit-api.ts';
import { sendOutsider } from '../client/e2e/harness/outsider.ts';
import { ada, ben } from '../client/e2e/harness/people.ts';
import { setStage } from '../client/e2e/harness/stage.ts';
import { never, until } from '../client/e2e/harness/wait.ts';
import { comesBack, oneEpoch } from './harness/aftermath.ts';
import { StolenStore } from './harness/stolen-store.ts';

const stage = setStage();
const store = new StolenStore(() => stage.aparte.dataFolder);
afterAll(() => store.close());

test('[F4] [M2] a second token for a member’s LiveKit identity throws the member out for a moment, and gives the thief nothing', async () => {
  const [a, b] = await stage.call(ada, ben);
  const people = [a!, b!];
  await a!.turnOnCamera();
  await b!.sees('Ada');
  const before = await oneEpoch(people);
  const { call_id: room, group_id: groupId } = store.call();
  const stolen = store.livekitIdentityOf(room, store.members(groupId)[1]!.identity);
  for (let time = 1; time <= 2; time++) {
    const said = b!.reads(/Reconnecting/);
    const thief = await sendOutsider(stage.aparte.livekit, room, stolen);
    // Ben comes back, and throws out the thief: who gets no answer then.
    void thief.publishVoice().catch(() => undefined);
    await said;
    await comesBack(people, { after: `a stolen LiveKit identity, time ${time}`, cameras: [a!] });
    await thief.leave();
    expect([...thief.loot.voicesHeard, ...thief.loot.picturesSeen]).toEqual([]);
  }
  expect(await a!.everHeard()).toEqual(['Ben']);
  await Promise.all(people.map((person) => person.hasRows(2)));
  expect(await oneEpoch(people)).toEqual(before);
});

test('[L1] the room deleted and made again by who has the API key: everybody is back in it with the same keys', async () => {
  const [a, b] = await stage.call(ada, ben);
  const people = [a!, b!];
  await a!.turnOnCamera();
  await b!.sees('Ada');
  const before = await oneEpoch(people);
  const { call_id: room } = store.call();
  const said = people.map((person) => person.reads(/Reconnecting/));
  const api = roomService(stage.aparte.livekit);
  await api.deleteRoom(room);
  await api.createRoom({ name: room, emptyTimeout: 1, departureTimeout: 1, metadata: 'made by Mal' });
  await Promise.all(said);
  await comesBack(people, { after: 'the room deleted and made again', cameras: [a!] });
  expect(await oneEpoch(people)).toEqual(before);
  await Promise.all(people.map((person) => person.hasRows(2)));
});

test('[L3] forged webhooks: a wrong signature is refused, and one with the stolen key is only a hint to look', async () => {
  const [a, b] = await stage.call(ada, ben);
  const people = [a!, b!];
  const before = await oneEpoch(people);
  const { call_id: room } = store.call();
  const present = await participants(stage.aparte.livekit, room);
  const events = [
    { event: 'room_finished', room: { name: room } },
    ...present.map(({ identity }) => ({
      event: 'participant_left',
      room: { name: room },
      participant: { identity },
    })),
  ];
  const { livekit, serviceUrl } = stage.aparte;
  for (const event of events) {
    const body = JSON.stringify({ ...event, id: 'EV_forged', createdAt: Math.floor(Date.now() / 1000) });
    const other = { ...livekit, apiSecret: 'x'.repeat(40) };
    expect(await hook(serviceUrl, body, await signatureOf(body, other))).toBe(403);
    expect(await hook(serviceUrl, body, await signatureOf(`${body} `, livekit))).toBe(403);
    expect(await hook(serviceUrl, body, await signatureOf(body, livekit))).toBe(200);
  }
  await never(async () => {
    const places = await Promise.all(people.map((person) => person.row('').count()));
    return places.some((count) => count !== 2) || store.call().call_id !== room;
  }, 'somebody is gone from a screen');
  await comesBack(people, { after: 'forged webhooks' });
  expect(await oneEpoch(people)).toEqual(before);
  await until(async () => (await participants(livekit, room)).length === 2, { what: 'both are in LiveKit' });
});

function roomService({ url, apiKey, apiSecret }: LivekitAccess): RoomServiceClient {
  return new RoomServiceClient(url.replace(/^ws/, 'http'), apiKey, apiSecret);
}

/** The token that LiveKit sends along: over the body's hash. */
async function signatureOf(body: string, { apiKey, apiSecret }: LivekitAccess): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret);
  token.sha256 = createHash('sha256').update(body).digest('base64');
  return token.toJwt();
}

async function hook(serviceUrl: string, body: string, authorization: string): Promise<number> {
  const headers = { 'content-type': 'application/webhook+json', authorization };
  return (await fetch(`${serviceUrl}/livekit/webhook`, { method: 'POST', headers, body })).status;
}
