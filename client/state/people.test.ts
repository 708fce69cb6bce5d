// What the group page shows of roles, and lets a person do: what the history's rules would take, and nothing else (G9).
import { expect, test } from 'vitest';
import { fromHex, random, toHex } from '../../crypto/bytes.ts';
import {
  encodeAction,
  genesisState,
  applyUnsigned,
  type GroupState,
  type Role,
} from '../../crypto/group/history/index.ts';
import { createGroupId } from '../../crypto/invite/index.ts';
import { actionsOn, inOrder } from './people.ts';
import type { GroupSummary, MemberAction } from './view.ts';
import { wishOf } from './wishes.ts';

const nonce = random(16);
const owner = random(32);
const first = genesisState({ groupId: createGroupId(owner, nonce), owner, nonce });
const people = { owner, admin: random(32), admin2: random(32), member: random(32), listener: random(32) };
const given: readonly (readonly [Uint8Array<ArrayBuffer>, Role])[] = [
  [people.admin, 'admin'],
  [people.admin2, 'admin'],
  [people.listener, 'listener'],
];
const state: GroupState = {
  ...first,
  roles: new Map(given.map(([identity, role]) => [toHex(identity), role])),
};
const every: readonly MemberAction[] = [
  'makeAdmin',
  'makeMember',
  'makeListener',
  'handOver',
  'remove',
  'ban',
];

test('[G9] a menu has exactly what the rules let me do, but for what changes nothing', () => {
  const all = Object.values(people);
  for (const me of all) {
    for (const them of all.filter((one) => one !== me)) {
      const offered = actionsOn(state, me, them);
      const taken = every.filter((action) => changesBy(me, action, them));
      expect(offered, `${nameOf(me)} on ${nameOf(them)}`).toEqual(taken);
    }
    expect(actionsOn(state, me, me)).toEqual([]);
  }
  expect(actionsOn(state, people.owner, people.member)).toEqual([
    ...['makeAdmin', 'makeListener', 'handOver', 'remove', 'ban'],
  ]);
  expect(actionsOn(state, people.admin, people.listener)).toEqual([
    ...['makeAdmin', 'makeMember', 'remove', 'ban'],
  ]);
});

test('groups stand in the order in which they are wanted: live, last talked in, then by name', () => {
  const summary = (name: string, more: Partial<GroupSummary> = {}): GroupSummary => ({
    ...{ id: name, name, face: { kind: 'initials' }, memberCount: 2, inCallCount: 0, lastCallAtMs: null },
    ...more,
  });
  const mixed = [
    summary('Room 10'),
    summary('yesterday', { lastCallAtMs: 5 }),
    summary('Room 9'),
    summary('live', { inCallCount: 2 }),
    summary('today', { lastCallAtMs: 9 }),
  ];
  const names = inOrder(mixed).map(({ name }) => name);
  expect(names).toEqual(['live', 'today', 'yesterday', 'Room 9', 'Room 10']);
});

/** Whether the rules take it, and it makes a difference. */
function changesBy(
  author: Uint8Array<ArrayBuffer>,
  action: MemberAction,
  them: Uint8Array<ArrayBuffer>,
): boolean {
  const wish = wishOf(action, them);
  try {
    const next = applyUnsigned(state, { author, atMs: 1, action: encodeAction(wish) }).state;
    const told = ({ roles, owner, gone }: GroupState) =>
      JSON.stringify([[...roles].sort(), toHex(owner), [...gone]]);
    return told(next) !== told(state);
  } catch {
    return false;
  }
}

function nameOf(identity: Uint8Array<ArrayBuffer>): string {
  return Object.entries(people).find(([, one]) => toHex(one) === toHex(fromHex(toHex(identity))))?.[0] ?? '';
}
