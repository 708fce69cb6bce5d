// A person at a real Firefox, driven over WebDriver BiDi. Fewer ways than `Person` has: joins by a link, hears, sees, mutes. The fake
// microphone of Firefox is a steady tone (`fox` in people.ts).
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { browsers, locateBrowser } from '../../../server/start/browsers.mjs';
import { pageScript } from './page/bundle.ts';
import { fox } from './people.ts';
import { until } from './wait.ts';

/** Path of a Firefox, or undefined: then its tests are skipped and say so. */
export function firefoxPath(): string | undefined {
  return process.env['APARTE_TEST_FIREFOX'] ?? locateBrowser('firefox', process.env);
}

/** What the skipped tests say. */
export const firefoxHint = `Firefox (set ${browsers.firefox.variable})`;

const preferences = {
  'media.navigator.permission.disabled': true,
  'media.navigator.streams.fake': true,
  'media.navigator.audio.fake_frequency': fox.tonesHz[0],
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'intl.accept_languages': 'en-GB',
};

export class FirefoxPerson {
  readonly name = fox.name;
  readonly page: Page;
  readonly #browser: Browser;
  readonly #errors: string[] = [];

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.#errors.push(String(error)));
  }

  get errors(): readonly string[] {
    return this.#errors;
  }

  static async sitDown(executablePath: string): Promise<FirefoxPerson> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      extraPrefsFirefox: preferences,
    });
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    await page.evaluateOnNewDocument('globalThis.__name ??= (f) => f;');
    await page.evaluateOnNewDocument(await pageScript('probe'));
    return new FirefoxPerson(browser, page);
  }

  async joinByLink(link: string): Promise<void> {
    await this.page.goto(link);
    await this.fill('Your name', this.name);
    await this.press('Join group');
  }

  async joinVoiceChat(): Promise<void> {
    await this.press('Join voice chat');
    await until(
      () => this.page.evaluate(() => performance.getEntriesByName('aparte:join:published').length > 0),
      {
        what: 'Fox is in the call with a published microphone',
        withinMs: 40_000,
        instead: () => this.text(),
      },
    );
  }

  async press(name: string): Promise<void> {
    await until(
      () =>
        this.page.evaluate((wanted) => {
          const isNamed = (button: Element): boolean =>
            (button.getAttribute('aria-label') ?? button.textContent.trim()) === wanted;
          const button = [...document.querySelectorAll('button')].find(
            (one) => isNamed(one) && !one.disabled,
          );
          button?.click();
          return button !== undefined;
        }, name),
      { what: `Fox presses ${name}`, instead: () => this.text() },
    );
  }

  async fill(label: string, text: string): Promise<void> {
    const field = await until(
      async () => {
        const handle = await this.page.evaluateHandle((wanted) => {
          const isNamed = (input: HTMLInputElement): boolean =>
            input.getAttribute('aria-label') === wanted ||
            [...(input.labels ?? [])].some((one) => one.textContent.trim() === wanted);
          return [...document.querySelectorAll('input')].find(isNamed) ?? null;
        }, label);
        return handle.asElement();
      },
      { what: `Fox finds the field ${label}`, instead: () => this.text() },
    );
    await field.type(text);
  }

  async hears(...names: readonly string[]): Promise<void> {
    const wanted = [...names].sort().join(' and ');
    const hearing = () => this.page.evaluate(() => window.aparteProbe.hearingByRecording());
    await until(async () => (await hearing()).join(' and ') === wanted, {
      what: `Fox hears ${wanted}`,
      withinMs: 30_000,
      instead: hearing,
    });
  }

  async sees(name: string): Promise<void> {
    const seeing = () => this.page.evaluate(() => window.aparteProbe.seeing());
    const isThere = async (): Promise<boolean> =>
      (await seeing()).some((sight) => sight.whose === name && sight.isMoving && sight.isShown);
    await until(isThere, { what: `Fox sees ${name} moving`, withinMs: 30_000, instead: seeing });
  }

  text(): Promise<string> {
    return this.page.evaluate(() => document.body.innerText.slice(0, 600));
  }

  async standUp(): Promise<void> {
    await this.#browser.close();
  }
}
