// `npm run bench`: measures Aparté against plain baselines in one run and prints ratios (docs/benchmarks.md). `npm run bench -- join size`
// runs parts; `cold`, which takes minutes, and `noise`, which needs two programs, run only when asked for. Ends with 1 when something that is to be reached was missed.
import { table, type Measure } from './report.ts';

/** Every part by name, loaded when it is its turn. */
const parts: Readonly<Record<string, () => Promise<readonly Measure[]>>> = {
  frames: async () => (await import('./frames.ts')).measureFrames(),
  join: async () => (await import('./join.ts')).measureJoin(),
  camera: async () => (await import('./camera.ts')).measureCamera(),
  size: async () => (await import('./size.ts')).measureSize(),
  start: async () => (await import('./start.ts')).measureStart(),
  cold: async () => (await import('./start.ts')).measureColdStart(),
  mint: async () => (await import('./mint.ts')).measureMint(),
  groups: async () => (await import('./groups.ts')).measureGroups(),
  service: async () => (await import('./service.ts')).measureService(),
  mls: async () => (await import('./mls.ts')).measureMls(),
  roster: async () => (await import('./roster.ts')).measureRoster(),
  doorbell: async () => (await import('./doorbell.ts')).measureDoorbell(),
  crowd: async () => (await import('./crowd.ts')).measureCrowd(),
  leaks: async () => (await import('./leaks.ts')).measureLeaks(),
  taps: async () => (await import('./taps.ts')).measureTaps(),
  layout: async () => (await import('./layout.ts')).measureLayout(),
  fifty: async () => (await import('./fifty.ts')).measureFifty(),
  grid: async () => (await import('./grid.ts')).measureGrid(),
  noise: async () => (await import('./noise.ts')).measureNoise(),
};

const usual = Object.keys(parts).filter((name) => name !== 'cold' && name !== 'noise');
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`Unknown part "${unknown.join('", "')}": expected some of ${Object.keys(parts).join(', ')}.`);
  process.exit(1);
}

const measures: Measure[] = [];
let failed = 0;
for (const [name, measure] of Object.entries(parts)) {
  if (!(asked.length > 0 ? asked : usual).includes(name)) continue;
  console.log(`Measuring: ${name}`);
  try {
    measures.push(...(await measure()));
  } catch (error) {
    failed++;
    console.error(
      `${name} could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}
console.log(`\n${table(measures)}`);
process.exit(failed > 0 || measures.some(({ isReached }) => isReached === false) ? 1 : 0);
