// G9, G10: who may change what, tried with well-signed changes of everybody, and what is left of who goes.
import { describe, expect, it } from 'vitest';
import { random } from '../../bytes.ts';
import {
  about,
  beginningOf,
  comeback,
  departure,
  forge,
  grow,
  lock,
  policy,
  profile,
  refusalOf,
  removal,
  role,
  rotation,
  speaker,
  type Step,
} from '../../test/history.ts';
import { person } from '../../test/people.ts';
import {
  foldHistory,
  isGoneAt,
  isOut,
  isRotationOwed,
  rankOf,
  roleOf,
  type Action,
  type GroupState,
} from './index.ts';

const [ada, ben, cyd, dan, eve] = await Promise.all([person(), person(), person(), person(), person()]);
const begun = beginningOf(ada);
/** Ada owns it, Ben and Cyd are admins, Dan is a member, Eve a listener. */
const { state: group } = await grow(
  begun,
  [ada, role(ben, 'admin')],
  [ada, role(cyd, 'admin')],
  [ben, role(eve, 'listener')],
);
const call = random(16);

/** The code with which these changes are refused, all well signed. */
async function refused(from: GroupState, ...steps: readonly Step[]): Promise<string> {
  return refusalOf(foldHistory(from, await forge(from, ...steps)));
}

async function after(from: GroupState, ...steps: readonly Step[]): Promise<GroupState> {
  return foldHistory(from, await forge(from, ...steps));
}

const everyAction: readonly Action[] = [
  policy({ picture: '720p' }),
  ...(['listener', 'member', 'admin'] as const).map((given) => role(dan, given)),
  ...[
    removal(dan),
    removal(dan, true),
    about('pardon', dan),
    about('admission', dan),
    about('handover', dan),
  ],
  ...[rotation(2), lock(call), lock(call, false), speaker(call, eve), profile()],
];

describe('the profile of a group', () => {
  it('[G19] is set by the owner and admins, the last one counts, and it stays whatever else changes', async () => {
    const [one, other] = [random(32), random(32)];
    expect(begun.profile).toBeNull();
    const set = await after(group, [ada, profile(one)], [cyd, profile(other)]);
    expect(set.profile).toEqual(other);
    const later = await after(
      set,
      [ada, removal(dan)],
      [ada, rotation(2)],
      [ben, departure],
      [ada, policy()],
    );
    expect(later.profile).toEqual(other);
    for (const author of [dan, eve]) expect(await refused(set, [author, profile(one)])).toBe('not_allowed');
  });

  it('[G19] [G10] waits for the rotation that a removal owes', async () => {
    expect(await refused(group, [ada, removal(dan)], [ada, profile()])).toBe('not_allowed');
    const { profile: hash } = await after(group, [ada, removal(dan)], [ada, rotation(2)], [ada, profile()]);
    expect(hash).not.toBeNull();
  });
});

describe('who may change a group', () => {
  it('[G9] neither members, listeners nor strangers may do anything but leave', async () => {
    const stranger = await person();
    for (const author of [dan, eve, stranger]) {
      for (const action of everyAction) {
        expect(await refused(group, [author, action]), action.kind).toBe('not_allowed');
      }
    }
    expect(await refused(group, [dan, removal(eve)])).toBe('not_allowed');
    expect(await refused(group, [dan, role(eve, 'member')])).toBe('not_allowed');
    expect(await refused(group, [dan, role(dan, 'admin')])).toBe('not_allowed');
    expect(await refused(group, [eve, role(eve, 'member')])).toBe('not_allowed');
  });

  it('[G9] nothing is allowed to a new admin before the grant, or by a grant that is not there', async () => {
    expect(await refused(begun, [ben, rotation(2)], [ada, role(ben, 'admin')])).toBe('not_allowed');
    await after(begun, [ada, role(ben, 'admin')], [ben, rotation(2)]);
  });

  it('[G9] an admin may not touch another admin or the owner', async () => {
    for (const target of [cyd, ada]) {
      for (const action of [
        removal(target),
        removal(target, true),
        role(target, 'member'),
        role(target, 'listener'),
      ]) {
        expect(await refused(group, [ben, action]), action.kind).toBe('not_allowed');
      }
    }
    expect(await refused(group, [ben, about('handover', ben)])).toBe('not_allowed');
    expect(await refused(group, [ben, about('handover', dan)])).toBe('not_allowed');
  });

  it('[G9] nobody removes the owner or gives the owner a role, the owner neither', async () => {
    for (const action of [removal(ada), removal(ada, true), role(ada, 'admin'), role(ada, 'member')]) {
      expect(await refused(group, [ada, action]), action.kind).toBe('not_allowed');
    }
    expect(await refused(group, [ada, departure])).toBe('not_allowed');
  });

  it('[G9] an admin may become a member by themselves, and nothing else', async () => {
    const state = await after(group, [ben, role(ben, 'member')]);
    expect(roleOf(state, ben.publicKey)).toBe('member');
    expect(await refused(state, [ben, role(ben, 'admin')])).toBe('not_allowed');
    expect(await refused(group, [ben, role(ben, 'listener')])).toBe('not_allowed');
    expect(await refused(group, [ben, role(ben, 'admin')])).toBe('not_allowed');
    expect(await refused(group, [ben, removal(ben)])).toBe('not_allowed');
  });

  it('[G9] a role that was taken gives nothing any more, also where it was given before', async () => {
    const state = await after(group, [ada, role(ben, 'member')]);
    for (const action of everyAction)
      expect(await refused(state, [ben, action]), action.kind).toBe('not_allowed');
  });

  it('[G9] a removed admin grants nothing, removes nobody and cannot come back by a return', async () => {
    const state = await after(group, [ada, removal(ben)], [ada, rotation(2)]);
    for (const action of [...everyAction, comeback]) {
      expect(await refused(state, [ben, action]), action.kind).toBe('not_allowed');
    }
    expect(await refused(state, [ben, role(dan, 'admin')])).toBe('not_allowed');
    expect(rankOf(state, ben.publicKey)).toBe(1);
  });

  it('[G9] the owner hands over once, and is an admin from then on', async () => {
    const state = await after(group, [ada, about('handover', dan)]);
    expect([roleOf(state, dan.publicKey), roleOf(state, ada.publicKey)]).toEqual(['owner', 'admin']);
    expect(await refused(state, [ada, about('handover', ada)])).toBe('not_allowed');
    expect(await refused(state, [ada, removal(ben)])).toBe('not_allowed');
    expect(await refused(group, [ada, about('handover', ada)])).toBe('not_allowed');
    const gone = await after(state, [dan, removal(ada, true)], [dan, rotation(2)]);
    expect(isOut(gone, ada.publicKey)).toBe(true);
    expect(await refused(gone, [ada, about('handover', ada)])).toBe('not_allowed');
  });
});

describe('who is gone', () => {
  it('[G10] after a removal nothing is done before the secret is rotated', async () => {
    const state = await after(group, [ben, removal(dan)]);
    expect(isRotationOwed(state)).toBe(true);
    for (const [author, action] of [
      ...everyAction
        .filter(({ kind }) => kind !== 'rotation' && kind !== 'removal')
        .map((one) => [ada, one] as const),
      [eve, departure] as const,
    ]) {
      expect(await refused(state, [author, action]), action.kind).toBe('not_allowed');
    }
    const rotated = await after(state, [ben, removal(eve, true)], [cyd, rotation(2)]);
    expect(isRotationOwed(rotated)).toBe(false);
    expect([rotated.secretVersion, isGoneAt(rotated, dan.publicKey, 1)]).toEqual([2, true]);
  });

  it('[G10] who was removed may come back by a statement of a later secret, who is banned by none', async () => {
    const state = await after(group, [ada, removal(dan)], [ada, removal(cyd, true)], [ada, rotation(2)]);
    expect([1, 2, 3].map((version) => isGoneAt(state, dan.publicKey, version))).toEqual([true, false, false]);
    expect([1, 2, 3].map((version) => isGoneAt(state, cyd.publicKey, version))).toEqual([true, true, true]);
    const later = await after(state, [ada, rotation(3)], [ada, rotation(4)]);
    expect(isGoneAt(later, cyd.publicKey, 4)).toBe(true);
  });

  it('[G10] a ban ends by a pardon only, and what was signed before stays void', async () => {
    const state = await after(group, [ada, removal(dan, true)], [ada, rotation(2)]);
    expect(await refused(state, [dan, departure])).toBe('not_allowed');
    expect(await refused(state, [dan, comeback])).toBe('not_allowed');
    expect(await refused(state, [ada, removal(dan)])).toBe('not_allowed');
    expect(await refused(state, [ada, about('pardon', eve)])).toBe('not_allowed');
    const pardoned = await after(state, [ben, about('pardon', dan)]);
    expect([1, 2].map((version) => isGoneAt(pardoned, dan.publicKey, version))).toEqual([true, false]);
    expect(await refused(pardoned, [ada, about('pardon', dan)])).toBe('not_allowed');
  });

  it('[G10] who is banned is given nothing', async () => {
    const state = await after(group, [ada, removal(dan, true)], [ada, rotation(2)]);
    const approving = await after(state, [ada, policy({ admission: 'approval' })]);
    for (const action of [
      role(dan, 'admin'),
      about('handover', dan),
      about('admission', dan),
      speaker(call, dan),
    ]) {
      expect(await refused(approving, [ada, action]), action.kind).toBe('not_allowed');
    }
    expect(await refused(state, [ada, policy({ admission: 'approval' }, [dan])])).toBe('not_allowed');
  });

  it('[G10] who left is out until they say themselves that they are back', async () => {
    const state = await after(group, [dan, departure], [ben, departure]);
    expect([isOut(state, dan.publicKey), isOut(state, ben.publicKey)]).toEqual([true, true]);
    expect(isRotationOwed(state)).toBe(false);
    expect(await refused(state, [dan, departure])).toBe('not_allowed');
    expect(await refused(state, [eve, comeback])).toBe('not_allowed');
    const back = await after(state, [ben, comeback]);
    expect([isOut(back, ben.publicKey), roleOf(back, ben.publicKey)]).toEqual([false, 'member']);
    expect(isOut(back, dan.publicKey)).toBe(true);
    // By a link of a later secret it takes no word of theirs.
    const rotated = await after(state, [ada, rotation(2)]);
    expect([1, 2].map((version) => isGoneAt(rotated, dan.publicKey, version))).toEqual([true, false]);
    expect(await refused(rotated, [dan, comeback])).toBe('not_allowed');
  });

  it('[G9] a listener who leaves or is removed is one still after coming back', async () => {
    const left = await after(group, [eve, departure], [eve, comeback]);
    const removed = await after(group, [ada, removal(eve)], [ada, rotation(2)]);
    for (const state of [left, removed]) expect(roleOf(state, eve.publicKey)).toBe('listener');
  });
});
