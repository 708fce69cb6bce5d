// The vectors beside this file are what their script makes, so that neither can drift from the other unseen.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('[I2] [G2] [E1] [S1] the vectors in the repository are those that make.mjs makes', () => {
  const script = fileURLToPath(new URL('make.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow();
});
