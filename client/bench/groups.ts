// A page of somebody in 200 groups, who opens that of 1,000 members: from the navigation until it can be used, all of it in the browser's
// cache and the network 50 ms away; then how it scrolls. Against the same page of somebody in one group of ten. The people are real and the
// service is, too: each has an identity, joined by the link, and is verified when the page opens.
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { systemClock } from '../api/clock.ts';
import type { Line } from '../api/http.ts';
import { Service } from '../api/service.ts';
import { startAparte, type Aparte } from '../e2e/harness/aparte.ts';
import { launchBrowser } from '../e2e/harness/browser.ts';
import { ada } from '../e2e/harness/people.ts';
import { backUp } from '../groups/backup.ts';
import { openDevice } from '../groups/device.ts';
import { Groups } from '../groups/groups.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { settingsFor } from './crowd/settings.ts';
import { median, spread, type Measure } from './report.ts';

/** Smaller while something is tried: `APARTE_MEMBERS=100`, with a fifth as many groups. */
const members = Number(process.env['APARTE_MEMBERS'] ?? 1000);
const large = { members, groups: members / 5 };
const small = { members: 10, groups: 1 };
const rounds = 7;
const reachMs = 500;
const latencyMs = 50;
/** People who join at the same time. */
const atOnce = 8;
const scrollMs = 3_000;
const settledMs = 5_000;
/** A frame that came this late left out another one. */
const droppedMs = 25;
const passphrase = 'a passphrase for the figures';

interface Watched {
  readonly readyMs: number;
}

declare global {
  interface Window {
    aparteReady?: Watched;
  }
}

export async function measureGroups(): Promise<readonly Measure[]> {
  const aparte = await startAparte({ env: settingsFor(large.groups) });
  const browser = await launchBrowser(ada);
  try {
    const [much, little] = [await live(aparte, large), await live(aparte, small)];
    const pages = {
      large: await sitDown(await browser.newContext(), aparte, much),
      small: await sitDown(await browser.newContext(), aparte, little),
    };
    const times = { large: [] as number[], small: [] as number[] };
    // The first of each warms caches and is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const which of ['large', 'small'] as const) {
        const ms = await open(pages[which]);
        if (round > 0) times[which].push(ms);
      }
    }
    // The other groups have been looked at by then.
    await pages.large.page.waitForTimeout(settledMs);
    const late = await scroll(pages.large);
    return [
      {
        what: `group page of ${large.members} members, ${large.groups} groups in the list: navigation → usable`,
        value: spread(times.large),
        baseline: `${spread(times.small)}, of ${small.members} and ${small.groups}`,
        ratio: median(times.large) / median(times.small),
        reach: `≤ ${reachMs} ms`,
        isReached: median(times.large) <= reachMs,
      },
      {
        what: `scrolling through ${large.members} members, frames later than ${droppedMs} ms`,
        value: `${late.dropped} of ${late.frames}; the latest ${late.worstMs.toFixed(0)} ms`,
        reach: '0',
        isReached: late.dropped === 0,
      },
    ];
  } finally {
    await browser.close();
    await aparte.close();
  }
}

interface Life {
  readonly file: Uint8Array;
  /** The group to be opened. */
  readonly groupId: string;
}

/** Somebody in so many groups, one of which has so many members, as a backup of their device. */
async function live(aparte: Aparte, { members, groups }: typeof large): Promise<Life> {
  const me = await person(aparte);
  const main = await me.groups.create('Ada', 'The large one');
  for (let count = 1; count < groups; count++) await me.groups.create('Ada', `Group ${count}`);
  let next = 1;
  const come = async (): Promise<void> => {
    while (next < members) {
      const name = `Member ${next++}`;
      await (await person(aparte)).groups.join(main.secret, name);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, come));
  await me.groups.refresh(main.id);
  const kept = me.groups.get(main.id);
  if (kept?.members.length !== members || kept.problem !== null)
    throw new Error(`${kept?.members.length ?? 0} members, ${kept?.problem ?? 'well'}`);
  return { file: await backUp(me.store, passphrase), groupId: main.id };
}

async function person({ url }: Aparte): Promise<{ readonly groups: Groups; readonly store: MemoryStore }> {
  const store = new MemoryStore();
  const device = await openDevice(store);
  const line: Line = {
    fetch: (...request) => fetch(...request),
    baseUrl: url,
    clock: systemClock,
    random: Math.random,
  };
  const service = new Service({ line, identity: device.identity, audience: new URL(url).host });
  return { groups: new Groups({ service, store, device, clock: systemClock }), store };
}

interface Sat {
  readonly page: Page;
  readonly network: CDPSession;
  readonly url: string;
}

/** In a fresh profile, from the backup. */
async function sitDown(context: BrowserContext, { url }: Aparte, { file, groupId }: Life): Promise<Sat> {
  const page = await context.newPage();
  // A helper that TypeScript runners leave in functions that are sent to the page.
  await page.addInitScript('globalThis.__name ??= (f) => f;');
  await page.addInitScript(watchReady);
  await page.goto(url);
  await page.getByRole('button', { name: 'I have a backup' }).click();
  const backup = { name: 'aparte.backup', mimeType: 'application/octet-stream', buffer: Buffer.from(file) };
  await page.getByLabel('Backup file').setInputFiles(backup);
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await page.getByRole('button', { name: 'Start voice chat' }).waitFor({ timeout: 120_000 });
  const network = await context.newCDPSession(page);
  await network.send('Network.enable');
  return { page, network, url: `${url}/?g=${groupId}` };
}

/** Until the page's button can be pressed and its first member stands there, and has been painted. */
async function open({ page, network, url }: Sat): Promise<number> {
  await page.goto('about:blank');
  await network.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: latencyMs, downloadThroughput: -1, uploadThroughput: -1 },
  });
  await page.goto(url);
  const ready = await page.waitForFunction(() => window.aparteReady, undefined, { timeout: 60_000 });
  return (await ready.jsonValue())!.readyMs;
}

function watchReady(): void {
  const isReady = (): boolean =>
    [...document.querySelectorAll('button')].some(
      (button) => button.textContent.includes('Start voice chat') && !button.disabled,
    ) && document.body.textContent.includes('Member 1');
  const look = (): void => {
    if (window.aparteReady !== undefined) return;
    if (!isReady()) {
      requestAnimationFrame(look);
      return;
    }
    // After the next paint.
    requestAnimationFrame(() => setTimeout(() => (window.aparteReady = { readyMs: performance.now() })));
  };
  requestAnimationFrame(look);
}

interface Lateness {
  readonly frames: number;
  readonly dropped: number;
  readonly worstMs: number;
}

function scroll({ page }: Sat): Promise<Lateness> {
  return page.evaluate(
    async ({ scrollMs, droppedMs }) => {
      const pane = [...document.querySelectorAll('*')].find(
        (one) => one.scrollHeight > one.clientHeight + 2000 && getComputedStyle(one).overflowY !== 'visible',
      );
      if (pane === undefined) throw new Error('nothing scrolls');
      const gaps: number[] = [];
      const beganMs = performance.now();
      let lastMs = beganMs;
      while (lastMs - beganMs < scrollMs) {
        pane.scrollTop = ((lastMs - beganMs) / scrollMs) * pane.scrollHeight;
        const nowMs = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        gaps.push(nowMs - lastMs);
        lastMs = nowMs;
      }
      const seen = gaps.slice(1);
      return {
        frames: seen.length,
        dropped: seen.filter((gap) => gap > droppedMs).length,
        worstMs: Math.max(...seen),
      };
    },
    { scrollMs, droppedMs },
  );
}
