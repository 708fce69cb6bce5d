// `npm run screens [folder]`: builds the gallery, walks every state at three widths, in dark and light, English and French,
// takes a picture of each and asks axe and the content security policy what they think. Ends with 1 if either objects.
//
//   npm run screens                         all of it, into .cache/screens
//   npm run screens -- /tmp/shots call-     only states whose name begins with "call-"
//   npm run screens -- /tmp/shots call- desktop-dark   … in settings whose name (desktop-dark-en) holds that
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../../server/start/find-browser.ts';
import { inspect, openGallery, show, statesOf } from './inspect.ts';

const [folder = fileURLToPath(new URL('../../.cache/screens', import.meta.url)), only = '', settings = ''] =
  process.argv.slice(2);
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
  { name: 'upright', width: 768, height: 1024, isOnce: true },
  { name: 'across', width: 1024, height: 768, isOnce: true },
  { name: 'wide', width: 1920, height: 1080, isOnce: true },
  { name: 'short', width: 844, height: 390, isOnce: true },
  { name: 'forced', width: 1280, height: 800, isForced: true, isOnce: true },
];
const problems: string[] = [];

const executablePath = await findChromium({ say: (line) => console.log(line) });
const gallery = await openGallery();
await mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
});
try {
  const states = (await statesOf(browser, gallery)).filter((state) => state.startsWith(only));
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
  gallery.close();
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
  await page.goto(`${gallery.address}/?lang=${language}`);
  if (size.isLarge === true) await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  for (const state of states) {
    const where = `${state} ${size.name} ${theme} ${language}`;
    const objects = (what: string): number => problems.push(`${where}: ${what}`);
    page.removeAllListeners();
    page.on('console', (message) => message.type() === 'error' && objects(message.text()));
    page.on('pageerror', (error) => objects(error.message));
    await show(page, state);
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
