// The history of the tables, applied in order at the start by Kysely's Migrator. A released migration is never edited:
// a change is a new one at the end (migrations.test.ts knows their hashes). One text for both kinds of database, in the words of SQLite;
// `inWordsOf` says what PostgreSQL calls the same.
import { Migrator, sql, type Kysely, type Migration, type MigrationProvider } from 'kysely';

/** Which kind of database. */
export type Kind = 'libsql' | 'postgres';

const first = [
  `create table challenges (hash text primary key, identity text not null, expires_at_ms integer not null) without rowid`,
  `create index challenges_expiry on challenges (expires_at_ms)`,
  `create table sessions (token_hash text primary key, identity text not null, expires_at_ms integer not null) without rowid`,
  `create index sessions_expiry on sessions (expires_at_ms)`,
  `create table groups (group_id text primary key, owner text not null, nonce text not null,
        secret_version integer not null, version integer not null, sealed_name text not null, door_hash text not null) without rowid`,
  `create table members (group_id text not null references groups, identity text not null, inbox_key text not null,
        mac text not null, signature text not null, sealed_name text not null, joined_at_ms integer not null,
        primary key (group_id, identity)) without rowid`,
  `create index members_identity on members (identity)`,
  `create table removals (group_id text not null references groups, identity text not null, removed_at_ms integer not null,
        signature text not null, primary key (group_id, identity)) without rowid`,
  `create table calls (call_id text primary key, group_id text not null references groups, started_at_ms integer not null,
        ended_at_ms integer, room_deleted integer not null default 0, generation integer not null, epoch integer not null,
        position integer not null, group_info text, participants_version integer not null)`,
  // One running call a group, whoever starts it at the same moment.
  `create unique index calls_live on calls (group_id) where ended_at_ms is null`,
  `create table places (call_id text not null references calls on delete cascade, livekit_identity text not null,
        identity text not null, state text not null, deadline_ms integer not null, seq integer not null,
        primary key (call_id, livekit_identity)) without rowid`,
  // One active place an identity in a call.
  `create unique index places_active on places (call_id, identity) where state <> 'left'`,
  `create table entries (call_id text not null references calls on delete cascade, position integer not null,
        kind text not null, generation integer not null, epoch integer not null, message text not null,
        primary key (call_id, position))`,
];

/** D6, D7. */
const joinRequests = [
  `alter table calls add column requests_version integer not null default 0`,
  `alter table entries add column welcome text`,
  `create table requests (call_id text not null references calls on delete cascade, livekit_identity text not null,
        seq integer not null, message text not null, primary key (call_id, livekit_identity)) without rowid`,
];

/** What is looked for every few seconds, and deleted in the end, has its index. */
const sweptCalls = [
  `create index calls_undeleted on calls (room_deleted) where room_deleted = 0`,
  `create index calls_ended on calls (ended_at_ms)`,
];

/**
 * G8–G14. Groups begin with an empty history, under the secret they have. The removals of before are dropped with their rows: they are
 * statements that nothing asks for any more, and who they name could come back by the group's old link until its first rotation.
 */
const history = [
  `alter table groups add column history_version integer not null default 0`,
  `alter table groups add column state text`,
  `alter table groups add column name_version integer not null default 1`,
  `update groups set name_version = secret_version`,
  `alter table members add column secret_version integer not null default 1`,
  `update members set secret_version = (select secret_version from groups where groups.group_id = members.group_id)`,
  `alter table calls add column secret_version integer not null default 1`,
  `update calls set secret_version = (select secret_version from groups where groups.group_id = calls.group_id)`,
  `create table history (group_id text not null references groups, version integer not null, entry text not null,
        primary key (group_id, version)) without rowid`,
  // Of the last rotation only.
  `create table shares (group_id text not null references groups, identity text not null, sealed_secret text not null,
        carried_mac text not null, primary key (group_id, identity)) without rowid`,
  `create table previous_seals (group_id text not null references groups, secret_version integer not null,
        previous_seal text not null, primary key (group_id, secret_version)) without rowid`,
  `drop table removals`,
];

/** G15. */
const knocks = [
  `create table knocks (group_id text not null references groups, identity text not null, inbox_key text not null,
        mac text not null, signature text not null, sealed_name text not null, secret_version integer not null,
        knocked_at_ms integer not null, state text not null, until_ms integer not null,
        primary key (group_id, identity)) without rowid`,
  `create index knocks_identity on knocks (identity)`,
  `create index knocks_until on knocks (until_ms)`,
];

/** G18–G20. Names of before are signed by nobody, revision 0, until their members change them. */
const profiles = [
  `alter table groups add column sealed_face text`,
  `alter table members add column name_version integer not null default 1`,
  `update members set name_version = secret_version`,
  `alter table members add column profile_revision integer not null default 0`,
  `alter table members add column sealed_face text`,
  `alter table members add column profile_signature text`,
  `alter table knocks add column name_version integer not null default 1`,
  `update knocks set name_version = secret_version`,
  `alter table knocks add column profile_revision integer not null default 0`,
  `alter table knocks add column sealed_face text`,
  `alter table knocks add column profile_signature text`,
  // Apart from the rows that are read all at once. The group's own has no subject.
  `create table pictures (group_id text not null references groups, subject text not null, hash text not null,
        picture text not null, primary key (group_id, subject))`,
  `create index pictures_hash on pictures (group_id, hash)`,
];

/** G16. */
const invites = [
  `create table invites (group_id text not null references groups, door_hash text not null, made_by text not null,
        made_at_ms integer not null, expires_at_ms integer not null, uses integer, used integer not null, is_revoked integer not null,
        secret_version integer not null, sealed_secret text not null, sealed_name text not null, sealed_invite text not null,
        primary key (group_id, door_hash)) without rowid`,
  `create index invites_expiry on invites (expires_at_ms)`,
  // Who was handed the secret by it.
  `create table takers (group_id text not null, door_hash text not null, identity text not null,
        primary key (group_id, door_hash, identity),
        foreign key (group_id, door_hash) references invites on delete cascade) without rowid`,
];

/** G17. What is deleted with its group has its index. */
const deletions = [
  `create table deletions (group_id text primary key, author text not null, version integer not null, head text not null,
        signature text not null, until_ms integer not null) without rowid`,
  `create index deletions_until on deletions (until_ms)`,
  `create index calls_group on calls (group_id)`,
];

/** A place is known by the id that its client made for it, so that a join sent twice takes one. Those of before have none. */
const placeIds = [
  `alter table places add column place_id text`,
  `create unique index places_id on places (place_id)`,
];

/** Every migration, oldest first. */
export const migrations: Readonly<Record<string, readonly string[]>> = {
  '0001-first': first,
  '0002-join-requests': joinRequests,
  '0003-swept-calls': sweptCalls,
  '0004-history': history,
  '0005-knocks': knocks,
  '0006-profiles': profiles,
  '0007-invites': invites,
  '0008-deletions': deletions,
  '0009-place-ids': placeIds,
};

/** A statement as this kind of database wants it. Text is compared byte by byte on both, whatever the database's language. */
export function inWordsOf(kind: Kind, statement: string): string {
  if (kind === 'libsql') return statement;
  return statement
    .replace(/ without rowid$/, '')
    .replace(/\binteger\b/g, 'bigint')
    .replace(/\btext\b/g, 'text collate "C"');
}

function migration(statements: readonly string[], kind: Kind): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      for (const statement of statements) await sql.raw(inWordsOf(kind, statement)).execute(db);
    },
  };
}

/**
 * Brings the tables up to date, or to the state after the migration `to`. Throws with the migration's name if one fails; that one is
 * rolled back.
 */
export async function migrate(db: Kysely<unknown>, kind: Kind, to?: string): Promise<void> {
  const named = Object.entries(migrations).map(([name, statements]) => [name, migration(statements, kind)]);
  const provider: MigrationProvider = {
    getMigrations: () => Promise.resolve(Object.fromEntries(named) as Record<string, Migration>),
  };
  const migrator = new Migrator({ db, provider });
  const { error, results } = await (to === undefined ? migrator.migrateToLatest() : migrator.migrateTo(to));
  if (error === undefined) return;
  const failed =
    results?.find((result) => result.status === 'Error')?.migrationName ?? 'the list of migrations';
  throw new Error(`the store could not be brought up to date: ${failed}`, { cause: error });
}
