// `npm run crash`: kill -9 of the service on both kinds of database and of PostgreSQL, 20 times each in the middle of 1,000 writes.
// `npm run crash -- 5 200`: other counts. Exit code 1 if anything acknowledged was lost or anything half-done is there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killOverLibsql, killOverPostgres, killPostgres } from '../testing/crash-rounds.ts';
import { startPostgres } from '../testing/postgres.ts';

const [rounds = 20, writes = 1_000] = process.argv.slice(2).map(Number);
const postgres = await startPostgres({ isDurable: true });
const kinds: Readonly<Record<string, () => Promise<string[]>>> = {
  'the service over the embedded store': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aparte-crash-'));
    try {
      return await killOverLibsql(folder, { writes });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  'the service over PostgreSQL': () => killOverPostgres(postgres.urlOf('postgres'), { writes }),
  PostgreSQL: () => killPostgres(postgres, { writes }),
};
let bad = 0;
try {
  for (const [what, round] of Object.entries(kinds)) {
    const found: string[] = [];
    for (let count = 0; count < rounds; count += 1) found.push(...(await round()));
    bad += found.length;
    console.log(`kill -9 of ${what}, ${rounds} times in ${writes} writes: ${found.length} problems`);
    for (const problem of found) console.log(`  ${problem}`);
  }
} finally {
  await postgres.remove();
}
process.exit(bad === 0 ? 0 : 1);
