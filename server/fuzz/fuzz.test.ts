// A slice of `npm run fuzz:routes`.
import { expect, test } from 'vitest';
import { kind } from '../testing/stores.ts';
import { RouteFuzz } from './fuzz.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
process.stdout.write(`fuzz seed ${seed} (repeat with FUZZ_SEED=${seed})\n`);

test('[T1] [T2] every route answers whatever it is asked as the OpenAPI document says, and what it refuses changes nothing', async () => {
  expect(kind).toBe('libsql');
  const fuzz = await RouteFuzz.over(seed);
  try {
    for (let i = 0; i < 3_000; i++) {
      await fuzz.next();
      if (i % 50 === 49)
        expect(await fuzz.isUnchanged(), `after ${i + 1} requests of seed ${seed}`).toBe(true);
    }
    for (const route of fuzz.routes) {
      const statuses = [...fuzz.answers.keys()].filter((key) => key.startsWith(`${route} `));
      expect(statuses, route).not.toEqual([]);
    }
  } finally {
    await fuzz.close();
  }
});
