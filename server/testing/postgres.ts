// A private PostgreSQL for tests and figures: a cluster in a temporary folder, reached by a Unix socket in it only, gone with us. As root
// it runs as `postgres` or `nobody`, since it refuses root. postgres-setup.ts starts one for a whole run of tests.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { lastLines, runChild, startChild, type Child } from '../start/child.mjs';
import { noPostgres } from '../start/find-postgres.ts';
import { SetupError, messageOf } from '../start/machine.mjs';
import { locatePostgres } from '../start/postgres.mjs';

const readyWithinMs = 60_000;
const againMs = 50;
const starts = 20;

export interface PrivatePostgres {
  /** Address of one of its databases. */
  urlOf(database: string): string;
  /** Path of its Unix socket. */
  readonly socket: string;
  /** SIGKILL for the postmaster and everything it started. */
  kill(): Promise<void>;
  /** Starts it again after `kill` and waits until it answers. */
  start(): Promise<void>;
  /** Ends it and deletes the folder. */
  remove(): Promise<void>;
}

/** Whether `startPostgres` has what it needs: not so where the tests have only an address, `DATABASE_URL`. */
export const canStartPostgres = locatePostgres() !== undefined;

/** `isDurable`: every commit reaches the disk, as in earnest; without it tests are quicker. */
export async function startPostgres({ isDurable = false } = {}): Promise<PrivatePostgres> {
  const bin = locatePostgres();
  if (bin === undefined) throw new SetupError(noPostgres);
  removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), `aparte-pg-${process.pid}-`));
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
  const urlOf = (database: string): string =>
    `postgres://aparte@localhost/${database}?host=${encodeURIComponent(folder)}`;
  const ready = () => answers(urlOf('postgres'), child);
  await ready();
  return {
    urlOf,
    socket: join(folder, '.s.PGSQL.5432'),
    async kill() {
      const everybody = [...childrenOf(postmasterOf(data)), postmasterOf(data)];
      child.kill();
      // Each of them leads a process group of its own.
      for (const pid of everybody) killOne(pid);
      await child.ended;
    },
    async start() {
      for (let attempt = 1; ; attempt += 1) {
        child = launch();
        try {
          await ready();
          return;
        } catch (error) {
          // What was killed may take a moment to let go of its memory.
          if (attempt === starts) throw error;
          await child.ended;
          await pause(againMs);
        }
      }
    },
    async remove() {
      child.send('SIGINT'); // a fast shutdown
      await child.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Folders of runs that were killed before they could remove them. Their PostgreSQL went with them (child.mjs). */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, owner] = /^aparte-pg-(\d+)-/.exec(name) ?? [];
    if (owner === undefined || isAlive(Number(owner))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // It is somebody else's.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== 'ESRCH';
  }
}

/** The pid in the first line of its lock file. */
function postmasterOf(data: string): number {
  return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function childrenOf(pid: number): number[] {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return all
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function answers(url: string, child: Child): Promise<void> {
  const untilMs = performance.now() + readyWithinMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (!child.isRunning() || performance.now() > untilMs)
        throw new SetupError(`PostgreSQL did not start: ${lastLines(child.output(), 3) || messageOf(error)}`);
      await pause(againMs); // It says nothing that could be waited for.
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
