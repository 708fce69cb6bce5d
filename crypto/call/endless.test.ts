// No index outside a tree may be walked for ever, or at all (protocol.md C10). In a process of its own with a time limit: a loop that
// does not end cannot be interrupted from within.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const tsx = import.meta.resolve('tsx');
const limitMs = 60_000;

function run(...args: readonly string[]): {
  readonly out: string;
  readonly signal: NodeJS.Signals | null;
  readonly err: string;
} {
  const child = spawnSync(process.execPath, [...args], {
    timeout: limitMs,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
  });
  return { out: child.stdout, signal: child.signal, err: child.stderr };
}

it(
  '[C10] ends at once on leaf indexes outside the tree, wherever a message carries them',
  { timeout: 2 * limitMs },
  () => {
    const script = fileURLToPath(new URL('./test/endless.ts', import.meta.url));
    const { out, signal, err } = run('--import', tsx, script);
    expect(signal, `killed after ${limitMs} ms`).toBeNull();
    expect(err).toBe('');
    const met = JSON.parse(out) as Record<string, string[]>;
    const outOfRange = new Array<string>(6).fill('out_of_range');
    const malformed = new Array<string>(6).fill('malformed');
    expect(met).toEqual({
      'Remove of a member': outOfRange,
      'Remove of a joiner': outOfRange,
      sender: outOfRange,
      signer: outOfRange,
      'unmerged leaf': malformed,
    });
  },
);
