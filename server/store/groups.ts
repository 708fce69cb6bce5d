// Groups and members in the store; their histories are in history.ts, what they are called in profiles.ts. Called by `server/groups`.
import type { Engine } from './engine.ts';
import type { GroupHead, GroupLimits, GroupStore, JoinGroupWish, MemberRow } from './group-store.ts';
import { historyOf, putEntries } from './history.ts';
import { dropKnock } from './knock-rows.ts';
import {
  countMembers,
  findFolded,
  findMember,
  hasTooManyGroups,
  headColumns,
  insertMember,
  isMember,
  pageOfMembers,
} from './members.ts';
import { profilesOf } from './profiles.ts';
import type { Tx } from './tables.ts';
import { bump } from './versions.ts';

export function createGroupStore(engine: Engine): GroupStore {
  const { db, atomically, atOneMoment } = engine;
  return {
    ...historyOf(engine),
    ...profilesOf(engine),
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
    memberCount: (groupId) => countMembers(db, groupId),
    isMember: (groupId, identity) => isMember(db, groupId, identity),

    readAs: (groupId, identity, { seen, most }) =>
      atOneMoment(async (tx) => {
        if (!(await isMember(tx, groupId, identity))) return null;
        const row = await tx
          .selectFrom('groups')
          .select(headColumns)
          .where('group_id', '=', groupId)
          .executeTakeFirst();
        if (!row) return null;
        if (row.version === seen) return { ...row, members: null, next: null };
        return { ...row, ...(await pageOfMembers(tx, groupId, { after: '', most })) };
      }),

    membersAs: (groupId, identity, wish) =>
      atOneMoment(async (tx) => {
        if (!(await isMember(tx, groupId, identity))) return null;
        const row = await tx
          .selectFrom('groups')
          .select('version')
          .where('group_id', '=', groupId)
          .executeTakeFirst();
        return row ? { version: row.version, ...(await pageOfMembers(tx, groupId, wish)) } : null;
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

interface Creation {
  readonly group: Omit<GroupHead, 'version' | 'historyVersion' | 'nameVersion' | 'sealedFace'>;
  readonly owner: MemberRow;
  readonly limits: GroupLimits;
}

async function create(
  tx: Tx,
  { group, owner, limits }: Creation,
): Promise<'created' | 'same' | 'exists' | 'too_many_groups'> {
  const known = await findFolded(tx, group.groupId);
  if (known) {
    const mine = await findMember(tx, group.groupId, owner.identity);
    const isSame =
      mine !== undefined &&
      sameFields(known, group) &&
      sameFields(mine, { ...owner, joinedAtMs: mine.joinedAtMs });
    return isSame ? 'same' : 'exists';
  }
  const deleted = await tx
    .selectFrom('deletions')
    .select('group_id')
    .where('group_id', '=', group.groupId)
    .executeTakeFirst();
  if (deleted) return 'exists';
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
      sealed_face: null,
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
  if ((await countMembers(tx, groupId)) >= limits.membersPerGroup) return 'group_full';
  if (await hasTooManyGroups(tx, member.identity, limits)) return 'too_many_groups';
  if (change === null) await bump(tx, groupId);
  else if (!(await putEntries(tx, groupId, change))) return 'moved';
  await dropKnock(tx, groupId, member.identity);
  await insertMember(tx, groupId, member);
  return 'added';
}

/** Whether all fields of `expected` are in `row` with the same value. */
function sameFields(row: object, expected: object): boolean {
  const fields = new Map(Object.entries(row));
  return Object.entries(expected).every(([name, value]) => fields.get(name) === value);
}
