// Random changes by random people for property tests: most are refused, those that are not make a history.
import fc from 'fast-check';
import { toHex, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import {
  isOwner,
  isRotationOwed,
  type Action,
  type GroupState,
  type HistoryEntry,
} from '../group/history/index.ts';
import { signChange } from '../group/index.ts';
import type { Identity } from '../identity/index.ts';
import {
  about,
  atMs,
  comeback,
  departure,
  lock,
  policy,
  profile,
  removal,
  role,
  rotation,
  speaker,
} from './history.ts';

/** What somebody tries to do, people and calls by number. */
export interface Attempt {
  /** Whoever owns the group by then, instead of `author`: half of the time, so that histories go on. */
  readonly isByOwner: boolean;
  readonly author: number;
  readonly target: number;
  readonly what: number;
}

/** Any attempts of `people` people, half of `maxLength` at least. */
export function attempts(people: number, maxLength: number): fc.Arbitrary<Attempt[]> {
  const attempt = fc.record({
    isByOwner: fc.boolean(),
    author: fc.nat(people - 1),
    target: fc.nat(people - 1),
    what: fc.nat(99),
  });
  return fc.array(attempt, { minLength: Math.floor(maxLength / 2), maxLength, size: 'max' });
}

/** Signs what is allowed, in order; everything else changes nothing. */
export async function historyOf(
  from: GroupState,
  people: readonly Identity[],
  given: readonly Attempt[],
): Promise<{ readonly entries: HistoryEntry[]; readonly states: GroupState[] }> {
  const entries: HistoryEntry[] = [];
  const states = [from];
  let state = from;
  for (const { isByOwner, author, target, what } of given) {
    const action = actionOf(state, people, { target, what });
    const owner = people.find((one) => isOwner(state, one.publicKey));
    try {
      const signed = await signChange((isByOwner ? owner : people[author]) as Identity, state, {
        action,
        atMs: atMs + what,
      });
      ({ state } = signed);
      entries.push(signed.entry);
      states.push(state);
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
    }
  }
  return { entries, states };
}

function actionOf(
  state: GroupState,
  people: readonly Identity[],
  given: Pick<Attempt, 'target' | 'what'>,
): Action {
  const target = people[given.target] as Identity;
  const call: Bytes = new Uint8Array(16).fill(given.what % 2);
  const present = people.filter((one) => !state.gone.has(toHex(one.publicKey))).slice(given.what % 4);
  const next = rotation(state.secretVersion + 1);
  if (isRotationOwed(state) && given.what % 3 > 0) return next;
  const all: readonly Action[] = [
    ...[next, role(target, 'listener'), role(target, 'member'), role(target, 'admin')],
    ...[removal(target), removal(target, true), about('pardon', target), about('admission', target)],
    ...[
      about('handover', target),
      departure,
      departure,
      comeback,
      comeback,
      comeback,
      lock(call),
      lock(call, false),
    ],
    ...[speaker(call, target), speaker(call, target, false), policy()],
    ...[policy({ admission: 'approval' }, present), policy({ speaking: 'listen' }, present)],
    ...[policy({ admission: 'approval', speaking: 'listen' }, present), policy({ isVerifiedOnly: true })],
    profile(new Uint8Array(32).fill(given.what)),
  ];
  return all[given.what % all.length] as Action;
}
