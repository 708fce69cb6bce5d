// A person at a browser: does what a person does through the accessible names of the contract (docs/contract.md), hears and sees through
// the probe, and writes down everything the page complains about.
import encodeQR from 'qr';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { projectRoot } from '../../../server/start/machine.mjs';
import type { Aparte } from './aparte.ts';
import { pageScript } from './page/bundle.ts';
import type { Hearing } from './page/ears.ts';
import type { Sight } from './page/eyes.ts';
import type { Persona } from './people.ts';
import { until } from './wait.ts';

export interface PersonOptions {
  /** What they type as their name; their own otherwise. */
  readonly called?: string;
  readonly context?: BrowserContextOptions;
  /** Scripts that run in the page before the probe and the product. */
  readonly initScripts?: readonly string[];
  /** Without the probe, which takes its share of the machine: such a person hears and sees nothing. For benchmarks. */
  readonly isProbeless?: boolean;
  /** With the service worker. Without it, as by default, every request is the page's own and can be routed. */
  readonly hasWorker?: boolean;
  /** Before the page opens: routes, permissions. */
  readonly prepare?: (context: BrowserContext) => Promise<void>;
}

/** What a page must not do, collected over its life. */
export interface Complaints {
  readonly consoleErrors: readonly string[];
  readonly pageErrors: readonly string[];
  readonly foreignRequests: readonly string[];
  readonly policyViolations: readonly string[];
}

export class Person {
  readonly name: string;
  readonly called: string;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly requests: string[] = [];
  readonly #aparte: Aparte;
  readonly #log: string[] = [];
  readonly #consoleErrors: string[] = [];
  readonly #pageErrors: string[] = [];
  readonly #violationsBefore: string[] = [];
  #hand = 0;

  private constructor(
    persona: Pick<Persona, 'name'>,
    page: Page,
    parts: { readonly aparte: Aparte; readonly called?: string },
  ) {
    this.name = persona.name;
    this.called = parts.called ?? persona.name;
    this.page = page;
    this.context = page.context();
    this.#aparte = parts.aparte;
    this.#watch();
  }

  /** A fresh profile in this person's browser, with an empty page. */
  static async sitDown(
    persona: Persona,
    parts: { browser: Browser; aparte: Aparte } & PersonOptions,
  ): Promise<Person> {
    const { browser, aparte, initScripts = [] } = parts;
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1280, height: 800 },
      serviceWorkers: parts.hasWorker === true ? 'allow' : 'block',
      ...parts.context,
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: aparte.url });
    // `__name` is a helper that some TypeScript runners leave in functions that are sent to the page.
    await context.addInitScript('globalThis.__name ??= (f) => f;');
    for (const script of initScripts) await context.addInitScript(script);
    if (parts.isProbeless !== true) await context.addInitScript(await pageScript('probe'));
    await parts.prepare?.(context);
    return new Person(persona, await context.newPage(), parts);
  }

  // What a person does.

  async openApp(path = '/'): Promise<void> {
    await this.#keepViolations();
    await this.page.goto(`${this.#aparte.url}${path}`);
  }

  async reload(): Promise<void> {
    await this.#keepViolations();
    await this.page.reload();
  }

  async createGroup(groupName: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Name of the group', exact: true }).fill(groupName);
    await this.#giveName();
    await this.press('Create group');
    await this.button('Start voice chat').waitFor();
  }

  /** Presses "Copy link" and reads the clipboard. */
  async copyLink(): Promise<string> {
    await this.press('Copy link');
    const link = await until(
      async () => {
        const text = await this.page.evaluate(() => navigator.clipboard.readText());
        return text.includes('#') ? text : null;
      },
      { what: `${this.name} has the invite link` },
    );
    return link;
  }

  async joinByLink(link: string): Promise<void> {
    await this.#keepViolations();
    await this.page.goto(link);
    await this.acceptInvite();
  }

  /** Joins the group whose invite is on the screen. */
  async acceptInvite(): Promise<void> {
    await this.button('Join group').waitFor();
    await this.#giveName();
    await this.press('Join group');
    await this.button('Start voice chat').or(this.button('Join voice chat')).first().waitFor();
  }

  /** From now on the camera sees this code. */
  async holdCode(text: string): Promise<void> {
    const modules = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
    await this.page.evaluate((rows) => {
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d')!;
      canvas.width = canvas.height = 480;
      const draw = (): void => {
        context.fillStyle = 'white';
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.fillStyle = 'black';
        const edge = Math.floor(canvas.width / rows.length);
        rows.forEach((row, y) =>
          row.forEach((isDark, x) => isDark && context.fillRect(x * edge, y * edge, edge, edge)),
        );
        requestAnimationFrame(draw);
      };
      draw();
      navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream());
    }, modules);
  }

  async startVoiceChat(): Promise<void> {
    await this.press('Start voice chat');
    await this.isInCall();
  }

  async joinVoiceChat(): Promise<void> {
    await this.press('Join voice chat');
    await this.isInCall();
  }

  /** In the call with a live microphone: it is published since the last tap, and the bar offers to mute it. */
  async isInCall(withinMs = 20_000): Promise<void> {
    await until(
      () =>
        this.page.evaluate(() => {
          const last = (name: string): number => performance.getEntriesByName(name).at(-1)?.startTime ?? -1;
          return last('aparte:join:published') > last('aparte:join:tap');
        }),
      {
        what: `${this.name} is in the call with a published microphone`,
        withinMs,
        instead: () => this.callText(),
      },
    );
    await this.button('Mute microphone').waitFor({ timeout: withinMs });
  }

  async mute(): Promise<void> {
    await this.press('Mute microphone');
    await this.button('Unmute microphone').waitFor();
  }

  async unmute(): Promise<void> {
    await this.press('Unmute microphone');
    await this.button('Mute microphone').waitFor();
  }

  async turnOnCamera(): Promise<void> {
    await this.press('Turn on camera');
    await this.button('Turn off camera').waitFor();
  }

  async turnOffCamera(): Promise<void> {
    await this.press('Turn off camera');
    await this.button('Turn on camera').waitFor();
  }

  async shareScreen(): Promise<void> {
    await this.press('Share screen');
    await this.button('Stop sharing').waitFor();
  }

  async stopSharing(): Promise<void> {
    await this.press('Stop sharing');
    await this.button('Share screen').waitFor();
  }

  async leave(): Promise<void> {
    await this.press('Leave');
    await this.button('Start voice chat').or(this.button('Join voice chat')).first().waitFor();
  }

  async openSecurity(): Promise<void> {
    await this.page
      .getByRole('button', { name: /^Security/ })
      .first()
      .click();
  }

  /** Opens the comparison with `name`: from the group page or the trust panel; once verified, from the member's menu. */
  async openVerify(name: string): Promise<string> {
    const verify = this.button(`Verify ${name}`).first();
    const menu = this.button(`More about ${name}`);
    await verify
      .or(menu)
      .or(this.page.getByRole('button', { name: /^Security/ }))
      .first()
      .waitFor();
    if (await verify.isVisible()) {
      await verify.click();
    } else if (await menu.isVisible()) {
      await menu.click();
      await this.page.getByRole('button', { name: /number/i }).click();
    } else {
      await this.openSecurity();
      await verify.click();
    }
    return this.safetyNumber();
  }

  /** 60 digits, as shown. */
  async safetyNumber(): Promise<string> {
    const element = this.page.getByLabel('Safety number', { exact: true });
    await element.waitFor();
    return until(
      async () => {
        const digits = (await element.innerText()).replace(/\D/g, '');
        return digits.length === 60 ? digits : null;
      },
      { what: `${this.name} sees a safety number`, instead: () => element.innerText() },
    );
  }

  async closeVerify(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.getByLabel('Safety number', { exact: true }).waitFor({ state: 'hidden' });
  }

  /** The way of owner and admins: the member's menu, "Remove NAME", and yes. */
  async removeFromGroup(name: string): Promise<void> {
    await this.press(`More about ${name}`);
    await this.page
      .getByRole('menuitem', { name: `Remove ${name}` })
      .or(this.button(`Remove ${name}`))
      .first()
      .click();
    await this.press('Remove');
  }

  /** A choice of the member's menu. */
  async actOn(name: string, choice: string): Promise<void> {
    await this.press(`More about ${name}`);
    await this.press(choice);
  }

  /** In the same way, with what is asked back. */
  async makeAdmin(name: string): Promise<void> {
    await this.actOn(name, `Make ${name} an admin`);
    await this.press('Make admin');
    await this.reads('Admin');
  }

  async startNewGroup(groupName: string): Promise<void> {
    await this.press('New group');
    await this.createGroup(groupName);
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Moves the mouse first, as a hand does: controls over a picture go away after a while without. */
  async press(name: string): Promise<void> {
    const { width, height } = this.page.viewportSize()!;
    this.#hand = (this.#hand + 37) % 200;
    await this.page.mouse.move(width / 2 + this.#hand - 100, height / 2);
    await this.button(name).click();
  }

  // What a person notices.

  hearing(): Promise<Hearing> {
    return this.page.evaluate(() => window.aparteProbe.hearing());
  }

  seeing(): Promise<readonly Sight[]> {
    return this.page.evaluate(() => window.aparteProbe.seeing());
  }

  /** Until exactly these voices are heard. */
  hears(...names: readonly string[]): Promise<void> {
    return this.hearsWithin(20_000, ...names);
  }

  async hearsWithin(withinMs: number, ...names: readonly string[]): Promise<void> {
    const wanted = [...names].sort().join(' and ') || 'nobody';
    await until(async () => ((await this.hearing()).now.join(' and ') || 'nobody') === wanted, {
      what: `${this.name} hears ${wanted}`,
      withinMs,
      instead: () => this.hearing(),
    });
  }

  async everHeard(): Promise<readonly string[]> {
    return (await this.hearing()).everHeard;
  }

  /** Until a moving picture with this person's content is shown. */
  async sees(name: string, withinMs = 20_000): Promise<Sight> {
    return until(
      async () =>
        (await this.seeing()).find((sight) => sight.whose === name && sight.isMoving && sight.isShown),
      {
        what: `${this.name} sees ${name} moving`,
        withinMs,
        instead: () => this.seeing(),
      },
    );
  }

  /** Until no picture of this person is left. */
  async seesNoMore(name: string): Promise<void> {
    await until(async () => !(await this.seeing()).some((sight) => sight.whose === name && sight.isShown), {
      what: `${this.name} no longer sees ${name}`,
      instead: () => this.seeing(),
    });
  }

  /** Until this text stands somewhere on the page. */
  async reads(text: string | RegExp, withinMs = 20_000): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: withinMs });
  }

  /** A row of the call's people list. */
  row(name: string): Locator {
    return this.page
      .getByRole('list', { name: 'People in this call' })
      .getByRole('listitem')
      .filter({ hasText: name });
  }

  async rowSays(name: string, words: string | RegExp): Promise<void> {
    await this.row(name).getByText(words).first().waitFor();
  }

  async speaks(name: string): Promise<void> {
    await this.rowSays(name, 'Speaking');
  }

  async hasRows(count: number): Promise<void> {
    const rows = this.page.getByRole('list', { name: 'People in this call' }).getByRole('listitem');
    await until(async () => (await rows.count()) === count, {
      what: `${this.name} sees ${count} rows`,
      instead: () => rows.allInnerTexts(),
    });
  }

  /** The group page says since when `name` is verified. */
  async showsVerified(name: string): Promise<void> {
    const rows = this.page.getByRole('listitem').filter({ hasText: name });
    await rows.getByRole('img', { name: 'verified' }).first().waitFor();
  }

  /** What stands on the screen, without what changes by itself (time, who is speaking just now). */
  async callText(): Promise<string> {
    const text = await this.page.locator('body').innerText();
    return text
      .replace(/\b\d+:\d\d\b/g, '')
      .replace(/\b(Speaking|Listening|Live)\b/g, '')
      .replace(/\s+/g, ' ');
  }

  /** The time of a User Timing mark of this page in ms since its start, once it is there. */
  async mark(name: string, withinMs = 20_000): Promise<number> {
    return until(
      () => this.page.evaluate((mark) => performance.getEntriesByName(mark).at(-1)?.startTime ?? null, name),
      {
        what: `${this.name}'s page has the mark ${name}`,
        withinMs,
      },
    );
  }

  /** Generation and epoch of the last `aparte:epoch` mark. */
  async epoch(): Promise<{ readonly generation: number; readonly epoch: number }> {
    const detail = await until(
      () =>
        this.page.evaluate(() => {
          const last = performance.getEntriesByName('aparte:epoch').at(-1) as PerformanceMark | undefined;
          const found = last?.detail as { generation: number; epoch: number } | undefined;
          return found === undefined ? null : found;
        }),
      { what: `${this.name}'s page has the keys of an epoch` },
    );
    return detail;
  }

  // What the page must not do.

  async complaints(): Promise<Complaints> {
    await this.#keepViolations();
    const livekitHost = new URL(this.#aparte.livekit.url).host;
    const own = new Set([new URL(this.#aparte.url).host, livekitHost]);
    const isForeign = (url: string): boolean =>
      !/^(blob|data|about):/.test(url) && !own.has(new URL(url).host);
    return {
      consoleErrors: this.#consoleErrors,
      pageErrors: this.#pageErrors,
      foreignRequests: this.requests.filter(isForeign),
      policyViolations: this.#violationsBefore,
    };
  }

  /** A screenshot, the page's log and its HTML, for who looks at a failure. */
  async saveEvidence(folder: string): Promise<void> {
    const target = join(projectRoot, 'build/e2e', folder.replace(/[^\w-]+/g, '-').slice(0, 80));
    mkdirSync(target, { recursive: true });
    const seen = await Promise.all([this.hearing(), this.seeing()]).catch(String);
    writeFileSync(join(target, `${this.name}.log`), [...this.#log, JSON.stringify(seen, null, 1)].join('\n'));
    await this.page
      .screenshot({ path: join(target, `${this.name}.png`), timeout: 5000 })
      .catch(() => undefined);
    writeFileSync(join(target, `${this.name}.html`), await this.page.content().catch(String));
  }

  /** Another tab of the same profile. Gone with this person. */
  async openSecondTab(): Promise<Person> {
    const parts = { aparte: this.#aparte, called: this.called };
    return new Person({ name: this.name }, await this.context.newPage(), parts);
  }

  async standUp(): Promise<void> {
    await this.context.close();
  }

  /** A device that knows its name already is not asked again. */
  async #giveName(): Promise<void> {
    const field = this.page.getByRole('textbox', { name: 'Your name', exact: true });
    if (await field.isVisible()) await field.fill(this.called);
  }

  /** A navigation forgets the page's list: copy it first. */
  async #keepViolations(): Promise<void> {
    const found = await this.page
      .evaluate(() => (window as Partial<Window>).aparteProbe?.violations.slice() ?? [])
      .catch(() => []);
    for (const violation of found)
      if (!this.#violationsBefore.includes(violation)) this.#violationsBefore.push(violation);
  }

  #watch(): void {
    this.page.on('console', (message) => {
      const line = `${message.type()} ${message.text()}`;
      this.#log.push(line);
      if (message.type() === 'error') this.#consoleErrors.push(message.text());
    });
    this.page.on('pageerror', (error) => {
      this.#log.push(`pageerror ${error.stack ?? error.message}`);
      this.#pageErrors.push(error.message);
    });
    this.page.on('crash', () => this.#pageErrors.push('the page crashed'));
    this.page.on('websocket', (socket) => this.requests.push(socket.url()));
    this.context.on('request', (request) => this.requests.push(request.url()));
    this.context.on('requestfailed', (request) =>
      this.#log.push(`requestfailed ${request.failure()?.errorText ?? ''}`),
    );
    this.context.on('response', (response) => {
      if (response.status() >= 400)
        this.#log.push(`${response.status()} ${new URL(response.url()).pathname}`);
    });
  }
}
