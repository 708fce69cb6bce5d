// Builds the client with Vite into build/client, when what it is made of has changed. Contents are compared, not times: a fresh
// checkout of the same commit builds nothing anew. Called by start.ts and test.ts; doctor.mjs reads the stamp.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, runChild } from './child.mjs';
import { clientStampFile, isClientBuilt, clientSourceHash } from './client-stamp.mjs';
import { withLock } from './lock.mjs';
import { SetupError, projectRoot } from './machine.mjs';

export interface BuildClientOptions {
  say: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** @throws {SetupError} with Vite's own words */
export async function buildClient({ say, signal }: BuildClientOptions): Promise<void> {
  if (isClientBuilt()) return;
  const lock = { path: join(projectRoot, '.cache', 'client.lock'), what: 'building the client', say, signal };
  await withLock(lock, async () => {
    // Taken before the build: a file that changes meanwhile makes the next start build again.
    const hash = clientSourceHash();
    if (isClientBuilt(hash)) return;
    say('Building the client.');
    rmSync(clientStampFile(), { force: true });
    const vite = join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js');
    const { code, output } = await runChild(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
      cwd: projectRoot,
      signal,
    });
    if (code !== 0)
      throw new SetupError(`${lastLines(output, 30)}\nThe client could not be built (see above).`);
    writeFileSync(clientStampFile(), `${hash}\n`);
  });
}
