// PostgreSQL for the tests: an address in `DATABASE_URL`, or programs that are found (postgres.mjs) or, as root on Debian, installed.
// Otherwise one line says what to install. Used by test.ts.
import { installFromDebian, isRootOnDebian, type InstallOptions } from './debian.ts';
import { SetupError } from './machine.mjs';
import { locatePostgres } from './postgres.mjs';

export const noPostgres =
  'No PostgreSQL for the tests: install it (Debian: apt-get install postgresql), or set DATABASE_URL to one where databases may be made.';

/** @throws {SetupError} one line with what to install */
export async function findPostgres(
  options: InstallOptions & { env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  const { env = process.env } = options;
  const isThere = (): boolean => (env.DATABASE_URL ?? '').trim() !== '' || locatePostgres(env) !== undefined;
  if (!isThere() && isRootOnDebian()) await installFromDebian(['postgresql'], options);
  if (!isThere()) throw new SetupError(noPostgres);
}
