// Where something sealed under a group's `seal` key belongs (protocol.md G7): the AAD binds it to its group, to what it is and to whom
// it is about, so that the service cannot move one elsewhere. sealed-text.ts and sealed-face.ts seal with it.
import { concat, uint, utf8, type Bytes } from '../bytes.ts';
import type { BoxKey } from './box.ts';
import type { GroupKeys } from './secret.ts';

const label = utf8('Aparté/1 sealed');
const codeOf = { groupName: 1, memberName: 2, memberFace: 3, groupFace: 4 } as const;

export interface SealedPlace<What extends keyof typeof codeOf> {
  /** 16 bytes. */
  readonly groupId: Bytes;
  readonly what: What;
  /** The identity (32 bytes) that a member's name or face is of; empty for the group's. */
  readonly subject: Bytes;
}

/** Throws `RangeError` on wrong lengths. */
export function boxKey(keys: Pick<GroupKeys, 'seal'>, place: SealedPlace<keyof typeof codeOf>): BoxKey {
  const { groupId, what, subject } = place;
  if (groupId.length !== 16) throw new RangeError(`groupId must be 16 bytes, got ${groupId.length}`);
  const subjectBytes = what.startsWith('member') ? 32 : 0;
  if (subject.length !== subjectBytes) {
    throw new RangeError(`subject must be ${subjectBytes} bytes, got ${subject.length}`);
  }
  const aad = concat(uint(label.length, 2), label, groupId, uint(codeOf[what], 1), subject);
  return { key: keys.seal, aad };
}
