// G17: whose word counts that a group was deleted.
import { describe, expect, it } from 'vitest';
import { random } from '../bytes.ts';
import { about, beginningOf, grow, role } from '../test/history.ts';
import { person } from '../test/people.ts';
import { isDeletedByOwner, signDeletion } from './index.ts';

const [ada, ben] = [await person(), await person()];
const first = beginningOf(ada);
const { state } = await grow(first, [ada, role(ben, 'admin')]);

describe('a deletion', () => {
  it('[G17] is the word of the owner that a device knows, also of a history that has gone on', async () => {
    const deletion = await signDeletion(ada, state);
    expect(await isDeletedByOwner(state, deletion)).toBe(true);
    expect(await isDeletedByOwner(first, deletion)).toBe(true);
  });

  it('[G17] of anybody else, of before what is known, of another group or changed is none', async () => {
    await expect(signDeletion(ben, state)).rejects.toThrow(RangeError);
    const deletion = await signDeletion(ada, state);
    const forged = [
      { ...deletion, author: ben.publicKey },
      { ...deletion, version: deletion.version + 1 },
      { ...deletion, head: random(32) },
      { ...deletion, signature: random(64) },
      { ...deletion, signature: random(3) },
      { ...deletion, head: random(31) },
      { ...deletion, version: 2 ** 33 },
    ];
    for (const one of forged) expect(await isDeletedByOwner(state, one)).toBe(false);
    expect(await isDeletedByOwner(beginningOf(ada), deletion)).toBe(false);
    expect(await isDeletedByOwner(state, await signDeletion(ada, first))).toBe(false);
  });

  it('[G17] of who was owner before, or whose handover is not known here, does not count', async () => {
    const handed = await grow(state, [ada, about('handover', ben)]);
    const byBen = await signDeletion(ben, handed.state);
    expect(await isDeletedByOwner(handed.state, byBen)).toBe(true);
    expect(await isDeletedByOwner(state, byBen)).toBe(false);
    expect(await isDeletedByOwner(handed.state, await signDeletion(ada, state))).toBe(false);
  });
});
