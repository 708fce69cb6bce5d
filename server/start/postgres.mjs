// Where PostgreSQL's programs are: PATH, or Debian's and macOS's places, which are not on PATH. Only looks, built-ins only: doctor.mjs
// asks too. find-postgres.ts installs it where it may; server/testing/postgres.ts runs it.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isExecutable, which } from './machine.mjs';

const needed = ['initdb', 'postgres'];
const usualPlaces = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'];

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @param {readonly string[]} [places] where versions lie side by side
 * @returns {string | undefined} the folder with `initdb` and `postgres`, the newest where there are several
 */
export function locatePostgres(env = process.env, places = usualPlaces) {
  const found = which('postgres', env);
  const folders = [...(found === undefined ? [] : [dirname(found)]), ...places.flatMap(versionsIn)];
  return folders.find((folder) => needed.every((program) => isExecutable(join(folder, program))));
}

/**
 * @param {string} place
 * @returns {string[]} the `bin` of each version in it, newest first
 */
function versionsIn(place) {
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => /^(postgresql@)?\d+$/.test(name))
    .sort((a, b) => Number(b.replace(/\D+/, '')) - Number(a.replace(/\D+/, '')))
    .map((name) => join(place, name, 'bin'));
}
