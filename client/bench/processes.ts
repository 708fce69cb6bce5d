// CPU time of a browser's processes and threads, as Linux counts it (/proc): for benchmarks that ask what a page costs the machine.
import { readFile } from 'node:fs/promises';
import type { Browser, CDPSession } from 'playwright-core';

/** Linux counts in hundredths of a second. */
const ticksASecond = 100;

export interface Cpu {
  /** Seconds of the renderer's main thread. */
  readonly mainThread: number;
  /** … of the whole renderer, workers, sound and decoders among it. */
  readonly renderer: number;
  /** … of all processes of the browser. */
  readonly browser: number;
}

/** Of a browser with one page: the renderer is the one that has worked most. */
export class BrowserClock {
  readonly #session: CDPSession;
  readonly #rendererId: number;

  private constructor(session: CDPSession, rendererId: number) {
    this.#session = session;
    this.#rendererId = rendererId;
  }

  static async of(browser: Browser): Promise<BrowserClock> {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    const [busiest] = renderers.sort((a, b) => b.cpuTime - a.cpuTime);
    if (busiest === undefined) throw new Error('this browser has no page');
    return new BrowserClock(session, busiest.id);
  }

  /** What was used during `work`, by processes that began meanwhile, too. */
  async during(work: () => Promise<unknown>): Promise<Cpu> {
    const before = await this.#now();
    await work();
    const after = await this.#now();
    return {
      mainThread: after.mainThread - before.mainThread,
      renderer: after.renderer - before.renderer,
      browser: after.browser - before.browser,
    };
  }

  async #now(): Promise<Cpu> {
    const { processInfo } = await this.#session.send('SystemInfo.getProcessInfo');
    const all = await Promise.all(processInfo.map(({ id }) => secondsOf(`/proc/${id}/stat`)));
    return {
      mainThread: await secondsOf(`/proc/${this.#rendererId}/task/${this.#rendererId}/stat`),
      renderer: await secondsOf(`/proc/${this.#rendererId}/stat`),
      browser: all.reduce((sum, one) => sum + one, 0),
    };
  }
}

/** Of one that has ended: none. */
async function secondsOf(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return 0;
  // Behind the name, which may hold anything: the 12th and 13th are what it used, and what the system did for it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksASecond;
}
