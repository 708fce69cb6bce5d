// Members of a group who send and are seen by nobody: a browser with pages of page.ts, two members in each, since each holds requests to the
// service open and a browser has six to one address.
import type { Browser, Page } from 'playwright-core';
import type { Aparte } from '../../e2e/harness/aparte.ts';
import { launchBrowser } from '../../e2e/harness/browser.ts';
import { answerWith, buildPage } from '../../e2e/harness/built-page.ts';
import { listenOnLoopback, type LoopbackServer } from '../../e2e/harness/loopback-server.ts';
import { ben } from '../../e2e/harness/people.ts';
import { giveWay } from '../processes.ts';

const mostInAPage = 2;

export class Company {
  readonly #server: LoopbackServer;
  readonly #browser: Browser;
  readonly #pages: readonly Page[];

  private constructor(server: LoopbackServer, browser: Browser, pages: readonly Page[]) {
    this.#server = server;
    this.#browser = browser;
    this.#pages = pages;
  }

  /** All of them in the group of `invite`, which is what stands behind `#/join/`. */
  static async gather(
    { url }: Aparte,
    who: { readonly invite: string; readonly names: readonly string[]; readonly framesPerSecond?: number },
  ): Promise<Company> {
    const files = await buildPage(new URL('.', import.meta.url));
    const server = await listenOnLoopback((request, response) =>
      answerWith(files, new URL(request.url ?? '/', 'http://company').pathname, response),
    );
    // Their page is not the service's, which answers its own alone.
    const browser = await launchBrowser(ben, {
      ...{ args: ['--disable-web-security'] },
      ...(who.framesPerSecond !== undefined && { framesPerSecond: who.framesPerSecond }),
    });
    const pages: Page[] = [];
    for (let from = 0; from < who.names.length; from += mostInAPage) {
      const page = await (await browser.newContext()).newPage();
      page.on('pageerror', (error) => console.error(`  a page of the company: ${error.message}`));
      await page.goto(server.url);
      const names = who.names.slice(from, from + mostInAPage);
      await page.evaluate((at) => window.company.gather(at), { url, invite: who.invite, names });
      pages.push(page);
    }
    return new Company(server, browser, pages);
  }

  async enter(isMuted: boolean): Promise<void> {
    for (const page of this.#pages) await page.evaluate((muted) => window.company.enter(muted), isMuted);
  }

  async camera(isOn: boolean): Promise<void> {
    await Promise.all(this.#pages.map((page) => page.evaluate((on) => window.company.camera(on), isOn)));
  }

  /** See processes.ts: they keep nobody waiting. */
  giveWay(): Promise<void> {
    return giveWay(this.#browser);
  }

  /** How many of them are in the call with a whole connection. */
  async inCall(): Promise<number> {
    const all = await Promise.all(this.#pages.map((page) => page.evaluate(() => window.company.inCall)));
    return all.reduce((sum, one) => sum + one, 0);
  }

  async end(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }
}
