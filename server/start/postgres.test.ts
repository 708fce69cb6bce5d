import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findPostgres } from './find-postgres.ts';
import { locatePostgres } from './postgres.mjs';

const root = mkdtempSync(join(tmpdir(), 'aparte-programs-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function folderWith(path: string, ...programs: string[]): string {
  const folder = join(root, path);
  mkdirSync(folder, { recursive: true });
  for (const program of programs) writeFileSync(join(folder, program), '#!/bin/sh\n', { mode: 0o755 });
  return folder;
}

test('PostgreSQL is taken from PATH, else from the newest version that is whole', () => {
  const onPath = folderWith('on-path', 'initdb', 'postgres');
  const place = join(root, 'versions');
  folderWith('versions/9/bin', 'initdb', 'postgres');
  const newest = folderWith('versions/15/bin', 'initdb', 'postgres');
  folderWith('versions/17/bin', 'postgres');
  folderWith('versions/common/bin', 'initdb', 'postgres');
  expect(locatePostgres({ PATH: onPath }, [place])).toBe(onPath);
  expect(locatePostgres({ PATH: folderWith('client-only', 'psql') }, [place])).toBe(newest);
  expect(locatePostgres({ PATH: '' }, [join(root, 'nowhere')])).toBeUndefined();
});

test('with DATABASE_URL nothing has to be installed', async () => {
  await findPostgres({ env: { PATH: '', DATABASE_URL: 'postgres://me@db.example/aparte' } });
});
