// Sealed frames under a name that is not their sender's: relayed by an outsider with a token, by a member who turned, or by the server's
// own word on whose track is whose. No frame plays under a wrong name (F4), and whoever is lied to is told.
import { expect, test } from 'vitest';
import { TrackSource } from '@livekit/protocol';
import { ada, ben, cyd } from '../client/e2e/harness/people.ts';
import { never, until } from '../client/e2e/harness/wait.ts';
import { setBoundary, untilUnderWay } from './harness/boundary.ts';
import { LyingSignal } from './harness/lying-signal.ts';
import { expectBack, expectForged, forgedCount } from './harness/recovery.ts';
import { setSiege } from './harness/siege.ts';

const signal = new LyingSignal();
const siege = setSiege([
  { persona: ada },
  { persona: ben, prepare: signal.prepare },
  { persona: cyd, isLate: true },
]);
const adasLeaf = 0;

test('[M3] [F4] an outsider relays Ada’s sealed frames as microphone and camera of its own: never played, and named', async () => {
  const [a, b] = siege.people;
  const { mal } = siege;
  await setBoundary(mal, { relayedLeaf: adasLeaf });
  await mal.page.evaluate(async () => {
    await window.bare.microphone(true);
    await window.bare.camera(true);
  });
  await untilUnderWay(mal, 'relayed', 100);
  await Promise.all([a!, b!].map((person) => person.rowSays('Somebody without a key', /is never played/)));
  const playing = (await b!.hearing()).playingStreams;
  await never(
    async () => (await b!.seeing()).filter((sight) => sight.whose === 'Ada' && sight.isShown).length > 1,
    'Ada is seen twice',
  );
  await expectBack(
    'an outsider’s relay',
    async () => {
      await setBoundary(mal, { relayedLeaf: null });
      await mal.page.evaluate(async () => {
        await window.bare.camera(false);
        await window.bare.microphone(false);
      });
    },
    [
      { person: b!, hears: ['Ada'], sees: ['Ada'] },
      { person: a!, hears: ['Ben'] },
    ],
  );
  expect(playing).toBeGreaterThan(0);
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

test('[F1] in all that time no 16 bytes of any frame reached the attacker in clear', () =>
  siege.expectNothingReadable());
