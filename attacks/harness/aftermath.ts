// What every attack is asked: is it said on the screen, and how long after its end are sound and picture back.
import { appendFileSync } from 'node:fs';
import type { Person } from '../../client/e2e/harness/person.ts';
import { until } from '../../client/e2e/harness/wait.ts';
import { backWithinMs } from './bound.ts';

/** After the end of an attack: everybody hears everybody else, and sees whose camera is on. The figures go to `APARTE_ATTACK_FIGURES`. */
export async function comesBack(
  people: readonly Person[],
  { after, cameras = [] }: { readonly after: string; readonly cameras?: readonly Person[] },
): Promise<void> {
  const endedAtMs = Date.now();
  const others = (person: Person, list: readonly Person[]): string[] =>
    list.filter((one) => one !== person).map(({ name }) => name);
  const time = async (waits: readonly Promise<unknown>[]): Promise<number> => {
    await Promise.all(waits);
    return Date.now() - endedAtMs;
  };
  const hearing = people.map(async (person) => {
    await until(async () => !(await isTroubled(person)), {
      what: `${person.name}'s screen says that all is well`,
      withinMs: backWithinMs,
      instead: () => person.callText(),
    });
    await person.hearsWithin(endedAtMs + backWithinMs - Date.now(), ...others(person, people));
  });
  const seeing = people.flatMap((person) =>
    others(person, cameras).map((name) => person.sees(name, backWithinMs)),
  );
  const [soundMs, pictureMs] = await Promise.all([time(hearing), time(seeing)]);
  const figures = process.env['APARTE_ATTACK_FIGURES'];
  if (figures) appendFileSync(figures, `${after}: sound ${soundMs} ms, picture ${pictureMs} ms\n`);
}

async function isTroubled(person: Person): Promise<boolean> {
  const words = person.page.getByText(/Reconnecting|Agreeing on new keys/).filter({ visible: true });
  return (await words.count()) > 0;
}

/** Lines of the trust log, newest first. Opens the trust panel for a look: the people list hides behind it. */
async function trustLog(person: Person): Promise<readonly string[]> {
  const log = person.page.getByRole('region', { name: 'What happened' });
  await person.openSecurity();
  await log.waitFor();
  const lines = await log.getByRole('listitem').allInnerTexts();
  await person.page.keyboard.press('Escape');
  await log.waitFor({ state: 'hidden' });
  return lines;
}

/** How often the trust log says that something was dropped. */
export async function refusals(person: Person): Promise<number> {
  const lines = (await trustLog(person)).filter((line) => line.includes('does not belong here'));
  return lines.reduce((sum, line) => sum + Number(/\((\d+) times\)/.exec(line)?.[1] ?? 1), 0);
}

/** Until the trust log says it more often than `before`. */
export async function saysRefused(person: Person, before: number): Promise<number> {
  return until(
    async () => {
      const count = await refusals(person);
      return count > before ? count : null;
    },
    { what: `${person.name}'s trust log says that something was dropped`, instead: () => trustLog(person) },
  );
}

export async function logSays(person: Person, words: RegExp): Promise<void> {
  await until(async () => (await trustLog(person)).some((line) => words.test(line)), {
    what: `${person.name}'s trust log says ${words.source}`,
    instead: () => trustLog(person),
  });
}

/** Everybody is in one generation and epoch; gives it. */
export async function oneEpoch(
  people: readonly Person[],
  is: (at: { readonly generation: number; readonly epoch: number }) => boolean = () => true,
): Promise<{ readonly generation: number; readonly epoch: number }> {
  return until(
    async () => {
      const [first, ...rest] = await Promise.all(people.map((person) => person.epoch()));
      const isOne = rest.every(
        ({ generation, epoch }) => generation === first!.generation && epoch === first!.epoch,
      );
      return isOne && is(first!) ? first! : null;
    },
    { what: 'everybody is in one epoch', instead: () => Promise.all(people.map((person) => person.epoch())) },
  );
}
