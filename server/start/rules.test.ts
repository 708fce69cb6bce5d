// The rule check must be able to fail, each way.
import { expect, test } from 'vitest';
import { compareRules } from './rules.ts';

const protocol = '- **[A1]** one\n- **[A2]** two';

test('a rule without a test is named', () => {
  expect(compareRules(protocol, ["test('[A1] holds', () => {})"]).untested).toEqual(['A2']);
});

test('a title may prove several rules, and each() and describe count', () => {
  const titles = ["describe('[A1] [A2] both', () => {})", 'test.each([1])(`[A2] each`, () => {})'];
  expect(compareRules(protocol, titles)).toMatchObject({ untested: [], unknown: [] });
});

test('an id in the middle of a title or in a comment proves nothing', () => {
  expect(compareRules(protocol, ["test('shows [A1]', () => {}) // [A2]"]).untested).toEqual(['A1', 'A2']);
});

test('a title with an unknown rule, and a rule defined twice, are named', () => {
  const report = compareRules(`${protocol}\n**[A1]** again`, ["test('[Z9] what', () => {})"]);
  expect(report).toMatchObject({ unknown: ['Z9'], doubled: ['A1'] });
});
