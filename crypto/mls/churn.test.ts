// Random churn of 200 steps among up to 40 members. Whatever happens, everybody in the group agrees on everything that comes from
// an epoch, and whoever was removed can do nothing with what is said afterwards.
import { expect, it } from 'vitest';
import { seed } from '../test/fuzz.ts';
import { receive } from './index.ts';
import { Churn } from './test/churn.ts';
import { viewOf } from './test/group.ts';
import { application } from './test/people.ts';
import { Choices, seedEverything } from './test/seeded.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 1);
const stepsPerRun = 200;
/** So many of those who left last are tried on everything that is said. */
const watched = 6;

for (let run = 0; run < runs; run++) {
  it(
    `[C6] agrees on every epoch through 200 steps of churn, and whoever is out stays out (seed ${seed + run})`,
    { timeout: 600_000 },
    async () => {
      seedEverything(seed + run);
      const churn = new Churn(new Choices(seed + run));
      let most = 0;
      let refusals = 0;
      for (let at = 0; at < stepsPerRun; at++) {
        const outside = new Map([...churn.group.gone].slice(-watched));
        const step = await churn.step();
        const views = churn.group.views();
        expect(views.size, `after step ${at}, ${step}`).toBe(1);
        most = Math.max(most, churn.group.states.size);
        for (const [who, state] of outside) {
          expect(views, `${who.name} after step ${at}`).not.toContain(viewOf(state));
          for (const message of churn.said) {
            await expect(receive(state, message, application)).rejects.toHaveProperty('name', 'CryptoError');
            refusals++;
          }
        }
      }
      expect(most).toBeGreaterThan(10);
      expect(refusals).toBeGreaterThan(50);
      expect([...churn.counts.keys()].sort()).toEqual(allSteps);
    },
  );
}

const allSteps = ['add', 'join', 'lose', 'psk', 'refer', 'remove', 'resync', 'store', 'talk', 'update'];
