// Every screen and every state of it, also those that a run comes to only when something breaks: axe, the policy, and the width of a
// phone have nothing to object to. The states are the gallery's (client/gallery), drawn by the product's own components.
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../../server/start/find-browser.ts';
import { inspect, openGallery, show, statesOf, type Gallery } from '../gallery/inspect.ts';

let gallery: Gallery;
let browser: Browser;
beforeAll(async () => {
  gallery = await openGallery();
  browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
});
afterAll(async () => {
  await browser.close();
  gallery.close();
});

/** Beside each other: looking at one picture leaves a core free. */
test.concurrent.each([
  { width: 390, height: 844, colorScheme: 'light', language: 'fr' },
  { width: 1280, height: 800, colorScheme: 'dark', language: 'en' },
] as const)(
  'nothing to object to on any state at $width px, $colorScheme, $language',
  { timeout: 300_000 },
  async ({ width, height, colorScheme, language }) => {
    const found: string[] = [];
    const page = await browser.newPage({
      viewport: { width, height },
      colorScheme,
      reducedMotion: 'reduce',
    });
    await page.goto(`${gallery.address}/?lang=${language}`);
    const states = await statesOf(browser, gallery);
    expect(states.length).toBeGreaterThan(40);
    for (const state of states) {
      page.removeAllListeners();
      page.on(
        'console',
        (message) => message.type() === 'error' && found.push(`${state}: ${message.text()}`),
      );
      page.on('pageerror', (error) => found.push(`${state}: ${error.message}`));
      await show(page, state);
      found.push(...(await inspect(page)).map((line) => `${state}: ${line}`));
    }
    await page.close();
    expect(found).toEqual([]);
  },
);
