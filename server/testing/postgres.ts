// A private PostgreSQL for tests and figures: a cluster in a temporary folder, reached by a Unix socket in it only, gone with us. As root
// it runs as `postgres` or `nobody`, since it refuses root. postgres-setup.ts starts one for a whole run of tests.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { lastLines, runChild, startChild } from '../start/child.mjs';
import { noPostgres } from '../start/find-postgres.ts';
import { SetupError } from '../start/machine.mjs';
import { locatePostgres } from '../start/postgres.mjs';

const readyWithinMs = 60_000;

export interface PrivatePostgres {
  /** Address of one of its databases. */
  urlOf(database: string): string;
  /** SIGKILL for the postmaster and everything it started. */
  kill(): Promise<void>;
  /** Starts it again after `kill` and waits until it answers. */
  start(): Promise<void>;
  /** Ends it and deletes the folder. */
  remove(): Promise<void>;
}

/** `isDurable`: every commit reaches the disk, as in earnest; without it tests are quicker. */
export async function startPostgres({ isDurable = false } = {}): Promise<PrivatePostgres> {
  const bin = locatePostgres();
  if (bin === undefined) throw new SetupError(noPostgres);
  const folder = mkdtempSync(join(tmpdir(), 'aparte-pg-'));
  const user = unprivileged();
  if (user) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  const asUser = user
    ? ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--']
    : ['env'];
  const run = (program: string, args: readonly string[]): [string, string[]] => {
    const [first = '', ...rest] = [...asUser, join(bin, program), ...args];
    return [first, rest];
  };
  const data = join(folder, 'data');
  const environment = { PATH: process.env.PATH, LC_ALL: 'C', HOME: folder };
  const made = await runChild(
    ...run('initdb', ['-D', data, '-U', 'aparte', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']),
    { cwd: folder, env: environment },
  );
  if (made.code !== 0) throw new SetupError(`initdb failed: ${lastLines(made.output, 3)}`);
  const settings = [
    ...['listen_addresses=', `unix_socket_directories=${folder}`, 'max_connections=300'],
    ...(isDurable ? [] : ['fsync=off', 'synchronous_commit=on', 'full_page_writes=off']),
  ].flatMap((setting) => ['-c', setting]);
  const launch = () =>
    startChild(...run('postgres', ['-D', data, ...settings]), { cwd: folder, env: environment });
  let child = launch();
  const cluster: PrivatePostgres = {
    urlOf: (database) => `postgres://aparte@localhost/${database}?host=${encodeURIComponent(folder)}`,
    async kill() {
      child.kill();
      await child.ended;
    },
    async start() {
      child = launch();
      await answers(
        cluster.urlOf('postgres'),
        () => child.isRunning(),
        () => child.output(),
      );
    },
    async remove() {
      child.send('SIGINT'); // a fast shutdown
      await child.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await answers(
    cluster.urlOf('postgres'),
    () => child.isRunning(),
    () => child.output(),
  );
  return cluster;
}

async function answers(url: string, isRunning: () => boolean, output: () => string): Promise<void> {
  const untilMs = performance.now() + readyWithinMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (!isRunning() || performance.now() > untilMs)
        throw new SetupError(`PostgreSQL did not start: ${lastLines(output(), 3) || String(error)}`);
      await pause(50); // It says nothing that could be waited for.
    }
  }
}

/** The user to run as when we are root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (what: string) =>
        Number(execFileSync('id', [what, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // There is no such user: the next.
    }
  }
  throw new SetupError('PostgreSQL refuses to run as root, and there is no user "postgres" or "nobody".');
}
