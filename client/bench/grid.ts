// What four live pictures cost the browser of who watches them in a call of sixteen, against a bare page that shows four by plain
// livekit-client: the same camera, of the same size on the screen, taking turns in one run. The four who show themselves are members in a
// page without screens (company/) here, and four more bare pages there, since an encrypted frame is noise to a bare page: each camera goes off
// while it is the others' turn. It is a voice chat on both sides: everybody's microphone is published, and muted.
import { setTimeout as pause } from 'node:timers/promises';
import { RoomServiceClient } from 'livekit-server-sdk';
import type { Browser, Page } from 'playwright-core';
import { startAparte, type Aparte } from '../e2e/harness/aparte.ts';
import { startBareServer, type BareServer } from '../e2e/harness/bare-server.ts';
import { launchBrowser } from '../e2e/harness/browser.ts';
import { ada, ben, type Persona } from '../e2e/harness/people.ts';
import { Person } from '../e2e/harness/person.ts';
import { until } from '../e2e/harness/wait.ts';
import { Company } from './company/company.ts';
import { Crowd } from './crowd/crowd.ts';
import { settingsFor } from './crowd/settings.ts';
import { BrowserClock, type Cpu } from './processes.ts';
import { median, type Measure } from './report.ts';

const pictures = 4;
const members = 16;
const framesPerSecond = 30;
const rounds = 5;
/** Rounds in which a picture did not come to its full size on either side are not counted. */
const mostRounds = 10;
const turnMs = 12_000;
/** As the SFU sends a picture for cells of this size, once its line is believed to carry it. */
const fullWidth = 480;
const fullWithinMs = 15_000;
/** A turn begins when all four have been so large for a while. */
const settleMs = 4_000;
const reach = 1.1;
const bareRoom = 'grid';
/** Who watches says nothing: to somebody who talks into a muted microphone the page would say so all the time. */
const silent: Persona = { ...ada, name: 'Silent', tonesHz: [0, 0] };
/** What a muted microphone goes through is asleep by then. */
const asleepMs = 12_000;

/** One side of the comparison. */
interface Side {
  readonly page: Page;
  readonly clock: BrowserClock;
  readonly cameras: (isOn: boolean) => Promise<void>;
}

interface Turn extends Cpu {
  /** Pictures drawn a second, all four together. */
  readonly frames: number;
  readonly sizes: readonly string[];
  readonly cell: { readonly width: number; readonly height: number };
}

export async function measureGrid(): Promise<readonly Measure[]> {
  const aparte = await startAparte({ env: settingsFor(members) });
  const bare = await startBareServer(aparte.livekit);
  const browsers = await Promise.all([
    launchBrowser(silent),
    launchBrowser(silent),
    launchBrowser(ben, { framesPerSecond }),
  ]);
  let crowd: Crowd | null = null;
  let company: Company | null = null;
  try {
    crowd = await Crowd.gather(aparte.url, members - pictures - 1, 'whole');
    const person = await Person.sitDown(ada, { browser: browsers[0], aparte, isProbeless: true });
    await person.joinByLink(`${aparte.url}/#/join/${crowd.invite}`);
    const names = Array.from({ length: pictures }, (_, i) => `Camera ${i}`);
    company = await Company.gather(aparte, { invite: crowd.invite, names, framesPerSecond });
    await crowd.follow();
    await person.startVoiceChat();
    await person.mute();
    await company.enter(true);
    await crowd.enter();
    await crowd.settled(members);
    await person.hasRows(members);
    await pause(asleepMs);
    const here = company;
    const product: Side = {
      ...{ page: person.page, clock: await BrowserClock.of(browsers[0]) },
      cameras: (isOn) => here.camera(isOn),
    };
    const plain = await openBareSide(aparte, bare, { watch: browsers[1], show: browsers[2] });
    return measuresOf(await takeTurns(product, plain));
  } finally {
    await company?.end();
    await crowd?.end();
    await Promise.all(browsers.map((browser) => browser.close()));
    await bare.close();
    await aparte.close();
  }
}

async function takeTurns(
  product: Side,
  plain: Side,
): Promise<{ readonly product: Turn[]; readonly bare: Turn[] }> {
  const turns = { product: [] as Turn[], bare: [] as Turn[] };
  // The first round warms caches and is not counted; after it the bare page's pictures are as large as the product's.
  for (let round = 0; round <= mostRounds && turns.bare.length < rounds; round++) {
    const ours = await turn(product);
    if (round === 0) await layOut(plain.page, ours);
    const theirs = await turn(plain);
    if (round === 0) continue;
    const isEqual = [...ours.sizes, ...theirs.sizes].every((size) => size.startsWith(`${fullWidth}×`));
    console.log(`  ours: ${told(ours)}; bare: ${told(theirs)}${isEqual ? '' : '; not counted'}`);
    if (!isEqual) continue;
    turns.product.push(ours);
    turns.bare.push(theirs);
  }
  if (turns.bare.length === 0) throw new Error('the pictures were never as large on both sides');
  return turns;
}

async function turn({ page, clock, cameras }: Side): Promise<Turn> {
  await cameras(true);
  await until(async () => (await videos(page)).length === pictures, {
    what: `${pictures} pictures are shown`,
    instead: () => videos(page),
  });
  // Where they do not come to it, the round is not counted.
  const areFull = async (): Promise<boolean> => (await videos(page)).every(({ width }) => width >= fullWidth);
  await until(areFull, { what: 'they are as large as they come', withinMs: fullWithinMs }).catch(
    () => undefined,
  );
  await page.waitForTimeout(settleMs);
  const before = await videos(page);
  const cpu = await clock.during(() => pause(turnMs));
  const after = await videos(page);
  await cameras(false);
  await until(async () => (await videos(page)).length === 0, { what: 'no picture is left' });
  const frames = (seen: typeof before): number => seen.reduce((sum, one) => sum + one.frames, 0);
  return {
    ...cpu,
    frames: (frames(after) - frames(before)) / (turnMs / 1000),
    sizes: after.map(({ width, height }) => `${width}×${height}`),
    cell: after[0]!.shown,
  };
}

/** What each element shows, and how large it stands on the screen. */
function videos(page: Page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('video')]
      .filter((video) => video.videoWidth > 0 && video.checkVisibility())
      .map((video) => ({
        ...{ width: video.videoWidth, height: video.videoHeight },
        frames: video.getVideoPlaybackQuality().totalVideoFrames,
        shown: { width: video.clientWidth, height: video.clientHeight },
      })),
  );
}

/** The bare page shows its pictures in cells as large as ours. */
async function layOut(bare: Page, { cell: { width, height } }: Turn): Promise<void> {
  await bare.addStyleTag({
    content: `#media { display: grid; grid-template-columns: ${width}px ${width}px; gap: 12px; }
      video { width: ${width}px; height: ${height}px; object-fit: cover; }`,
  });
}

async function openBareSide(
  { livekit }: Aparte,
  bare: BareServer,
  browsers: { readonly watch: Browser; readonly show: Browser },
): Promise<Side> {
  const rooms = new RoomServiceClient(livekit.url.replace(/^ws/, 'http'), livekit.apiKey, livekit.apiSecret);
  await rooms.createRoom({ name: bareRoom, emptyTimeout: 3600, departureTimeout: 3600 });
  const open = async (browser: Browser, name: string): Promise<Page> => {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await page.goto(bare.url);
    await page.evaluate((url) => (window.bare.ticketUrl = url), bare.ticketUrl(bareRoom, name));
    await page.evaluate(() => window.bare.join());
    await page.evaluate(() => window.bare.microphone(false));
    return page;
  };
  const page = await open(browsers.watch, 'Watcher');
  const shows: Page[] = [];
  for (let i = 0; i < pictures; i++) shows.push(await open(browsers.show, `Camera ${i}`));
  const cameras = async (isOn: boolean): Promise<void> => {
    await Promise.all(shows.map((show) => show.evaluate((on) => window.bare.camera(on), isOn)));
  };
  return { page, clock: await BrowserClock.of(browsers.watch), cameras };
}

function measuresOf({ product, bare }: { readonly product: Turn[]; readonly bare: Turn[] }): Measure[] {
  const compared = (what: string, read: (cpu: Cpu) => number): Measure => {
    const percent = (turns: readonly Turn[]): number[] => turns.map((one) => (100_000 * read(one)) / turnMs);
    const inWords = (values: readonly number[]): string =>
      `${median(values).toFixed(1)} % of a core (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;
    const ratio = median(percent(product)) / median(percent(bare));
    return { what, value: inWords(percent(product)), baseline: inWords(percent(bare)), ratio };
  };
  const whole = compared(
    `${pictures} pictures in a call of ${members}: the renderer`,
    ({ renderer }) => renderer,
  );
  return [
    { ...whole, reach: `≤ ${reach}`, isReached: (whole.ratio ?? Number.POSITIVE_INFINITY) <= reach },
    compared('the same: its main thread', ({ mainThread }) => mainThread),
    compared('the same: the whole browser', ({ browser }) => browser),
    {
      what: 'the same: pictures drawn a second, and of which size',
      value: shownOf(product),
      baseline: shownOf(bare),
    },
  ];
}

function shownOf(turns: readonly Turn[]): string {
  const sizes = new Set(turns.flatMap((one) => one.sizes));
  return `${median(turns.map(({ frames }) => frames)).toFixed(0)}, ${[...sizes].join(' ')}`;
}

function told({ renderer, mainThread, browser, frames, sizes }: Turn): string {
  const percent = (seconds: number): string => `${((100_000 * seconds) / turnMs).toFixed(1)} %`;
  return `renderer ${percent(renderer)}, main thread ${percent(mainThread)}, browser ${percent(browser)}, ${frames.toFixed(0)} pictures a second, ${sizes.join(' ')}`;
}
