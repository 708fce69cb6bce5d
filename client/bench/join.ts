// Tap → first remote sound out of the decoder, ten joins each of the product and the bare page, taking turns. Ada is in both calls
// throughout; Ben joins and leaves.
import type { Page } from 'playwright-core';
import { until } from '../e2e/harness/wait.ts';
import { openPair, settle } from './pair.ts';
import { compared, spread, type Measure } from './report.ts';

const rounds = 10;

export async function measureJoin(): Promise<readonly Measure[]> {
  const pair = await openPair();
  try {
    await pair.ada.startVoiceChat();
    await pair.bareAda.evaluate(() => window.bare.join());
    const product: number[] = [];
    const keys: number[] = [];
    const published: number[] = [];
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
      const isAlone = () => pair.bareAda.evaluate(() => document.querySelector('audio') === null);
      await until(isAlone, { what: 'the bare call has ended for Ben' });
      if (round === 0) continue;
      product.push(join);
      keys.push(own.keys);
      published.push(own.published);
      marks.push(own.firstAudio);
      baseline.push(bare);
    }
    return [
      compared('join: tap → first remote sound', { product, baseline }, 1.2),
      { what: 'join: by the marks, tap → keys in the worker', value: spread(keys) },
      { what: 'join: by the marks, tap → microphone published', value: spread(published) },
      { what: 'join: by the marks, tap → first-audio', value: spread(marks) },
    ];
  } finally {
    await pair.close();
  }
}

async function tapToSound(page: Page, tap: () => Promise<void>): Promise<number> {
  await settle();
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

interface OwnMarks {
  readonly keys: number;
  readonly published: number;
  readonly firstAudio: number;
}

/** What the product itself says of the last join: milliseconds after `aparte:join:tap`. */
function ownMarks(page: Page): Promise<OwnMarks> {
  return until(
    () =>
      page.evaluate(() => {
        const times = (name: string): number[] =>
          performance.getEntriesByName(name).map((entry) => entry.startTime);
        const tap = times('aparte:join:tap').at(-1) ?? Infinity;
        const after = (name: string): number => (times(name).find((time) => time > tap) ?? NaN) - tap;
        const own = {
          keys: after('aparte:epoch'),
          published: after('aparte:join:published'),
          firstAudio: after('aparte:join:first-audio'),
        };
        return Object.values(own).every((value) => value > 0) ? own : null;
      }),
    { what: 'the marks of this join' },
  );
}
