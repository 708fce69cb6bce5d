// Join requests in the store (D6), inside somebody else's transaction: opening, withdrawing and listing them, and dropping those
// whose place, generation or call is over. Called by calls.ts and places.ts.
import type { JoinRequest } from './store.ts';
import type { Tx } from './tables.ts';

/** The same one again stays as it is, and where it is in the row. */
export async function putRequest(tx: Tx, callId: string, request: JoinRequest): Promise<void> {
  const { livekitIdentity: livekit_identity, message } = request;
  const known = await tx
    .selectFrom('requests')
    .select('message')
    .where('call_id', '=', callId)
    .where('livekit_identity', '=', livekit_identity)
    .executeTakeFirst();
  if (known?.message === message) return;
  const seq = await bumpRequests(tx, callId);
  await tx
    .insertInto('requests')
    .values({ call_id: callId, livekit_identity, seq, message })
    .onConflict((conflict) => conflict.columns(['call_id', 'livekit_identity']).doUpdateSet({ seq, message }))
    .execute();
}

/** Drops the requests of these places, or all of the call. True if there were any. */
export async function dropRequests(
  tx: Tx,
  callId: string,
  of: { readonly livekitIdentities: readonly string[] } | 'all',
): Promise<boolean> {
  const dropped = await tx
    .deleteFrom('requests')
    .where('call_id', '=', callId)
    .$if(of !== 'all', (query) =>
      query.where('livekit_identity', 'in', of === 'all' ? [] : [...of.livekitIdentities]),
    )
    .executeTakeFirst();
  return noteDropped(tx, callId, dropped.numDeletedRows);
}

/** Drops the requests of places that ended. */
export async function dropOrphanedRequests(tx: Tx, callId: string): Promise<void> {
  const dropped = await tx
    .deleteFrom('requests')
    .where('call_id', '=', callId)
    .where('livekit_identity', 'not in', (eb) =>
      eb
        .selectFrom('places')
        .select('livekit_identity')
        .where('call_id', '=', callId)
        .where('state', '<>', 'left'),
    )
    .executeTakeFirst();
  await noteDropped(tx, callId, dropped.numDeletedRows);
}

/** Open requests, oldest first. */
export async function openRequests(tx: Tx, callId: string): Promise<JoinRequest[]> {
  const rows = await tx
    .selectFrom('requests')
    .select(['livekit_identity', 'message'])
    .where('call_id', '=', callId)
    .orderBy('seq')
    .execute();
  return rows.map(({ livekit_identity: livekitIdentity, message }) => ({ livekitIdentity, message }));
}

async function noteDropped(tx: Tx, callId: string, count: bigint): Promise<boolean> {
  if (count === 0n) return false;
  await bumpRequests(tx, callId);
  return true;
}

/** Counts a change of the call's requests, and gives the new version. */
async function bumpRequests(tx: Tx, callId: string): Promise<number> {
  const { requests_version: version } = await tx
    .updateTable('calls')
    .set((eb) => ({ requests_version: eb('requests_version', '+', 1) }))
    .where('call_id', '=', callId)
    .returning('requests_version')
    .executeTakeFirstOrThrow();
  return version;
}
