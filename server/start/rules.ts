// `npm run rules`: every numbered rule of docs/protocol.md has a test whose title begins with its id, every id in a test
// title is a rule, and no id is defined twice. Prints what is missing and exits 1. Reads files as text; called by test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ruleInProtocol = /\*\*\[([A-Z]\d+)\]\*\*/g;
const ruleInTitle = /\b(?:test|it|describe)(?:\.\w+)*(?:\([^)'"`]*\))?\(\s*['"`]((?:\[[A-Z]\d+\]\s*)+)/g;
const skippedFolders = new Set(['node_modules', 'build', 'data', '.git', '.cache']);

/** All files below `folder` whose name ends in `.test.ts`. */
function testFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

export interface RuleReport {
  readonly rules: readonly string[];
  readonly untested: readonly string[];
  readonly unknown: readonly string[];
  readonly doubled: readonly string[];
}

/** Compares the ids that `protocol` defines with those that begin the titles in `tests` (file contents). */
export function compareRules(protocol: string, tests: readonly string[]): RuleReport {
  const defined = [...protocol.matchAll(ruleInProtocol)].map((match) => match[1] as string);
  const tested = new Set(
    tests.flatMap((text) =>
      [...text.matchAll(ruleInTitle)].flatMap((match) =>
        [...(match[1] as string).matchAll(/[A-Z]\d+/g)].map((id) => id[0]),
      ),
    ),
  );
  const rules = [...new Set(defined)];
  return {
    rules,
    untested: rules.filter((rule) => !tested.has(rule)),
    unknown: [...tested].filter((rule) => !rules.includes(rule)),
    doubled: defined.filter((rule, at) => defined.indexOf(rule) !== at),
  };
}

/** Runs the check on the project at `root`, prints it, and says whether all is well. */
export function checkRules(root: string): boolean {
  const protocol = readFileSync(join(root, 'docs/protocol.md'), 'utf8');
  const tests = ['crypto', 'server', 'client', 'attacks'].flatMap((room) => testFiles(join(root, room)));
  const report = compareRules(
    protocol,
    tests.map((path) => readFileSync(path, 'utf8')),
  );
  for (const rule of report.untested)
    console.log(`rule ${rule} has no test whose title begins with [${rule}]`);
  for (const rule of report.unknown)
    console.log(`a test title begins with [${rule}], which docs/protocol.md does not define`);
  for (const rule of report.doubled) console.log(`rule ${rule} is defined twice in docs/protocol.md`);
  const good = report.untested.length + report.unknown.length + report.doubled.length === 0;
  console.log(`${report.rules.length} rules, ${report.untested.length} without a test`);
  return good;
}

if (process.argv[1]?.endsWith('rules.ts')) process.exitCode = checkRules(process.cwd()) ? 0 : 1;
