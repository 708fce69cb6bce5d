// kill -9 of PostgreSQL in the middle of writing, and a service that lives on without it.
import { expect, test } from 'vitest';
import { killPostgres } from '../testing/crash-rounds.ts';
import { canStartPostgres, startPostgres } from '../testing/postgres.ts';

test.runIf(canStartPostgres)(
  '[D2] what was acknowledged is there, whole; the service stays up, says what is wrong and goes on',
  async () => {
    const postgres = await startPostgres({ isDurable: true });
    try {
      expect(await killPostgres(postgres, { writes: 150 })).toEqual([]);
    } finally {
      await postgres.remove();
    }
  },
);
