// The record's version counts up with every change of a group, so that whoever is told of it knows that there is something to fetch.
import type { Tx } from './tables.ts';

export async function bump(tx: Tx, groupId: string): Promise<void> {
  await tx
    .updateTable('groups')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('group_id', '=', groupId)
    .execute();
}
