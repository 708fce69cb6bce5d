// JavaScript that the landing page asks for, each file compressed on its own with gzip -9, and whether livekit-client is among it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../../server/start/machine.mjs';
import { startAparte } from '../e2e/harness/aparte.ts';
import { launchBrowser } from '../e2e/harness/browser.ts';
import { ada } from '../e2e/harness/people.ts';
import type { Measure } from './report.ts';

const reachKb = 150;
/** Words of livekit-client that no minifier changes: looked for in all chunks first, so that they cannot go unnoticed. */
const livekitMark = 'could not establish signal connection';

/** Every script of the build, asked for or not. */
function chunks(): readonly Buffer[] {
  const folder = join(projectRoot, 'build/client/assets');
  const names = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return names.map((name) => readFileSync(join(folder, name)));
}

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
    if (!chunks().some((chunk) => chunk.includes(livekitMark))) {
      throw new Error('livekit-client is not recognised in any chunk');
    }
    const isLivekitIn = bodies.some((body) => body.includes(livekitMark));
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
