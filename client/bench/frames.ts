// What encryption costs a frame in a Chromium worker, against livekit-client's stock worker in the same run, and how many bytes it
// adds. `npx tsx client/bench/frames.ts` runs this part alone; main.ts runs it with the others.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from '../../server/start/find-browser.ts';
import { bundle } from './bundled.ts';
import type { Kind, Timings } from './frames.worker.ts';
import { table, type Measure } from './report.ts';

const KINDS: readonly (Kind & { readonly what: string; readonly reach: number })[] = [
  { name: 'opus', bytes: 100, frames: 250, rounds: 160, what: 'one Opus frame of 100 B', reach: 0.5 },
  { name: 'vp8', bytes: 5000, frames: 250, rounds: 160, what: 'one VP8 frame of 5 kB', reach: 0.6 },
];
const reachBytes = 22;

export async function measureFrames(): Promise<readonly Measure[]> {
  const server = await serve(await bundle('frames.worker.ts'));
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const measures: Measure[] = [];
    for (const { what, reach, ...kind } of KINDS) {
      const timings = await page.evaluate(inWorker, kind);
      const ratio = unhurried(timings.own) / unhurried(timings.livekit);
      const sides = { value: micros(timings.own), baseline: micros(timings.livekit) };
      measures.push({
        what: `seal + open ${what}`,
        ...sides,
        ratio,
        reach: `≤ ${reach}`,
        isReached: ratio <= reach,
      });
      if (kind.name === 'opus') measures.push(bytesAdded(timings));
    }
    return measures;
  } finally {
    await browser.close();
    server.close();
  }
}

function bytesAdded({ ownBytes, livekitBytes }: Timings): Measure {
  return {
    what: 'bytes added to an Opus frame (steady state)',
    value: `${ownBytes} B`,
    baseline: `${livekitBytes} B`,
    ratio: ownBytes / livekitBytes,
    reach: `≤ ${reachBytes} B`,
    isReached: ownBytes <= reachBytes,
  };
}

/**
 * What a frame takes when nothing else wants the machine: the fastest tenth of many short rounds. A median would measure how busy
 * the machine is with other things, and WebCrypto's own threads feel that most.
 */
function unhurried(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 10)] ?? Number.NaN;
}

function micros(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `${unhurried(values).toFixed(1)} µs (median ${(sorted[sorted.length >> 1] ?? Number.NaN).toFixed(1)})`;
}

/** In the page: one worker for everything, so that both sides share its thread. */
function inWorker(kind: Kind): Promise<Timings> {
  return new Promise((resolve, reject) => {
    const worker = new Worker('/worker.js', { type: 'module' });
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data }: MessageEvent<{ isReady?: true; timings?: Timings; error?: string }>) => {
      if (data.isReady) worker.postMessage({ bench: kind });
      if (data.error !== undefined) reject(new Error(data.error));
      if (data.timings === undefined) return;
      worker.terminate();
      resolve(data.timings);
    };
  });
}

/** On a real origin, because WebCrypto wants one. */
function serve(worker: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isWorker = request.url === '/worker.js';
    response.setHeader('content-type', isWorker ? 'text/javascript' : 'text/html');
    response.end(isWorker ? worker : '<!doctype html><title>frames</title>');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(table(await measureFrames()));
