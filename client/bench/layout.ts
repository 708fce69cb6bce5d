// What moves on the screen of who is in a call while somebody else comes, speaks, mutes, shows themselves, shares, goes and is taken out of the
// group: the browser's own layout shifts, of a desk (Ada) and a phone (Ben), with what it was that moved. Cyd does it all. Shifts within half
// a second after a tap of one's own are told apart, as the browser does.
import type { Page } from 'playwright-core';
import { startAparte } from '../e2e/harness/aparte.ts';
import { launchBrowser } from '../e2e/harness/browser.ts';
import { ada, ben, cyd } from '../e2e/harness/people.ts';
import { Person } from '../e2e/harness/person.ts';
import { gather } from '../e2e/harness/stage.ts';
import type { Measure } from './report.ts';

/** What follows an act is over by then: the words about who came stand for six seconds. */
const settleMs = 3_000;
/** So long a shift counts as brought about by a tap of one’s own, and a little more. */
const ownTapMs = 700;

interface Shift {
  readonly value: number;
  readonly isOwn: boolean;
  /** What moved, and how far. */
  readonly moved: readonly string[];
}

declare global {
  interface Window {
    /** Since the last call. */
    takeShifts(): readonly Shift[];
  }
}

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly {
    readonly node: Node | null;
    readonly previousRect: DOMRectReadOnly;
    readonly currentRect: DOMRectReadOnly;
  }[];
}

function watchShifts(): void {
  let shifts: Shift[] = [];
  const nameOf = (node: Node | null): string => {
    const element = node instanceof Element ? node : (node?.parentElement ?? null);
    if (element === null) return 'something gone';
    const classes = [...element.classList].filter((name) => !name.startsWith('svelte-')).join('.');
    const words = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 24);
    return `${element.tagName.toLowerCase()}${classes === '' ? '' : `.${classes}`} "${words}"`;
  };
  const placeOf = ({ x, y, width, height }: DOMRectReadOnly): string =>
    [x, y, width, height].map((value) => Math.round(value)).join(' ');
  const take = (entries: PerformanceEntryList): void => {
    for (const { value, hadRecentInput, sources } of entries as LayoutShift[]) {
      const moved = sources.map(
        ({ node, previousRect, currentRect }) =>
          `${nameOf(node)} ${placeOf(previousRect)} → ${placeOf(currentRect)}`,
      );
      shifts.push({ value, isOwn: hadRecentInput, moved });
    }
  };
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ type: 'layout-shift', buffered: true });
  window.takeShifts = () => {
    take(observer.takeRecords());
    const taken = shifts;
    shifts = [];
    return taken;
  };
}

interface Seen {
  readonly act: string;
  readonly who: string;
  readonly shifts: readonly Shift[];
}

export async function measureLayout(): Promise<readonly Measure[]> {
  const aparte = await startAparte();
  const personas = [ada, ben, cyd];
  const browsers = await Promise.all(personas.map((persona) => launchBrowser(persona)));
  try {
    const [a, b, c] = await Promise.all(
      personas.map((persona, i) =>
        Person.sitDown(persona, {
          ...{
            browser: browsers[i]!,
            aparte,
            isProbeless: true,
            initScripts: [`(${watchShifts.toString()})();`],
          },
          ...(persona === ben && { context: { viewport: { width: 390, height: 844 } } }),
        }),
      ),
    );
    await gather([a!, b!, c!]);
    await a!.startVoiceChat();
    await joinMuted(b!.page);
    const seen: Seen[] = [];
    const act = async (name: string, work: () => Promise<unknown>): Promise<void> => {
      for (const { page } of [a!, b!]) {
        await page.waitForTimeout(ownTapMs);
        await page.evaluate(() => window.takeShifts());
      }
      await work();
      await c!.page.waitForTimeout(settleMs);
      for (const { page } of [a!, b!])
        seen.push({
          ...{ act: name, who: page === a!.page ? 'desk' : 'phone' },
          shifts: await page.evaluate(() => window.takeShifts()),
        });
    };
    await play(act, { a: a!, c: c! });
    return measuresOf(seen);
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
    await aparte.close();
  }
}

type Act = (name: string, work: () => Promise<unknown>) => Promise<void>;

async function play(act: Act, { a, c }: { readonly a: Person; readonly c: Person }): Promise<void> {
  // Ben has said nothing so far: who speaks goes before him.
  await act('comes in and speaks', () => c.joinVoiceChat());
  await act('mutes', () => c.mute());
  await act('speaks again', () => c.unmute());
  await act('raises a hand', () => c.press('Raise hand'));
  await act('lowers it', () => c.press('Lower hand'));
  await act('turns the camera on', () => c.turnOnCamera());
  await act('turns it off', () => c.turnOffCamera());
  await act('shares a screen', () => c.shareScreen());
  await act('shows the camera beside it', () => c.turnOnCamera());
  await act('stops sharing', () => c.stopSharing());
  await act('turns the camera off', () => c.turnOffCamera());
  await act('leaves', () => c.leave());
  await act('comes back', () => c.joinVoiceChat());
  await act('(nobody does anything)', () => Promise.resolve());
  await act('is removed from the group', () => a.removeFromGroup('Cyd'));
}

/** By the check of devices, so that nobody is heard for a moment. */
async function joinMuted(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try sound first' }).click();
  await page.getByRole('button', { name: 'Join muted' }).click();
  await page.getByRole('button', { name: 'Unmute microphone' }).waitFor();
}

function measuresOf(seen: readonly Seen[]): Measure[] {
  for (const { act, who, shifts } of seen)
    for (const { value, isOwn, moved } of shifts) {
      console.log(`  ${act}, ${who}: ${value.toFixed(4)}${isOwn ? ', after a tap of one’s own' : ''}`);
      for (const line of moved) console.log(`    ${line}`);
    }
  return ['desk', 'phone'].flatMap((who) => {
    const sum = (isOwn: boolean, act?: string): number =>
      seen
        .filter((one) => one.who === who && (act === undefined || one.act === act))
        .flatMap(({ shifts }) => shifts)
        .filter((shift) => shift.isOwn === isOwn)
        .reduce((total, { value }) => total + value, 0);
    const moving = seen.filter((one) => one.who === who && sum(false, one.act) > 0).map(({ act }) => act);
    const acts = seen.filter((one) => one.who === who).length;
    const parts = moving.map((act) => `${act} ${sum(false, act).toFixed(3)}`).join(', ');
    return [
      {
        what: `layout shift on a ${who} while somebody else does ${acts} things in the call`,
        value: `${sum(false).toFixed(3)}${parts === '' ? '' : ` (${parts})`}`,
        reach: '0',
        isReached: sum(false) === 0,
      },
      { what: `the same, after a tap of one’s own`, value: sum(true).toFixed(3) },
    ];
  });
}
