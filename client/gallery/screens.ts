// `npm run screens [folder]`: builds the gallery, walks every state at three widths, in dark and light, English and French,
// takes a picture of each and asks axe and the content security policy what they think. Ends with 1 if either objects.
//
//   npm run screens                         all of it, into .cache/screens
//   npm run screens -- /tmp/shots call-     only states whose name begins with "call-"
//   npm run screens -- /tmp/shots call- desktop-dark   … in settings whose name (desktop-dark-en) holds that
import { createServer, type Server } from 'node:http';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import type { AxeResults } from 'axe-core';

const gallery = fileURLToPath(new URL('../../.cache/gallery', import.meta.url));
const [folder = fileURLToPath(new URL('../../.cache/screens', import.meta.url)), only = '', settings = ''] =
  process.argv.slice(2);
/** The product's own policy (server/web/headers.ts), so that a screen that breaks it is found here. */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
  "connect-src 'self'; worker-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; " +
  "require-trusted-types-for 'script'; trusted-types svelte-trusted-html default";
interface Size {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Text at twice its size (WCAG 1.4.4). */
  readonly isLarge?: boolean;
  readonly isForced?: boolean;
  /** Layout stress: one theme and language are enough. */
  readonly isOnce?: boolean;
}
const sizes: readonly Size[] = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'tablet', width: 820, height: 1180 },
  { name: 'desktop', width: 1280, height: 800 },
  { name: 'narrow', width: 360, height: 740, isOnce: true },
  { name: 'large', width: 390, height: 844, isLarge: true, isOnce: true },
  { name: 'short', width: 844, height: 390, isOnce: true },
  { name: 'forced', width: 1280, height: 800, isForced: true, isOnce: true },
];
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const problems: string[] = [];

await build({ configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)) });
await mkdir(folder, { recursive: true });
const server = await serve();
const browser = await chromium.launch({
  executablePath: process.env['APARTE_BROWSER'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
});
try {
  const states = (await statesOf(browser)).filter((state) => state.startsWith(only));
  for (const theme of ['dark', 'light'] as const) {
    for (const language of ['en', 'fr'] as const) {
      for (const size of sizes) {
        if (size.isOnce === true && !(theme === 'dark' && language === 'fr')) continue;
        if (`${size.name}-${theme}-${language}`.includes(settings))
          await walk(states, { theme, language, size });
      }
    }
  }
  console.log(`${states.length} states in ${folder}`);
} finally {
  await browser.close();
  server.close();
}
for (const problem of problems) console.log(problem);
console.log(`${problems.length} objections`);
process.exitCode = problems.length > 0 ? 1 : 0;

interface Setting {
  theme: 'dark' | 'light';
  language: 'en' | 'fr';
  size: Size;
}

async function walk(states: readonly string[], { theme, language, size }: Setting): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: size.width, height: size.height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    forcedColors: size.isForced === true ? 'active' : 'none',
  });
  await page.goto(`${address()}/?lang=${language}`);
  if (size.isLarge === true) await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  for (const state of states) {
    const where = `${state} ${size.name} ${theme} ${language}`;
    const objects = (what: string): number => problems.push(`${where}: ${what}`);
    page.removeAllListeners();
    page.on('console', (message) => message.type() === 'error' && objects(message.text()));
    page.on('pageerror', (error) => objects(error.message));
    await page.evaluate((name) => (location.hash = name), state);
    await page.waitForSelector('#app > .app');
    await page.waitForTimeout(state.includes('video') || state.includes('share') ? 450 : 150);
    await photograph(page, join(folder, `${state}-${size.name}-${theme}-${language}`));
    if (isCall(state) && (await openTrust(page))) {
      await photograph(page, join(folder, `${state}-trust-${size.name}-${theme}-${language}`));
    }
    for (const line of await inspect(page)) objects(line);
    if (state === 'call-moving') for (const line of await watchVideos(page)) objects(line);
  }
  await page.close();
}

function isCall(state: string): boolean {
  return ['call-voice-live', 'call-video', 'call-joining', 'call-outsider'].includes(state);
}

async function openTrust(page: Page): Promise<boolean> {
  const strip = page.getByRole('button', { name: /^(Security|Sécurité)/ });
  if ((await strip.count()) !== 1) return false;
  for (const line of await inspect(page)) problems.push(line);
  await strip.click();
  return true;
}

async function photograph(page: Page, path: string): Promise<void> {
  await page.screenshot({ path: `${path}.png` });
}

/** axe, sideways scrolling, and two buttons of one name (the contract of docs/contract.md). */
async function inspect(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const axe = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
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

/** Videos go on while everything round them changes: frames come, and none starts over. */
async function watchVideos(page: Page): Promise<string[]> {
  const [restarts, frames] = await page.evaluate(async () => {
    const videos = [...document.querySelectorAll('video')];
    let emptied = 0;
    for (const video of videos) video.addEventListener('emptied', () => (emptied += 1));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return [
      emptied,
      Math.min(...videos.map((video) => video.getVideoPlaybackQuality().totalVideoFrames)),
    ] as const;
  });
  return [
    ...(restarts > 0 ? [`videos started over ${restarts} times`] : []),
    ...(frames < 3 ? [`a video shows ${frames} frames`] : []),
  ];
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

async function statesOf(from: Browser): Promise<string[]> {
  const page = await from.newPage();
  await page.goto(address());
  const names = await page.locator('#app a').allTextContents();
  await page.close();
  return names;
}

function serve(): Promise<Server> {
  const made = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const file = join(gallery, path === '/' ? 'index.html' : path);
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

function address(): string {
  const at = server.address();
  return `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`;
}
