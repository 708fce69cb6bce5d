// Asks axe-core about the page as it stands once everything that moves has arrived.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Violations in one line each: rule, impact, where. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  const isThere = await page.evaluate(() => 'axe' in window);
  if (!isThere) await page.evaluate(source);
  // A dialog that is still coming is not yet one to axe, and colours on their way have no contrast to speak of.
  await page.evaluate(async () => {
    const isEndless = (one: Animation): boolean => one.effect?.getComputedTiming().endTime === Infinity;
    const ending = document.getAnimations().filter((one) => !isEndless(one));
    await Promise.allSettled(ending.map((one) => one.finished));
  });
  const results = await page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  if (results.passes.length < 5) throw new Error('axe looked at next to nothing');
  return results.violations.map(
    ({ id, impact, nodes }) =>
      `${id} (${impact ?? '?'}): ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
  );
}
