// From a tap on a control to its answer on the screen, of every control of a call and of a group's page, many times: with the network as it
// is, and with the network gone at the moment of the tap (the process in which the browser keeps every socket stands still), which must make
// no difference. What is measured is in taps/watch.ts, what is pressed in taps/controls.ts.
import type { Browser } from 'playwright-core';
import { startAparte, type Aparte } from '../e2e/harness/aparte.ts';
import { launchBrowser } from '../e2e/harness/browser.ts';
import { cutNetwork } from '../e2e/harness/network.ts';
import { ada, ben } from '../e2e/harness/people.ts';
import { Person } from '../e2e/harness/person.ts';
import { gather } from '../e2e/harness/stage.ts';
import { until } from '../e2e/harness/wait.ts';
import { percentile, type Measure } from './report.ts';
import {
  callControls,
  doorControls,
  groupControls,
  pictureControls,
  startControls,
  type Control,
} from './taps/controls.ts';
import { watchTaps, type Answer, type TapTimes } from './taps/watch.ts';

const reachMs = 50;
/** A tap without an answer within this time has none. */
const patienceMs = 1_500;
/** Between two taps: what the last one set off is over. */
const restMs = 150;
const rounds = { open: 4, gone: 2 } as const;

/** `open`: the network as it is. `gone`: at each tap, until its answer. */
type Line = keyof typeof rounds;

interface Taken {
  readonly control: string;
  readonly round: number;
  /** Null: no answer. */
  readonly times: TapTimes | null;
}

export async function measureTaps(): Promise<readonly Measure[]> {
  const aparte = await startAparte();
  try {
    return [
      ...measuresOf('open', await takeAll(aparte, 'open')),
      ...measuresOf('gone', await takeAll(aparte, 'gone')),
    ];
  } finally {
    await aparte.close();
  }
}

/** Fresh browsers, so that the first tap of each control is the first of a page's life. */
async function takeAll(aparte: Aparte, line: Line): Promise<readonly Taken[]> {
  const browsers = await Promise.all([launchBrowser(ada), launchBrowser(ben)]);
  try {
    const [a, b] = await Promise.all([
      Person.sitDown(ada, {
        ...{ browser: browsers[0], aparte, isProbeless: true, initScripts: [`(${watchTaps.toString()})();`] },
      }),
      Person.sitDown(ben, { browser: browsers[1], aparte, isProbeless: true }),
    ]);
    await gather([a, b]);
    const taker = new Taker(a, line === 'gone' ? browsers[0] : null);
    const some = { rounds: rounds[line] };
    await taker.take(groupControls, some);
    await taker.take(startControls, some);
    await b.startVoiceChat();
    await a.joinVoiceChat();
    await taker.take(callControls, some);
    await b.turnOnCamera();
    await a.page.getByRole('figure', { name: 'Ben’s video' }).locator('video').waitFor();
    await taker.take(pictureControls, some);
    await b.turnOffCamera();
    await taker.take(doorControls, some);
    return taker.taken;
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
  }
}

class Taker {
  readonly taken: Taken[] = [];
  readonly #person: Person;
  /** Whose network goes at each tap. */
  readonly #browser: Browser | null;

  constructor(person: Person, browser: Browser | null) {
    this.#person = person;
    this.#browser = browser;
  }

  async take(controls: readonly Control[], { rounds }: { readonly rounds: number }): Promise<void> {
    for (let round = 0; round < rounds; round++)
      for (const control of controls) await this.#once(control, round);
  }

  async #once(control: Control, round: number): Promise<void> {
    const { page } = this.#person;
    await page.waitForTimeout(restMs);
    const { answer, tap = { type: 'click' }, then = answer } = control;
    const press = await this.#ready(control);
    await page.evaluate(([tap, answer]) => window.taps.arm(tap, answer), [tap, answer] as const);
    const mend = this.#browser === null ? () => undefined : await cutNetwork(this.#browser);
    try {
      await press();
      const times = await page.evaluate((ms) => window.taps.result(ms), patienceMs);
      this.taken.push({ control: control.name, round, times });
    } finally {
      mend();
    }
    await until(() => page.evaluate(isThere, then), { what: `${control.name}: ${JSON.stringify(then)}` });
  }

  /** Everything that takes time before the press itself. */
  async #ready({ press }: Control): Promise<() => Promise<void>> {
    const { page } = this.#person;
    const { keyboard, mouse } = page;
    if ('key' in press) {
      // Nobody has the keyboard: a button that has it would be pressed.
      await page.locator(':focus').evaluateAll((all) => all.forEach((one) => (one as HTMLElement).blur()));
      return () => (press.is === 'down' ? keyboard.down(press.key) : keyboard.up(press.key));
    }
    const name = 'pointer' in press ? press.on : press.button;
    const place = 'within' in press ? page.locator(press.within) : page;
    const button = place.getByRole('button', { name, exact: typeof name === 'string' }).first();
    if (!('pointer' in press && press.pointer === 'up')) await button.hover();
    if (!('pointer' in press))
      return async () => {
        await mouse.down();
        await mouse.up();
      };
    return () => (press.pointer === 'down' ? mouse.down() : mouse.up());
  }
}

function isThere({ selector, text, isGone = false }: Answer): boolean {
  const found = [...document.querySelectorAll(selector)].some(
    (one) =>
      one.checkVisibility({ visibilityProperty: true }) &&
      (text === undefined || one.textContent.includes(text)),
  );
  return found !== isGone;
}

function measuresOf(line: Line, taken: readonly Taken[]): Measure[] {
  const words = { open: 'tap → answer', gone: 'the same while the network stands still' }[line];
  const controls = [...new Set(taken.map(({ control }) => control))];
  const all = taken.map(({ times }) => times?.answeredMs ?? Number.POSITIVE_INFINITY);
  const first = taken
    .filter(({ round }) => round === 0)
    .map(({ times }) => times?.answeredMs ?? Number.POSITIVE_INFINITY);
  const presented = taken.map(({ times }) => times?.presentedMs ?? 0);
  for (const control of controls) console.log(`  ${line}: ${told(taken, control)}`);
  const p95 = percentile(all, 0.95);
  const silent = controls.filter((control) =>
    taken.some((one) => one.control === control && one.times === null),
  );
  return [
    {
      what: `${words}, p95 of ${taken.length} taps on ${controls.length} controls`,
      value: `${inMs(p95)}; median ${inMs(percentile(all, 0.5))}, longest ${inMs(Math.max(...all))}`,
      reach: `≤ ${reachMs} ms`,
      isReached: p95 <= reachMs,
    },
    {
      what: `${words}, the first tap of each control, p95`,
      value: `${inMs(percentile(first, 0.95))}; longest ${inMs(Math.max(...first))}`,
      reach: `≤ ${reachMs} ms`,
      isReached: percentile(first, 0.95) <= reachMs,
    },
    {
      what: `${words}, by Event Timing: tap → next frame on the screen, p95`,
      value: inMs(percentile(presented, 0.95)),
    },
    {
      what: `${words}: controls without an answer`,
      value: silent.length === 0 ? '0' : `${silent.length}: ${silent.join(', ')}`,
      reach: '0',
      isReached: silent.length === 0,
    },
  ];
}

/** `Pin: Ben: 31 ms (24–38), first 38`. */
function told(taken: readonly Taken[], control: string): string {
  const times = taken
    .filter((one) => one.control === control)
    .map(({ times }) => times?.answeredMs ?? Number.POSITIVE_INFINITY);
  const range = `${inMs(Math.min(...times))} to ${inMs(Math.max(...times))}`;
  return `${control}: median ${inMs(percentile(times, 0.5))}, ${range}, the first ${inMs(times[0]!)}`;
}

function inMs(ms: number): string {
  return Number.isFinite(ms) ? `${ms.toFixed(0)} ms` : 'none';
}
