// A group and its people as screens show them: pure derivations from the verified roster, what was verified on this
// device, and the voice chat's state as the service tells it.
import { equal, type Bytes } from '../../crypto/bytes.ts';
import { isAdmitted, isOwner, rankOf, roleOf, type GroupState } from '../../crypto/group/history/index.ts';
import type { Member } from '../../crypto/group/index.ts';
import type { Face } from '../../crypto/invite/index.ts';
import type { Group } from '../groups/group.ts';
import type { StoredVerification } from '../groups/store.ts';
import { verificationOf } from '../groups/verification.ts';
import { isLocked } from './call-rights.ts';
import { idOf } from './ids.ts';
import { shownCode } from './problems.ts';
import { withSame } from './same.ts';
import type { DoorView, FaceView, GroupSummary, GroupView, MemberAction, Person } from './view.ts';

/** The rank of admins (G9). */
const admin = 2;

/** A change of a group that is on its way to the service; of a person, of the link with null, or of its call with no person's id. */
export interface Changing {
  readonly groupId: string;
  readonly personId: string | null;
}

/** What this device knows beside the group itself. */
export interface Knowledge {
  readonly me: Bytes;
  readonly verifications: ReadonlyMap<string, StoredVerification>;
  readonly faceOf: FaceOf;
  /** The first digits of their own half of safety numbers, where somebody in the group has the same name, or nearly (S5). */
  readonly excerptOf: (group: Group, identity: Bytes) => string | null;
}

/** A face in a group, as screens show it. */
export type FaceOf = (group: Group, face: Face) => FaceView;

export function summaryOf(group: Group, faceOf: FaceOf): GroupSummary {
  return {
    id: group.id,
    name: group.name,
    face: faceOf(group, group.face),
    memberCount: group.members.length,
    inCallCount: membersInCall(group).length,
    lastCallAtMs: group.lastCallAtMs,
  };
}

/** Live ones first, then by when this device last saw a voice chat, then by name. */
export function inOrder(summaries: readonly GroupSummary[]): GroupSummary[] {
  const live = ({ inCallCount }: GroupSummary): number => Number(inCallCount > 0);
  const names = new Intl.Collator(undefined, { numeric: true });
  return [...summaries].sort(
    (a, b) =>
      live(b) - live(a) || (b.lastCallAtMs ?? 0) - (a.lastCallAtMs ?? 0) || names.compare(a.name, b.name),
  );
}

export interface GroupViewParts extends Knowledge {
  readonly door: DoorView | null;
  readonly banned: GroupView['banned'];
  readonly inviteLink: string | null;
  /** The service cannot be reached. */
  readonly isOffline: boolean;
  readonly changing: Changing | null;
  readonly retry: () => void;
  /** Its people as they were shown last. */
  readonly shown: readonly Person[];
}

export function groupViewOf(group: Group, parts: GroupViewParts): GroupView {
  const changing = parts.changing?.groupId === group.id ? parts.changing : null;
  const people = withSame(parts.shown, peopleOf(group, { ...parts, changing }));
  const inside = people.filter((person) => person.isInCall);
  const isMine = isOwner(group.state, parts.me);
  const isAdmin = group.isFresh && rankOf(group.state, parts.me) >= admin;
  return {
    ...summaryOf(group, parts.faceOf),
    people,
    inviteLink: changing !== null && changing.personId === null ? null : parts.inviteLink,
    callSettings: group.state.policy,
    canSetCall: isAdmin,
    canRenewLink: isAdmin,
    canRename: isAdmin,
    canChangeMe: group.isFresh,
    canSetAdmission: isAdmin,
    admission: group.state.policy.admission,
    door: parts.door,
    banned: parts.banned,
    canDelete: isMine,
    leaving: !isMine ? 'free' : people.length > 1 ? 'mustHandOver' : 'alone',
    call:
      group.call && inside.length > 0
        ? { startedAtMs: group.call.startedAtMs, people: inside, lock: lockOf(group, parts.me) }
        : null,
    status: statusOf(group, parts.isOffline),
    problem: group.problem ? { code: shownCode(group.problem), retry: parts.retry } : null,
  };
}

/** For me: who has a place in it comes back, also after the page was opened again. */
function lockOf(group: Group, me: Bytes): 'open' | 'locked' | 'unlockable' {
  const { state, call, isFresh } = group;
  const isInside = membersInCall(group).some(({ identity }) => equal(identity, me));
  if (call === null || isInside || !isLocked(state, call.callId)) return 'open';
  return isFresh && rankOf(state, me) >= admin ? 'unlockable' : 'locked';
}

function statusOf(group: Group, isOffline: boolean): GroupView['status'] {
  if (group.isFresh) return 'ready';
  if (isOffline) return 'offline';
  return group.problem ? 'refused' : 'loading';
}

/** Me first, then in the order of joining. */
export function peopleOf(
  group: Group,
  knowledge: Knowledge & { readonly changing: Changing | null },
): Person[] {
  const inside = new Set(membersInCall(group));
  return group.members
    .map((member) => personOf(group, member, { ...knowledge, isInCall: inside.has(member) }))
    .sort((a, b) => Number(b.isMe) - Number(a.isMe));
}

/** What `me` may do about `identity` (G9). */
export function actionsOn(state: GroupState, me: Bytes, identity: Bytes): MemberAction[] {
  const [mine, theirs] = [rankOf(state, me), rankOf(state, identity)];
  if (mine < admin || mine <= theirs || equal(me, identity)) return [];
  const role = roleOf(state, identity);
  return [
    ...(role === 'admin' ? [] : (['makeAdmin'] as const)),
    ...(role === 'member' ? [] : (['makeMember'] as const)),
    ...(role === 'listener' ? [] : (['makeListener'] as const)),
    ...(isOwner(state, me) && isAdmitted(state, identity) ? (['handOver'] as const) : []),
    ...(['remove', 'ban'] as const),
  ];
}

/** Verified members who have a place in the voice chat. The service's word, good for a count and a Join button only. */
export function membersInCall(group: Group): Member[] {
  const places = group.call?.participants.filter(({ state }) => state !== 'left') ?? [];
  if (places.length === 0) return [];
  const inside = new Set(places.map(({ identity }) => idOf(identity)));
  return group.members.filter(({ identity }) => inside.has(idOf(identity)));
}

function personOf(
  group: Group,
  member: Member,
  parts: Knowledge & { readonly isInCall: boolean; readonly changing: Changing | null },
): Person {
  const id = idOf(member.identity);
  return {
    id,
    name: member.name,
    face: parts.faceOf(group, member.face),
    excerpt: parts.excerptOf(group, member.identity),
    isMe: equal(member.identity, parts.me),
    role: roleOf(group.state, member.identity),
    can: group.isFresh ? actionsOn(group.state, parts.me, member.identity) : [],
    isChanging: parts.changing?.personId === id,
    verification: verificationOf(parts.verifications, group.id, { identity: id, name: member.name }),
    isInCall: parts.isInCall,
  };
}
