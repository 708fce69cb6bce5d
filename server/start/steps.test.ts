// How a run of the tests is counted: a failure must never count as none.
import { describe, expect, test } from 'vitest';
import { SetupError } from './machine.mjs';
import { addCounts, countVitest, runCheck, summary } from './steps.ts';

const file = (
  status: string,
  ...tests: string[]
): { status: string; assertionResults: { status: string }[] } => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});
const report = (
  counts: object,
  ...testResults: ReturnType<typeof file>[]
): Parameters<typeof countVitest>[0] => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults,
  ...counts,
});

describe('a run of vitest', () => {
  test('that passed counts its tests, and those it skipped', () => {
    const all = report(
      { numPassedTests: 2, numPendingTests: 1, numTodoTests: 1 },
      file('passed', 'passed', 'passed'),
    );
    expect(countVitest(all, 0)).toEqual({ passed: 2, failed: 0, skipped: 2 });
  });

  test('with failed tests counts each of them once', () => {
    const all = report(
      { numPassedTests: 1, numFailedTests: 2 },
      file('failed', 'failed', 'passed', 'failed'),
    );
    expect(countVitest(all, 1)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  test('with a file that could not be loaded counts that as a failure', () => {
    const all = report(
      { numPassedTests: 1, numFailedTests: 1 },
      file('failed'),
      file('failed', 'failed'),
      file('passed', 'passed'),
    );
    expect(countVitest(all, 1)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  test('that crashed, or found no test, counts as a failure', () => {
    expect(countVitest(undefined, 0).failed).toBe(1);
    expect(countVitest(report({ numPassedTests: 5 }), 1).failed).toBe(1);
  });
});

test('the last line is plain, and names skipped tests only if there are any', () => {
  const sum = addCounts([
    { passed: 3, failed: 1, skipped: 0 },
    { passed: 4, failed: 0, skipped: 0 },
  ]);
  expect(summary(sum)).toBe('7 passed, 1 failed');
  expect(summary({ ...sum, skipped: 2 })).toBe('7 passed, 1 failed, 2 skipped');
});

test('a check that throws is one failure that is told with its reason, and the run goes on', async () => {
  const lines: string[] = [];
  const say = (line: string): unknown => lines.push(line);
  const fails = await runCheck('one', () => Promise.reject(new SetupError('no\nand why')), say);
  expect(fails).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(await runCheck('two', () => Promise.resolve(), say)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(lines).toEqual([
    expect.stringMatching(/^FAILED {2}one \(/),
    '        no\n        and why',
    expect.stringMatching(/^ok {6}two \(/),
  ]);
});
