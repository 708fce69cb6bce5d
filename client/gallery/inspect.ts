// The gallery as a place to look at: built, served on a free port under the product's own policy, and what there is to object to on
// a page of it: axe, sideways scrolling, two buttons of one name. screens.ts photographs it, client/e2e/screens.test.ts tests it.
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { contentPolicy } from '../../server/web/headers.ts';

const folder = fileURLToPath(new URL('../../.cache/gallery', import.meta.url));
/** The product's own, so that a screen that breaks it is found here. Nothing answers at the address. */
const policy = Object.entries(contentPolicy('ws://127.0.0.1:1'))
  .map(([directive, sources]) => [directive, ...sources].join(' '))
  .join('; ');
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Gallery {
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
  close(): void;
}

/** Builds and serves it. */
export async function openGallery(): Promise<Gallery> {
  await build({ configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)) });
  const server = await serve();
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The names of all states. */
export async function statesOf(from: Browser, { address }: Gallery): Promise<string[]> {
  const page = await from.newPage();
  await page.goto(address);
  const names = await page.locator('#app a').allTextContents();
  await page.close();
  return names;
}

/** Shows a state on a page of the gallery, settled. */
export async function show(page: Page, state: string): Promise<void> {
  await page.evaluate((name) => (location.hash = name), state);
  await page.waitForSelector('#app > .app');
  await page.waitForTimeout(/video|share|moving/.test(state) ? 450 : 150);
}

/** axe, sideways scrolling, and two buttons of one name (the contract of docs/contract.md). */
export async function inspect(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  const axe = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      // What is in order needs no list of where it is.
      resultTypes: ['violations'],
      rules: {
        'label-content-name-mismatch': { enabled: true },
        // With forced colours the system chooses both, and axe reads the page's own.
        'color-contrast': { enabled: !matchMedia('(forced-colors: active)').matches },
      },
    }),
  );
  const found = axe.violations.map(
    (one) =>
      `axe ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 140) + ' ' + (node.any[0]?.message ?? '')).join(' | ')}`,
  );
  const wide = await page.evaluate(() => {
    const scrolls = [...document.querySelectorAll('*')].filter(
      (element) =>
        element.scrollWidth > element.clientWidth + 1 &&
        /auto|scroll/.test(getComputedStyle(element).overflowX),
    );
    const page = document.scrollingElement;
    return [
      ...scrolls.map((element) => `scrolls sideways: ${element.className}`),
      ...(page && page.scrollWidth > innerWidth ? [`the page is ${page.scrollWidth} px wide`] : []),
    ];
  });
  return [...found, ...wide, ...(await doubles(page))];
}

async function doubles(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const name of [
    'Create group',
    'Copy link',
    'Join group',
    'Start voice chat',
    'Join voice chat',
    'Mute microphone',
    'Unmute microphone',
    'Turn on camera',
    'Turn off camera',
    'Share screen',
    'Stop sharing',
    'Leave',
    'Verify Ben',
    'They match',
  ]) {
    const count = await page.getByRole('button', { name, exact: true }).count();
    if (count > 1) found.push(`${count} buttons named "${name}"`);
  }
  return found;
}

function serve(): Promise<Server> {
  const made = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const file = join(folder, path === '/' ? 'index.html' : path);
    readFile(file).then(
      (body) => {
        response.writeHead(200, {
          'content-type': types[extname(file)] ?? 'text/plain',
          'content-security-policy': policy,
        });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => made.listen(0, '127.0.0.1', () => resolve(made)));
}
