// `npm test`: sets up what the tests need (LiveKit, browsers, the built client), then runs every check and every test, and ends with
// one line: `N passed, N failed`. `npm test -- checks`, `unit`, `postgres` or `browser` runs a part; what follows goes to vitest.
// bootstrap.mjs has installed the packages before; steps.ts runs and counts.
import { availableParallelism } from 'node:os';
import { ensureLivekit } from '../livekit/local/index.ts';
import { buildClient } from './client-build.ts';
import { findChromium, findFirefox } from './find-browser.ts';
import { findPostgres } from './find-postgres.ts';
import { interruption } from './interrupt.mjs';
import { SetupError, messageOf } from './machine.mjs';
import { locatePostgres } from './postgres.mjs';
import { addCounts, runCheck, runScript, runVitest, summary, type Counts } from './steps.ts';

/** Scripts of package.json, each row one after the other beside the other row; `types` holds svelte-check, `unused` is knip. `size` needs the built client. */
const scripts = [['lint'], ['types', 'format:check', 'unused', 'rules', 'size']];
/** A call with who comes late and comes back, one that is locked and ended, and a removal from the group in the midst of one. */
const onPostgres = ['client/e2e/coming-and-going.test.ts'];
const parts = ['checks', 'unit', 'postgres', 'browser'] as const;

const [part, ...filters] = process.argv.slice(2);
if (part !== undefined && !parts.some((name) => name === part)) {
  throw new SetupError(
    `Unknown part "${part}": npm test -- ${parts.join(' | ')}, or nothing for all of them.`,
  );
}
const runs = (name: (typeof parts)[number]): boolean => part === undefined || part === name;

const say = (line: string): void => console.log(line);
const options = { say, signal: interruption };
const counts: Counts[] = [];
const env: NodeJS.ProcessEnv = { ...process.env };

// LiveKit's build and Debian's packages wait for the network for most of their time: the checks run meanwhile.
const needsLivekit = runs('unit') || runs('browser');
const livekit = needsLivekit ? settled(ensureLivekit(options)) : undefined;
const postgres = runs('postgres') ? settled(findPostgres(options)) : undefined;
const browsers = runs('browser') ? settled(findTestBrowsers()) : undefined;

if (runs('checks') || runs('browser'))
  counts.push(await runCheck('client build', () => buildClient(options)));
if (runs('checks')) {
  const rows = scripts.map(async (row) => {
    for (const script of row) counts.push(await runScript(script));
  });
  await Promise.all(rows);
}
if (livekit) {
  counts.push(
    await runCheck('LiveKit server', async () => {
      env.APARTE_TEST_LIVEKIT_BINARY = await unwrap(livekit);
    }),
  );
}
// Beside each other: those of the store wait for a disk most of the time.
await Promise.all([
  runs('unit') &&
    runVitest({ project: 'unit', filters, env, workers: availableParallelism() }).then((found) =>
      counts.push(found),
    ),
  postgres && testOnPostgres(postgres),
]);
if (browsers) {
  const found = await runCheck('browsers', async () => void Object.assign(env, await unwrap(browsers)));
  counts.push(found);
  if (found.failed === 0) {
    const both = await Promise.all([testInBrowsers(), testBeside()]);
    // Those that were asked for may all be in one of them; in none of them is a mistake.
    if (both.every(({ passed, failed }) => passed + failed === 0))
      counts.push(
        await runCheck('a browser test of that name', () => Promise.reject(new SetupError('There is none.'))),
      );
  }
}

const sum = addCounts(counts);
say('');
say(summary(sum));
process.exit(sum.failed === 0 ? 0 : 1);

/** Calls, one file at a time; then some of them again with the service on PostgreSQL, where there is one to start. */
async function testInBrowsers(): Promise<Counts> {
  const found = await runVitest({ project: 'browser', filters, env });
  counts.push(found);
  if (!postgres || filters.length > 0 || locatePostgres(env) === undefined) return found;
  const withPostgres = { ...env, APARTE_TEST_STORE: 'postgres' };
  counts.push(await runVitest({ project: 'browser', filters: onPostgres, env: withPostgres }));
  return found;
}

/** What judges no moment of a call takes what calls leave of the machine. */
async function testBeside(): Promise<Counts> {
  const found = await runVitest({ project: 'beside', filters, env, niceness: 10 });
  counts.push(found);
  return found;
}

/** The store's tests again, over PostgreSQL. Where it is missing they are skipped, and say so; never in CI. */
async function testOnPostgres(found: Promise<Outcome<void>>): Promise<void> {
  const outcome = await found;
  if ('value' in outcome) {
    counts.push(await runVitest({ project: 'postgres', filters, env }));
    return;
  }
  interruption.throwIfAborted();
  if (isCi(env)) counts.push(await runCheck('PostgreSQL', () => unwrap(found)));
  else say(`Tests over PostgreSQL are skipped. ${messageOf(outcome.error)}`);
}

function isCi({ CI = '' }: NodeJS.ProcessEnv): boolean {
  return CI !== '' && CI !== 'false' && CI !== '0';
}

/** Chromium is needed; without Firefox its own tests are skipped, and say so. */
async function findTestBrowsers(): Promise<NodeJS.ProcessEnv> {
  const chromium = await findChromium(options);
  const firefox = await findFirefox(options).catch((error: unknown) => {
    interruption.throwIfAborted();
    say(`Tests with Firefox are skipped. ${messageOf(error)}`);
    return undefined;
  });
  return { CHROMIUM_PATH: chromium, ...(firefox !== undefined && { FIREFOX_PATH: firefox }) };
}

type Outcome<T> = { value: T } | { error: unknown };

/** Keeps a failure until somebody asks: a rejected promise that nobody awaits yet would end the process. */
function settled<T>(promise: Promise<T>): Promise<Outcome<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

async function unwrap<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  const settledOutcome = await outcome;
  if ('error' in settledOutcome) throw settledOutcome.error;
  return settledOutcome.value;
}
