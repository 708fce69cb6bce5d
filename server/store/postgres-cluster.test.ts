// The private PostgreSQL that tests and figures run on (server/testing/postgres.ts): it starts as whoever we are, answers, and leaves
// neither a process nor a folder behind.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { canStartPostgres, startPostgres } from '../testing/postgres.ts';

const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) || spawnSync('kill', ['-0', `${pid}`]).status === 0;

test.runIf(canStartPostgres)(
  'it runs as somebody who is not root, is reached by its owner’s socket only, and goes without a trace',
  async () => {
    const postgres = await startPostgres();
    const folder = dirname(postgres.socket);
    const [line = ''] = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    expect(statSync(join(folder, 'data')).uid).not.toBe(0);
    expect(statSync(folder).mode & 0o077).toBe(0);
    const client = new pg.Client({ connectionString: postgres.urlOf('postgres') });
    await client.connect();
    const { rows } = await client.query(`select current_setting('listen_addresses') as addresses`);
    expect(rows).toEqual([{ addresses: '' }]);
    await client.end();
    await postgres.remove();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  },
);

test.runIf(canStartPostgres)(
  'what a run left that was killed is removed by the next, and what another run uses is not',
  async () => {
    const gone = spawnSync('true').pid;
    const [left, used] = [gone, process.ppid].map((pid) =>
      join(tmpdir(), `aparte-pg-${pid}-${process.pid}`),
    ) as [string, string];
    for (const folder of [left, used]) {
      mkdirSync(join(folder, 'data'), { recursive: true });
      writeFileSync(join(folder, 'data', 'PG_VERSION'), '15');
    }
    const postgres = await startPostgres();
    expect([existsSync(left), existsSync(used)]).toEqual([false, true]);
    await postgres.remove();
    spawnSync('rm', ['-r', used]);
  },
);
