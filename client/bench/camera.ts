// Camera tap at Ada's → first frame presented at Ben's, ten times each of the product and the bare page, taking turns in calls that
// both have been in for a while.
import type { Page } from 'playwright-core';
import { until } from '../e2e/harness/wait.ts';
import { openPair } from './pair.ts';
import { compared, type Measure } from './report.ts';

const rounds = 10;

export async function measureCamera(): Promise<readonly Measure[]> {
  const pair = await openPair();
  try {
    await pair.ada.startVoiceChat();
    await pair.ben.joinVoiceChat();
    await pair.bareAda.evaluate(() => window.bare.join());
    await pair.bareBen.evaluate(() => window.bare.join());
    await Promise.all([pair.ada.hears('Ben'), pair.ben.hears('Ada')]);
    const product: number[] = [];
    const baseline: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const sight = await tapToPicture(pair.ada.page, pair.ben.page, () => pair.ada.press('Turn on camera'));
      await pair.ben.sees('Ada');
      await pair.ada.turnOffCamera();
      await pair.ben.seesNoMore('Ada');

      const bare = await tapToPicture(pair.bareAda, pair.bareBen, () => pair.bareAda.click('#camera'));
      await pair.bareAda.evaluate(() => window.bare.unpublishCamera());
      await until(() => pair.bareBen.evaluate(() => document.querySelector('video') === null), {
        what: 'the bare tile is gone',
      });
      if (round === 0) continue;
      product.push(sight);
      baseline.push(bare);
    }
    return [compared('camera: tap → first frame elsewhere', { product, baseline }, 1.15)];
  } finally {
    await pair.close();
  }
}

async function tapToPicture(sender: Page, receiver: Page, tap: () => Promise<void>): Promise<number> {
  await Promise.all([sender, receiver].map((page) => page.evaluate(() => window.meter.reset())));
  await tap();
  const shownMs = await until(() => receiver.evaluate(() => window.meter.firstPictureMs), {
    what: 'the first picture of the other',
  });
  const tappedMs = await sender.evaluate(() => window.meter.tapMs);
  if (tappedMs === null) throw new Error('the tap was not seen');
  return shownMs - tappedMs;
}
