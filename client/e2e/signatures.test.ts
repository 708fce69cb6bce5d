// [I3] in real browsers: Chromium's and Firefox's WebCrypto and our own check on @noble answer alike, or a crafted key would split a call.
// In Node the same is crypto/identity/verify.test.ts.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import puppeteer from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './harness/browser.ts';
import { firefoxHint, firefoxPath } from './harness/firefox.ts';
import { pageScript } from './harness/page/bundle.ts';
import type { Answers } from './harness/page/signatures.ts';
import { ada } from './harness/people.ts';

const firefox = firefoxPath();
/** WebCrypto wants an origin. */
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html');
  response.end('<!doctype html><title>signatures</title>');
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

function expectOneRule({ isNative, published, crafted }: Answers): void {
  expect(isNative).toBe(true);
  expect(published).toEqual(published.map((_, at) => [at === 3, at === 3, at === 3]));
  expect(published).toHaveLength(10);
  expect(crafted).toHaveLength(64);
  for (const [native, noble, product] of crafted) expect([native, product]).toEqual([noble, noble]);
  // Without torsion it holds; some of the others hold without the cofactor, most do not.
  expect(crafted[0]).toEqual([true, true, true]);
  expect(crafted.filter(([native]) => !native).length).toBeGreaterThan(32);
}

test('[I3] Chromium judges torsion and odd encodings as @noble does', async () => {
  const browser = await launchBrowser(ada);
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.evaluate(await pageScript('signatures'));
    expectOneRule(await page.evaluate(() => window.judgeSignatures()));
  } finally {
    await browser.close();
  }
});

test.skipIf(firefox === undefined)(`[I3] Firefox judges them alike (needs ${firefoxHint})`, async () => {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: firefox!, headless: true });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.evaluate(await pageScript('signatures'));
    expectOneRule(await page.evaluate(() => window.judgeSignatures()));
  } finally {
    await browser.close();
  }
});
