// Knocks in the store (G15): who waits to be let in. A knock that is answered keeps no record, only what its knocker is told. Changes of
// the group answer them, too (history.ts). Called by `server/groups`.
import type { Engine } from './engine.ts';
import { putEntries } from './history.ts';
import { forgotten, putKnock, toKnock } from './knock-rows.ts';
import type { Knocked, KnockStore, KnockWish } from './knock-store.ts';
import { countMembers, findFolded, hasTooManyGroups, isMember } from './members.ts';
import type { Tx } from './tables.ts';

export function createKnockStore({ db, atomically }: Engine): KnockStore {
  return {
    async find(groupId, identity, nowMs) {
      const row = await db
        .selectFrom('knocks')
        .selectAll()
        .where('group_id', '=', groupId)
        .where('identity', '=', identity)
        .where('until_ms', '>', nowMs)
        .executeTakeFirst();
      return row ? toKnock(row) : null;
    },

    async waiting(groupId, nowMs) {
      const rows = await db
        .selectFrom('knocks')
        .selectAll()
        .where('group_id', '=', groupId)
        .where('state', '=', 'waiting')
        .where('until_ms', '>', nowMs)
        .orderBy('knocked_at_ms')
        .orderBy('identity')
        .execute();
      return rows.map(toKnock);
    },

    knock: (wish) => atomically(wish.groupId, (tx) => knock(tx, wish)),

    async withdraw(groupId, identity) {
      const gone = await db
        .deleteFrom('knocks')
        .where('group_id', '=', groupId)
        .where('identity', '=', identity)
        .where('state', '=', 'waiting')
        .executeTakeFirst();
      return gone.numDeletedRows > 0n;
    },

    async decline(groupId, identity, untilMs) {
      const declined = await db
        .updateTable('knocks')
        .set({ ...forgotten, state: 'declined', until_ms: untilMs })
        .where('group_id', '=', groupId)
        .where('identity', '=', identity)
        .where('state', '=', 'waiting')
        .executeTakeFirst();
      return declined.numUpdatedRows > 0n;
    },

    async prune(nowMs) {
      await db.deleteFrom('knocks').where('until_ms', '<=', nowMs).execute();
    },
  };
}

async function knock(tx: Tx, wish: KnockWish): Promise<Knocked> {
  const { groupId, member, limits, nowMs, change } = wish;
  const { identity } = member;
  const group = await findFolded(tx, groupId);
  if (!group) return 'no_group';
  if (await isMember(tx, groupId, identity)) return 'already';
  if (group.secretVersion !== member.secretVersion || group.historyVersion !== wish.historyVersion)
    return 'moved';
  const known = await tx
    .selectFrom('knocks')
    .selectAll()
    .where('group_id', '=', groupId)
    .where('identity', '=', identity)
    .where('until_ms', '>', nowMs)
    .executeTakeFirst();
  if (known?.state === 'declined') return { declinedUntilMs: known.until_ms };
  const isWaiting = known?.state === 'waiting';
  if (!isWaiting) {
    if ((await countMembers(tx, groupId)) >= limits.membersPerGroup) return 'group_full';
    if (await hasTooManyGroups(tx, identity, limits)) return 'too_many_groups';
    if ((await countOf(tx, 'group_id', { value: groupId, nowMs })) >= limits.perGroup)
      return 'too_many_knocks';
    if ((await countOf(tx, 'identity', { value: identity, nowMs })) >= limits.perIdentity)
      return 'too_many_knocks';
  }
  if (change !== null && !(await putEntries(tx, groupId, change))) return 'moved';
  const joinedAtMs = isWaiting ? known.knocked_at_ms : member.joinedAtMs;
  await putKnock(tx, groupId, { ...member, joinedAtMs, untilMs: wish.untilMs });
  return 'knocked';
}

/** Of a group, or of an identity: how many wait. */
async function countOf(
  tx: Tx,
  column: 'group_id' | 'identity',
  { value, nowMs }: { value: string; nowMs: number },
): Promise<number> {
  const row = await tx
    .selectFrom('knocks')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where(column, '=', value)
    .where('state', '=', 'waiting')
    .where('until_ms', '>', nowMs)
    .executeTakeFirstOrThrow();
  return row.n;
}
