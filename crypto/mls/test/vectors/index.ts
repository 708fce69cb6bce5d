// The official test vectors of RFC 9420 (mlswg/mls-implementations, test-vectors.md): which file is run by what, and running all
// entries of a file. `npm run vectors` and crypto/mls/vectors.test.ts use it.
import { Skipped } from './check.ts';
import { cryptoBasics } from './crypto-basics.ts';
import { deserialization } from './deserialization.ts';
import { keySchedule } from './key-schedule.ts';
import { messageProtection } from './message-protection.ts';
import { messages } from './messages.ts';
import { passiveClient } from './passive-client.ts';
import { pskSecret } from './psk-secret.ts';
import { secretTree } from './secret-tree.ts';
import { transcriptHashes } from './transcript-hashes.ts';
import { treeKem } from './treekem.ts';
import { treeMath } from './tree-math.ts';
import { treeOperations } from './tree-operations.ts';
import { treeValidation } from './tree-validation.ts';
import { welcome } from './welcome.ts';

/** Throws where an entry fails, `Skipped` where it cannot be run. */
type Runner = (entry: never) => void | Promise<void>;

/** By the base name of the file. */
export const runners: ReadonlyMap<string, Runner> = new Map<string, Runner>([
  ['tree-math', treeMath],
  ['deserialization', deserialization],
  ['crypto-basics', cryptoBasics],
  ['secret-tree', secretTree],
  ['message-protection', messageProtection],
  ['key-schedule', keySchedule],
  ['psk_secret', pskSecret],
  ['transcript-hashes', transcriptHashes],
  ['welcome', welcome],
  ['tree-operations', treeOperations],
  ['tree-validation', treeValidation],
  ['treekem', treeKem],
  ['messages', messages],
  ['passive-client-welcome', passiveClient],
  ['passive-client-handling-commit', passiveClient],
  ['passive-client-random', passiveClient],
]);

export type Outcome =
  { readonly result: 'passed' } | { readonly result: 'failed' | 'skipped'; readonly why: string };

/** Runs one entry of the file of that name. */
export async function runEntry(run: Runner, entry: unknown): Promise<Outcome> {
  try {
    await run(entry as never);
    return { result: 'passed' };
  } catch (error) {
    if (error instanceof Skipped) return { result: 'skipped', why: error.message };
    return { result: 'failed', why: String(error) };
  }
}

/** Runs all entries of a file. Throws `TypeError` for a name without a runner and for what is no list. */
export async function runVectors(name: string, entries: unknown): Promise<Outcome[]> {
  const run = runners.get(name);
  if (run === undefined) throw new TypeError(`no vectors are called ${name}`);
  if (!Array.isArray(entries)) throw new TypeError(`${name} is not a list of vectors`);
  const outcomes: Outcome[] = [];
  for (const entry of entries) outcomes.push(await runEntry(run, entry));
  return outcomes;
}
