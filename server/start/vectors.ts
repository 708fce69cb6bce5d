// `npm run vectors -- FILE…`: runs official RFC 9420 vector files, known by their base names, from any path. Prints what passed,
// what failed and what was skipped and why; exits 1 if anything failed. The runners are in crypto/mls/test/vectors.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { runners, runVectors, type Outcome } from '../../crypto/mls/test/vectors/index.ts';

/** The lines that say how a file went, and whether nothing in it failed and something was there. */
export async function report(name: string, entries: unknown): Promise<{ good: boolean; lines: string[] }> {
  const outcomes = await runVectors(name, entries);
  const count = (result: Outcome['result']): number =>
    outcomes.filter((outcome) => outcome.result === result).length;
  const lines = [
    `${name}: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`,
  ];
  const skipped = new Map<string, number>();
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome.result === 'failed') lines.push(`  entry ${at} failed: ${outcome.why}`);
    if (outcome.result === 'skipped') skipped.set(outcome.why, (skipped.get(outcome.why) ?? 0) + 1);
  }
  for (const [why, entriesOfIt] of skipped) lines.push(`  ${entriesOfIt} skipped: ${why}`);
  if (outcomes.length === 0) lines.push('  there is no entry in it');
  return { good: count('failed') === 0 && outcomes.length > 0, lines };
}

/** Runs every file, also after one that failed or could not be read. True if all went well. */
async function runFiles(paths: readonly string[]): Promise<boolean> {
  let isGood = paths.length > 0;
  for (const path of paths) {
    try {
      const { good, lines } = await report(basename(path, '.json'), JSON.parse(readFileSync(path, 'utf8')));
      console.log(lines.join('\n'));
      isGood &&= good;
    } catch (error) {
      console.log(`${path}: ${error instanceof Error ? error.message : String(error)}`);
      isGood = false;
    }
  }
  return isGood;
}

if (process.argv[1]?.endsWith('vectors.ts')) {
  const paths = process.argv.slice(2);
  if (paths.length === 0) {
    console.log('npm run vectors -- FILE…, where FILE is one of these, from any folder:');
    for (const name of runners.keys()) console.log(`  ${name}.json`);
  }
  process.exitCode = (await runFiles(paths)) ? 0 : 1;
}
