// Who shows the door of a group's present secret (G4, T5). service.ts and history.ts ask.
import { createHash, timingSafeEqual } from 'node:crypto';
import { fromBase64url } from '../../crypto/bytes.ts';
import { AppError } from '../errors.ts';
import type { FoldedGroup, Store } from '../store/store.ts';

/** Unknown group and wrong door answer alike, and take the same steps; the door of an earlier secret is a wrong one. */
export async function openDoor(store: Store, groupId: string, door: string): Promise<FoldedGroup> {
  const group = await store.groups.folded(groupId);
  const expected = group ? Buffer.from(group.doorHash, 'base64url') : Buffer.alloc(32);
  const isOpen = timingSafeEqual(hashDoor(door), expected);
  if (!group || !isOpen) throw new AppError('group_not_found');
  return group;
}

export function hashDoor(door: string): Buffer {
  return createHash('sha256').update(fromBase64url(door)).digest();
}
