// A9: people in one call whom the service shows different histories of their group find out by each other's heartbeats; who is only late does not.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { equal } from '../../crypto/bytes.ts';
import { genesisState, type Action, type HistoryEntry } from '../../crypto/group/history/index.ts';
import { signChange } from '../../crypto/group/index.ts';
import { endLies, forgeHistory } from '../testing/lies.ts';
import { agree, World, type TestCall, type TestPerson } from '../testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function two() {
  const { people, id } = await world.group('Ada', 'Ben', 'Cyd');
  const [ada, ben, cyd] = people as [TestPerson, TestPerson, TestPerson];
  const [adas, bens] = [await ada.enter(id), await ben.enter(id)];
  await agree([adas, bens], 2);
  return { id, ada, ben, cyd, adas, bens };
}

let hand = 0;
/** A heartbeat of now: its sender has another hand up. */
const beat = (call: TestCall): void => {
  hand++;
  call.session.noteMedia({ isMuted: true, hand, isWithholding: false, decodes: [], streams: {} }, new Set());
};
const healthOf = (who: TestCall, at: TestCall) => at.peers.get(who.ticket.livekit.identity)?.health;
const forked = (call: TestCall) => call.trust.filter(({ kind }) => kind === 'forkedGroup');

/** Beats until `is` holds. */
async function beatUntil(by: TestCall, at: TestCall, is: () => boolean, what: string): Promise<void> {
  const hears = healthOf(by, at);
  beat(by);
  await at.until(is, `${what}; it was ${hears}`);
}

/** The owner signs this as the group's first change, whatever else was signed. */
async function signed(ada: TestPerson, id: string, action: Action): Promise<HistoryEntry> {
  const { owner, nonce, groupId } = ada.groups.get(id)!.stored.record;
  const state = genesisState({ groupId, owner, nonce });
  return (await signChange(ada.device.identity, state, { action, atMs: 5 })).entry;
}

test('[A9] a change that the service keeps from one is missed as soon as another speaks of it, on the screen and in the trust log', async () => {
  const { id, ada, ben, cyd, adas, bens } = await two();
  forgeHistory(ben, []);
  await ada.groups.change(id, { kind: 'role', identity: cyd.identity, role: 'listener' });
  await beatUntil(adas, bens, () => healthOf(adas, bens) === 'forked', 'Ada has another group');
  expect(forked(bens).map(({ identity }) => equal(identity, ada.identity))).toEqual([true]);
  // What Ben says is a beginning of what Ada knows: he is late, to her.
  await beatUntil(bens, adas, () => adas.peers.get(bens.ticket.livekit.identity)?.hand === hand, 'heard');
  expect([healthOf(bens, adas), forked(adas)]).toEqual(['well', []]);
  endLies(ben);
  await ben.groups.refresh(id);
  await beatUntil(adas, bens, () => healthOf(adas, bens) === 'well', 'they have the same group');
  expect(forked(bens)).toHaveLength(1);
});

test('[A9] two histories of one length have two heads: both see it, and go on with their own', async () => {
  const { id, ada, ben, cyd, adas, bens } = await two();
  forgeHistory(ben, [await signed(ada, id, { kind: 'role', identity: cyd.identity, role: 'admin' })]);
  await ben.groups.refresh(id);
  await ada.groups.change(id, { kind: 'role', identity: cyd.identity, role: 'listener' });
  const versions = [ada, ben].map(({ groups }) => groups.get(id)!.state.version);
  expect(versions).toEqual([1, 1]);
  await beatUntil(adas, bens, () => healthOf(adas, bens) === 'forked', 'Ada has another group');
  await beatUntil(bens, adas, () => healthOf(bens, adas) === 'forked', 'Ben has another group');
  expect([forked(adas).length, forked(bens).length]).toEqual([1, 1]);
  expect([adas, bens].map(({ end }) => end)).toEqual([null, null]);
  // Who goes on in one of the two stays in it: an older head is remembered.
  await ada.groups.change(id, { kind: 'role', identity: cyd.identity, role: 'member' });
  adas.session.wake();
  await beatUntil(bens, adas, () => adas.peers.get(bens.ticket.livekit.identity)?.hand === hand, 'heard');
  expect(healthOf(bens, adas)).toBe('forked');
});

test('[A9] who is late, or cannot ask, suspects nobody, and catches up', async () => {
  const { id, ada, ben, cyd, adas, bens } = await two();
  const isRead = ({ path }: { path: string }): boolean => path.startsWith(`/api/groups/${id}`);
  ben.line.answers = (sent) => (isRead(sent) ? new Response('gone', { status: 404 }) : null);
  await ada.groups.change(id, { kind: 'role', identity: cyd.identity, role: 'listener' });
  beat(adas);
  await expect.poll(() => ben.groups.get(id)?.isFresh).toBe(false);
  expect([healthOf(adas, bens), forked(bens)]).toEqual(['well', []]);
  endLies(ben);
  await ben.groups.refresh(id);
  await beatUntil(adas, bens, () => bens.peers.get(adas.ticket.livekit.identity)?.hand === hand, 'heard');
  expect([healthOf(adas, bens), forked(bens), ben.groups.get(id)?.state.version]).toEqual(['well', [], 1]);
});
