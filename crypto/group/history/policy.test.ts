// G9: what a group asks of who comes and who speaks, and what there is for one call; G10: the versions of the secret.
import { describe, expect, it } from 'vitest';
import { random, toHex, type Bytes } from '../../bytes.ts';
import {
  about,
  beginningOf,
  comeback,
  departure,
  forge,
  grow,
  lock,
  policy,
  refusalOf,
  removal,
  role,
  rotation,
  speaker,
  type Step,
} from '../../test/history.ts';
import { person } from '../../test/people.ts';
import { foldHistory, isAdmitted, maySpeak, roleOf, type GroupState } from './index.ts';

const [ada, ben, cyd, dan, eve] = await Promise.all([person(), person(), person(), person(), person()]);
const begun = beginningOf(ada);
/** Ada owns it, Ben and Cyd are admins, Dan is a member, Eve a listener. */
const { state: group } = await grow(
  begun,
  [ada, role(ben, 'admin')],
  [ada, role(cyd, 'admin')],
  [ben, role(eve, 'listener')],
);
const [call, other] = [random(16), random(16)];

/** The code with which these changes are refused, all well signed. */
async function refused(from: GroupState, ...steps: readonly Step[]): Promise<string> {
  return refusalOf(foldHistory(from, await forge(from, ...steps)));
}

async function after(from: GroupState, ...steps: readonly Step[]): Promise<GroupState> {
  return foldHistory(from, await forge(from, ...steps));
}

describe('the policy', () => {
  it('[G9] of approval keeps who is present, admits by name, and ends without a trace', async () => {
    expect(await refused(group, [ada, about('admission', dan)])).toBe('not_allowed');
    const state = await after(group, [ada, policy({ admission: 'approval' }, [dan])]);
    const admitted = (of: GroupState): boolean[] =>
      [ada, ben, cyd, dan, eve].map((one) => isAdmitted(of, one.publicKey));
    expect(admitted(state)).toEqual([true, true, true, true, false]);
    expect(await refused(state, [dan, about('admission', eve)])).toBe('not_allowed');
    const more = await after(state, [ben, about('admission', eve)], [ada, removal(dan)], [ada, rotation(2)]);
    expect(admitted(more)).toEqual([true, true, true, false, true]);
    expect(await refused(state, [ada, policy({ admission: 'approval', picture: '720p' }, [eve])])).toBe(
      'not_allowed',
    );
    const open = await after(more, [ada, policy()]);
    expect(open.admitted.size).toBe(0);
    const again = await after(open, [ada, policy({ admission: 'approval' })]);
    expect(admitted(again)).toEqual([true, true, true, false, false]);
  });

  it('[G9] of approval counts who is made admin or owner as admitted, also once they are not any more', async () => {
    const state = await after(
      group,
      [ada, policy({ admission: 'approval' })],
      [ada, role(dan, 'admin')],
      [ada, role(dan, 'member')],
      [ada, about('handover', ben)],
      [ben, role(ada, 'member')],
    );
    expect([ada, ben, dan].map((one) => isAdmitted(state, one.publicKey))).toEqual([true, true, true]);
    expect(await refused(state, [ben, about('handover', eve)])).toBe('not_allowed');
  });

  it('[G9] that new people only listen leaves the voice to who is present, and ends without a trace', async () => {
    const state = await after(group, [ada, policy({ speaking: 'listen' }, [ada, dan, eve])]);
    const rolesOf = (of: GroupState): string[] =>
      [ada, ben, dan, eve].map((one) => roleOf(of, one.publicKey));
    expect(rolesOf(state)).toEqual(['owner', 'admin', 'member', 'listener']);
    expect(maySpeak(state, call, (await person()).publicKey)).toBe(false);
    const back = await after(state, [dan, departure], [dan, comeback]);
    expect(roleOf(back, dan.publicKey)).toBe('listener');
    const free = await after(state, [ada, policy()]);
    expect(rolesOf(free)).toEqual(['owner', 'admin', 'member', 'listener']);
    expect([...free.roles.values()]).not.toContain('member');
    expect(await refused(group, [ada, policy({ picture: '360p' }, [dan])])).toBe('not_allowed');
  });
});

describe('in a call', () => {
  const speaks = (state: GroupState, callId: Bytes): boolean => maySpeak(state, callId, eve.publicKey);

  it('[G9] a listener speaks where allowed, in this call only, and no longer once the right ends', async () => {
    const state = await after(group, [ben, speaker(call, eve)]);
    expect([speaks(group, call), speaks(state, call), speaks(state, other)]).toEqual([false, true, false]);
    expect(speaks(await after(state, [ben, speaker(call, eve, false)]), call)).toBe(false);
    const next = await after(state, [ben, speaker(other, dan)]);
    expect([speaks(next, call), speaks(next, other)]).toEqual([false, false]);
    expect(speaks(await after(state, [eve, departure], [eve, comeback]), call)).toBe(false);
    expect(maySpeak(group, call, dan.publicKey)).toBe(true);
  });

  it('[G9] one call at a time is locked, and unlocked by its own name only', async () => {
    const state = await after(group, [ben, lock(call)]);
    expect(toHex(state.lock!)).toBe(toHex(call));
    expect(await refused(state, [ben, lock(other, false)])).toBe('wrong_call');
    expect(await refused(group, [ben, lock(call, false)])).toBe('wrong_call');
    expect((await after(state, [cyd, lock(call, false)])).lock).toBe(null);
    expect(toHex((await after(state, [cyd, lock(other)])).lock!)).toBe(toHex(other));
  });

  it('[G10] the secret goes from one version to the next only', async () => {
    for (const version of [0, 1, 3, 2 ** 32 - 1]) {
      expect(await refused(group, [ada, rotation(version)])).toBe('wrong_version');
    }
    const doorHash = random(32);
    const state = await after(group, [ben, rotation(2, doorHash)]);
    expect([state.secretVersion, toHex(state.doorHash!)]).toEqual([2, toHex(doorHash)]);
  });
});
