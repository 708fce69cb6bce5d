// Groups, members and removals in the store. Called by `server/groups`.
import type { Engine } from './engine.ts';
import { endPlaces, liveCallOf } from './places.ts';
import type {
  Departure,
  GroupHead,
  GroupLimits,
  GroupStore,
  MemberRow,
  RemovalRow,
  RemovalWish,
} from './store.ts';
import type { Db, Tables, Tx } from './tables.ts';

export function createGroupStore({ db, atomically, atOneMoment }: Engine): GroupStore {
  return {
    create: (group, owner, limits) => atomically(group.groupId, (tx) => create(tx, { group, owner, limits })),

    async head(groupId) {
      return (await findHead(db, groupId)) ?? null;
    },

    memberCount: (groupId) => count(db, groupId),
    isRemoved: (groupId, identity) => isListed(db, 'removals', { groupId, identity }),
    isMember: (groupId, identity) => isListed(db, 'members', { groupId, identity }),

    readAs: (groupId, identity) =>
      atOneMoment(async (tx) => {
        if (!(await isListed(tx, 'members', { groupId, identity }))) return null;
        const head = await findHead(tx, groupId);
        if (!head) return null;
        return { ...head, members: await members(tx, groupId), removals: await removals(tx, groupId) };
      }),

    addMember: (groupId, member, limits) =>
      atomically(groupId, (tx) => addMember(tx, { groupId, member, limits })),
    remove: (wish) => atomically(wish.groupId, (tx) => remove(tx, wish)),

    leave: (groupId, identity, nowMs) =>
      atomically(groupId, async (tx): Promise<Departure> => {
        if (!(await dropMember(tx, groupId, identity))) return { changed: false, left: null };
        await bump(tx, groupId);
        return { changed: true, left: await leaveCall(tx, { groupId, identity, nowMs }) };
      }),

    async groupsOf(identity) {
      const rows = await db
        .selectFrom('members')
        .select('group_id')
        .where('identity', '=', identity)
        .execute();
      return rows.map((row) => row.group_id);
    },

    async membersOf(groupId) {
      const rows = await db
        .selectFrom('members')
        .select('identity')
        .where('group_id', '=', groupId)
        .execute();
      return rows.map((row) => row.identity);
    },
  };
}

interface Creation {
  readonly group: Omit<GroupHead, 'version'>;
  readonly owner: MemberRow;
  readonly limits: GroupLimits;
}

async function create(
  tx: Tx,
  { group, owner, limits }: Creation,
): Promise<'created' | 'same' | 'exists' | 'too_many_groups'> {
  const known = await findHead(tx, group.groupId);
  if (known) {
    const rows = await members(tx, group.groupId);
    const mine = rows.find((row) => row.identity === owner.identity);
    const isSame =
      mine !== undefined &&
      sameFields(known, group) &&
      sameFields(mine, { ...owner, joinedAtMs: mine.joinedAtMs });
    return isSame ? 'same' : 'exists';
  }
  if (await hasTooManyGroups(tx, owner.identity, limits)) return 'too_many_groups';
  await tx
    .insertInto('groups')
    .values({
      group_id: group.groupId,
      owner: group.owner,
      nonce: group.nonce,
      secret_version: group.secretVersion,
      version: 1,
      sealed_name: group.sealedName,
      door_hash: group.doorHash,
    })
    .execute();
  await insertMember(tx, group.groupId, owner);
  return 'created';
}

async function addMember(tx: Tx, wish: { groupId: string; member: MemberRow; limits: GroupLimits }) {
  const { groupId, member, limits } = wish;
  const who = { groupId, identity: member.identity };
  if (!(await findHead(tx, groupId))) return 'no_group' as const;
  if (await isListed(tx, 'removals', who)) return 'removed' as const;
  if (await isListed(tx, 'members', who)) return 'already' as const;
  if ((await count(tx, groupId)) >= limits.membersPerGroup) return 'group_full' as const;
  if (await hasTooManyGroups(tx, member.identity, limits)) return 'too_many_groups' as const;
  await insertMember(tx, groupId, member);
  await bump(tx, groupId);
  return 'added' as const;
}

async function remove(tx: Tx, wish: RemovalWish): Promise<Departure | 'group_full'> {
  const { groupId, removal, limits, nowMs } = wish;
  const who = { groupId, identity: removal.identity };
  if (await isListed(tx, 'removals', who)) return { changed: false, left: null };
  // A removal outlives membership, so their number needs a limit of its own.
  if ((await removals(tx, groupId)).length >= 4 * limits.membersPerGroup) return 'group_full';
  await tx
    .insertInto('removals')
    .values({
      group_id: groupId,
      identity: removal.identity,
      removed_at_ms: removal.removedAtMs,
      signature: removal.signature,
    })
    .execute();
  await dropMember(tx, groupId, removal.identity);
  await bump(tx, groupId);
  return { changed: true, left: await leaveCall(tx, { ...who, nowMs }) };
}

async function leaveCall(tx: Tx, who: { groupId: string; identity: string; nowMs: number }) {
  const call = await liveCallOf(tx, who.groupId);
  return call ? endPlaces(tx, { callId: call.call_id, ...who }) : null;
}

async function findHead(db: Db | Tx, groupId: string): Promise<GroupHead | undefined> {
  const row = await db.selectFrom('groups').selectAll().where('group_id', '=', groupId).executeTakeFirst();
  return (
    row && {
      groupId: row.group_id,
      owner: row.owner,
      nonce: row.nonce,
      secretVersion: row.secret_version,
      version: row.version,
      sealedName: row.sealed_name,
      doorHash: row.door_hash,
    }
  );
}

async function members(db: Db | Tx, groupId: string): Promise<MemberRow[]> {
  const rows = await db
    .selectFrom('members')
    .selectAll()
    .where('group_id', '=', groupId)
    .orderBy('joined_at_ms')
    .orderBy('identity')
    .execute();
  return rows.map((row) => ({
    identity: row.identity,
    inboxKey: row.inbox_key,
    mac: row.mac,
    signature: row.signature,
    sealedName: row.sealed_name,
    joinedAtMs: row.joined_at_ms,
  }));
}

async function removals(db: Db | Tx, groupId: string): Promise<RemovalRow[]> {
  const rows = await db
    .selectFrom('removals')
    .selectAll()
    .where('group_id', '=', groupId)
    .orderBy('removed_at_ms')
    .orderBy('identity')
    .execute();
  return rows.map((row) => ({
    identity: row.identity,
    removedAtMs: row.removed_at_ms,
    signature: row.signature,
  }));
}

async function insertMember(tx: Tx, groupId: string, member: MemberRow): Promise<void> {
  await tx
    .insertInto('members')
    .values({
      group_id: groupId,
      identity: member.identity,
      inbox_key: member.inboxKey,
      mac: member.mac,
      signature: member.signature,
      sealed_name: member.sealedName,
      joined_at_ms: member.joinedAtMs,
    } satisfies Tables['members'])
    .execute();
}

async function dropMember(tx: Tx, groupId: string, identity: string): Promise<boolean> {
  const gone = await tx
    .deleteFrom('members')
    .where('group_id', '=', groupId)
    .where('identity', '=', identity)
    .executeTakeFirst();
  return gone.numDeletedRows > 0n;
}

async function bump(tx: Tx, groupId: string): Promise<void> {
  await tx
    .updateTable('groups')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('group_id', '=', groupId)
    .execute();
}

async function isListed(
  db: Db | Tx,
  table: 'members' | 'removals',
  who: { readonly groupId: string; readonly identity: string },
): Promise<boolean> {
  const row = await db
    .selectFrom(table)
    .select('identity')
    .where('group_id', '=', who.groupId)
    .where('identity', '=', who.identity)
    .executeTakeFirst();
  return row !== undefined;
}

async function count(db: Db | Tx, groupId: string): Promise<number> {
  const row = await db
    .selectFrom('members')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('group_id', '=', groupId)
    .executeTakeFirstOrThrow();
  return row.n;
}

async function hasTooManyGroups(tx: Tx, identity: string, limits: GroupLimits): Promise<boolean> {
  const row = await tx
    .selectFrom('members')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('identity', '=', identity)
    .executeTakeFirstOrThrow();
  return row.n >= limits.groupsPerIdentity;
}

/** Whether all fields of `expected` are in `row` with the same value. */
function sameFields(row: object, expected: object): boolean {
  const fields = new Map(Object.entries(row));
  return Object.entries(expected).every(([name, value]) => fields.get(name) === value);
}
