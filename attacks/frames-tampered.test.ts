// Frames altered in flight, which a stock LiveKit server cannot be made to do: real sealed frames of a real call, changed between the
// network and Ben's frame worker. None opens, Ben is told, and what is true plays on or is back by itself.
import { expect, test } from 'vitest';
import { ada, ben } from '../client/e2e/harness/people.ts';
import { never } from '../client/e2e/harness/wait.ts';
import { setBoundary, untilUnderWay } from './harness/boundary.ts';
import type { Tampering } from './harness/page/boundary.ts';
import { expectBack, expectForged, forgedCount } from './harness/recovery.ts';
import { setSiege } from './harness/siege.ts';

const siege = setSiege([{ persona: ada }, { persona: ben }]);

/** Every frame of Ada is exchanged: Ben hears and sees nothing of her and is told. */
const inPlace: readonly (readonly [string, Tampering])[] = [
  ['truncated', 'truncate'],
  ['with a flipped bit', 'flip'],
  ['under the key of another leaf', 'other leaf'],
];

test.each(inPlace)(
  '[F1] [F3] [F4] frames %s: nothing plays, it is named, and all is back',
  async (what, tampering) => {
    const [a, b] = siege.people;
    await setBoundary(b!, { tampering });
    await untilUnderWay(b!, 'touched', 50);
    await Promise.all([
      b!.reads(/Can’t decrypt Ada’s video/),
      b!.rowSays('Ada', /Can’t decrypt what Ada sends/),
      b!.hears(),
    ]);
    await expectBack(`frames ${what}`, () => setBoundary(b!, { tampering: 'none' }), [
      { person: b!, hears: ['Ada'], sees: ['Ada'] },
      { person: a!, hears: ['Ben'] },
    ]);
    await b!.rowSays('Ada', /Speaking|Listening/);
  },
);

/** They come beside the true ones, which play on. */
const beside: readonly (readonly [string, Tampering])[] = [
  ['repeated', 'replay'],
  ['with a flipped bit', 'flip'],
  ['of another context', 'other context'],
  ['of another leaf', 'other leaf'],
];

test.each(beside)(
  '[F3] [F4] [F5] frames %s beside the true ones: those play on, the others are counted',
  async (what, tampering) => {
    const [a, b] = siege.people;
    const before = await forgedCount(b!, 'Ada');
    await setBoundary(b!, { tampering, isBeside: true });
    await untilUnderWay(b!, 'touched', 150);
    await Promise.all([b!.hears('Ada'), b!.sees('Ada')]);
    await expectForged(b!, 'Ada', { before });
    await expectBack(
      `frames ${what} beside the true ones`,
      () => setBoundary(b!, { tampering: 'none', isBeside: false }),
      [
        { person: b!, hears: ['Ada'], sees: ['Ada'] },
        { person: a!, hears: ['Ben'] },
      ],
    );
  },
);

test('[F2] [M6] pictures of VP8 that come as VP9: none opens, it is named, and her sound goes on', async () => {
  const [, b] = siege.people;
  await setBoundary(b!, { tampering: 'other codec', kind: 'video' });
  await Promise.all([
    b!.reads(/Can’t decrypt Ada’s video/),
    b!.rowSays('Ada', /Can’t decrypt what Ada sends/),
  ]);
  await b!.hears('Ada');
  await expectBack('pictures as of another codec', () => setBoundary(b!, { tampering: 'none', kind: null }), [
    { person: b!, hears: ['Ada'], sees: ['Ada'] },
  ]);
});

test('[F3] [F6] [M6] frames under the KID of an epoch that is not here: they wait a moment, are named, and move nobody', async () => {
  const [a, b] = siege.people;
  const before = [await a!.epoch(), await b!.epoch()];
  await setBoundary(b!, { tampering: 'coming epoch' });
  await Promise.all([
    b!.rowSays('Ada', 'Waiting for Ada’s key'),
    b!.page.getByText('Waiting for Ada’s key').filter({ visible: true }).nth(1).waitFor(),
    b!.hears(),
  ]);
  const back = [{ person: b!, hears: ['Ada'], sees: ['Ada'] }];
  await expectBack(
    'the KID of an epoch that is not here',
    () => setBoundary(b!, { tampering: 'none' }),
    back,
  );
  await setBoundary(b!, { tampering: 'coming epoch', isBeside: true });
  await untilUnderWay(b!, 'touched', 150);
  await Promise.all([b!.hears('Ada'), b!.sees('Ada')]);
  await expectBack(
    'the same beside the true ones',
    () => setBoundary(b!, { tampering: 'none', isBeside: false }),
    back,
  );
  expect([await a!.epoch(), await b!.epoch()]).toEqual(before);
});

test('[M6] frames that the server drops without a word: what she says that she sends is missed, and named', async () => {
  const [a, b] = siege.people;
  await setBoundary(b!, { tampering: 'drop', kind: 'video' });
  await b!.reads('Nothing arrives of Ada’s video');
  await b!.hears('Ada');
  await setBoundary(b!, { kind: null });
  await Promise.all([b!.rowSays('Ada', 'Nothing arrives from Ada'), b!.hears(), a!.hears('Ben')]);
  await expectBack('frames that were dropped', () => setBoundary(b!, { tampering: 'none' }), [
    { person: b!, hears: ['Ada'], sees: ['Ada'] },
  ]);
  await b!.rowSays('Ada', /Speaking|Listening/);
});

test('[F5] [O3] frames out of order are opened all the same, and nothing is said of them', async () => {
  const [, b] = siege.people;
  const before = await forgedCount(b!, 'Ada');
  await setBoundary(b!, { tampering: 'reorder', kind: 'audio' });
  await never(async () => !(await b!.hearing()).now.includes('Ada'), 'Ben no longer hears Ada', 3000);
  await setBoundary(b!, { tampering: 'none', kind: null });
  // The last of the attack before may have been counted meanwhile; these would be some hundred.
  expect(await forgedCount(b!, 'Ada')).toBeLessThan(before + 30);
});

test('[F1] in all that time no 16 bytes of any frame reached the attacker in clear', () =>
  siege.expectNothingReadable());
