// `npm run fuzz:mls [-- COUNT [SEED]]`: the fuzz of crypto/mls over a million inputs, with progress and one result. A thread of its own watches that
// inputs go on being answered, so that an endless loop ends the run and says where.
import { writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { random } from '../../bytes.ts';
import { Fuzz } from './fuzzing.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(
  process.argv[3] ?? process.env['FUZZ_SEED'] ?? new DataView(random(4).buffer).getInt32(0),
);
/** Each scenario has keys of its own. */
const perScenario = 25_000;
const progress = new Int32Array(new SharedArrayBuffer(4));

const watching = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
let before = -1;
setInterval(() => {
  const now = Atomics.load(workerData.progress, 0);
  if (now === before) {
    writeSync(2, 'no answer to input ' + now + ' of seed ' + workerData.seed + ' in two minutes\\n');
    process.kill(process.pid, 'SIGKILL');
  }
  before = now;
}, 120000);
`;

const say = (line: string): void => void writeSync(1, `${line}\n`);

say(`fuzz of crypto/mls: ${count} inputs, seed ${seed} (repeat with: npm run fuzz:mls -- ${count} ${seed})`);
const watcher = new Worker(watching, { eval: true, workerData: { progress, seed } });
watcher.unref();
const from = performance.now();
const all: Fuzz[] = [];
let done = 0;
for (let scenario = 0; done < count; scenario++) {
  const fuzz = await Fuzz.of(seed + scenario);
  all.push(fuzz);
  for (let at = 0; at < perScenario && done < count; at++) {
    await fuzz.next();
    Atomics.store(progress, 0, ++done);
    if (done % 50_000 === 0) say(`${done} inputs, ${seconds()} s, ${megabytes()} MB at most`);
  }
}
for (const part of [0, 1, 2] as const) say(sums(part));
const slowest = Math.max(...all.map(({ slowestMs }) => slowestMs));
say(
  `fuzz passed: ${done} inputs, seed ${seed}, ${seconds()} s, slowest ${slowest.toFixed(0)} ms of its own time, ${megabytes()} MB at most, ` +
    `nothing thrown but CryptoError, no state changed by a refusal`,
);

function sums(part: 0 | 1 | 2): string {
  const total: Record<string, number> = {};
  for (const fuzz of all) {
    for (const [name, times] of Object.entries(fuzz.outcomesBy(part)))
      total[name] = (total[name] ?? 0) + times;
  }
  const sorted = Object.entries(total).sort(([, a], [, b]) => b - a);
  return `by ${['kind', 'depth', 'outcome'][part]}: ${sorted.map(([name, times]) => `${name} ${times}`).join(', ')}`;
}

function seconds(): string {
  return ((performance.now() - from) / 1000).toFixed(0);
}

function megabytes(): string {
  return (process.resourceUsage().maxRSS / 1024).toFixed(0);
}
