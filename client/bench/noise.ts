// How much clearer a voice becomes: the models that the product takes noise out with (client/media/noise), and the browser's own suppression of
// noise, on the same noisy voices (noise/clips.ts): signal to noise after it less that before it (noise/judge.ts), and what it computes.
// The models get the sound straight; the browser's own works on a microphone alone, so a pretended one plays the same sound from a file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../e2e/harness/browser.ts';
import { ada } from '../e2e/harness/people.ts';
import { makeClips, resampled, sampleRate, wavOf, whatIsMissing, type Clips } from './noise/clips.ts';
import { gainsOf, likenessOf, mostLateSeconds, type Gain } from './noise/judge.ts';
import type { Samples } from './noise/snr.ts';
import { Studio } from './noise/studio.ts';
import { BrowserClock } from './processes.ts';
import type { Measure } from './report.ts';

/** Clips that are also captured without suppression, which shows that the microphone's way changes nothing. */
const controlClips = 2;

/** Less, and the microphone's way is what is measured: the machine was too busy for it. */
const leastLikeness = 20;

interface Outcome {
  readonly name: string;
  readonly sound: Samples;
  /** Of all processes of the browser. */
  readonly cpuSeconds: number;
  readonly seconds: number;
}

interface Recorded {
  readonly models: readonly Outcome[];
  readonly own: Outcome;
  readonly control: Outcome;
}

export async function measureNoise(): Promise<readonly Measure[]> {
  const missing = whatIsMissing();
  if (missing !== null) throw new Error(`the voices and noises are made by two programs: ${missing}`);
  const clips = makeClips();
  const folder = mkdtempSync(join(tmpdir(), 'aparte-noise-'));
  const wav = join(folder, 'mixture.wav');
  writeFileSync(wav, wavOf(clips.mixture));
  const studio = await Studio.open(clips.mixture);
  const browser = await launchBrowser(ada, { args: [`--use-file-for-fake-audio-capture=${wav}%noloop`] });
  try {
    const page = await browser.newPage();
    await page.goto(studio.url);
    return measuresOf(clips, await record({ browser, page, studio, clips }));
  } finally {
    await browser.close();
    await studio.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function record(parts: {
  readonly browser: Browser;
  readonly page: Page;
  readonly studio: Studio;
  readonly clips: Clips;
}): Promise<Recorded> {
  const { browser, page, studio, clips } = parts;
  const clock = await BrowserClock.of(browser);
  const take = async (name: string, seconds: number, work: () => Promise<unknown>): Promise<Outcome> => {
    console.log(`  ${name}`);
    const { browser: cpuSeconds } = await clock.during(work);
    return { name, sound: studio.take(), cpuSeconds, seconds };
  };
  const through = (model: 'standard' | 'strong' | null) => () =>
    page.evaluate((which) => window.noise.through(which), model);
  const capture = async (name: string, seconds: number, isSuppressed: boolean): Promise<Outcome> => {
    let rate = sampleRate;
    const outcome = await take(name, seconds, async () => {
      const wish = [isSuppressed, seconds] as const;
      const { sampleRate, ...says } = await page.evaluate((asked) => window.noise.captured(...asked), wish);
      if (says.isSuppressed !== isSuppressed) throw new Error('the browser does not do as it was asked');
      rate = sampleRate;
    });
    return { ...outcome, sound: resampled(outcome.sound, rate) };
  };
  const seconds = clips.mixture.length / sampleRate;
  const bare = await take('nothing', seconds, through(null));
  const models = [
    await take('RNNoise', seconds, through('standard')),
    await take('GTCRN', seconds, through('strong')),
  ];
  const some = Math.ceil(clips.clips[controlClips]!.from / sampleRate);
  const control = await capture('the microphone as it is', some, false);
  const all = Math.ceil(seconds + mostLateSeconds);
  const own = await capture('the browser’s own', all, true);
  return {
    models: models.map((one) => ({ ...one, cpuSeconds: one.cpuSeconds - bare.cpuSeconds })),
    own,
    control,
  };
}

interface Judged {
  readonly name: string;
  readonly gains: readonly Gain[];
  readonly cpu: string;
}

function measuresOf(clips: Clips, { models, own, control }: Recorded): Measure[] {
  const judge = ({ name, sound, cpuSeconds, seconds }: Outcome): Judged => {
    const gains = gainsOf(clips, sound);
    for (const { clip, forgiven, plain } of gains)
      console.log(`  ${name}, ${clip.noise} at ${clip.level} dB: ${inDb(forgiven)}, plain ${inDb(plain)}`);
    return { name, gains, cpu: `${((60 * cpuSeconds) / seconds).toFixed(2)} s` };
  };
  const likeness = likenessOf(clips, control.sound);
  if (likeness < leastLikeness)
    throw new Error(`the pretended microphone lost sound (${inDb(likeness)}): is the machine busy?`);
  const browsers = judge(own);
  return [
    ...models.map(judge).flatMap((model) => compared(model, browsers)),
    {
      what: 'the pretended microphone without suppression: how like the file',
      value: inDb(likeness),
    },
  ];
}

function compared({ name, gains, cpu }: Judged, own: Judged): Measure[] {
  const [ours, theirs] = [gains, own.gains].map((all) => meanOf(all, 'forgiven')) as [number, number];
  return [
    {
      what: `${name}: signal to noise gained, mean of ${gains.length} clips`,
      value: `${inDb(ours)} (${byNoise(gains)})`,
      baseline: `${inDb(theirs)} (${byNoise(own.gains)}), the browser’s own`,
      reach: 'more than its own',
      isReached: ours > theirs,
    },
    {
      what: `${name}: the same as scale-invariant SNR, no filter forgiven`,
      value: inDb(meanOf(gains, 'plain')),
    },
    { what: `${name}: CPU for a minute of sound`, value: cpu },
  ];
}

function byNoise(gains: readonly Gain[]): string {
  const noises = [...new Set(gains.map(({ clip }) => clip.noise))];
  const of = (noise: string): number =>
    meanOf(
      gains.filter(({ clip }) => clip.noise === noise),
      'forgiven',
    );
  return noises.map((noise) => `${noise} ${inDb(of(noise))}`).join(', ');
}

function meanOf(gains: readonly Gain[], which: 'forgiven' | 'plain'): number {
  return gains.reduce((sum, gain) => sum + gain[which], 0) / gains.length;
}

function inDb(value: number): string {
  return `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(1)} dB`;
}
