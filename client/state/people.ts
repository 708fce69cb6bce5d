// A group and its people as screens show them: pure derivations from the verified roster, what was verified on this
// device, and the voice chat's state as the service tells it.
import { equal, type Bytes } from '../../crypto/bytes.ts';
import type { VerifiedMember } from '../../crypto/group/index.ts';
import type { Group } from '../groups/group.ts';
import type { StoredVerification } from '../groups/store.ts';
import { verificationOf } from '../groups/verification.ts';
import { idOf } from './ids.ts';
import { shownCode } from './problems.ts';
import type { GroupSummary, GroupView, Person } from './view.ts';

/** What this device knows beside the group itself. */
export interface Knowledge {
  readonly me: Bytes;
  readonly verifications: ReadonlyMap<string, StoredVerification>;
}

export function summaryOf(group: Group): GroupSummary {
  return {
    id: group.id,
    name: group.name,
    memberCount: group.members.length,
    inCallCount: membersInCall(group).length,
  };
}

export interface GroupViewParts extends Knowledge {
  readonly inviteLink: string | null;
  /** The service cannot be reached. */
  readonly isOffline: boolean;
  readonly retry: () => void;
}

export function groupViewOf(group: Group, parts: GroupViewParts): GroupView {
  const people = peopleOf(group, parts);
  const inside = people.filter((person) => person.isInCall);
  return {
    ...summaryOf(group),
    people,
    inviteLink: parts.inviteLink,
    isOwner: equal(group.owner, parts.me),
    call: group.call && inside.length > 0 ? { startedAtMs: group.call.startedAtMs, people: inside } : null,
    status: group.isFresh ? 'ready' : parts.isOffline || group.problem ? 'offline' : 'loading',
    problem: group.problem ? { code: shownCode(group.problem), retry: parts.retry } : null,
  };
}

/** Me first, then in the order of joining. */
export function peopleOf(group: Group, knowledge: Knowledge): Person[] {
  const inside = new Set(membersInCall(group));
  return group.members
    .map((member) => personOf(group, member, { ...knowledge, isInCall: inside.has(member) }))
    .sort((a, b) => Number(b.isMe) - Number(a.isMe));
}

/** Verified members who have a place in the voice chat. The service's word, good for a count and a Join button only. */
export function membersInCall(group: Group): VerifiedMember[] {
  const places = group.call?.participants.filter(({ state }) => state !== 'left') ?? [];
  const inside = new Set(places.map(({ identity }) => idOf(identity)));
  return group.members.filter(({ identity }) => inside.has(idOf(identity)));
}

function personOf(group: Group, member: VerifiedMember, parts: Knowledge & { isInCall: boolean }): Person {
  const id = idOf(member.identity);
  return {
    id,
    name: member.name,
    isMe: equal(member.identity, parts.me),
    isOwner: equal(member.identity, group.owner),
    verification: verificationOf(parts.verifications, group.id, { identity: id, name: member.name }),
    isInCall: parts.isInCall,
  };
}
