// What an attack leaves behind: how long after its end sound and picture are back, and what the trust log says of it.
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { Person } from '../../client/e2e/harness/person.ts';
import { until } from '../../client/e2e/harness/wait.ts';
import { backWithinMs } from './bound.ts';

export interface Expected {
  readonly person: Person;
  readonly hears?: readonly string[];
  readonly sees?: readonly string[];
}

/** Ends an attack and measures until everybody hears and sees everything again; prints the figure. */
export async function expectBack(
  attack: string,
  end: () => Promise<unknown>,
  all: readonly Expected[],
): Promise<void> {
  await end();
  const endedMs = Date.now();
  const sinceMs = (): number => Date.now() - endedMs;
  const took = { sound: 0, picture: 0 };
  const note = (what: keyof typeof took): void => {
    took[what] = Math.max(took[what], sinceMs());
  };
  const sound = all.flatMap(({ person, hears = [] }) =>
    hears.map(async (name) => {
      await until(async () => ((await person.hearing()).sinceMs[name] ?? Infinity) < sinceMs(), {
        what: `${person.name} hears ${name} again after ${attack}`,
        instead: () => person.hearing(),
      });
      note('sound');
    }),
  );
  const pictures = all.flatMap(({ person, sees = [] }) =>
    sees.map(async (name) => {
      await person.sees(name, backWithinMs);
      note('picture');
    }),
  );
  await Promise.all([...sound, ...pictures]);
  console.log(`back after ${attack}: sound ${took.sound} ms, picture ${took.picture} ms`);
  expect(Math.max(took.sound, took.picture), `back after ${attack}`).toBeLessThan(backWithinMs);
}

/** How many frames under `name` the trust log says were dropped, in all attacks so far. */
export async function forgedCount(person: Person, name: string): Promise<number> {
  const texts = await withLog(person, (log) => log.getByRole('listitem').allInnerTexts());
  const counts = texts.map((text) => new RegExp(`${name}: (\\d+) piece`).exec(text)?.[1] ?? '0');
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

/** Until the trust log says that at least so many more frames under `name` were dropped since it said `before`. */
export async function expectForged(
  person: Person,
  name: string,
  { before, least = 40 }: { readonly before: number; readonly least?: number },
): Promise<void> {
  await until(async () => (await forgedCount(person, name)) >= before + least, {
    what: `${person.name}'s trust log counts ${least} more false frames under ${name}'s name than ${before}`,
    instead: () => forgedCount(person, name),
  });
}

/** Until a line of the trust log says so. */
export async function logSays(person: Person, words: RegExp): Promise<void> {
  await withLog(person, (log) => log.getByRole('listitem').filter({ hasText: words }).first().waitFor());
}

async function withLog<T>(person: Person, read: (log: Locator) => Promise<T>): Promise<T> {
  await person.openSecurity();
  const log = person.page.getByRole('region', { name: 'What happened' });
  await log.getByRole('listitem').first().waitFor();
  const answer = await read(log);
  await person.page.keyboard.press('Escape');
  await log.waitFor({ state: 'hidden' });
  return answer;
}
