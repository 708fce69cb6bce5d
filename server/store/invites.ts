// Invite links that end, in the store (G16). Counting a use and handing out what it opens is one transaction, and an identity counts once: a
// lost answer costs nothing. A rotation ends all of them (history.ts).
import type { Engine } from './engine.ts';
import type { InviteRefusal, InviteRow, InviteStore, NewInvite } from './invite-store.ts';
import { findFolded, isMember } from './members.ts';
import type { Db, Tables, Tx } from './tables.ts';

export function createInviteStore({ db, atomically }: Engine): InviteStore {
  return {
    make: (invite) => atomically(invite.groupId, (tx) => make(tx, invite)),

    async list(groupId, nowMs) {
      const rows = await db
        .selectFrom('invites')
        .selectAll()
        .where('group_id', '=', groupId)
        .where('expires_at_ms', '>', nowMs)
        .where('is_revoked', '=', 0)
        .orderBy('made_at_ms', 'desc')
        .orderBy('door_hash')
        .execute();
      return rows.filter((row) => refusalOf(row, nowMs) === null).map(toInvite);
    },

    async find(groupId, doorHash, nowMs) {
      const row = await findRow(db, groupId, doorHash);
      return row ? (refusalOf(row, nowMs) ?? toInvite(row)) : 'none';
    },

    take: (wish) => atomically(wish.groupId, (tx) => take(tx, wish)),

    async revoke(groupId, doorHash, madeBy) {
      let query = db
        .updateTable('invites')
        .set({ is_revoked: 1, sealed_secret: '', sealed_invite: '' })
        .where('group_id', '=', groupId)
        .where('door_hash', '=', doorHash)
        .where('is_revoked', '=', 0);
      if (madeBy !== null) query = query.where('made_by', '=', madeBy);
      return (await query.executeTakeFirst()).numUpdatedRows > 0n;
    },

    async prune(beforeMs) {
      await db.deleteFrom('invites').where('expires_at_ms', '<', beforeMs).execute();
    },
  };
}

/** The secret has changed: no link of before opens anything. */
export async function dropInvites(tx: Tx, groupId: string): Promise<void> {
  await tx.deleteFrom('invites').where('group_id', '=', groupId).execute();
}

async function make(tx: Tx, invite: NewInvite): ReturnType<InviteStore['make']> {
  const { groupId, doorHash, madeBy } = invite;
  if (!(await isMember(tx, groupId, madeBy))) return 'not_member';
  const group = await findFolded(tx, groupId);
  if (group?.secretVersion !== invite.secretVersion) return 'moved';
  const known = await findRow(tx, groupId, doorHash);
  if (known) return known.sealed_secret === invite.sealedSecret ? 'same' : 'moved';
  const { n } = await tx
    .selectFrom('invites')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('group_id', '=', groupId)
    .executeTakeFirstOrThrow();
  if (n >= invite.most) return 'too_many';
  await tx
    .insertInto('invites')
    .values({
      ...{ group_id: groupId, door_hash: doorHash, made_by: madeBy, made_at_ms: invite.madeAtMs },
      ...{ expires_at_ms: invite.expiresAtMs, uses: invite.uses, used: 0, is_revoked: 0 },
      ...{ secret_version: invite.secretVersion, sealed_secret: invite.sealedSecret },
      ...{ sealed_name: invite.sealedName, sealed_invite: invite.sealedInvite },
    })
    .execute();
  return 'made';
}

async function take(tx: Tx, wish: Parameters<InviteStore['take']>[0]): ReturnType<InviteStore['take']> {
  const { groupId, doorHash, identity, nowMs } = wish;
  const row = await findRow(tx, groupId, doorHash);
  if (!row) return 'none';
  const given = { sealedSecret: row.sealed_secret, secretVersion: row.secret_version };
  const refusal = refusalOf(row, nowMs);
  const mine = { group_id: groupId, door_hash: doorHash, identity };
  const taken = await tx
    .selectFrom('takers')
    .select('identity')
    .where('group_id', '=', groupId)
    .where('door_hash', '=', doorHash)
    .where('identity', '=', identity)
    .executeTakeFirst();
  // Who is inside has it already.
  if (refusal === null && (await isMember(tx, groupId, identity))) return given;
  if (taken && (refusal === null || refusal === 'used_up')) return given;
  if (refusal !== null) return refusal;
  await tx
    .updateTable('invites')
    .set((eb) => ({ used: eb('used', '+', 1) }))
    .where('group_id', '=', groupId)
    .where('door_hash', '=', doorHash)
    .execute();
  await tx.insertInto('takers').values(mine).execute();
  return given;
}

async function findRow(
  db: Db | Tx,
  groupId: string,
  doorHash: string,
): Promise<Tables['invites'] | undefined> {
  return db
    .selectFrom('invites')
    .selectAll()
    .where('group_id', '=', groupId)
    .where('door_hash', '=', doorHash)
    .executeTakeFirst();
}

/** Why it opens nothing any more, if so. */
function refusalOf(row: Tables['invites'], nowMs: number): InviteRefusal | null {
  if (row.is_revoked !== 0) return 'revoked';
  if (row.expires_at_ms <= nowMs) return 'expired';
  return row.uses !== null && row.used >= row.uses ? 'used_up' : null;
}

function toInvite(row: Tables['invites']): InviteRow {
  return {
    ...{ doorHash: row.door_hash, madeBy: row.made_by, madeAtMs: row.made_at_ms },
    ...{ expiresAtMs: row.expires_at_ms, uses: row.uses, used: row.used },
    ...{ sealedName: row.sealed_name, sealedInvite: row.sealed_invite },
  };
}
