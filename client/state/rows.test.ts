// The people list and the pictures, for any mixture of leaves, LiveKit participants and names: the list is the MLS tree (M3).
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';
import type { Leaf } from '../../crypto/call/types.ts';
import { seed } from '../../crypto/test/fuzz.ts';
import type { PeerStatus } from '../call/peers.ts';
import type { MediaSnapshot, RemoteParticipantView, RemoteTrackView } from '../media/types.ts';
import { snapshotOf } from '../testing/media.ts';
import { nextHand } from './hands.ts';
import { misshownIn, rowsOf, silentIn, tilesOf, type CallScene } from './rows.ts';
import { withSame } from './same.ts';
import type { FaceView, RowAction } from './view.ts';

const keyOf = (n: number): Bytes => new Uint8Array(32).fill(n);
const me = keyOf(1);
const leaf = (n: number): Leaf => ({ index: n, identity: keyOf(n), livekitIdentity: `lk${n}` });
const microphone: RemoteTrackView = {
  ...{ source: 'microphone', stream: null, isMuted: false, status: 'playing', isArriving: true },
};
const camera: RemoteTrackView = { ...microphone, source: 'camera' };
const remote = (n: number, tracks: readonly RemoteTrackView[]): RemoteParticipantView => ({
  ...{ livekitIdentity: `lk${n}`, isSpeaking: false, level: 0, tracks },
});

const noActions: readonly RowAction[] = [];
const face: FaceView = { kind: 'emoji', emoji: '🌿', tone: 1 };

function sceneOf(parts: Partial<CallScene> & { participants?: readonly RemoteParticipantView[] }): CallScene {
  const { participants = [], ...rest } = parts;
  return {
    ...{
      me,
      hand: 0,
      leaves: [],
      media: snapshotOf({ connection: 'connected', participants }),
      mic: 'live' as const,
    },
    ...{ away: new Set<string>(), outsiders: new Set<string>() },
    ...{ peers: new Map<string, PeerStatus>(), misshown: new Set<string>() },
    ...{
      stalled: new Set<string>(),
      listeners: new Set<string>(),
      shutOut: new Set<string>(),
      intruding: new Set<string>(),
    },
    ...{ actionsOn: () => noActions, isChanging: () => false },
    nameOf: (identity) => `name ${identity[0]}`,
    faceOf: () => face,
    excerptOf: () => null,
    verificationOf: () => ({ state: 'unverified' }),
    ...rest,
  };
}

test('a connection that is weak is said in the row and in the picture of whose it is, and mine in mine', () => {
  const weak = { grade: 'weak', reason: 'loss', amount: 12 } as const;
  const far = { grade: 'bad', reason: 'far', amount: 900 } as const;
  const participants = [remote(2, [microphone, camera]), remote(3, [microphone, camera])];
  const quality = { others: new Map([['lk2', weak]]), mine: far };
  const scene = sceneOf({
    leaves: [{ ...leaf(1), identity: me }, leaf(2), leaf(3)],
    media: snapshotOf({ connection: 'connected', participants, quality }),
  });
  expect(rowsOf(scene).map((row) => row.quality)).toEqual([far, weak, null]);
  expect(tilesOf(scene).map((tile) => [tile.name, tile.quality])).toEqual([
    ['name 2', weak],
    ['name 3', null],
  ]);
});

const tracks = fc.array(
  fc.record({
    source: fc.constantFrom('microphone', 'camera', 'screen', 'screenAudio'),
    stream: fc.constant(null),
    isMuted: fc.boolean(),
    status: fc.constantFrom('waiting', 'playing', 'wrongKey', 'damaged'),
    isArriving: fc.boolean(),
  }),
  { maxLength: 4 },
);
const scenes = fc
  .record({
    leaves: fc.uniqueArray(fc.integer({ min: 2, max: 9 })),
    present: fc.uniqueArray(fc.integer({ min: 2, max: 12 })),
    tracks: fc.array(tracks, { minLength: 11, maxLength: 11 }),
    away: fc.uniqueArray(fc.integer({ min: 2, max: 9 })),
    outsiders: fc.uniqueArray(fc.integer({ min: 10, max: 12 })),
  })
  .map((drawn) =>
    sceneOf({
      leaves: [leaf(1), ...drawn.leaves.map(leaf)].sort((a, b) => a.index - b.index),
      participants: drawn.present.map((n) => remote(n, drawn.tracks[n - 2] ?? [])),
      away: new Set(drawn.away.map((n) => `lk${n}`)),
      outsiders: new Set(drawn.outsiders.map((n) => `lk${n}`)),
    }),
  );

test('[M3] the rows are me, every other leaf once, and then whoever has none', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const rows = rowsOf(scene);
      expect(rows[0]).toMatchObject({ isMe: true, id: toBase64url(me) });
      const others = scene.leaves.filter((one) => one.index !== 1).map((one) => toBase64url(one.identity));
      const shown = rows.filter((row) => !row.isMe && row.status !== 'outsider');
      expect(shown.map((row) => row.id)).toEqual(others);
      expect(rows.filter((row) => row.status === 'outsider')).toHaveLength(scene.outsiders.size);
      expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    }),
    { seed },
  );
});

test('[M3] nobody without a leaf has a picture, a name, a voice or a badge', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const ids = new Set(scene.leaves.map((one) => toBase64url(one.identity)));
      for (const tile of tilesOf(scene)) expect(ids.has(tile.personId)).toBe(true);
      for (const row of rowsOf(scene).filter(({ status }) => status === 'outsider')) {
        expect(row).toMatchObject({ name: '', isSpeaking: false, level: 0, isMuted: true });
        expect(row.verification).toEqual({ state: 'unverified' });
      }
    }),
    { seed },
  );
});

test('[M3] tiles have one key each, screens come first, and a picture that is off has none', () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const tiles = tilesOf(scene);
      expect(new Set(tiles.map((tile) => tile.id)).size).toBe(tiles.length);
      const firstCamera = tiles.findIndex((tile) => tile.source === 'camera');
      if (firstCamera >= 0)
        expect(tiles.slice(firstCamera).every(({ source }) => source === 'camera')).toBe(true);
    }),
    { seed },
  );
  const off = sceneOf({
    leaves: [leaf(1), leaf(2)],
    participants: [remote(2, [{ ...camera, isMuted: true }])],
  });
  expect(tilesOf(off)).toEqual([]);
});

test('while joining there is no tree, and I stand alone on the list', () => {
  const rows = rowsOf(sceneOf({ media: null, mic: 'starting' }));
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ isMe: true, isMuted: true, status: 'here' });
});

test('what a row says of somebody follows their tracks', () => {
  const statusOf = (...shown: readonly RemoteTrackView[]) =>
    rowsOf(sceneOf({ leaves: [leaf(1), leaf(2)], participants: [remote(2, shown)] }))[1];
  expect(statusOf(microphone)).toMatchObject({ status: 'here', isMuted: false });
  expect(statusOf({ ...microphone, isMuted: true, status: 'damaged' })).toMatchObject({
    status: 'here',
    isMuted: true,
  });
  expect(statusOf({ ...microphone, status: 'waiting' })).toMatchObject({ status: 'waiting' });
  expect(statusOf(microphone, { ...camera, status: 'damaged' })).toMatchObject({ status: 'damaged' });
  expect(statusOf()).toMatchObject({ status: 'here', isMuted: true });
});

test('a muted microphone shows no level, mine and theirs', () => {
  const loud: Partial<MediaSnapshot> = { localLevel: 0.8 };
  const speaking = { ...remote(2, [{ ...microphone, isMuted: true }]), isSpeaking: true, level: 0.9 };
  const media = snapshotOf({ connection: 'connected', participants: [speaking], ...loud });
  const rows = rowsOf(sceneOf({ leaves: [leaf(1), leaf(2)], media, mic: 'muted' }));
  expect(rows.map((row) => [row.isSpeaking, row.level])).toEqual([
    [false, 0],
    [false, 0],
  ]);
});

test('[A6] what somebody says of the microphone counts, not what the service shows; the difference has a name', () => {
  const said = (isMuted: boolean, health: PeerStatus['health'] = 'well') =>
    new Map([['lk2', { health, isMuted, isWithholding: false, decodes: [], hand: 0, streams: {} }]]);
  const shown = (isMuted: boolean, isSpeaking = false) => [
    { ...remote(2, [{ ...microphone, isMuted }]), isSpeaking, level: isSpeaking ? 0.5 : 0 },
  ];
  const leaves = [leaf(1), leaf(2)];
  const of = (parts: Parameters<typeof sceneOf>[0]) => rowsOf(sceneOf({ leaves, ...parts }))[1]!;
  expect(of({ participants: shown(true), peers: said(false) }).isMuted).toBe(false);
  expect(of({ participants: shown(false), peers: said(true) }).isMuted).toBe(true);
  expect(of({ participants: shown(false), peers: said(true, 'stale') }).isMuted).toBe(false);
  expect(of({ participants: shown(true, true), peers: said(false) })).toMatchObject({
    isSpeaking: true,
    level: 0.5,
  });
  const differs = (parts: Parameters<typeof sceneOf>[0]) => misshownIn(sceneOf({ leaves, ...parts }));
  expect(differs({ participants: shown(false), peers: said(false) })).toEqual([]);
  expect(differs({ participants: shown(true), peers: said(false) })).toEqual(['lk2']);
  expect(differs({ participants: shown(false), peers: said(true) })).toEqual(['lk2']);
  expect(differs({ participants: shown(true, true), peers: said(true) })).toEqual(['lk2']);
  expect(differs({ participants: shown(true), peers: said(false, 'stale') })).toEqual([]);
  expect(differs({ participants: [], peers: said(false) })).toEqual([]);
  expect(of({ participants: shown(false), peers: said(false), misshown: new Set(['lk2']) }).status).toBe(
    'misshown',
  );
});

test('[A6] apart comes before everything that LiveKit shows, stale after what does not open', () => {
  const leaves = [leaf(1), leaf(2)];
  const peers = (health: PeerStatus['health']) =>
    new Map([['lk2', { health, isMuted: null, isWithholding: false, decodes: [], hand: 0, streams: {} }]]);
  const damaged = [remote(2, [{ ...microphone, status: 'damaged' as const }])];
  const status = (parts: Parameters<typeof sceneOf>[0]) => rowsOf(sceneOf({ leaves, ...parts }))[1]!.status;
  expect(status({ participants: damaged, peers: peers('apart') })).toBe('apart');
  expect(status({ participants: damaged, peers: peers('stale') })).toBe('damaged');
  expect(status({ participants: [remote(2, [microphone])], peers: peers('stale') })).toBe('stale');
  expect(status({ away: new Set(['lk2']), peers: peers('stale') })).toBe('away');
});

test('[M6] a row says the worst of what somebody sends, whether it is sound or picture', () => {
  const leaves = [leaf(1), leaf(2)];
  const status = (parts: Parameters<typeof sceneOf>[0]) => rowsOf(sceneOf({ leaves, ...parts }))[1]!.status;
  const sent = (...shown: readonly RemoteTrackView[]) => ({ participants: [remote(2, shown)] });
  const damaged = { ...microphone, status: 'damaged' as const };
  const wrongKey = { ...camera, status: 'wrongKey' as const };
  const waiting = { ...microphone, status: 'waiting' as const };
  const stalled = new Set(['lk2 camera']);
  expect(status({ ...sent(damaged, wrongKey), stalled })).toBe('damaged');
  expect(status({ ...sent(microphone, wrongKey), stalled })).toBe('wrongKey');
  expect(status({ ...sent(waiting), stalled })).toBe('stalled');
  expect(status({ ...sent(microphone), stalled: new Set(['lk3 microphone']) })).toBe('here');
  expect(status({ ...sent({ ...damaged, isMuted: true }) })).toBe('here');
});

test('[M6] a tile says why there is no picture', () => {
  const of = (shown: RemoteTrackView, stalled: readonly string[] = []) =>
    tilesOf(
      sceneOf({
        leaves: [leaf(1), leaf(2)],
        participants: [remote(2, [shown])],
        stalled: new Set(stalled),
      }),
    )[0]!.status;
  expect(of(camera)).toBe('playing');
  expect(of({ ...camera, status: 'wrongKey' })).toBe('wrongKey');
  expect(of({ ...camera, status: 'damaged' })).toBe('damaged');
  expect(of(camera, ['lk2 camera'])).toBe('stalled');
  expect(of(camera, ['lk2 microphone', 'lk3 camera'])).toBe('playing');
});

test('[M6] silent is what its sender says it sends, in my epoch and unmuted, and nothing arrives of', () => {
  const sends = { microphone: 'TR_m', camera: 'TR_c', screenAudio: 'TR_a' };
  const said = (more: Partial<PeerStatus> = {}): ReadonlyMap<string, PeerStatus> =>
    new Map([
      [
        'lk2',
        {
          health: 'well',
          isMuted: false,
          isWithholding: false,
          decodes: [],
          hand: 0,
          streams: sends,
          ...more,
        },
      ],
    ]);
  const leaves = [leaf(1), leaf(2)];
  const silent = (peers: ReadonlyMap<string, PeerStatus>, shown: readonly RemoteTrackView[] | null) =>
    silentIn(sceneOf({ leaves, peers, participants: shown === null ? [] : [remote(2, shown)] }));
  const away = { isArriving: false };
  expect(silent(said(), [microphone, camera])).toEqual([]);
  expect(silent(said(), [{ ...microphone, ...away }, camera])).toEqual(['lk2 microphone']);
  // Also where the service shows no such track at all.
  expect(silent(said(), [microphone])).toEqual(['lk2 camera']);
  expect(silent(said({ isMuted: true }), [{ ...microphone, ...away }, camera])).toEqual([]);
  expect(silent(said({ isMuted: null }), [{ ...microphone, ...away }, camera])).toEqual([]);
  expect(silent(said({ streams: {} }), [{ ...microphone, ...away }])).toEqual([]);
  expect(silent(said({ health: 'stale' }), [])).toEqual([]);
  expect(silent(said({ health: 'apart' }), [])).toEqual([]);
  expect(silent(said(), null), 'who is not in LiveKit is away, not silent').toEqual([]);
  expect(silent(new Map(), [])).toEqual([]);
});

test('rows that say the same stay the same objects, and only those', () => {
  fc.assert(
    fc.property(scenes, scenes, (one, other) => {
      const before = rowsOf(one);
      const after = rowsOf(other);
      const kept = withSame(before, after);
      expect(kept).toEqual(after);
      for (const row of kept)
        expect(before.includes(row)).toBe(before.some((old) => isDeepStrictEqual(old, row)));
      expect(withSame(before, rowsOf(one))).toBe(before);
    }),
    { seed },
  );
});

test('a row that is verified, forged or no longer so is another one', () => {
  const plain = rowsOf(sceneOf({ leaves: [leaf(1), leaf(2)] }));
  const verified = plain.map((row) => ({ ...row, verification: { state: 'verified', atMs: 7 } as const }));
  const later = plain.map((row) => ({ ...row, verification: { state: 'verified', atMs: 8 } as const }));
  const forged = plain.map((row) => ({ ...row, isForged: true }));
  for (const [before, after] of [
    [plain, verified],
    [verified, later],
    [verified, plain],
    [plain, forged],
    [forged, plain],
  ] as const) {
    expect(withSame(before, after)).toEqual(after);
    expect(withSame(before, after)[0]).toBe(after[0]);
  }
});

test('[F10] who may only listen is muted, unheard and unseen, whatever the service shows; who sends all the same is named', () => {
  const leaves = [leaf(1), leaf(2)];
  const listeners = new Set(['lk2']);
  const sends = [{ ...remote(2, [microphone, camera]), isSpeaking: true, level: 0.5 }];
  const says = new Map<string, PeerStatus>([
    [
      'lk2',
      {
        health: 'well',
        isMuted: false,
        isWithholding: false,
        decodes: [],
        hand: 0,
        streams: { microphone: 'TR_m', camera: 'TR_c' },
      },
    ],
  ]);
  const free = sceneOf({ leaves, participants: sends, peers: says });
  const scene = sceneOf({ leaves, listeners, participants: sends, peers: says });
  expect([tilesOf(free).length, tilesOf(scene).length]).toEqual([1, 0]);
  expect(rowsOf(scene)[1]).toMatchObject({ isListener: true, isMuted: true, isSpeaking: false, level: 0 });
  const status = (parts: Parameters<typeof sceneOf>[0]) =>
    rowsOf(sceneOf({ leaves, listeners, participants: sends, ...parts }))[1]!.status;
  expect(status({})).toBe('here');
  expect(status({ intruding: new Set([toBase64url(keyOf(2))]) })).toBe('silenced');
  expect(status({ participants: [remote(2, [{ ...microphone, status: 'waiting' }])] })).toBe('here');
  expect(status({ stalled: new Set(['lk2 microphone']) })).toBe('here');
  const mute = [remote(2, [])];
  expect(silentIn(sceneOf({ leaves, participants: mute, peers: says }))).not.toEqual([]);
  expect(silentIn(sceneOf({ leaves, listeners, participants: mute, peers: says }))).toEqual([]);
  const shown = [remote(2, [{ ...microphone, isMuted: true }])];
  expect(misshownIn(sceneOf({ leaves, participants: shown, peers: says }))).toEqual(['lk2']);
  expect(misshownIn(sceneOf({ leaves, listeners, participants: shown, peers: says }))).toEqual([]);
});

test('[C18] who says that they send nothing is shown so: not as mute, not as stalled, and without a picture', () => {
  const leaves = [leaf(1), leaf(2)];
  const streams = { microphone: 'TR_m', camera: 'TR_c' };
  const says = (isWithholding: boolean, health: PeerStatus['health'] = 'well') =>
    new Map([['lk2', { health, isMuted: false, isWithholding, decodes: [], hand: 0, streams }]]);
  const waiting = { status: 'waiting', isArriving: false } as const;
  const participants = [remote(2, [{ ...microphone, ...waiting }, camera])];
  const of = (peers: ReadonlyMap<string, PeerStatus>) => {
    const scene = sceneOf({ leaves, participants, peers });
    return [rowsOf(scene)[1]!.status, silentIn(scene), tilesOf(scene).length];
  };
  expect(of(says(false))).toEqual(['waiting', ['lk2 microphone'], 1]);
  expect(of(says(true))).toEqual(['withholding', [], 0]);
  expect(of(says(true, 'apart'))[0]).toBe('apart');
  const muted = [remote(2, [{ ...microphone, isMuted: true }])];
  expect(misshownIn(sceneOf({ leaves, participants: muted, peers: says(false) }))).toEqual(['lk2']);
  expect(misshownIn(sceneOf({ leaves, participants: muted, peers: says(true) }))).toEqual([]);
});

test('[M7] a picture that was taken back keeps its tile while its sender says that they send it, and not a moment longer', () => {
  const leaves = [leaf(1), leaf(2)];
  const peersOf = (streams: PeerStatus['streams']) =>
    new Map([
      [
        'lk2',
        { health: 'well' as const, isMuted: true, isWithholding: false, decodes: [], hand: 0, streams },
      ],
    ]);
  const tiles = (track: RemoteTrackView, peers: CallScene['peers']) =>
    tilesOf(sceneOf({ leaves, participants: [remote(2, [track])], peers })).length;
  const held = { ...camera, isHeld: true, isArriving: false };
  expect(tiles(held, peersOf({ camera: 'TR_c' }))).toBe(1);
  expect(tiles(held, peersOf({ screen: 'TR_s' }))).toBe(0);
  expect(tiles(held, new Map())).toBe(0);
  expect(tiles(camera, peersOf({}))).toBe(1);
});

test('[A7] hands stand behind me, in the order in which they went up, by what their owners say alone', () => {
  const hand = (number: number, health: PeerStatus['health'] = 'well'): PeerStatus => ({
    ...{ health, isMuted: true, isWithholding: false, decodes: [], hand: number, streams: {} },
  });
  const peers = new Map([
    ['lk2', hand(0)],
    ['lk3', hand(7)],
    ['lk4', hand(2)],
    ['lk5', hand(7)],
    ['lk6', hand(1, 'apart')],
    ['lk9', hand(1)],
  ]);
  const leaves = [1, 2, 3, 4, 5, 6].map(leaf);
  const line = (mine: number) =>
    rowsOf(sceneOf({ leaves, peers, hand: mine })).map((row) => [row.name, row.hand]);
  expect(line(0)).toEqual([
    ['name 1', 0],
    ['name 4', 1],
    ['name 3', 2],
    ['name 5', 3],
    ['name 2', 0],
    ['name 6', 0],
  ]);
  expect(line(3).filter(([, place]) => place !== 0)).toEqual([
    ['name 1', 2],
    ['name 4', 1],
    ['name 3', 3],
    ['name 5', 4],
  ]);
  expect([nextHand([]), nextHand([0, 7, 2]), nextHand([2 ** 32 - 1])]).toEqual([1, 8, 2 ** 32 - 1]);
});

test('[C16] who came into a locked call is unheard and unseen, and named before all else', () => {
  const leaves = [leaf(1), leaf(2)];
  const sends = [{ ...remote(2, [microphone, camera]), isSpeaking: true, level: 0.5 }];
  const scene = sceneOf({ leaves, shutOut: new Set(['lk2']), participants: sends, away: new Set(['lk2']) });
  expect(rowsOf(scene)[1]).toMatchObject({ status: 'shutOut', isMuted: true, isSpeaking: false, level: 0 });
  expect(tilesOf(scene)).toEqual([]);
});
