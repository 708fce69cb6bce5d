// The rule check must be able to fail, each way.
import { expect, test } from 'vitest';
import { compareRules } from './rules.ts';

/** Source text of a test; put together here so that the check does not read this file's examples as titles. */
const titled = (title: string, call = 'test') => `${call}('${title}', () => {})`;
const protocol = '- **[A1]** one\n- **[A2]** two';

test('a rule without a test is named', () => {
  expect(compareRules(protocol, [titled('[A1] holds')]).untested).toEqual(['A2']);
});

test('a title may prove several rules, and each() and describe count', () => {
  const titles = [titled('[A1] both', 'describe'), titled('[A1] [A2] each', 'test.each([1])')];
  expect(compareRules(protocol, titles)).toMatchObject({ untested: [], unknown: [] });
});

test('an id in the middle of a title or in a comment proves nothing', () => {
  expect(compareRules(protocol, [`${titled('shows [A1]')} // [A2]`]).untested).toEqual(['A1', 'A2']);
});

test('a title with an unknown rule, and a rule defined twice, are named', () => {
  const report = compareRules(`${protocol}\n**[A1]** again`, [titled('[Z9] what')]);
  expect(report).toMatchObject({ unknown: ['Z9'], doubled: ['A1'] });
});
