// Messages of several sessions over the real service, with a data channel that a test can cut or spoil (protocol.md A3–A6, K4), and the
// judgement of peers by a clock that the test moves.
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { random, type Bytes } from '../../crypto/bytes.ts';
import type { Leaf } from '../../crypto/call/types.ts';
import { ManualClock } from '../testing/clock.ts';
import { agree, World, type TestCall } from '../testing/world.ts';
import { Peers, type PeerStatus } from './peers.ts';

describe('in a call', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  async function callOf(...names: string[]): Promise<TestCall[]> {
    const { people, id } = await world.group(...names);
    const calls: TestCall[] = [];
    for (const person of people) calls.push(await person.enter(id));
    await agree(calls, names.length);
    return calls;
  }
  const now = ({ epoch }: TestCall): string => `${epoch.generation}/${epoch.epoch}`;

  test('[K4] senders move on as soon as everybody who stays has the keys', async () => {
    const calls = await callOf('Ada', 'Ben', 'Cyd');
    const [ada, ben] = calls as [TestCall, TestCall, TestCall];
    for (const call of [ada, ben]) {
      await call.until(() => call.switches.includes(now(call)), 'the switch to the epoch of the last join');
    }
    expect(ada.epoch.sendAfterMs).toBe(1500);
  });

  test('[K4] without acknowledgements nobody is told to move: the limit does', async () => {
    world.dataChannel = () => null;
    const [ada, ben, cyd] = (await callOf('Ada', 'Ben', 'Cyd')) as [TestCall, TestCall, TestCall];
    await world.people.find(({ name }) => name === 'Cyd')!.leave();
    await agree([ada, ben], 2);
    expect(ada.epoch.sendAfterMs).toBe(1000);
    expect([ada, ben, cyd].flatMap((call) => call.switches)).toEqual([]);
  });

  test('[A3] text reaches everybody, once, with who wrote it', async () => {
    const [ada, ben, cyd] = (await callOf('Ada', 'Ben', 'Cyd')) as [TestCall, TestCall, TestCall];
    expect(ben.session.say('to all of you')).toBe(true);
    const expected = [`${ben.ticket.livekit.identity}: to all of you`];
    for (const call of [ada, cyd]) await call.until(() => call.texts.length > 0, 'the text');
    expect([ada.texts, cyd.texts, ben.texts]).toEqual([expected, expected, []]);
  });

  test('[A5] what somebody says about the microphone reaches the others at once', async () => {
    const [ada, ben] = (await callOf('Ada', 'Ben')) as [TestCall, TestCall];
    const mutedAtAdas = (): boolean | null | undefined => ada.peers.get(ben.ticket.livekit.identity)?.isMuted;
    ben.session.noteMedia(
      { isMuted: true, isWithholding: false, decodes: [], hand: 0, streams: { microphone: 'TR_1' } },
      new Set(),
    );
    await ada.until(() => mutedAtAdas() === true, 'Ben is muted');
    ben.session.noteMedia(
      {
        isMuted: false,
        isWithholding: false,
        decodes: [],
        hand: 0,
        streams: { microphone: 'TR_1', camera: 'TR_2' },
      },
      new Set(),
    );
    await ada.until(() => mutedAtAdas() === false, 'Ben is live');
    expect(ada.peers.get(ben.ticket.livekit.identity)?.streams).toEqual({
      microphone: 'TR_1',
      camera: 'TR_2',
    });
  });

  test('[A3] what a device can decode is known of nobody before their own word, and then of everybody', async () => {
    const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
    const mine = { isMuted: true, isWithholding: false, hand: 0, streams: {} };
    const [ada, ben] = [await people[0]!.enter(id), await people[1]!.enter(id)];
    const name = ben.ticket.livekit.identity;
    await agree([ada, ben], 2);
    ada.session.noteMedia({ ...mine, decodes: ['vp9', 'av1'] }, new Set());
    ben.session.noteMedia({ ...mine, decodes: ['av1'] }, new Set());
    await ada.until(() => ada.peers.get(name)?.decodes?.length === 1, 'Ben’s word');
    expect(ada.peers.get(name)?.decodes).toEqual(['av1']);

    // Cyd's come to nobody: the others know nothing of them, and Cyd knows of the others.
    const cyds = (): string | undefined => people[2]!.call?.ticket.livekit.identity;
    world.dataChannel = (message, from) => (from === cyds() ? null : message);
    const cyd = await people[2]!.enter(id);
    const decodedBy = (one: TestCall) =>
      [...cyd.peers].find(([who]) => who === one.ticket.livekit.identity)?.[1].decodes;
    await cyd.until(() => [ada, ben].every((one) => Array.isArray(decodedBy(one))), 'both words');
    expect([decodedBy(ada), decodedBy(ben)]).toEqual([['vp9', 'av1'], ['av1']]);
    await ada.untilLeaves(3);
    expect(ada.peers.get(cyds()!)?.decodes).toBeNull();
    expect(ada.peers.get(name)?.decodes).toEqual(['av1']);
    // The way over LiveKit opens only now: what was said into the void is said again at once.
    world.dataChannel = (message) => message;
    cyd.session.channelOpened();
    await ada.until(() => ada.peers.get(cyds()!)?.decodes?.length === 0, 'Cyd’s word', 3_000);
  });

  test('[A7] a raised hand reaches everybody at once, who comes later, and by no word of the service', async () => {
    const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
    const [ada, ben] = [await people[0]!.enter(id), await people[1]!.enter(id)];
    await agree([ada, ben], 2);
    const benAt = (call: TestCall): number | undefined => call.peers.get(ben.ticket.livekit.identity)?.hand;
    const mine = { isMuted: true, isWithholding: false, decodes: [], streams: {} };
    ben.session.noteMedia({ ...mine, hand: 3 }, new Set());
    await ada.until(() => benAt(ada) === 3, 'Ben’s hand is up');
    const cyd = await people[2]!.enter(id);
    await cyd.until(() => benAt(cyd) === 3, 'who came later sees it');
    ben.session.noteMedia({ ...mine, hand: 0 }, new Set());
    for (const call of [ada, cyd]) await call.until(() => benAt(call) === 0, 'it is down');
  });

  test('[A8] being muted reaches whom it is for, one or everybody else, with who asks', async () => {
    const [ada, ben, cyd] = (await callOf('Ada', 'Ben', 'Cyd')) as [TestCall, TestCall, TestCall];
    const leafOf = (call: TestCall) =>
      ada.epoch.leaves.find(({ livekitIdentity }) => livekitIdentity === call.ticket.livekit.identity)!;
    // As if the service showed it to everybody.
    const seen: Bytes[] = [];
    world.dataChannel = (message) => {
      seen.push(message);
      return message;
    };
    ada.session.mute(leafOf(ben));
    await ben.until(() => ben.mutes.length > 0, 'Ben is asked');
    for (const message of seen) cyd.session.receiveMessage(message, ada.ticket.livekit.identity);
    ben.session.mute(null);
    for (const call of [ada, cyd]) await call.until(() => call.mutes.length > 0, 'everybody else is asked');
    const [a, b] = [ada, ben].map((call) => call.ticket.livekit.identity);
    expect([ada.mutes, ben.mutes, cyd.mutes]).toEqual([[b], [a], [b]]);
  });

  test('[A4] bytes that are nobody’s message change nothing and are counted', async () => {
    const [ada, ben] = (await callOf('Ada', 'Ben')) as [TestCall, TestCall];
    const from = ben.ticket.livekit.identity;
    const before = ada.session.messageCounts.dropped;
    for (const bytes of [new Uint8Array(0), random(5), random(16_385)])
      ada.session.receiveMessage(bytes, from);
    expect(ada.session.messageCounts.dropped).toBe(before + 3);
    expect(ada.peers.get(from)?.health).toBe('well');
  });

  test('[A4] many messages that nobody wrote are told once, a few are not', async () => {
    const [ada] = (await callOf('Ada', 'Ben')) as [TestCall, TestCall];
    const told = (): number => ada.trust.filter(({ kind }) => kind === 'strayMessages').length;
    for (let n = 0; n < 4; n++) ada.session.receiveMessage(random(50), null);
    expect(told()).toBe(0);
    for (let n = 0; n < 40; n++) ada.session.receiveMessage(random(50), null);
    expect(told()).toBe(1);
  });

  test('[A4] a message that comes twice is taken once', async () => {
    const copies: { message: Bytes; from: string; to: string }[] = [];
    world.dataChannel = (message, from, to) => {
      copies.push({ message, from, to });
      return message;
    };
    const [ada, ben] = (await callOf('Ada', 'Ben')) as [TestCall, TestCall];
    ben.session.say('once');
    await ada.until(() => ada.texts.length > 0, 'the text');
    for (const { message, from, to } of copies)
      if (to === ada.ticket.livekit.identity) ada.session.receiveMessage(message, from);
    ben.session.say('twice');
    await ada.until(() => ada.texts.length > 1, 'the next text');
    expect(ada.texts.map((line) => line.split(': ')[1])).toEqual(['once', 'twice']);
  });

  test('[A4] what comes ahead of its epoch waits for it', async () => {
    const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
    const [ada, ben] = [await people[0]!.enter(id), await people[1]!.enter(id)];
    await agree([ada, ben], 2);
    // Ada hears of Cyd late: what Ben says in the next epoch overtakes the log.
    people[0]!.line.isDown = true;
    const cyd = await people[2]!.enter(id);
    await agree([ben, cyd], 3);
    ben.session.say('to three');
    const until = performance.now() + 200;
    await ada
      .until(() => performance.now() > until || ada.texts.length > 0, 'a while', 400)
      .catch(() => undefined);
    expect(ada.texts).toEqual([]);
    people[0]!.line.isDown = false;
    ada.session.wake();
    await ada.until(() => ada.texts.length > 0, 'the text');
    expect(ada.epoch.epoch).toBe(ben.epoch.epoch);
  });
});

describe('peers', () => {
  const everyMs = 10_000;
  const leaf = (index: number, livekitIdentity: string): Leaf => ({
    index,
    livekitIdentity,
    identity: new Uint8Array(32),
  });
  const hash = new Uint8Array(32).fill(1);
  const beat = {
    isMuted: true,
    isWithholding: false,
    decodes: [],
    hand: 0,
    streams: {},
    transcriptHash: hash,
  };
  let clock: ManualClock;
  let statuses: ReadonlyMap<string, PeerStatus>;
  let doubts: number;
  let peers: Peers;
  beforeEach(() => {
    clock = new ManualClock();
    doubts = 0;
    peers = new Peers({ clock, onPeers: (now) => (statuses = now), onDoubt: () => doubts++ });
    peers.enter([leaf(1, 'ben'), leaf(2, 'cyd')], everyMs);
  });
  const health = (name: string): string | undefined => statuses.get(name)?.health;

  it('[A6] are well while they are heard, and stale after two and a half heartbeats of silence', async () => {
    await clock.pass(20_000);
    peers.heard('ben');
    await clock.pass(5_001);
    expect([health('ben'), health('cyd')]).toEqual(['well', 'stale']);
    peers.heard('cyd');
    peers.told('cyd', beat, hash);
    expect(statuses.get('cyd')).toEqual({
      health: 'well',
      isMuted: true,
      isWithholding: false,
      decodes: [],
      hand: 0,
      streams: {},
    });
  });

  it('[M7] have said nothing of what they can decode until they do, and keep it over epochs', () => {
    expect(statuses.get('ben')?.decodes).toBeNull();
    peers.told('ben', { ...beat, decodes: ['vp9'] }, hash);
    expect([statuses.get('ben')?.decodes, statuses.get('cyd')?.decodes]).toEqual([['vp9'], null]);
    peers.enter([leaf(1, 'ben'), leaf(3, 'dan')], everyMs);
    expect([statuses.get('ben')?.decodes, statuses.get('dan')?.decodes]).toEqual([['vp9'], null]);
  });

  it('[A6] are apart when what they say in my epoch does not open, twice, and the log is looked at', () => {
    peers.unopened('ben');
    expect([health('ben'), doubts]).toEqual(['well', 0]);
    peers.unopened('ben');
    expect([health('ben'), doubts]).toEqual(['apart', 1]);
    peers.heard('ben');
    expect(health('ben')).toBe('well');
    peers.unopened('nobody');
    peers.unopened(null);
    expect([...statuses.keys()]).toEqual(['ben', 'cyd']);
  });

  it('[A6] are apart when their history is another', () => {
    peers.told('ben', { ...beat, transcriptHash: new Uint8Array(32) }, hash);
    expect(health('ben')).toBe('apart');
  });

  it('[A6] that speak in an older or a later epoch are given a heartbeat’s time', async () => {
    peers.behind('ben');
    peers.ahead('cyd');
    expect([health('ben'), health('cyd')]).toEqual(['well', 'well']);
    await clock.pass(everyMs);
    peers.behind('ben');
    peers.ahead('cyd');
    expect([health('ben'), health('cyd')]).toEqual(['stale', 'apart']);
  });

  it('[A6] begin anew with every epoch, keep what they said of the microphone, and are forgotten when they go', async () => {
    peers.told('ben', beat, hash);
    await clock.pass(30_000);
    expect(health('ben')).toBe('stale');
    peers.enter([leaf(1, 'ben')], everyMs);
    expect([...statuses]).toEqual([
      ['ben', { health: 'well', isMuted: true, isWithholding: false, decodes: [], hand: 0, streams: {} }],
    ]);
  });
});
