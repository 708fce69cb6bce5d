// What a large group costs a browser: verifying a thousand members (G12), with MACs of their own and carried ones, for the first time and
// with the signatures known (decision 0016), and rotating the secret for two hundred (G13). roster.page.ts is what runs in it.
import { chromium } from 'playwright-core';
import { findChromium } from '../../server/start/find-browser.ts';
import { listenOnLoopback } from '../e2e/harness/loopback-server.ts';
import { bundle } from './bundled.ts';
import { median, spread, type Measure } from './report.ts';

const given = { members: 1000, rotated: 200, rounds: 7 };
const reachMs = 300;

export async function measureRoster(): Promise<readonly Measure[]> {
  const script = await bundle('roster.page.ts');
  // On a real origin, because WebCrypto wants one.
  const server = await listenOnLoopback((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript
        ? script
        : '<!doctype html><title>roster</title><script type="module" src="/page.js"></script>',
    );
  });
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const { own, carried, again, renamed, rotation } = await page.evaluate(
      (wanted) => window.measureRoster(wanted),
      given,
    );
    return [
      measureOf(`verify ${given.members} members, MACs of their own`, own),
      measureOf(`verify ${given.members} members, carried MACs`, carried),
      measureOf(`verify ${given.members} members again, at the next start`, again),
      measureOf(`verify ${given.members} members, one with another profile`, renamed),
      measureOf(`rotate the secret for ${given.rotated} members`, rotation),
    ];
  } finally {
    await browser.close();
    await server.close();
  }
}

function measureOf(what: string, valuesMs: readonly number[]): Measure {
  return { what, value: spread(valuesMs), reach: `≤ ${reachMs} ms`, isReached: median(valuesMs) <= reachMs };
}
