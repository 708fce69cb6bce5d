// Rows of knocks (G15), inside somebody else's transaction. Shared by knocks.ts, groups.ts (who comes in does not wait any more) and
// history.ts (who is admitted, and whom a rotation turns away).
import type { MemberRow } from './group-store.ts';
import type { KnockRow } from './knock-store.ts';
import type { Tables, Tx } from './tables.ts';

/** How long who knocked is told that the link was replaced. */
const outdatedMs = 7 * 24 * 3_600_000;
/** What is kept of a record once there was an answer. */
export const forgotten = { inbox_key: '', mac: '', signature: '', sealed_name: '', sealed_face: null };

/** In place of what there is of this identity. */
export async function putKnock(
  tx: Tx,
  groupId: string,
  knock: MemberRow & { readonly untilMs: number },
): Promise<void> {
  await dropKnock(tx, groupId, knock.identity);
  await tx
    .insertInto('knocks')
    .values({
      group_id: groupId,
      identity: knock.identity,
      inbox_key: knock.inboxKey,
      mac: knock.mac,
      signature: knock.signature,
      sealed_name: knock.sealedName,
      sealed_face: knock.sealedFace,
      name_version: knock.nameVersion,
      profile_revision: knock.profileRevision,
      profile_signature: knock.profileSignature,
      secret_version: knock.secretVersion,
      knocked_at_ms: knock.joinedAtMs,
      state: 'waiting',
      until_ms: knock.untilMs,
    })
    .execute();
}

export async function dropKnock(tx: Tx, groupId: string, identity: string): Promise<void> {
  await tx.deleteFrom('knocks').where('group_id', '=', groupId).where('identity', '=', identity).execute();
}

/** Who of these waits, by identity. */
export async function waitingOf(
  tx: Tx,
  groupId: string,
  wanted: { readonly identities: readonly string[]; readonly nowMs: number },
): Promise<Map<string, KnockRow>> {
  if (wanted.identities.length === 0) return new Map();
  const rows = await tx
    .selectFrom('knocks')
    .selectAll()
    .where('group_id', '=', groupId)
    .where('identity', 'in', wanted.identities)
    .where('state', '=', 'waiting')
    .where('until_ms', '>', wanted.nowMs)
    .execute();
  return new Map(rows.map((row) => [row.identity, toKnock(row)]));
}

/** The group has another link: nobody waits any more. Gives who did. */
export async function outdateKnocks(tx: Tx, groupId: string, nowMs: number): Promise<string[]> {
  const rows = await tx
    .updateTable('knocks')
    .set({ ...forgotten, state: 'outdated', until_ms: nowMs + outdatedMs })
    .where('group_id', '=', groupId)
    .where('state', '=', 'waiting')
    .returning('identity')
    .execute();
  return rows.map(({ identity }) => identity);
}

export function toKnock(row: Tables['knocks']): KnockRow {
  return {
    identity: row.identity,
    inboxKey: row.inbox_key,
    mac: row.mac,
    signature: row.signature,
    sealedName: row.sealed_name,
    sealedFace: row.sealed_face,
    nameVersion: row.name_version,
    profileRevision: row.profile_revision,
    profileSignature: row.profile_signature,
    secretVersion: row.secret_version,
    joinedAtMs: row.knocked_at_ms,
    state: row.state,
    untilMs: row.until_ms,
  };
}
