// Vitest's global setup of the project `postgres`: one PostgreSQL for all its tests, from `DATABASE_URL` or our own (postgres.ts). Each
// test makes a database of its own in it (stores.ts).
import { startPostgres } from './postgres.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const given = (process.env.DATABASE_URL ?? '').trim();
  if (given !== '') {
    process.env.APARTE_TEST_POSTGRES = given;
    return () => Promise.resolve();
  }
  const cluster = await startPostgres();
  process.env.APARTE_TEST_POSTGRES = cluster.urlOf('postgres');
  return () => cluster.remove();
}
