// CPU time of a browser's processes and threads, as Linux counts it (/proc): for benchmarks that ask what a page costs the machine.
import { readdir, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
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

/** Of a browser with one page: the renderer is the one that works most meanwhile. */
export class BrowserClock {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(browser: Browser): Promise<BrowserClock> {
    return new BrowserClock(await browser.newBrowserCDPSession());
  }

  /** What was used during `work`, by processes that began meanwhile, too. */
  async during(work: () => Promise<unknown>): Promise<Cpu> {
    const before = await this.#now();
    await work();
    const after = await this.#now();
    const grown = [...after].map(([id, { isRenderer, all, mainThread }]) => ({
      isRenderer,
      all: all - (before.get(id)?.all ?? 0),
      mainThread: mainThread - (before.get(id)?.mainThread ?? 0),
    }));
    const [page] = grown.filter(({ isRenderer }) => isRenderer).sort((a, b) => b.all - a.all);
    if (page === undefined) throw new Error('this browser has no page');
    return {
      mainThread: page.mainThread,
      renderer: page.all,
      browser: grown.reduce((sum, { all }) => sum + all, 0),
    };
  }

  async #now(): Promise<ReadonlyMap<number, Used>> {
    const { processInfo } = await this.#session.send('SystemInfo.getProcessInfo');
    const used = processInfo.map(async ({ id, type }): Promise<[number, Used]> => {
      const [all, mainThread] = [`/proc/${id}/stat`, `/proc/${id}/task/${id}/stat`].map(secondsOf);
      return [
        id,
        { isRenderer: type === 'renderer', all: (await all) ?? 0, mainThread: (await mainThread) ?? 0 },
      ];
    });
    return new Map(await Promise.all(used));
  }
}

/** Seconds of a process so far. */
interface Used {
  readonly isRenderer: boolean;
  readonly all: number;
  readonly mainThread: number;
}

/** Lower than everything else on the machine (`nice`). */
const lowPriority = 15;

/**
 * From now on all threads of this browser run where nobody else wants the processor: for who is there to make a call, and shares the machine
 * with the one who is looked at only here.
 */
export async function giveWay(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  for (const { id } of processInfo) {
    const threads = await readdir(`/proc/${id}/task`).catch(() => []);
    // Linux counts each thread by itself; one that has ended meanwhile needs nothing.
    for (const thread of threads) {
      try {
        setPriority(Number(thread), lowPriority);
      } catch {
        continue;
      }
    }
  }
  await session.detach();
}

/** Of one that has ended: none. */
async function secondsOf(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return 0;
  // Behind the name, which may hold anything: the 12th and 13th are what it used, and what the system did for it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksASecond;
}
