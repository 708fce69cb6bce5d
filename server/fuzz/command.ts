// `npm run fuzz:routes [-- COUNT [SEED]]`: every route of the service over a hundred thousand requests, with one result.
import { randomInt } from 'node:crypto';
import { RouteFuzz } from './fuzz.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const count = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? randomInt(2 ** 31));
/** Then everything is new: what was accepted has left little to ask for. */
const perScenario = 2_000;
/** Between two looks at the store. */
const stretch = 200;

say(
  `fuzz of the routes: ${count} requests, seed ${seed} (repeat with: npm run fuzz:routes -- ${count} ${seed})`,
);
const fromMs = performance.now();
const statuses = new Map<string, number>();
let routes: readonly string[] = [];
let asked = 0;
for (let scenario = 0; asked < count; scenario++) {
  const fuzz = await RouteFuzz.over(seed + scenario);
  routes = fuzz.routes;
  for (let at = 1; at <= perScenario && asked < count; at++) {
    await fuzz.next();
    asked++;
    if (at % stretch === 0 && !(await fuzz.isUnchanged()))
      throw new Error(
        `something refused changed the store, within the ${stretch} requests before the ${asked}th`,
      );
    if (asked % 10_000 === 0) say(`${asked} requests, ${Math.round((performance.now() - fromMs) / 1000)} s`);
  }
  for (const [key, times] of fuzz.answers) {
    const status = key.slice(key.lastIndexOf(' ') + 1);
    statuses.set(status, (statuses.get(status) ?? 0) + times);
  }
  await fuzz.close();
}
const sums = [...statuses].sort().map(([status, times]) => `${status}: ${times}`);
say(
  `fuzz passed: ${count} requests to ${routes.length} routes, seed ${seed}; ${sums.join(', ')}; no 5xx, nothing changed by a refusal`,
);
