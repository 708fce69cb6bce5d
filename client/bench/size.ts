// JavaScript that the landing page asks for, each file compressed on its own with gzip -9, and whether livekit-client is among it.
import { gzipSync } from 'node:zlib';
import { startAparte } from '../e2e/harness/aparte.ts';
import { launchBrowser } from '../e2e/harness/browser.ts';
import { ada } from '../e2e/harness/people.ts';
import type { Measure } from './report.ts';

const reachKb = 150;
/** A word that every build of livekit-client contains. */
const livekitMark = 'livekit';

export async function measureSize(): Promise<readonly Measure[]> {
  const aparte = await startAparte();
  const browser = await launchBrowser(ada);
  try {
    const page = await browser.newPage();
    const scripts: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (response.headers()['content-type']?.includes('javascript') === true) scripts.push(response.body());
    });
    await page.goto(aparte.url, { waitUntil: 'load' });
    await page.getByRole('button', { name: 'Create group' }).waitFor();
    const bodies = await Promise.all(scripts);
    const kb = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0) / 1000;
    const isLivekitIn = bodies.some(
      (body) => body.includes(`${livekitMark}-client`) || body.includes('LivekitError'),
    );
    return [
      {
        what: `landing page: JavaScript, ${bodies.length} files`,
        value: `${kb.toFixed(1)} kB`,
        reach: `≤ ${reachKb} kB`,
        isReached: kb <= reachKb && kb > 0,
      },
      {
        what: 'landing page: livekit-client in it',
        value: isLivekitIn ? 'yes' : 'no',
        reach: 'no',
        isReached: !isLivekitIn,
      },
    ];
  } finally {
    await browser.close();
    await aparte.close();
  }
}
