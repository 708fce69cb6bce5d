// The two media servers of the tests answer alike: the real one, and the one in memory that stands in for it elsewhere.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../config.ts';
import { testEnv } from '../testing/harness.ts';
import { createMemorySfu } from '../testing/memory-sfu.ts';
import { randomText } from '../testing/people.ts';
import { startLocalLivekit, type LocalLivekit } from './local/index.ts';
import { createSfu } from './room-service.ts';
import type { Sfu } from './sfu.ts';

let livekit: LocalLivekit;
beforeAll(async () => {
  livekit = await startLocalLivekit({ port: 0, udpPort: 0 });
}, 300_000);
afterAll(() => livekit.close());

const realSfu = (): Sfu =>
  createSfu(
    loadConfig({
      ...testEnv,
      LIVEKIT_URL: livekit.url,
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
    }),
  );

describe.each([
  ['LiveKit', realSfu],
  ['memory', createMemorySfu],
] as const)('a media server: %s', (_name, create) => {
  test('makes a room once, lists it, deletes it once', async () => {
    const sfu = create();
    const [room, other] = [randomText(16), randomText(16)];
    expect(await sfu.listRooms([room])).toEqual(new Set());
    await sfu.createRoom(room);
    await sfu.createRoom(room);
    expect(await sfu.listRooms([room, other])).toEqual(new Set([room]));
    expect(await sfu.listRooms([])).toEqual(new Set());
    await sfu.deleteRoom(room);
    await sfu.deleteRoom(room);
    expect(await sfu.listRooms([room])).toEqual(new Set());
  });

  test('lists nobody in an empty or missing room, and minds no absent participant', async () => {
    const sfu = create();
    const room = randomText(16);
    expect(await sfu.listParticipants(room)).toEqual([]);
    await sfu.removeParticipant(room, randomText(16));
    await sfu.permit(room, randomText(16), true);
    await sfu.createRoom(room);
    await sfu.permit(room, randomText(16), false);
    expect(await sfu.listParticipants(room)).toEqual([]);
    await sfu.removeParticipant(room, randomText(16));
    await sfu.deleteRoom(room);
  });
});

describe('LiveKit that does not answer', () => {
  test.each([
    ['nothing listens', { LIVEKIT_URL: 'http://127.0.0.1:1' }],
    ['the secret is another', {}],
  ])('%s: livekit_unavailable', async (_name, env) => {
    const sfu = createSfu(
      loadConfig({ ...testEnv, LIVEKIT_URL: livekit.url, LIVEKIT_API_KEY: livekit.apiKey, ...env }),
    );
    await expect(sfu.createRoom(randomText(16))).rejects.toMatchObject({ code: 'livekit_unavailable' });
    await expect(sfu.deleteRoom(randomText(16))).rejects.toMatchObject({ code: 'livekit_unavailable' });
    await expect(sfu.listParticipants(randomText(16))).rejects.toMatchObject({ code: 'livekit_unavailable' });
  });
});
