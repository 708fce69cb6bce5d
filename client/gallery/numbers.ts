// The numbers of a call, for the gallery: a video call in trouble, so that every kind of line is there.
import type { DiagnosticsView, TrackView } from '../state/view.ts';

const track = (change: Partial<TrackView>): TrackView => ({
  ...{ who: null, isMine: false, number: null, source: 'microphone', codec: 'opus' },
  ...{ kbps: 31, picture: null, lost: 0 },
  ...change,
});

export function numbers(): DiagnosticsView {
  const atMs = Date.now();
  return {
    ...{ phase: 'inCall', connection: 'connected', build: '3f9c2e', text: '' },
    path: { local: 'srflx', remote: 'host', protocol: 'udp', roundTripMs: 38 },
    joins: [
      { atMs: atMs - 840_000, ticketMs: 61, connectedMs: 148, keysMs: 143, publishedMs: 249, heardMs: 166 },
      {
        atMs: atMs - 90_000,
        ticketMs: 402,
        connectedMs: 911,
        keysMs: 877,
        publishedMs: 1_204,
        heardMs: null,
      },
    ],
    rekeys: [
      {
        ...{ atMs: atMs - 61_000, generation: 2, epoch: '4', members: 5, came: 0, went: 1 },
        ...{ keysMs: 14, switchedMs: null },
      },
      {
        ...{ atMs: atMs - 89_000, generation: 2, epoch: '3', members: 6, came: 6, went: 0 },
        ...{ keysMs: 31, switchedMs: 31 },
      },
    ],
    tracks: [
      track({ isMine: true }),
      track({
        ...{ isMine: true, source: 'camera', codec: 'VP8', kbps: 1_720, lost: 0.004 },
        picture: { width: 1280, height: 720, fps: 30 },
      }),
      track({ who: 'Ada', number: 1, kbps: 29 }),
      track({
        ...{ who: 'Ada', number: 1, source: 'screen', codec: 'VP9', kbps: 940, lost: 0.082 },
        picture: { width: 1920, height: 1080, fps: 5 },
      }),
      track({ codec: null, kbps: null, lost: null }),
    ],
    frames: {
      ...{ sealed: 48_210, held: 312, arrived: 90_114, opened: 89_961 },
      dropped: { no_key: 148, not_opened: 5 },
    },
  };
}
