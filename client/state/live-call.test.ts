// A voice chat from tap to end over the real service, the real sessions and a media room without media: what the person is
// told, and what comes back by itself.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { maySpeak } from '../../crypto/group/history/index.ts';
import { equal, fromBase64url, toBase64url, toHex } from '../../crypto/bytes.ts';
import type { Clock } from '../api/clock.ts';
import type { TrustChange } from '../call/types.ts';
import * as callChunk from '../call/index.ts';
import { GroupRoster } from '../groups/roster.ts';
import type { BetterCodec } from '../media/codec-choice.ts';
import { noDrops } from '../media/worker/counts.ts';
import { TestMedia } from '../testing/media.ts';
import type { Sent } from '../testing/line.ts';
import { removal, World, type TestPerson } from '../testing/world.ts';
import { mayMute } from './call-rights.ts';
import { LiveCall, type LiveState } from './live-call.ts';

let world: World;
const running: LiveCall[] = [];
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  for (const call of running.splice(0)) call.abandon();
  await world.close();
});

/** A person in a call, with everything that was shown. */
class Caller {
  readonly phases: LiveState['phase'][] = [];
  readonly trust: TrustChange['kind'][] = [];
  readonly rooms: TestMedia[] = [];
  readonly live: LiveCall;
  /** By identity in hex. */
  readonly volumes = new Map<string, number>();
  /** How many connections of the next room fail. */
  failures = 0;
  /** C18: what the group asks for, and whom this person verified. */
  sendsOnlyTo: ReadonlySet<string> | null = null;
  /** What the next room can. */
  decodes: readonly BetterCodec[] = [];
  /** How far this person's clock has been moved on. */
  aheadMs = 0;
  readonly #looks = new Set<() => void>();

  constructor(person: TestPerson, id: string) {
    const group = person.groups.get(id)!;
    const { random } = person.line;
    const clock: Clock = { ...person.line.clock, now: () => person.line.clock.now() + this.aheadMs };
    this.live = new LiveCall({
      ...{ service: person.service, identity: person.device.identity, clock, random },
      keysFor: (version) => person.groups.keysFor(id, version),
      groupId: group.secret.groupId,
      roster: new GroupRoster(person.groups, id, clock),
      maySpeak: (callId, identity) => maySpeak(person.groups.get(id)!.state, callId, identity),
      sendsOnlyTo: () => this.sendsOnlyTo,
      mayMuteMe: (identity) => mayMute(person.groups.get(id)!.state, identity, person.identity),
      volumeOf: (identity) => this.volumes.get(toHex(identity)) ?? 1,
      loadCall: () => Promise.resolve(callChunk),
      createMedia: () => {
        const room = new TestMedia();
        room.failures = this.failures;
        room.decodes = this.decodes;
        this.rooms.push(room);
        return Promise.resolve(room);
      },
      installKeys: ({ authenticator: _, ...keys }, media) => media.installEpoch(keys),
      onTrust: ({ kind }) => this.trust.push(kind),
      onChange: () => {
        const { phase } = this.live.state;
        if (this.phases.at(-1) !== phase) this.phases.push(phase);
        for (const look of this.#looks) look();
      },
    });
    running.push(this.live);
  }

  get room(): TestMedia {
    return this.rooms.at(-1)!;
  }

  async enter(): Promise<this> {
    void this.live.start();
    await this.until(({ phase }) => phase === 'inCall' || phase === 'ended');
    return this;
  }

  until(is: (state: LiveState) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!is(this.live.state)) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
  }
}

/** The data channel between these two. */
function connect(one: Caller, other: Caller): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const)
    from.room.carry = (data) => setImmediate(() => to.room.deliver(data));
}

const leaves = (count: number) => (state: LiveState) => state.leaves.length === count;

async function two() {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people.map((person) => new Caller(person, id)) as [Caller, Caller];
  await ada.enter();
  await ben.enter();
  await ada.until(leaves(2));
  return { people: people as [TestPerson, TestPerson], id, ada, ben };
}

const isJoin = ({ method, path }: Sent): boolean => method === 'POST' && path.endsWith('/call');

test('[T7] where the answer to a join is lost, the same place is asked for again, and everybody sees one', async () => {
  const { people, id } = await world.group('Ada', 'Ben');
  const [ada, ben] = people.map((person) => new Caller(person, id)) as [Caller, Caller];
  await ada.enter();
  let lost = 0;
  people[1]!.line.losesAnswer = (sent) => isJoin(sent) && lost++ < 2;
  await ben.enter();
  await ada.until(leaves(2));
  expect(lost).toBe(3);
  const bodies = people[1]!.line.sent.filter(isJoin).map(({ body }) => body);
  expect([bodies.length, new Set(bodies).size]).toEqual([3, 1]);
  const [row] = await world.harness.testStore.run(`select count(*) as n from places where state <> 'left'`);
  expect(Number(row?.['n'])).toBe(2);
  const all = await world.harness.testStore.run('select livekit_identity from places');
  expect(all).toHaveLength(2);
});

test('[T7] where the place is over by the time that it is asked for again, another one is taken', async () => {
  const { people, id } = await world.group('Ada');
  const ada = new Caller(people[0]!, id);
  let lost = 0;
  const { line } = people[0]!;
  const { fetch: ask } = line;
  line.losesAnswer = (sent) => isJoin(sent) && lost++ < 1;
  line.fetch = async (input, init) => {
    const isAgain = lost === 1 && (input as string).endsWith('/call');
    if (isAgain) await world.harness.testStore.run(`update places set state = 'left', deadline_ms = 0`);
    return ask(input, init);
  };
  await ada.enter();
  expect(ada.live.state).toMatchObject({ phase: 'inCall', code: null });
  const bodies = line.sent.filter(isJoin).map(({ body }) => body);
  expect([bodies.length, new Set(bodies).size]).toEqual([3, 2]);
});

test('[M5] a tap leads through joining into the call, with one code for everybody and the keys in every room', async () => {
  const { ada, ben } = await two();
  expect(ada.phases).toEqual(['joining', 'inCall']);
  expect(ada.live.state.callCode).toMatch(/^\d{30}$/);
  expect(ada.live.state.callCode).toBe(ben.live.state.callCode);
  expect(ada.room.epochs.map(({ epoch }) => epoch)).toEqual([0n, 1n]);
  expect(ben.room.done).toEqual(['connect with token']);
  expect(ben.live.state.startedAtMs).toBe(ada.live.state.startedAtMs);
});

test('leaving is at once, is told to the service, and closes the room', async () => {
  const { people, id, ada, ben } = await two();
  ben.live.end(null);
  expect(ben.live.state).toMatchObject({ phase: 'ended', code: null });
  await ada.until(leaves(1));
  expect(ben.room.snapshot.connection).toBe('closed');
  await people[0].groups.refresh(id);
  expect(people[0].groups.get(id)!.call!.participants).toHaveLength(1);
});

test('leaving while still joining gives the place back', async () => {
  const { people, id } = await world.group('Ada');
  const ada = new Caller(people[0]!, id);
  const done = ada.live.start();
  ada.live.end(null);
  await done;
  expect(ada.live.state.phase).toBe('ended');
  await expect.poll(async () => (await people[0]!.service.group(fromBase64url(id))).call).toBeNull();
});

test('a first join that cannot reach the service ends with a reason, not with waiting', async () => {
  const { people, id } = await world.group('Ada');
  const ada = new Caller(people[0]!, id);
  people[0]!.line.isDown = true;
  await ada.enter();
  expect(ada.live.state).toMatchObject({ phase: 'ended', code: 'offline' });
});

test('a media server that never answers ends the join with a reason', async () => {
  const { people, id } = await world.group('Ada');
  const ada = new Caller(people[0]!, id);
  ada.failures = 100;
  await ada.enter();
  expect(ada.live.state).toMatchObject({ phase: 'ended', code: 'livekit_unavailable' });
});

test('LiveKit loses us: a new token for the same place, until it works', async () => {
  const { ada } = await two();
  ada.room.failures = 2;
  ada.room.say({ connection: 'lost' });
  expect(ada.live.state.phase).toBe('reconnecting');
  await ada.until(({ phase }) => phase === 'inCall');
  expect(ada.room.done).toEqual(['connect with token', ...Array<string>(3).fill('reconnect with token')]);
  expect(ada.rooms).toHaveLength(1);
});

test('the service gave the place away: another one is taken, and the wishes come along', async () => {
  const { people, ada, ben } = await two();
  ben.live.setMuted(true);
  ben.live.setCamera(true);
  const livekitIdentity = ben.live.state.leaves.find((leaf) => leaf.index === 1)!.livekitIdentity;
  const { callId } = (await people[0].service.group(people[0].groups.all[0]!.secret.groupId)).call!;
  await people[1].service.leaveCall(callId, livekitIdentity);
  await ben.until(({ phase }) => phase !== 'inCall');
  await ben.until(({ phase, leaves }) => phase === 'inCall' && leaves.length === 2);
  await ada.until(
    (state) => leaves(2)(state) && !state.leaves.some((leaf) => leaf.livekitIdentity === livekitIdentity),
  );
  expect(ben.phases).not.toContain('ended');
  expect(ben.rooms).toHaveLength(2);
  expect(ben.rooms[0]!.snapshot.connection).toBe('closed');
  expect(ben.room.snapshot).toMatchObject({ isMicrophoneMuted: true, camera: 'on' });
});

test('[K5] a frame worker that breaks costs the place, not the call: another place has another leaf and new keys', async () => {
  const { ada, ben } = await two();
  const old = ben.live.state.leaves.find((leaf) => leaf.index === 1)!.livekitIdentity;
  ben.room.say({ connection: 'closed' });
  await ben.until(({ phase }) => phase !== 'inCall');
  await ben.until(({ phase, leaves }) => phase === 'inCall' && leaves.length === 2);
  await ada.until((state) => leaves(2)(state) && state.leaves.every((leaf) => leaf.livekitIdentity !== old));
  expect(ben.phases).not.toContain('ended');
  expect(ben.rooms).toHaveLength(2);
});

test('[M6] frames that no key here opens have the log read at once, and not more than once a second', async () => {
  const { people, ada } = await two();
  const { line } = people[0];
  // Not answered: what comes by itself would be read on.
  line.holds = ({ method, path }) => method === 'GET' && path.endsWith('/log');
  for (let no_key = 1; no_key <= 50; no_key++) ada.room.say({ dropped: { ...noDrops(), no_key } });
  await expect.poll(() => line.held).toBe(1);
  ada.aheadMs = 1_000;
  ada.room.say({ dropped: { ...noDrops(), no_key: 50, malformed: 9, replayed: 9, wrong_sender: 9 } });
  ada.aheadMs = 2_000;
  ada.room.say({ dropped: { ...noDrops(), no_key: 51 } });
  await expect.poll(() => line.held).toBe(2);
  ada.aheadMs = 3_000;
  ada.room.say({ dropped: { ...noDrops(), no_key: 51, not_opened: 1 } });
  await expect.poll(() => line.held).toBe(3);
});

test('[M6] rejoining takes another place with another leaf and new keys, and the wishes come along', async () => {
  const { people, ada, ben } = await two();
  ben.live.setMuted(true);
  const old = ben.live.state.leaves.find((leaf) => leaf.index === 1)!.livekitIdentity;
  // What would tell Ben of the rest by itself does not come.
  people[1].line.holds = ({ method, path }) => method === 'GET' && path.endsWith('/log');
  ben.live.rejoin();
  await ben.until(({ phase }) => phase !== 'inCall');
  await ben.until(({ phase, leaves }) => phase === 'inCall' && leaves.length === 2);
  await ada.until((state) => leaves(2)(state) && state.leaves.every((leaf) => leaf.livekitIdentity !== old));
  expect(ben.rooms.map(({ snapshot }) => snapshot.connection)).toEqual(['closed', 'connected']);
  expect(ben.room.snapshot.isMicrophoneMuted).toBe(true);
  expect(ben.live.state.callCode).toBe(ada.live.state.callCode);
});

test('a frame worker that breaks again and again ends the call with a reason, and gives the place back', async () => {
  const { people, id } = await world.group('Ada');
  const ada = new Caller(people[0]!, id);
  await ada.enter();
  while (ada.live.state.phase !== 'ended') {
    const room = ada.room;
    room.say({ connection: 'closed' });
    await ada.until(({ phase }) => phase === 'ended' || (phase === 'inCall' && ada.room !== room));
  }
  expect(ada.live.state.code).toBe('frames_failed');
  expect(ada.rooms.length).toBeGreaterThan(3);
  await expect.poll(async () => (await people[0]!.service.group(fromBase64url(id))).call).toBeNull();
});

test('[G10] whom the owner removes is out with a reason and does not try again', async () => {
  const { people, id, ada, ben } = await two();
  await people[0].groups.change(id, removal(people[1]));
  await ben.until(({ phase }) => phase === 'ended');
  expect(ben.live.state.code).toBe('group_not_found');
  await ada.until(leaves(1));
});

test('[G9] a listener sends nothing, speaks when allowed to, and falls silent when it ends', async () => {
  const { people, id, ada, ben } = await two();
  const [owner, member] = people;
  const give = async (role: 'listener' | 'member') => {
    await owner.groups.change(id, { kind: 'role', identity: member.identity, role });
    await member.groups.refresh(id);
    ben.live.wake();
  };
  expect(ben.room.snapshot.microphone).toBe('on');
  ben.live.setCamera(true);
  await give('listener');
  expect(ben.live.state.maySpeak).toBe(false);
  expect(ben.room.snapshot).toMatchObject({ microphone: 'off', camera: 'off' });
  ben.live.setCamera(true);
  ben.live.setScreen(true);
  ben.live.retryMicrophone();
  expect(ben.room.snapshot).toMatchObject({ microphone: 'off', camera: 'off', screen: 'off' });
  await give('member');
  expect(ben.room.snapshot.microphone).toBe('on');
  expect(ada.room.snapshot.microphone).toBe('on');

  await give('listener');
  ben.live.end(null);
  const again = await new Caller(member, id).enter();
  expect(again.live.state).toMatchObject({ phase: 'inCall', maySpeak: false });
  expect(again.room.snapshot.microphone).toBe('off');
});

test('[F10] who may only listen is silenced by everybody else before their keys are in, and heard again when they may speak', async () => {
  const { people, id, ada, ben } = await two();
  const [owner, member] = people;
  const names = () => ada.live.state.leaves.map(({ livekitIdentity }) => livekitIdentity);
  const mine = names().filter((name) => ben.live.state.leaves[1]!.livekitIdentity === name);
  expect(ada.room.silenced).toEqual([]);
  const give = async (role: 'listener' | 'member') => {
    await owner.groups.change(id, { kind: 'role', identity: member.identity, role });
    ada.live.wake();
  };
  await give('listener');
  expect(ada.room.silenced).toEqual([mine]);
  expect([...ada.live.state.listeners]).toEqual(mine);
  await give('member');
  expect(ada.room.silenced).toEqual([mine, []]);
  expect(ada.live.state.listeners.size).toBe(0);

  await give('listener');
  ben.live.end(null);
  await ada.until(leaves(1));
  const again = await new Caller(member, id).enter();
  await ada.until(leaves(2));
  const place = again.live.state.leaves.find(({ index }) => index === 1)!.livekitIdentity;
  expect(ada.room.silencedByEpoch.at(-1)).toEqual([place]);
});

test('[A7] a listener raises a hand, is let speak in this call, speaks, and the hand is down by itself', async () => {
  const { people, id, ada, ben } = await two();
  const [owner, member] = people;
  const refresh = async () => {
    await member.groups.refresh(id);
    for (const { live } of [ada, ben]) live.wake();
  };
  await owner.groups.change(id, { kind: 'role', identity: member.identity, role: 'listener' });
  await refresh();
  ada.live.raiseHand(true);
  ben.live.raiseHand(true);
  ben.live.raiseHand(true);
  expect([ada.live.state.hand, ben.live.state.hand, ben.room.snapshot.microphone]).toEqual([1, 1, 'off']);
  const callId = ada.live.state.callId!;
  const speaks = (isAllowed: boolean) =>
    owner.groups.change(id, { kind: 'speaker', callId, identity: member.identity, isAllowed });
  await speaks(true);
  await refresh();
  expect(ben.live.state).toMatchObject({ hand: 0, maySpeak: true });
  expect([ben.room.snapshot.microphone, ada.room.silenced.at(-1)]).toEqual(['on', []]);
  await speaks(false);
  await refresh();
  expect([ben.room.snapshot.microphone, ada.room.silenced.at(-1)?.length]).toEqual(['off', 1]);
  ada.live.setMuted(true);
  expect(ada.live.state.hand).toBe(1);
  ada.live.setMuted(false);
  expect(ada.live.state.hand).toBe(0);
});

test('[A8] the owner mutes a member, who is told by whom and unmutes; a member mutes nobody, and nothing ever unmutes', async () => {
  const { people, ada, ben } = await two();
  const [owner, member] = people;
  connect(ada, ben);
  ada.live.muteOthers(member.identity);
  await ben.until(({ mutedBy }) => mutedBy !== null);
  expect(ben.live.state).toMatchObject({ isMutedWish: true, mutedBy: owner.identity });
  expect(ben.room.snapshot.isMicrophoneMuted).toBe(true);
  ben.live.setMuted(false);
  expect(ben.live.state).toMatchObject({ isMutedWish: false, mutedBy: null });
  expect(ben.room.snapshot.isMicrophoneMuted).toBe(false);

  ben.live.muteOthers(owner.identity);
  ben.live.muteOthers(null);
  ben.live.setMuted(true);
  // Behind what Ben's device asked for: what Ada's says of it has been done by then.
  ada.live.muteOthers(null);
  await ada.until(({ peers }) => [...peers.values()][0]?.isMuted === true);
  expect(ada.live.state).toMatchObject({ isMutedWish: false, mutedBy: null });
  ben.live.raiseHand(true);
  await ada.until(({ peers }) => [...peers.values()][0]?.hand === 1);
  expect(ben.live.state, 'who is muted already was not muted by anybody').toMatchObject({ mutedBy: null });
});

test('how loud somebody is holds for whatever place and room they come in by', async () => {
  const { people, ada, ben } = await two();
  ada.volumes.set(toHex(people[1].identity), 0.4);
  ada.live.applyVolumes();
  expect(ada.room.volumes.get(ben.live.state.leaves.at(-1)!.livekitIdentity)).toBe(0.4);
  const before = ben.live.state.leaves.at(-1)!.livekitIdentity;
  ben.live.rejoin();
  const his = ({ leaves: all }: LiveState) => all.find(({ identity }) => equal(identity, people[1].identity));
  await ada.until((state) => ![undefined, before].includes(his(state)?.livekitIdentity));
  expect(ada.room.volumes.get(his(ada.live.state)!.livekitIdentity)).toBe(0.4);
});

test('[C17] whom the owner takes out is out with the name of who did it; the place is gone with the service, and they come back', async () => {
  const { people, id, ada, ben } = await two();
  const [owner, member] = people;
  await ada.live.takeOut(member.identity);
  expect(ada.live.state.leaves).toHaveLength(1);
  await ben.until(({ phase }) => phase === 'ended');
  expect(ben.live.state).toMatchObject({ code: 'taken_out', endedBy: owner.identity });
  await owner.groups.refresh(id);
  expect(owner.groups.get(id)!.call!.participants).toHaveLength(1);
  const again = await new Caller(member, id).enter();
  expect(again.live.state.phase).toBe('inCall');
  await ada.until(leaves(2));
  // The way to the service goes while it is done: nobody waits for ever.
  owner.line.isDown = true;
  const taking = ada.live.takeOut(member.identity);
  ada.live.end(null);
  await taking;
  expect(ada.live.state.phase).toBe('ended');
});

test('[C17] two who are taken out one right after the other are both out, and nobody waits for ever', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const callers: Caller[] = [];
  for (const person of people) callers.push(await new Caller(person, id).enter());
  const [ada, ben, cyd] = callers as [Caller, Caller, Caller];
  await Promise.all(callers.map((caller) => caller.until(leaves(3))));
  await Promise.all([ada.live.takeOut(people[1]!.identity), ada.live.takeOut(people[2]!.identity)]);
  expect(ada.live.state.leaves).toHaveLength(1);
  await Promise.all([ben, cyd].map((caller) => caller.until(({ phase }) => phase === 'ended')));
  for (const { live } of [ben, cyd]) expect(live.state).toMatchObject({ code: 'taken_out' });
  await people[0]!.groups.refresh(id);
  expect(people[0]!.groups.get(id)!.call!.participants).toHaveLength(1);
});

test('[C18] who is not verified stops what I send, before the keys they hold are in; it goes on once they are, or it is not asked for', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [, ben, cyd] = people.map(({ identity }) => toBase64url(identity));
  const [ada, other, third] = people.map((person) => new Caller(person, id)) as [Caller, Caller, Caller];
  ada.sendsOnlyTo = new Set([ben!]);
  await ada.enter();
  await other.enter();
  await ada.until(leaves(2));
  connect(ada, other);
  expect(ada.live.state.unverified).toEqual([]);
  // Said before the first keys: until then the worker lets nothing out.
  expect(ada.room.verifiedByEpoch).toEqual([[ben], [ben]]);
  expect(ada.room.epochs.at(-1)!.leaves.map((leaf) => toBase64url(leaf.identity))).toContain(ben);

  await third.enter();
  await ada.until(({ unverified }) => unverified.length === 1);
  expect(ada.live.state.unverified).toEqual([people[2]!.identity]);
  // The others are told, and take it for no fault.
  await other.until(({ peers }) => [...peers.values()].some(({ isWithholding }) => isWithholding));

  ada.sendsOnlyTo = new Set([ben!, cyd!]);
  ada.live.wake();
  expect(ada.live.state.unverified).toEqual([]);
  expect(ada.room.verified.at(-1)).toEqual([ben, cyd].sort());
  await other.until(({ peers }) => [...peers.values()].every(({ isWithholding }) => !isWithholding));
  // "They don't match", or a key that changed.
  ada.sendsOnlyTo = new Set([cyd!]);
  ada.live.wake();
  expect(ada.live.state.unverified).toEqual([people[1]!.identity]);
  ada.sendsOnlyTo = null;
  ada.live.wake();
  expect(ada.live.state.unverified).toEqual([]);
  expect(ada.room.verified.at(-1)).toBeNull();
});

test('a service that is away for long leaves the call running, and says so only after a while', async () => {
  const { people, ada, ben } = await two();
  people[0].line.isDown = true;
  ada.live.wake();
  expect(ada.live.state.phase).toBe('inCall');
  await ada.until(({ phase }) => phase === 'reconnecting');
  expect(ada.room.snapshot.connection).toBe('connected');
  people[0].line.isDown = false;
  ada.live.wake();
  await ada.until(({ phase }) => phase === 'inCall');
  ben.live.end(null);
  await ada.until(leaves(1));
});

test('[M7] the media room is told what everybody else can decode, by their own word and by nothing before it', async () => {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = people.map((person) => new Caller(person, id)) as [Caller, Caller, Caller];
  ada.decodes = ben.decodes = ['av1', 'vp9'];
  await ada.enter();
  const alone = { toStart: ['av1', 'vp9'], toKeep: ['av1', 'vp9'] };
  expect(ada.room.receivable).toEqual([alone]);
  await ben.enter();
  await ada.until(leaves(2));
  expect(ada.room.receivable.at(-1)).toEqual({ toStart: [], toKeep: alone.toKeep });
  connect(ada, ben);
  ben.room.say({ isMicrophoneMuted: true });
  await ada.until(({ peers }) => [...peers.values()].every(({ decodes }) => decodes?.length === 2));
  expect(ada.room.receivable.at(-1)).toEqual(alone);

  cyd.decodes = ['vp9'];
  await cyd.enter();
  await ada.until(leaves(3));
  cyd.room.carry = (data) => setImmediate(() => ada.room.deliver(data));
  cyd.room.say({ isMicrophoneMuted: true });
  await ada.until(({ peers }) => [...peers.values()].every(({ decodes }) => decodes !== null));
  expect(ada.room.receivable.at(-1)).toEqual({ toStart: ['vp9'], toKeep: ['vp9'] });
  cyd.live.end(null);
  await ada.until(leaves(2));
  expect(ada.room.receivable.at(-1)).toEqual(alone);
});
