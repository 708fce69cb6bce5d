// Places in calls, inside somebody else's transaction: listing them, ending them, and ending the call with the last one.
// Shared by history.ts (who is no member any more has no place) and calls.ts.
import { dropOrphanedRequests, dropRequests } from './requests.ts';
import type { LeftPlaces, Place } from './store.ts';
import type { Db, Tables, Tx } from './tables.ts';

/** The running call of a group. */
export async function liveCallOf(db: Db | Tx, groupId: string): Promise<Tables['calls'] | undefined> {
  return db
    .selectFrom('calls')
    .selectAll()
    .where('group_id', '=', groupId)
    .where('ended_at_ms', 'is', null)
    .executeTakeFirst();
}

/** Active places of a call, oldest first. */
export async function activePlaces(db: Db | Tx, callId: string): Promise<Place[]> {
  const rows = await db
    .selectFrom('places')
    .selectAll()
    .where('call_id', '=', callId)
    .where('state', '<>', 'left')
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({
    identity: row.identity,
    livekitIdentity: row.livekit_identity,
    state: row.state as Place['state'],
    deadlineMs: row.deadline_ms,
  }));
}

/** Ends the identity's active places (one, or the given one only) and the call if nobody is left. */
export async function endPlaces(
  tx: Tx,
  who: {
    readonly callId: string;
    readonly groupId: string;
    readonly identity: string;
    readonly livekitIdentity?: string;
    readonly nowMs: number;
  },
): Promise<LeftPlaces> {
  let query = tx
    .updateTable('places')
    .set({ state: 'left', deadline_ms: 0 })
    .where('call_id', '=', who.callId)
    .where('identity', '=', who.identity)
    .where('state', '<>', 'left');
  if (who.livekitIdentity !== undefined) query = query.where('livekit_identity', '=', who.livekitIdentity);
  const ended = await query.returning('livekit_identity').execute();
  if (ended.length > 0) {
    await bumpParticipants(tx, who.callId);
    await dropOrphanedRequests(tx, who.callId);
  }
  return {
    callId: who.callId,
    groupId: who.groupId,
    livekitIdentities: ended.map((row) => row.livekit_identity),
    callEnded: ended.length > 0 && (await endIfEmpty(tx, who.callId, who.nowMs)),
  };
}

/** Ends a running call without active places; its entries and requests are deleted with it. True if it ended now. */
export async function endIfEmpty(tx: Tx, callId: string, nowMs: number): Promise<boolean> {
  const someone = await tx
    .selectFrom('places')
    .select('identity')
    .where('call_id', '=', callId)
    .where('state', '<>', 'left')
    .limit(1)
    .executeTakeFirst();
  if (someone) return false;
  const ended = await tx
    .updateTable('calls')
    .set({ ended_at_ms: nowMs, group_info: null })
    .where('call_id', '=', callId)
    .where('ended_at_ms', 'is', null)
    .executeTakeFirst();
  if (ended.numUpdatedRows === 0n) return false;
  await tx.deleteFrom('entries').where('call_id', '=', callId).execute();
  await dropRequests(tx, callId, 'all');
  return true;
}

/** Counts a change of the call's participants. */
export async function bumpParticipants(tx: Tx, callId: string): Promise<void> {
  await tx
    .updateTable('calls')
    .set((eb) => ({ participants_version: eb('participants_version', '+', 1) }))
    .where('call_id', '=', callId)
    .execute();
}
