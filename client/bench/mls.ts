// crypto/mls against ts-mls as it comes, with members of both in one and the same group, in Node and in Chromium; and what crypto/ is
// for the page. `npm run bench -- mls`; the operations are in mls/run.ts.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { findChromium } from '../../server/start/find-browser.ts';
import { run, type Operation, type Times } from './mls/run.ts';
import { median, spread, type Measure } from './report.ts';

/** Members, and rounds of each operation. */
const sizes = [
  [10, 15],
  [50, 15],
  [200, 15],
  [1000, 5],
] as const;
/** What is to be reached at this size. */
const judgedSize = 200;
const reaches: Readonly<Record<Operation, number>> = {
  'process a join': 0.2,
  'make a join': 0.5,
  'process ten additions': 0.3,
  'make and process a removal': 0.3,
};
const reachGrowth = 2;
const reachKb = 70;

type Run = (size: number, rounds: number) => Promise<Readonly<Record<Operation, Times>>>;

export async function measureMls(): Promise<readonly Measure[]> {
  const inNode = await measureWith('Node', run);
  const inChromium = await withPage((inPage) => measureWith('Chromium', inPage));
  return [...inNode, ...inChromium, await bundleSize()];
}

async function measureWith(where: string, measure: Run): Promise<Measure[]> {
  const measures: Measure[] = [];
  const joins = new Map<number, number>();
  for (const [size, rounds] of sizes) {
    const results = await measure(size, rounds);
    joins.set(size, median(results['process a join'].ours));
    for (const [operation, times] of Object.entries(results) as [Operation, Times][]) {
      const ratio = median(times.ours) / median(times.tsMls);
      measures.push({
        what: `${where}, ${size} members: ${operation}`,
        ...{ value: spread(times.ours), baseline: spread(times.tsMls), ratio },
        ...(size === judgedSize && {
          reach: `≤ ${reaches[operation]}`,
          isReached: ratio <= reaches[operation],
        }),
      });
    }
  }
  const growth = (joins.get(1000) ?? Number.NaN) / (joins.get(judgedSize) ?? Number.NaN);
  measures.push({
    what: `${where}: a join processed, 1000 members against ${judgedSize}`,
    value: `× ${growth.toFixed(2)}`,
    ...{ reach: `≤ ${reachGrowth}`, isReached: growth <= reachGrowth },
  });
  return measures;
}

async function withPage<T>(work: (run: Run) => Promise<T>): Promise<T> {
  const script = await bundle('mls/page.ts');
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript ? script : '<!doctype html><title>mls</title><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => 'measureMls' in window);
    return await work((size, rounds) =>
      page.evaluate(([members, times]) => window.measureMls(members, times), [size, rounds] as const),
    );
  } finally {
    await browser.close();
    server.close();
  }
}

async function bundleSize(): Promise<Measure> {
  const kb = gzipSync(await bundle('mls/everything.ts'), { level: 9 }).length / 1000;
  return {
    what: 'crypto/ for the page, @noble included, compressed',
    value: `${kb.toFixed(1)} kB`,
    ...{ reach: `≤ ${reachKb} kB`, isReached: kb <= reachKb },
  };
}

/** A file of this folder and all that it imports, as shipped: minified, in one. */
async function bundle(file: string): Promise<string> {
  const entry = fileURLToPath(new URL(file, import.meta.url));
  const result = await build({
    ...{ configFile: false, logLevel: 'warn', publicDir: false },
    build: {
      ...{ write: false, target: 'es2022', minify: true },
      lib: { entry, formats: ['es'] },
      rolldownOptions: { output: { codeSplitting: false, minify: true } },
    },
  });
  const output = Array.isArray(result) ? result[0] : result;
  if (output === undefined || !('output' in output)) throw new Error('nothing was bundled');
  return output.output[0].code;
}
