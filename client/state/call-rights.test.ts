// What is offered about somebody in a call is what the rules of the history take and what makes a difference (G9), for every role on every
// other.
import { expect, test } from 'vitest';
import { toHex, type Bytes } from '../../crypto/bytes.ts';
import {
  applyUnsigned,
  encodeAction,
  genesisState,
  maySpeak,
  type GroupState,
  type Role,
} from '../../crypto/group/history/index.ts';
import { createGroupId } from '../../crypto/invite/index.ts';
import { callActionsIn, mayMute, rowActionsOn, wishOfRow } from './call-rights.ts';

const keyOf = (n: number): Bytes => new Uint8Array(32).fill(n);
const people = {
  owner: keyOf(1),
  admin: keyOf(2),
  other: keyOf(3),
  member: keyOf(4),
  listener: keyOf(5),
  speaker: keyOf(6),
};
const callId = new Uint8Array(16).fill(9);
const nonce = new Uint8Array(16);
const first = genesisState({ groupId: createGroupId(people.owner, nonce), owner: people.owner, nonce });
const roles: ReadonlyMap<string, Role> = new Map([
  [toHex(people.admin), 'admin'],
  [toHex(people.other), 'admin'],
  [toHex(people.listener), 'listener'],
  [toHex(people.speaker), 'listener'],
]);
const speakers = { callId, identities: new Set([toHex(people.speaker)]) };
const state: GroupState = { ...first, roles, speakers };

test('[G9] who may speak is offered to change where it is so and allowed, and nowhere else', () => {
  for (const me of Object.values(people)) {
    for (const them of Object.values(people).filter((one) => one !== me)) {
      const taken = (['letSpeak', 'listenAgain'] as const).filter((action) => {
        const wish = wishOfRow(action, callId, them)!;
        try {
          const { state: next } = applyUnsigned(state, { author: me, atMs: 1, action: encodeAction(wish) });
          return maySpeak(next, callId, them) !== maySpeak(state, callId, them);
        } catch {
          return false;
        }
      });
      const offered = rowActionsOn({ state, callId, me }, { identity: them, isMuted: true });
      expect(offered.filter((action) => action !== 'takeOut')).toEqual(taken);
    }
    expect(rowActionsOn({ state, callId, me }, { identity: me, isMuted: false })).toEqual([]);
  }
  const by = (identity: Bytes) =>
    rowActionsOn({ state, callId, me: people.admin }, { identity, isMuted: true });
  expect([by(people.listener), by(people.speaker)]).toEqual([
    ...[
      ['letSpeak', 'takeOut'],
      ['listenAgain', 'takeOut'],
    ],
  ]);
  expect(by(people.listener), 'the same list each time').toBe(by(people.listener));
});

test('[A8] owner and admins mute who is not above them and can be heard, never themselves; nobody else mutes anybody', () => {
  const mutes = (by: Bytes) =>
    Object.entries(people).flatMap(([name, whom]) => (mayMute(state, by, whom) ? [name] : []));
  expect(mutes(people.owner)).toEqual(['admin', 'other', 'member', 'listener', 'speaker']);
  expect(mutes(people.admin)).toEqual(['other', 'member', 'listener', 'speaker']);
  for (const by of [people.member, people.listener, people.speaker]) {
    expect([mutes(by), callActionsIn({ state, callId, me: by }, [])]).toEqual([[], []]);
  }
  const on = (identity: Bytes, isMuted: boolean) =>
    rowActionsOn({ state, callId, me: people.admin }, { identity, isMuted });
  expect([people.owner, people.other, people.member].map((whom) => on(whom, false))).toEqual([
    ...[[], ['mute'], ['mute', 'takeOut']],
  ]);
  expect([on(people.speaker, false), on(people.speaker, true), on(people.listener, false)]).toEqual([
    ...[
      ['mute', 'listenAgain', 'takeOut'],
      ['listenAgain', 'takeOut'],
      ['letSpeak', 'takeOut'],
    ],
  ]);
  const onCall = (lock: Bytes | null) =>
    callActionsIn({ state: { ...state, lock }, callId, me: people.admin }, []);
  expect([onCall(null), onCall(keyOf(3).slice(16)), onCall(callId)]).toEqual([
    ...[
      ['muteAll', 'lock'],
      ['muteAll', 'lock'],
      ['muteAll', 'unlock'],
    ],
  ]);
});

test('[C17] who is above takes out, and ends the call for everybody where nobody in it is their equal', () => {
  const takesOut = (me: Bytes) =>
    Object.entries(people).flatMap(([name, identity]) =>
      rowActionsOn({ state, callId, me }, { identity, isMuted: true }).includes('takeOut') ? [name] : [],
    );
  const below = ['member', 'listener', 'speaker'];
  expect([takesOut(people.owner), takesOut(people.admin)]).toEqual([['admin', 'other', ...below], below]);
  expect([people.member, people.listener].flatMap(takesOut)).toEqual([]);
  const ends = (me: Bytes, ...others: readonly Bytes[]) =>
    callActionsIn({ state, callId, me }, others).includes('endForAll');
  const { owner, admin, other, member, speaker } = people;
  expect([ends(owner, admin, member), ends(admin, member, speaker)]).toEqual([true, true]);
  expect([ends(admin, member, other), ends(admin, owner), ends(owner), ends(member, speaker)]).toEqual([
    ...[false, false, false, false],
  ]);
});
