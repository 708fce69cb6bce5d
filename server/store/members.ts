// Who is in a group, inside somebody else's transaction: looking, counting, adding. Shared by groups.ts, history.ts and knocks.ts.
import type { FoldedGroup, GroupLimits, MemberRow, MembersPage } from './group-store.ts';
import type { Db, Tables, Tx } from './tables.ts';

export const headColumns = [
  ...(['group_id as groupId', 'owner', 'nonce', 'secret_version as secretVersion', 'version'] as const),
  ...(['history_version as historyVersion', 'sealed_name as sealedName'] as const),
  ...(['sealed_face as sealedFace', 'name_version as nameVersion', 'door_hash as doorHash'] as const),
] as const;

export async function findFolded(db: Db | Tx, groupId: string): Promise<FoldedGroup | undefined> {
  return db
    .selectFrom('groups')
    .select([...headColumns, 'state'])
    .where('group_id', '=', groupId)
    .executeTakeFirst();
}

export async function isMember(db: Db | Tx, groupId: string, identity: string): Promise<boolean> {
  const row = await db
    .selectFrom('members')
    .select('identity')
    .where('group_id', '=', groupId)
    .where('identity', '=', identity)
    .executeTakeFirst();
  return row !== undefined;
}

/** The members after `after`, in the order of their identities, which stays as it is whoever comes and goes. */
export async function pageOfMembers(
  db: Db | Tx,
  groupId: string,
  { after, most }: { readonly after: string; readonly most: number },
): Promise<MembersPage> {
  const rows = await db
    .selectFrom('members')
    .selectAll()
    .where('group_id', '=', groupId)
    .where('identity', '>', after)
    .orderBy('identity')
    .limit(most + 1)
    .execute();
  const shown = rows.slice(0, most);
  const last = shown.at(-1)?.identity;
  if (last === undefined) return { members: [], next: null };
  const shares = await db
    .selectFrom('shares')
    .select(['identity', 'carried_mac'])
    .where('group_id', '=', groupId)
    .where('identity', '>', after)
    .where('identity', '<=', last)
    .execute();
  const carried = new Map(shares.map((share) => [share.identity, share.carried_mac]));
  const members = shown.map((row) => ({ ...memberOf(row), carriedMac: carried.get(row.identity) ?? null }));
  return { members, next: rows.length > shown.length ? last : null };
}

export async function findMember(
  db: Db | Tx,
  groupId: string,
  identity: string,
): Promise<MemberRow | undefined> {
  const row = await db
    .selectFrom('members')
    .selectAll()
    .where('group_id', '=', groupId)
    .where('identity', '=', identity)
    .executeTakeFirst();
  return row && memberOf(row);
}

export function memberOf(row: Tables['members']): MemberRow {
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
    joinedAtMs: row.joined_at_ms,
  };
}

export async function insertMember(tx: Tx, groupId: string, member: MemberRow): Promise<void> {
  await tx
    .insertInto('members')
    .values({
      group_id: groupId,
      identity: member.identity,
      inbox_key: member.inboxKey,
      mac: member.mac,
      signature: member.signature,
      sealed_name: member.sealedName,
      sealed_face: member.sealedFace,
      name_version: member.nameVersion,
      profile_revision: member.profileRevision,
      profile_signature: member.profileSignature,
      joined_at_ms: member.joinedAtMs,
      secret_version: member.secretVersion,
    } satisfies Tables['members'])
    .execute();
}

export async function countMembers(db: Db | Tx, groupId: string): Promise<number> {
  const row = await db
    .selectFrom('members')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('group_id', '=', groupId)
    .executeTakeFirstOrThrow();
  return row.n;
}

export async function hasTooManyGroups(
  tx: Tx,
  identity: string,
  limits: Pick<GroupLimits, 'groupsPerIdentity'>,
): Promise<boolean> {
  const row = await tx
    .selectFrom('members')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('identity', '=', identity)
    .executeTakeFirstOrThrow();
  return row.n >= limits.groupsPerIdentity;
}
