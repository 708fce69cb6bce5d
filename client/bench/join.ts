// Tap → first remote sound out of the decoder, ten joins each of the product and the bare page, taking turns. Ada is in both calls
// throughout; Ben joins and leaves.
import type { Page } from 'playwright-core';
import { until } from '../e2e/harness/wait.ts';
import { openPair } from './pair.ts';
import { compared, spread, type Measure } from './report.ts';

const rounds = 10;

export async function measureJoin(): Promise<readonly Measure[]> {
  const pair = await openPair();
  try {
    await pair.ada.startVoiceChat();
    await pair.bareAda.evaluate(() => window.bare.join());
    const product: number[] = [];
    const marks: number[] = [];
    const baseline: number[] = [];
    // The first of each warms caches and is not counted.
    for (let round = 0; round <= rounds; round++) {
      await pair.ben.button('Join voice chat').waitFor();
      const join = await tapToSound(pair.ben.page, () => pair.ben.press('Join voice chat'));
      await pair.ben.isInCall();
      const own = await ownMarks(pair.ben.page);
      await pair.ben.leave();
      await pair.ada.hasRows(1);

      const bare = await tapToSound(pair.bareBen, () => pair.bareBen.click('#join'));
      await pair.bareBen.evaluate(() => window.bare.leave());
      if (round === 0) continue;
      product.push(join);
      marks.push(own);
      baseline.push(bare);
    }
    return [
      compared('join: tap → first remote sound', { product, baseline }, 1.2),
      { what: 'join: the same by the marks (tap → first-audio)', value: spread(marks) },
    ];
  } finally {
    await pair.close();
  }
}

async function tapToSound(page: Page, tap: () => Promise<void>): Promise<number> {
  await page.evaluate(() => window.meter.reset());
  await tap();
  return until(
    () =>
      page.evaluate(() => {
        const { tapMs, firstSoundMs } = window.meter;
        return tapMs !== null && firstSoundMs !== null ? firstSoundMs - tapMs : null;
      }),
    { what: 'the first sound of the other' },
  );
}

/** `aparte:join:first-audio` minus `aparte:join:tap` of the last join. */
function ownMarks(page: Page): Promise<number> {
  return until(
    () =>
      page.evaluate(() => {
        const last = (name: string): number => performance.getEntriesByName(name).at(-1)?.startTime ?? NaN;
        const between = last('aparte:join:first-audio') - last('aparte:join:tap');
        return between > 0 ? between : null;
      }),
    { what: 'the marks of this join' },
  );
}
