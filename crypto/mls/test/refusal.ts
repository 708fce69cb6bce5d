// What every rule test asserts: the refusal has the code and the words of the rule under test, so that another rule cannot stand in
// for it, and the state that met the message is byte for byte what it was.
import { expect } from 'vitest';
import type { Bytes } from '../../bytes.ts';
import type { CryptoErrorCode } from '../../errors.ts';
import { receive, storeState, type GroupState } from '../index.ts';
import { application } from './people.ts';

/** The code, and a part of the developer's message that no other rule has. */
export type Refusal = readonly [code: CryptoErrorCode, words: string];

/** `message` must be refused by `state`, for this reason and without a trace. */
export async function expectRefused(state: GroupState, message: Bytes, refusal: Refusal): Promise<void> {
  await expectUntouched(state, () => receive(state, message, application), refusal);
}

/** The same for anything that is done with a state. */
export async function expectUntouched(
  state: GroupState,
  act: () => unknown,
  refusal: Refusal,
): Promise<void> {
  const before = storeState(state);
  await expectRefusal(act, refusal);
  expect(storeState(state)).toEqual(before);
}

/** The same where there is no state yet. */
export async function expectRefusal(act: () => unknown, [code, words]: Refusal): Promise<void> {
  const result = Promise.resolve().then(act);
  const message = expect.stringContaining(words) as string;
  await expect(result).rejects.toMatchObject({ name: 'CryptoError', code, message });
}
