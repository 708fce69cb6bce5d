import { describe, expect, test } from 'vitest';
import { loadConfig } from '../config.ts';
import { testEnv } from '../testing/harness.ts';
import { createLivekitIdentity, mint, ticketSeconds } from './mint.ts';

const { livekit } = loadConfig({ ...testEnv, LIVEKIT_PUBLIC_URL: 'https://sfu.example.org/' });

async function claims(maySpeak = true): Promise<Record<string, unknown>> {
  const { token } = await mint(livekit, { room: 'room', identity: 'identity', maySpeak });
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}

describe('minting', () => {
  test('[L1] a token is for one identity in one room, for two minutes, and holds nothing else', async () => {
    const all = await claims();
    expect(Object.keys(all).sort()).toEqual(['exp', 'iss', 'nbf', 'sub', 'video']);
    expect(all).toMatchObject({
      iss: livekit.apiKey,
      sub: 'identity',
      video: { room: 'room', roomJoin: true },
    });
    expect((all['exp'] as number) - (all['nbf'] as number)).toBe(ticketSeconds);
    expect(ticketSeconds).toBe(120);
  });

  test('[L2] every grant is written out: media of four sources, nothing else', async () => {
    expect((await claims())['video']).toEqual({
      room: 'room',
      roomJoin: true,
      canPublish: true,
      canPublishSources: ['microphone', 'camera', 'screen_share', 'screen_share_audio'],
      canSubscribe: true,
      canPublishData: true,
      canUpdateOwnMetadata: false,
      canSubscribeMetrics: false,
      canManageAgentSession: false,
      roomCreate: false,
      roomList: false,
      roomRecord: false,
      roomAdmin: false,
      ingressAdmin: false,
      hidden: false,
      recorder: false,
      agent: false,
    });
  });

  test('[L2] who only listens may send nothing but data', async () => {
    expect((await claims(false))['video']).toEqual({
      ...((await claims())['video'] as object),
      canPublish: false,
      canPublishSources: [],
    });
  });

  test('[L1] an identity is 16 random bytes', () => {
    const identities = new Set(Array.from({ length: 100 }, createLivekitIdentity));
    expect(identities.size).toBe(100);
    for (const identity of identities) expect(Buffer.from(identity, 'base64url')).toHaveLength(16);
  });

  test('browsers get the public address, with the scheme of a WebSocket', async () => {
    const place = { room: 'room', identity: 'identity', maySpeak: true };
    expect((await mint(livekit, place)).url).toBe('wss://sfu.example.org');
  });
});
