// The operations of one group size on both sides, taking turns. Runs in Node and, bundled, in a page.
import type { ClientState } from 'ts-mls';
import type { Bytes } from '../../../crypto/bytes.ts';
import type { GroupState } from '../../../crypto/mls/index.ts';
import { forgeGroup } from './group.ts';
import { additions, groupInfoForTsMls, groupInfoOf, ours } from './ours.ts';
import type { Side } from './side.ts';
import { tsMls } from './ts-mls.ts';

export type Operation =
  'process a join' | 'make a join' | 'process ten additions' | 'make and process a removal';

/** Milliseconds of every round. */
export type Times = Readonly<Record<'ours' | 'tsMls', readonly number[]>>;

/** A group of `size`, the last two of them on ts-mls; `rounds` of every operation. */
export async function run(size: number, rounds: number): Promise<Readonly<Record<Operation, Times>>> {
  const forged = forgeGroup(size - 2);
  let [us, other]: readonly [GroupState, GroupState] = [forged.member(0), forged.member((size - 2) >> 1)];
  let them: readonly ClientState[] = [];
  for (let joiner = 0; joiner < 2; joiner++) {
    const { message, state } = await tsMls.join(groupInfoForTsMls(us));
    [us, other] = await Promise.all([ours.process(us, message), ours.process(other, message)]);
    them = [...(await Promise.all(them.map((one) => tsMls.process(one, message)))), state];
  }
  const [theirs, theirOther] = them;
  if (theirs === undefined || theirOther === undefined) throw new Error('nobody joined');
  const groupInfo = groupInfoOf(us);
  const groupInfoForThem = groupInfoForTsMls(us);
  const joins: Bytes[] = [];
  for (let round = 0; round <= rounds; round++) joins.push((await ours.join(groupInfo)).message);
  const batches: Bytes[] = [];
  for (let round = 0; round <= rounds; round++) batches.push(await additions(other, 10));
  return {
    'process a join': await turns(rounds, {
      ours: (round) => ours.process(us, joins[round] as Bytes),
      tsMls: (round) => tsMls.process(theirs, joins[round] as Bytes),
    }),
    'make a join': await turns(rounds, {
      ours: () => ours.join(groupInfo),
      tsMls: () => tsMls.join(groupInfoForThem),
    }),
    'process ten additions': await turns(rounds, {
      ours: (round) => ours.process(us, batches[round] as Bytes),
      tsMls: (round) => tsMls.process(theirs, batches[round] as Bytes),
    }),
    'make and process a removal': await turns(rounds, {
      ours: () => remove(ours, us, other),
      tsMls: () => remove(tsMls, theirs, theirOther),
    }),
  };
}

async function remove<S>(side: Side<S>, by: S, follower: S): Promise<void> {
  const { message } = await side.remove(by, 1);
  await side.process(follower, message);
}

/** The first round warms and is not counted. */
async function turns(
  rounds: number,
  sides: Readonly<Record<'ours' | 'tsMls', (round: number) => Promise<unknown>>>,
): Promise<Times> {
  const times = { ours: [] as number[], tsMls: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    for (const side of ['ours', 'tsMls'] as const) {
      const beganMs = performance.now();
      await sides[side](round);
      if (round > 0) times[side].push(performance.now() - beganMs);
    }
  }
  return times;
}
