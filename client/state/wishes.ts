// From what a person chose in a member's menu to the change of the group that it stands for (client/groups/changes.ts).
import type { Bytes } from '../../crypto/bytes.ts';
import type { Wish } from '../groups/changes.ts';
import type { MemberAction } from './view.ts';

/** A wish about one member. */
type MemberWish = Extract<Wish, { kind: 'role' | 'removal' | 'handover' }>;

export function wishOf(action: MemberAction, identity: Bytes): MemberWish {
  switch (action) {
    case 'makeAdmin':
      return { kind: 'role', identity, role: 'admin' };
    case 'makeMember':
      return { kind: 'role', identity, role: 'member' };
    case 'makeListener':
      return { kind: 'role', identity, role: 'listener' };
    case 'handOver':
      return { kind: 'handover', identity };
    case 'remove':
      return { kind: 'removal', identity, isBanned: false };
    case 'ban':
      return { kind: 'removal', identity, isBanned: true };
  }
}
