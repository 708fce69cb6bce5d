// Sets what happens between the network and the frame worker of somebody's page (page/boundary.ts), from the test.
import { scriptOf } from '../../client/e2e/harness/page/bundle.ts';
import type { Person } from '../../client/e2e/harness/person.ts';
import { until } from '../../client/e2e/harness/wait.ts';
import type { Boundary } from './page/boundary.ts';

/** The script for a person whose frames are to be attacked, or who attacks with those of others. */
export function boundaryScript(): Promise<string> {
  return scriptOf(new URL('page/boundary.ts', import.meta.url));
}

export async function setBoundary(person: Person, change: Partial<Boundary>): Promise<void> {
  await person.page.evaluate((parts) => Object.assign(window.aparteBoundary, parts), change);
}

/** Until so many more frames were touched or relayed: the attack is under way. */
export async function untilUnderWay(
  person: Person,
  what: 'touched' | 'relayed',
  frames: number,
): Promise<void> {
  const count = () => person.page.evaluate((which) => window.aparteBoundary[which], what);
  const before = await count();
  await until(async () => (await count()) >= before + frames, {
    what: `${frames} frames of ${person.name} ${what}`,
    instead: count,
  });
}
