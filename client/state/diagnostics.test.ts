import { expect, test } from 'vitest';
import { diagnosticsOf, type DiagnosticsParts } from './diagnostics.ts';

const adas = 'livekit-identity-of-ada';
const parts: DiagnosticsParts = {
  ...{ phase: 'inCall', build: '3f9c2e', browser: 'Browser/1', nowMs: Date.UTC(2026, 0, 2, 3, 4, 5) },
  timeline: {
    joins: [
      {
        ...{ atMs: Date.UTC(2026, 0, 2, 3, 0, 0), ticketMs: 61, connectedMs: 148, keysMs: 143 },
        ...{ publishedMs: 249, heardMs: null },
      },
    ],
    rekeys: [
      {
        ...{ atMs: Date.UTC(2026, 0, 2, 3, 1, 0), generation: 1, epoch: '3', members: 2 },
        ...{ came: 1, went: 0, keysMs: 14, switchedMs: 60 },
      },
    ],
  },
  media: {
    connection: 'connected',
    path: { local: 'srflx', remote: 'host', protocol: 'udp', roundTripMs: 38 },
    frames: { sealed: 500, held: 2, arrived: 400, opened: 390, dropped: { no_key: 10, overflow: 0 } },
    tracks: [
      {
        ...{ livekitIdentity: null, source: 'camera', codec: 'VP8', kbps: 900, lost: 0.0123 },
        picture: { width: 640, height: 360, fps: 24 },
      },
      { livekitIdentity: adas, source: 'microphone', codec: 'opus', kbps: 31, lost: null, picture: null },
      {
        ...{ livekitIdentity: 'stranger', source: 'microphone', codec: null, kbps: null, lost: null },
        picture: null,
      },
    ],
  },
  leaves: ['livekit-identity-of-me', adas],
  nameOf: (name) => (name === adas ? 'Ada' : null),
};

test('each track says whose it is: mine, a member’s, or nobody’s who holds the key', () => {
  const { tracks } = diagnosticsOf(parts);
  expect(tracks.map(({ isMine, who, number }) => ({ isMine, who, number }))).toEqual([
    { isMine: true, who: null, number: null },
    { isMine: false, who: 'Ada', number: 2 },
    { isMine: false, who: null, number: null },
  ]);
});

test('what is copied has every number, and nobody’s name or LiveKit identity', () => {
  const { text } = diagnosticsOf(parts);
  const expected = [
    'Aparté 3f9c2e, 2026-01-02T03:04:05.000Z',
    'path: srflx to host, udp, round trip 38 ms',
    '  03:00:00.000: ticket 61 ms, connected 148 ms, keys 143 ms, published 249 ms, heard -',
    '  03:01:00.000: 1/3, 2 members (+1 -0), keys 14 ms, sending 60 ms',
    '  me, camera: VP8, 900 kbit/s, 640x360 at 24/s, loss 1.2 %',
    '  member 2, microphone: opus, 31 kbit/s, loss unknown',
    '  nobody with a key, microphone: no codec, no rate, loss unknown',
    'frames: sealed 500, held 2, arrived 400, opened 390',
    'dropped: no_key 10',
  ];
  for (const line of expected) expect(text.split('\n')).toContain(line);
  for (const secret of ['Ada', 'livekit', 'stranger']) expect(text).not.toContain(secret);
});

test('before there is media, and after it, it says so', () => {
  const { text, frames, path } = diagnosticsOf({ ...parts, media: null });
  expect([frames, path]).toEqual([null, null]);
  expect(text).toContain('frames: none');
  expect(text).toContain('connection: none');
});
