// Sealed frames under a name that is not their sender's: relayed by an outsider with a token, by a member who turned, or by the server's
// own word on whose track is whose. No frame plays under a wrong name (F4), and whoever is lied to is told.
import { expect, test } from 'vitest';
import { TrackSource } from '@livekit/protocol';
import { ada, ben, cyd } from '../client/e2e/harness/people.ts';
import type { Person } from '../client/e2e/harness/person.ts';
import { never, until } from '../client/e2e/harness/wait.ts';
import { setBoundary, untilUnderWay } from './harness/boundary.ts';
import { LyingSignal, swapped } from './harness/lying-signal.ts';
import { expectBack, expectForged, forgedCount } from './harness/recovery.ts';
import { RoomApi } from './harness/room-api.ts';
import { setSiege } from './harness/siege.ts';

const signal = new LyingSignal();
const toldToCyd = new LyingSignal();
const cast = [
  { persona: ada },
  { persona: ben, prepare: signal.prepare },
  { persona: cyd, prepare: toldToCyd.prepare, isLate: true },
];
const siege = setSiege(cast, {
  calm: async () => {
    await signal.stop();
    toldToCyd.forget();
  },
});
const adasLeaf = 0;

/** Since the test before, unless that failed. */
async function isIn(person: Person): Promise<void> {
  if (!(await person.button('Leave').isVisible())) await person.joinVoiceChat();
}

test('[M3] [F4] an outsider relays Ada’s sealed frames, which the server keeps from Ben, as its own: never played, and named', async () => {
  const [a, b] = siege.people;
  const { mal } = siege;
  const api = new RoomApi(siege.aparte.livekit, siege.room);
  const [adaThere, benThere] = await api.participants();
  // Else Ben has had each of them, and it is dropped for that (F5). His page asks for them again by itself (M6): they are kept again.
  const isPlaying = async (): Promise<boolean> => {
    await api.forward(adaThere!, benThere!, false);
    const isSeen = (await b!.seeing()).some(
      ({ whose, isShown, isMoving }) => whose === 'Ada' && isShown && isMoving,
    );
    return isSeen || (await b!.hearing()).now.includes('Ada');
  };
  await until(async () => !(await isPlaying()), { what: 'nothing of Ada reaches Ben' });
  await setBoundary(mal, { relayedLeaf: adasLeaf });
  await mal.page.evaluate(async () => {
    await window.bare.microphone(true);
    await window.bare.camera(true);
  });
  await untilUnderWay(mal, 'relayed', 100);
  await never(isPlaying, 'Ada plays at Ben’s, through Mal');
  await Promise.all([a!, b!].map((person) => person.rowSays('Somebody without a key', /is never played/)));
  await expectBack(
    'an outsider’s relay',
    async () => {
      await setBoundary(mal, { relayedLeaf: null });
      await mal.page.evaluate(async () => {
        await window.bare.camera(false);
        await window.bare.microphone(false);
      });
      await api.forward(adaThere!, benThere!, true);
    },
    [
      { person: b!, hears: ['Ada'], sees: ['Ada'] },
      { person: a!, hears: ['Ben'] },
    ],
  );
});

test('[F4] the server renames Ada’s tracks: microphone as screen sound, camera as screen', async () => {
  const [, b] = siege.people;
  const before = await forgedCount(b!, 'Ada');
  const moved = new Map([
    [TrackSource.MICROPHONE, TrackSource.SCREEN_SHARE_AUDIO],
    [TrackSource.CAMERA, TrackSource.SCREEN_SHARE],
  ]);
  await signal.lie(({ tracks }) => {
    for (const track of tracks) track.source = moved.get(track.source) ?? track.source;
  });
  await Promise.all([b!.reads('Ada’s screen'), b!.reads(/Can’t decrypt Ada’s video/), b!.hears()]);
  await expectForged(b!, 'Ada', { before });
  await expectBack('renamed tracks', () => signal.stop(), [{ person: b!, hears: ['Ada'], sees: ['Ada'] }]);
});

test('[F4] [M3] who comes is told that Ada is Ben and Ben is Ada: nothing plays under the wrong name, and both are named', async () => {
  const [a, b, c] = siege.people;
  const [adaThere, benThere] = await new RoomApi(siege.aparte.livekit, siege.room).participants();
  toldToCyd.lieToWhoComes(swapped(adaThere!.identity, benThere!.identity));
  await c!.joinVoiceChat();
  await Promise.all([
    c!.rowSays('Ada', /Can’t decrypt what Ada sends/),
    c!.rowSays('Ben', /Can’t decrypt what Ben sends/),
  ]);
  for (const name of ['Ada', 'Ben']) await expectForged(c!, name, { before: 0 });
  expect(await c!.everHeard()).toEqual([]);
  expect((await c!.seeing()).filter(({ whose }) => whose !== null)).toEqual([]);
  await expectBack('two people exchanged', () => toldToCyd.stop(), [
    { person: c!, hears: ['Ada', 'Ben'], sees: ['Ada'] },
    { person: a!, hears: ['Ben', 'Cyd'] },
    { person: b!, hears: ['Ada', 'Cyd'], sees: ['Ada'] },
  ]);
  await c!.leave();
  await until(async () => (await b!.row('Cyd').count()) === 0, { what: 'Cyd is gone from Ben’s list' });
});

test('[K3] [F5] frames kept from an epoch come again beside the true ones, in it and after it was left: none plays', async () => {
  const [a, b, c] = siege.people;
  const before = await forgedCount(b!, 'Ada');
  await setBoundary(b!, { isKeeping: true });
  await until(() => b!.page.evaluate(() => window.aparteBoundary.kept >= 60), {
    what: 'sixty frames are kept',
  });
  const { epoch } = await b!.epoch();
  await setBoundary(b!, { isKeeping: false, tampering: 'old' });
  await expectForged(b!, 'Ada', { before });
  await c!.joinVoiceChat();
  await until(async () => (await b!.epoch()).epoch > epoch, { what: 'Ben has the keys of another epoch' });
  await untilUnderWay(b!, 'touched', 150);
  await Promise.all([b!.hears('Ada', 'Cyd'), b!.sees('Ada'), c!.hears('Ada', 'Ben'), c!.sees('Ada')]);
  await expectBack('frames of an epoch that is over', () => setBoundary(b!, { tampering: 'none' }), [
    { person: b!, hears: ['Ada', 'Cyd'], sees: ['Ada'] },
    { person: a!, hears: ['Ben', 'Cyd'] },
  ]);
});

test('[F4] a member who turned relays Ada’s sealed frames as his own: nobody hears them as his', async () => {
  const [a, b, c] = siege.people;
  await isIn(c!);
  await b!.turnOnCamera();
  await c!.sees('Ben');
  const before = await forgedCount(c!, 'Ben');
  await setBoundary(b!, { relayedLeaf: adasLeaf });
  await untilUnderWay(b!, 'relayed', 100);
  await Promise.all([c!.rowSays('Ben', /Can’t decrypt what Ben sends/), c!.hears('Ada'), c!.sees('Ada')]);
  await expectForged(c!, 'Ben', { before });
  await expectBack('a member’s relay', () => setBoundary(b!, { relayedLeaf: null }), [
    { person: c!, hears: ['Ada', 'Ben'], sees: ['Ada', 'Ben'] },
    { person: a!, hears: ['Ben', 'Cyd'], sees: ['Ben'] },
  ]);
});

test('[F3] [K3] frames under the KID of the epoch before, whose keys are still here: none opens, and it is named', async () => {
  const [, b, c] = siege.people;
  await isIn(c!);
  const before = await forgedCount(b!, 'Ada');
  const { epoch } = await b!.epoch();
  await c!.leave();
  await until(async () => (await b!.epoch()).epoch > epoch, { what: 'Ben has the keys of the next epoch' });
  await setBoundary(b!, { tampering: 'former epoch' });
  await Promise.all([b!.rowSays('Ada', /Can’t decrypt what Ada sends/), b!.hears()]);
  await expectForged(b!, 'Ada', { before });
  await expectBack('the KID of the epoch before', () => setBoundary(b!, { tampering: 'none' }), [
    { person: b!, hears: ['Ada'], sees: ['Ada'] },
  ]);
});

test('[F1] in all that time no 16 bytes of any frame reached the attacker in clear', () =>
  siege.expectNothingReadable());
