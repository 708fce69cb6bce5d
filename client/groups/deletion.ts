// The end of a group (G17): its owner deletes it; a device that finds it gone asks whether it was the owner, and believes only what the
// owner it knows has signed. groups.ts asks.
import { isDeletedByOwner, signDeletion } from '../../crypto/group/index.ts';
import { ApiError } from '../api/errors.ts';
import type { Service } from '../api/service.ts';
import type { Device } from './device.ts';
import type { Group, GroupProblem } from './group.ts';

/** Throws `ApiError`; `history_conflict` where the group has changed meanwhile. */
export async function deleteGroup(
  { service, device }: { readonly service: Service; readonly device: Device },
  { state }: Pick<Group, 'state'>,
): Promise<void> {
  await service.deletions.delete(state.groupId, await signDeletion(device.identity, state));
}

/** Why a group that the service does not show any more is gone. Never throws: nobody's word is no word. */
export async function whyGone(
  service: Service,
  { state }: Pick<Group, 'state'>,
): Promise<Extract<GroupProblem, 'group_gone' | 'group_deleted'>> {
  try {
    const deletion = await service.deletions.read(state.groupId);
    const isMeant = deletion !== null && (await isDeletedByOwner(state, deletion));
    return isMeant ? 'group_deleted' : 'group_gone';
  } catch (error) {
    if (error instanceof ApiError) return 'group_gone';
    throw error;
  }
}

/** Whether there is nothing here to be in any more, for me or anybody. */
export function isGone({ problem }: Pick<Group, 'problem'>): boolean {
  return problem === 'group_gone' || problem === 'group_deleted';
}
