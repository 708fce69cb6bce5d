// The steps of `npm test`: each is run, timed, told in one line and counted. A check counts as one; vitest's tests count one by one.
// test.ts says which steps there are.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, runChild } from './child.mjs';
import { interruption } from './interrupt.mjs';
import { SetupError, messageOf, projectRoot } from './machine.mjs';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Enough to see every finding of a linter, not so much that the end of the run is lost. */
const shownLines = 300;

const toTerminal = (line: string): void => console.log(line);

/** Runs one check that throws when it fails. */
export async function runCheck(
  name: string,
  work: () => Promise<unknown>,
  say = toTerminal,
): Promise<Counts> {
  const beganMs = performance.now();
  try {
    await work();
    say(outcome('ok', name, beganMs));
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    interruption.throwIfAborted();
    say(outcome('FAILED', name, beganMs));
    say(indent(error instanceof SetupError ? error.message : String((error as Error).stack ?? error)));
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** A script of package.json as a check: its output is shown only when it fails. */
export function runScript(script: string): Promise<Counts> {
  return runCheck(script, async () => {
    const { code, output } = await runChild('npm', ['run', '--silent', script], {
      cwd: projectRoot,
      signal: interruption,
    });
    if (code !== 0)
      throw new SetupError(`${lastLines(output, shownLines)}\nTo see it again: npm run ${script}`);
  });
}

export interface VitestOptions {
  project: 'unit' | 'postgres' | 'browser' | 'beside';
  /** Passed on to vitest: parts of file names, `-t` and so on. */
  filters: readonly string[];
  env: NodeJS.ProcessEnv;
  /** How far it stands back for what runs beside it (child.mjs). */
  niceness?: number;
  /** How many files at once. Default: vitest's own, one less than there are cores. */
  workers?: number;
}

/** Runs one vitest project, its output shown as it comes. */
export async function runVitest(options: VitestOptions): Promise<Counts> {
  const { project, filters, env, niceness = 0, workers } = options;
  const beganMs = performance.now();
  const report = join(projectRoot, '.cache', `vitest-${project}.json`);
  rmSync(report, { force: true });
  const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  // Who asks for one by its name means one project.
  const mayBeNone = filters.length > 0 ? ['--passWithNoTests'] : [];
  const atOnce = workers === undefined ? [] : [`--maxWorkers=${workers}`];
  const { code } = await runChild(
    process.execPath,
    [vitest, 'run', '--project', project, ...reporters, ...atOnce, ...mayBeNone, ...filters],
    { cwd: projectRoot, env, output: 'show', niceness, signal: interruption },
  );
  const counts = countVitest(readReport(report), code);
  toTerminal(outcome(counts.failed === 0 ? 'ok' : 'FAILED', `${project} tests: ${summary(counts)}`, beganMs));
  return counts;
}

/** The part of vitest's JSON report that is counted. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/**
 * Counts a report. A file that could not even be loaded, and a run that ended badly without a failed test (a crash, an unhandled
 * error, no test found, no report), count as one failure.
 */
export function countVitest(report: Report | undefined, exitCode: number): Counts {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export function addCounts(all: readonly Counts[]): Counts {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of all) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** `12 passed, 0 failed`, and `, 3 skipped` if any were. */
export function summary({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch (error) {
    toTerminal(indent(`vitest left no report: ${messageOf(error)}`));
    return undefined;
  }
}

function outcome(word: 'ok' | 'FAILED', name: string, beganMs: number): string {
  return `${word.padEnd(7)} ${name} (${((performance.now() - beganMs) / 1000).toFixed(1)} s)`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '        ');
}
