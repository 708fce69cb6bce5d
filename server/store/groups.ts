// Groups and members in the store; their histories are in history.ts. Called by `server/groups`.
import type { Engine } from './engine.ts';
import type {
  FoldedGroup,
  GroupHead,
  GroupLimits,
  GroupStore,
  JoinGroupWish,
  ListedMemberRow,
  MemberRow,
} from './group-store.ts';
import { historyOf, putEntries } from './history.ts';
import type { Db, Tables, Tx } from './tables.ts';

export function createGroupStore(engine: Engine): GroupStore {
  const { db, atomically, atOneMoment } = engine;
  return {
    ...historyOf(engine),
    create: (group, owner, limits) => atomically(group.groupId, (tx) => create(tx, { group, owner, limits })),

    async head(groupId) {
      const row = await db
        .selectFrom('groups')
        .select(headColumns)
        .where('group_id', '=', groupId)
        .executeTakeFirst();
      return row ?? null;
    },

    folded: async (groupId) => (await findFolded(db, groupId)) ?? null,
    memberCount: (groupId) => count(db, groupId),
    isMember: (groupId, identity) => isMember(db, groupId, identity),

    readAs: (groupId, identity) =>
      atOneMoment(async (tx) => {
        if (!(await isMember(tx, groupId, identity))) return null;
        const row = await tx
          .selectFrom('groups')
          .select(headColumns)
          .where('group_id', '=', groupId)
          .executeTakeFirst();
        return row ? { ...row, members: await members(tx, groupId) } : null;
      }),

    addMember: (wish) => atomically(wish.groupId, (tx) => addMember(tx, wish)),

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

const headColumns = [
  ...(['group_id as groupId', 'owner', 'nonce', 'secret_version as secretVersion', 'version'] as const),
  ...(['history_version as historyVersion', 'sealed_name as sealedName'] as const),
  ...(['name_version as nameVersion', 'door_hash as doorHash'] as const),
] as const;

interface Creation {
  readonly group: Omit<GroupHead, 'version' | 'historyVersion' | 'nameVersion'>;
  readonly owner: MemberRow;
  readonly limits: GroupLimits;
}

async function create(
  tx: Tx,
  { group, owner, limits }: Creation,
): Promise<'created' | 'same' | 'exists' | 'too_many_groups'> {
  const known = await findFolded(tx, group.groupId);
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
      history_version: 0,
      state: null,
      name_version: group.secretVersion,
    })
    .execute();
  await insertMember(tx, group.groupId, owner);
  return 'created';
}

async function addMember(tx: Tx, wish: JoinGroupWish): ReturnType<GroupStore['addMember']> {
  const { groupId, member, limits, change } = wish;
  const group = await findFolded(tx, groupId);
  if (!group) return 'no_group';
  if (await isMember(tx, groupId, member.identity)) return 'already';
  if (group.secretVersion !== member.secretVersion || group.historyVersion !== wish.historyVersion)
    return 'moved';
  if ((await count(tx, groupId)) >= limits.membersPerGroup) return 'group_full';
  if (await hasTooManyGroups(tx, member.identity, limits)) return 'too_many_groups';
  if (change === null) await bump(tx, groupId);
  else if (!(await putEntries(tx, groupId, change))) return 'moved';
  await insertMember(tx, groupId, member);
  return 'added';
}

async function findFolded(db: Db | Tx, groupId: string): Promise<FoldedGroup | undefined> {
  return db
    .selectFrom('groups')
    .select([...headColumns, 'state'])
    .where('group_id', '=', groupId)
    .executeTakeFirst();
}

async function isMember(db: Db | Tx, groupId: string, identity: string): Promise<boolean> {
  const row = await db
    .selectFrom('members')
    .select('identity')
    .where('group_id', '=', groupId)
    .where('identity', '=', identity)
    .executeTakeFirst();
  return row !== undefined;
}

async function members(db: Db | Tx, groupId: string): Promise<ListedMemberRow[]> {
  const shares = await db
    .selectFrom('shares')
    .select(['identity', 'carried_mac'])
    .where('group_id', '=', groupId)
    .execute();
  const carried = new Map(shares.map((share) => [share.identity, share.carried_mac]));
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
    secretVersion: row.secret_version,
    carriedMac: carried.get(row.identity) ?? null,
    joinedAtMs: row.joined_at_ms,
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
      secret_version: member.secretVersion,
    } satisfies Tables['members'])
    .execute();
}

async function bump(tx: Tx, groupId: string): Promise<void> {
  await tx
    .updateTable('groups')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('group_id', '=', groupId)
    .execute();
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
