// The page's main thread in a call of fifty of whom ten speak without a pause, for a minute: its share of a core, and tasks of
// more than 50 ms, by what they compute and by the clock.
// The ten are members in pages without screens (company/), with the product's own calls, microphones and frame workers, so that what arrives
// is sealed, opened, decoded and played as any voice, and give way to all others on the machine; 39 are headless in Node (crowd/), and come
// back to LiveKit once in the minute; one is Ada, whose page it is.
import type { Browser, Page } from 'playwright-core';
import { startAparte } from '../e2e/harness/aparte.ts';
import { launchBrowser } from '../e2e/harness/browser.ts';
import { ada } from '../e2e/harness/people.ts';
import { Person } from '../e2e/harness/person.ts';
import { until } from '../e2e/harness/wait.ts';
import { Company } from './company/company.ts';
import { Crowd } from './crowd/crowd.ts';
import { settingsFor } from './crowd/settings.ts';
import { BrowserClock, type Cpu } from './processes.ts';
import type { Measure } from './report.ts';
import { tasksDuring, type Task } from './tasks.ts';

const speakers = 10;
/** Smaller while something is tried. */
const members = Number(process.env['APARTE_FIFTY'] ?? 50);
const minuteMs = 60_000;
/** What follows a join is over. */
const settleMs = 10_000;
/** Fifty who come at once keep two cores busy for a while. */
const calmMs = 120_000;
/** While the minute runs, how often who speaks is counted. */
const looks = 6;
/** On two cores not each of ten is heard at each moment. */
const mostOf = (count: number): number => count - 2;
const reach = { taskMs: 50, share: 0.1 };

export async function measureFifty(): Promise<readonly Measure[]> {
  const say = (line: string): void => console.log(`  ${line}`);
  const aparte = await startAparte({ env: settingsFor(members) });
  const browser = await launchBrowser(ada);
  let crowd: Crowd | null = null;
  let company: Company | null = null;
  try {
    crowd = await Crowd.gather(aparte.url, members - speakers - 1, 'signal');
    const person = await Person.sitDown(ada, {
      ...{ browser, aparte, isProbeless: true },
    });
    await person.joinByLink(`${aparte.url}/#/join/${crowd.invite}`);
    const names = Array.from({ length: speakers }, (_, i) => `Speaker ${i}`);
    company = await Company.gather(aparte, { invite: crowd.invite, names });
    await crowd.follow();
    say(`${members} are in the group`);
    await person.startVoiceChat();
    await person.mute();
    await company.enter(false);
    say(`${await company.inCall()} speak`);
    await crowd.enter();
    await crowd.settled(members);
    await person.hasRows(members);
    await company.giveWay();
    await speakersShown(person.page, mostOf(speakers));
    say('all are in the call');
    await person.page.waitForTimeout(settleMs);
    return await aMinute(person, browser, say);
  } finally {
    await company?.end();
    await crowd?.end();
    await browser.close();
    await aparte.close();
  }
}

/** How many rows say so. */
async function speakersShown(page: Page, least: number): Promise<number> {
  const rows = page.getByRole('list', { name: 'People in this call' }).getByRole('listitem');
  return until(
    async () => {
      const count = await rows.filter({ hasText: 'Speaking' }).count();
      return count >= least ? count : null;
    },
    {
      ...{ what: `${least} rows say "Speaking"`, withinMs: calmMs },
      instead: () => rows.allInnerTexts(),
    },
  );
}

async function aMinute(
  { page }: Person,
  browser: Browser,
  say: (line: string) => void,
): Promise<readonly Measure[]> {
  let fewest = speakers;
  const shown = async (): Promise<void> => {
    for (let look = 0; look < looks; look++) {
      await page.waitForTimeout(minuteMs / looks);
      fewest = Math.min(fewest, await speakersShown(page, 1));
    }
  };
  const clock = await BrowserClock.of(browser);
  const used = await clock.during(shown);
  // In a minute of its own: a trace costs the page something, too.
  const tasks = await tasksDuring(browser, page, shown);
  say(`at every look ${fewest} or more of ${speakers} rows said "Speaking"`);
  return measuresOf(tasks, used);
}

function measuresOf(tasks: readonly Task[], used: Cpu): Measure[] {
  const share = (seconds: number): number => (seconds * 1000) / minuteMs;
  const inWords = (seconds: number): string => `${(100 * share(seconds)).toFixed(1)} % of a core`;
  const longOf = (read: (task: Task) => number): { readonly count: number; readonly value: string } => {
    const long = tasks.map(read).filter((ms) => ms > reach.taskMs);
    const worst = Math.max(...tasks.map(read));
    return { count: long.length, value: `${long.length}; the longest ${worst.toFixed(0)} ms` };
  };
  const [computing, lasting] = [longOf(({ cpuMs }) => cpuMs), longOf(({ ms }) => ms)];
  const who = `${members} in a call, ${speakers} speak`;
  return [
    {
      what: `${who}: tasks of the page that computed for more than ${reach.taskMs} ms, in a minute`,
      value: computing.value,
      reach: '0',
      isReached: computing.count === 0,
    },
    {
      what: `${who}: tasks that lasted longer, waiting for a core of this machine among it`,
      value: lasting.value,
    },
    {
      what: `${who}: the page’s main thread`,
      value: inWords(used.mainThread),
      reach: `≤ ${100 * reach.share} %`,
      isReached: share(used.mainThread) <= reach.share,
    },
    { what: `${who}: the whole renderer (sound, frame worker, decoders)`, value: inWords(used.renderer) },
  ];
}
