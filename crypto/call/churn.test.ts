// Random calls of up to twelve people: joins by external commit and in batches by request, rejoins, removals in batches, updates,
// commits that lose their race (protocol.md C4–C6, C8, C12, C14). Whatever happens, everybody in the call agrees, and whoever is out does not.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CallState } from './index.ts';
import { again, Call, person, viewOf, type Person } from '../test/call.ts';
import { seed } from '../test/fuzz.ts';

const people = await Promise.all(Array.from({ length: 12 }, (_, at) => person(`p${at}`)));

/** What somebody does; numbers choose among who can. */
type Step =
  | { readonly kind: 'join' | 'rejoin' | 'update' | 'lose'; readonly who: number }
  | { readonly kind: 'remove' | 'add'; readonly who: number; readonly whom: readonly number[] };

const who = fc.nat(1000);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('join' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('rejoin' as const, 'update' as const, 'lose' as const),
      who,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('remove' as const, 'add' as const),
      who,
      whom: fc.array(who, { minLength: 1, maxLength: 5 }),
    }),
  },
);

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length]!;

async function take(call: Call, change: Step, count: number): Promise<void> {
  const inside = [...call.states.keys()];
  const actor = pick(inside, change.who);
  const state = call.state(actor);
  switch (change.kind) {
    case 'join': {
      const outside = people.filter(({ name }) => !inside.some((other) => other.name === name));
      if (outside.length > 0) await call.join(again(pick(outside, change.who), count));
      return;
    }
    case 'rejoin': {
      const back = again(actor, count);
      await call.accept(back, await call.proposeJoin(back));
      return;
    }
    case 'update':
      await call.accept(actor, await state.selfUpdate());
      return;
    case 'lose': {
      const loser = call.state(pick(inside, change.who + 1));
      const lost = await loser.selfUpdate();
      await call.accept(actor, await state.selfUpdate());
      lost.next.wipe();
      return;
    }
    case 'add': {
      const outside = people.filter(({ name }) => !inside.some((other) => other.name === name));
      const chosen = new Set(change.whom.flatMap((at) => (outside.length > 0 ? [pick(outside, at)] : [])));
      if (chosen.size > 0)
        await call.add(actor, await call.ask(...[...chosen].map((who) => again(who, count))));
      return;
    }
    case 'remove': {
      const others = state.leaves.map(({ index }) => index).filter((index) => index !== state.ownLeaf.index);
      if (others.length > 0)
        await call.accept(actor, await state.remove(change.whom.map((at) => pick(others, at))));
    }
  }
}

it(
  '[C6] [C12] agrees after any churn of joins, batches of them, rejoins, removals, updates and lost races',
  { timeout: 300_000 },
  async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const call = await Call.of(people[0]!);
      for (const [at, change] of steps.entries()) {
        const before = new Map(call.states);
        await take(call, change, at + 2);
        const views = await call.views();
        expect(views.size, `after step ${at}: ${JSON.stringify(change)}`).toBe(1);
        await expectOutsidersOut(before, call, [...views][0]!);
      }
    });
    await fc.assert(property, { seed, numRuns: Number(process.env['FUZZ_RUNS'] ?? 15) });
  },
);

async function expectOutsidersOut(
  before: ReadonlyMap<Person, CallState>,
  call: Call,
  view: string,
): Promise<void> {
  for (const [left, state] of before) {
    if (!call.states.has(left)) expect(await viewOf(state)).not.toBe(view);
  }
}
