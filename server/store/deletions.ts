// A whole group is deleted from the store, in one transaction (G17): every row of it, whatever table it is in. What stays for a while is the
// owner's signed word, so that members' devices can tell it from having been taken out.
import type { Engine } from './engine.ts';
import { activePlaces, liveCallOf } from './places.ts';
import type { LeftPlaces } from './store.ts';
import type { Tx } from './tables.ts';

/** The owner's word, as it is kept. */
export interface DeletionRow {
  readonly author: string;
  readonly version: number;
  readonly head: string;
  readonly signature: string;
}

export interface DeletionWish extends DeletionRow {
  readonly groupId: string;
  readonly untilMs: number;
}

export interface DeletionStore {
  /** Rooms of the group that LiveKit may still have. */
  roomsOf(groupId: string): Promise<readonly string[]>;
  /** `moved`: the history is not the one that was signed over, or somebody else may not. */
  delete(wish: DeletionWish): Promise<
    | {
        readonly members: readonly string[];
        readonly waiting: readonly string[];
        /** The call that ran. */
        readonly left: LeftPlaces | null;
      }
    | 'moved'
  >;
  find(groupId: string, nowMs: number): Promise<DeletionRow | null>;
  prune(nowMs: number): Promise<void>;
}

/** What refers to nothing but the group, and goes before it. */
const dependents = [
  ...(['history', 'shares', 'previous_seals', 'knocks'] as const),
  ...(['invites', 'pictures', 'calls', 'members'] as const),
] as const;

export function createDeletionStore({ db, atomically }: Engine): DeletionStore {
  return {
    async roomsOf(groupId) {
      const rows = await db
        .selectFrom('calls')
        .select(['call_id', 'room_deleted'])
        .where('group_id', '=', groupId)
        .execute();
      return rows.filter((row) => row.room_deleted === 0).map((row) => row.call_id);
    },

    delete: (wish) => atomically(wish.groupId, (tx) => deleteGroup(tx, wish)),

    async find(groupId, nowMs) {
      const row = await db
        .selectFrom('deletions')
        .select(['author', 'version', 'head', 'signature'])
        .where('group_id', '=', groupId)
        .where('until_ms', '>', nowMs)
        .executeTakeFirst();
      return row ?? null;
    },

    async prune(nowMs) {
      await db.deleteFrom('deletions').where('until_ms', '<=', nowMs).execute();
    },
  };
}

async function deleteGroup(tx: Tx, wish: DeletionWish): ReturnType<DeletionStore['delete']> {
  const { groupId, author, version, head, signature, untilMs } = wish;
  const group = await tx
    .selectFrom('groups')
    .select('history_version')
    .where('group_id', '=', groupId)
    .executeTakeFirst();
  if (group?.history_version !== version) return 'moved';
  const members = await tx.selectFrom('members').select('identity').where('group_id', '=', groupId).execute();
  const waiting = await tx
    .selectFrom('knocks')
    .select('identity')
    .where('group_id', '=', groupId)
    .where('state', '=', 'waiting')
    .execute();
  const call = await liveCallOf(tx, groupId);
  const places = call ? await activePlaces(tx, call.call_id) : [];
  for (const table of dependents) await tx.deleteFrom(table).where('group_id', '=', groupId).execute();
  await tx.deleteFrom('groups').where('group_id', '=', groupId).execute();
  await tx
    .insertInto('deletions')
    .values({ group_id: groupId, author, version, head, signature, until_ms: untilMs })
    .execute();
  const livekitIdentities = places.map((place) => place.livekitIdentity);
  return {
    members: members.map(({ identity }) => identity),
    waiting: waiting.map(({ identity }) => identity),
    left: call ? { callId: call.call_id, groupId, livekitIdentities, callEnded: true } : null,
  };
}
