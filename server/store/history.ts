// Histories of groups in the store (G8, G13): their entries, and what a rotation leaves. The compare-and-swap is one UPDATE whose WHERE
// names the version that the caller folded from, in one transaction with everything that the entries do. groups.ts gives it to the service.
import type { Engine } from './engine.ts';
import type {
  ChangeWish,
  Departed,
  GroupStore,
  HistoryChange,
  HistoryPage,
  RotationWish,
} from './group-store.ts';
import { endPlaces, liveCallOf } from './places.ts';
import type { Tx } from './tables.ts';

/** Most entries and characters of a page, and most earlier keys. */
const pageEntries = 256;
const pageCharacters = 2 * 1024 * 1024;
const mostSeals = 256;
/** Rows of one INSERT: databases take so many values and no more. */
const rowsAtOnce = 200;

export function historyOf({
  atomically,
  atOneMoment,
}: Engine): Pick<GroupStore, 'change' | 'history' | 'rotationsAs'> {
  return {
    change: (wish) => atomically(wish.groupId, (tx) => change(tx, wish)),
    history: (groupId, after) => atOneMoment((tx) => readHistory(tx, groupId, after)),

    rotationsAs: (groupId, identity, after) =>
      atOneMoment(async (tx) => {
        const row = await tx
          .selectFrom('members')
          .innerJoin('groups', 'groups.group_id', 'members.group_id')
          .select('groups.secret_version')
          .where('members.group_id', '=', groupId)
          .where('members.identity', '=', identity)
          .executeTakeFirst();
        if (!row) return null;
        const share = await tx
          .selectFrom('shares')
          .select('sealed_secret')
          .where('group_id', '=', groupId)
          .where('identity', '=', identity)
          .executeTakeFirst();
        const seals = await tx
          .selectFrom('previous_seals')
          .select(['secret_version as secretVersion', 'previous_seal as previousSeal'])
          .where('group_id', '=', groupId)
          .where('secret_version', '>', after)
          .orderBy('secret_version', 'desc')
          .limit(mostSeals)
          .execute();
        return {
          secretVersion: row.secret_version,
          sealedSecret: share?.sealed_secret ?? null,
          previousSeals: seals,
        };
      }),
  };
}

/** Puts entries behind those that are there, and the state that they lead to in place of the last one. False where others came first. */
export async function putEntries(
  tx: Tx,
  groupId: string,
  { after, entries, state }: HistoryChange,
): Promise<boolean> {
  const swapped = await tx
    .updateTable('groups')
    .set((eb) => ({ version: eb('version', '+', 1), history_version: after + entries.length, state }))
    .where('group_id', '=', groupId)
    .where('history_version', '=', after)
    .executeTakeFirst();
  if (swapped.numUpdatedRows === 0n) return false;
  const rows = entries.map((entry, index) => ({ group_id: groupId, version: after + index + 1, entry }));
  await tx.insertInto('history').values(rows).execute();
  return true;
}

/** Takes a member out of the group, and out of its call. Null if there was no such member. */
async function dropMember(
  tx: Tx,
  who: { groupId: string; identity: string; nowMs: number },
): Promise<Departed | null> {
  const { groupId, identity } = who;
  const gone = await tx
    .deleteFrom('members')
    .where('group_id', '=', groupId)
    .where('identity', '=', identity)
    .executeTakeFirst();
  if (gone.numDeletedRows === 0n) return null;
  await tx.deleteFrom('shares').where('group_id', '=', groupId).where('identity', '=', identity).execute();
  const call = await liveCallOf(tx, groupId);
  return { identity, left: call ? await endPlaces(tx, { callId: call.call_id, ...who }) : null };
}

async function change(tx: Tx, wish: ChangeWish): ReturnType<GroupStore['change']> {
  const { groupId, rotation, nowMs } = wish;
  const members = await tx.selectFrom('members').select('identity').where('group_id', '=', groupId).execute();
  const present = new Set(members.map(({ identity }) => identity));
  if (!present.has(wish.author)) return 'not_member';
  const going = new Set(wish.departing);
  if (rotation) {
    for (const identity of present) if (!rotation.mayStay(identity)) going.add(identity);
    if (
      !isForExactly(
        rotation,
        [...present].filter((identity) => !going.has(identity)),
      )
    )
      return 'conflict';
  }
  if (!(await putEntries(tx, groupId, wish))) return 'conflict';
  const departed: Departed[] = [];
  for (const identity of going) {
    const one = await dropMember(tx, { groupId, identity, nowMs });
    if (one) departed.push(one);
  }
  if (rotation) await rotate(tx, groupId, rotation);
  return { departed };
}

function isForExactly({ shares }: RotationWish, remaining: readonly string[]): boolean {
  const named = new Set(shares.map(({ identity }) => identity));
  return (
    named.size === shares.length &&
    named.size === remaining.length &&
    remaining.every((identity) => named.has(identity))
  );
}

async function rotate(tx: Tx, groupId: string, rotation: RotationWish): Promise<void> {
  const { secretVersion, doorHash, sealedName, previousSeal } = rotation;
  await tx
    .updateTable('groups')
    .set({
      secret_version: secretVersion,
      door_hash: doorHash,
      sealed_name: sealedName,
      name_version: secretVersion,
    })
    .where('group_id', '=', groupId)
    .execute();
  await tx
    .insertInto('previous_seals')
    .values({ group_id: groupId, secret_version: secretVersion, previous_seal: previousSeal })
    .execute();
  await tx.deleteFrom('shares').where('group_id', '=', groupId).execute();
  const rows = rotation.shares.map(({ identity, sealedSecret, carriedMac }) => ({
    ...{ group_id: groupId, identity },
    ...{ sealed_secret: sealedSecret, carried_mac: carriedMac },
  }));
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await tx
      .insertInto('shares')
      .values(rows.slice(from, from + rowsAtOnce))
      .execute();
  }
}

async function readHistory(tx: Tx, groupId: string, after: number): Promise<HistoryPage> {
  const head = await tx
    .selectFrom('groups')
    .select('history_version')
    .where('group_id', '=', groupId)
    .executeTakeFirst();
  const rows = await tx
    .selectFrom('history')
    .select('entry')
    .where('group_id', '=', groupId)
    .where('version', '>', after)
    .orderBy('version')
    .limit(pageEntries)
    .execute();
  let budget = pageCharacters;
  const fitting = rows.filter(({ entry }, index) => {
    budget -= entry.length;
    return budget >= 0 || index === 0;
  });
  return { version: head?.history_version ?? 0, entries: fitting.map(({ entry }) => entry) };
}
