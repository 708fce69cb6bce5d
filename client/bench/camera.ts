// Camera tap at Ada's → first frame presented at Ben's, ten times each of the product and the bare page, taking turns: the first time in
// a call (Ada joins anew for each, so that the camera is published), and again in the same call (both keep the publication).
import type { Page } from 'playwright-core';
import { until } from '../e2e/harness/wait.ts';
import { openPair, settle, type Pair } from './pair.ts';
import { compared, type Measure } from './report.ts';

const rounds = 10;
const reach = 1.15;

interface Times {
  readonly product: number[];
  readonly baseline: number[];
}

export async function measureCamera(): Promise<readonly Measure[]> {
  const pair = await openPair();
  try {
    await pair.ben.startVoiceChat();
    await pair.bareBen.evaluate(() => window.bare.join());
    const first: Times = { product: [], baseline: [] };
    const again: Times = { product: [], baseline: [] };
    // The first round warms caches and is not counted.
    for (let round = 0; round <= rounds; round++) {
      const product = await productRound(pair);
      const bare = await bareRound(pair);
      if (round === 0) continue;
      first.product.push(product.first);
      again.product.push(product.again);
      first.baseline.push(bare.first);
      again.baseline.push(bare.again);
    }
    return [
      compared('camera: tap → first frame elsewhere', first, reach),
      compared('camera: the same, on again in the same call', again, reach),
    ];
  } finally {
    await pair.close();
  }
}

interface Round {
  readonly first: number;
  readonly again: number;
}

async function productRound({ ada, ben }: Pair): Promise<Round> {
  await ada.joinVoiceChat();
  await hears(ben.page);
  const tap = (): Promise<void> => ada.press('Turn on camera');
  const first = await tapToPicture(ada.page, ben.page, tap);
  await ada.turnOffCamera();
  await seesNothing(ben.page);
  const again = await tapToPicture(ada.page, ben.page, tap);
  await ada.leave();
  await ben.hasRows(1);
  return { first, again };
}

async function bareRound({ bareAda, bareBen }: Pair): Promise<Round> {
  await bareAda.evaluate(() => window.bare.join());
  await hears(bareBen);
  const tap = (): Promise<void> => bareAda.click('#camera');
  const first = await tapToPicture(bareAda, bareBen, tap);
  await bareAda.evaluate(() => window.bare.camera(false));
  await seesNothing(bareBen);
  const again = await tapToPicture(bareAda, bareBen, tap);
  await bareAda.evaluate(() => window.bare.leave());
  await until(() => bareBen.evaluate(() => document.querySelector('audio') === null), {
    what: 'the bare call is empty',
  });
  return { first, again };
}

/** Both pages play each remote track with an element of its own, from its subscription to its end. */
async function hears(page: Page): Promise<void> {
  const isPlaying = () => page.evaluate(() => document.querySelector('audio') !== null);
  await until(isPlaying, { what: 'the other is heard' });
}

async function seesNothing(page: Page): Promise<void> {
  const isGone = () => page.evaluate(() => document.querySelector('video') === null);
  await until(isGone, { what: 'the picture of the other is gone' });
}

async function tapToPicture(sender: Page, receiver: Page, tap: () => Promise<void>): Promise<number> {
  await settle();
  await Promise.all([sender, receiver].map((page) => page.evaluate(() => window.meter.reset())));
  await tap();
  const shownMs = await until(() => receiver.evaluate(() => window.meter.firstPictureMs), {
    what: 'the first picture of the other',
  });
  const tappedMs = await sender.evaluate(() => window.meter.tapMs);
  if (tappedMs === null) throw new Error('the tap was not seen');
  return shownMs - tappedMs;
}
