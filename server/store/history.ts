// Histories of groups in the store (G8, G13): their entries, and what a rotation leaves. The compare-and-swap is one UPDATE whose WHERE
// names the version that the caller folded from, in one transaction with everything that the entries do. groups.ts gives it to the service.
import type { Engine } from './engine.ts';
import type {
  ChangeWish,
  Closing,
  Departed,
  GroupStore,
  HistoryChange,
  HistoryPage,
  MemberRow,
  RotationWish,
} from './group-store.ts';
import { dropInvites } from './invites.ts';
import { dropKnock, outdateKnocks, putKnock, waitingOf } from './knock-rows.ts';
import type { KnockRow } from './knock-store.ts';
import { insertMember, memberOf } from './members.ts';
import { endPlaces, liveCallOf } from './places.ts';
import { dropPicture, setGroupProfile } from './profiles.ts';
import type { Tx } from './tables.ts';

/** Most entries and characters of a page, and most earlier keys of one. */
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

    rotationsAs: (groupId, identity, { after, before }) =>
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
          .$if(before !== null, (query) => query.where('secret_version', '<', before))
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
  await dropPicture(tx, groupId, identity);
  const call = await liveCallOf(tx, groupId);
  return { identity, left: call ? await endPlaces(tx, { callId: call.call_id, ...who }) : null };
}

async function change(tx: Tx, wish: ChangeWish): ReturnType<GroupStore['change']> {
  const { groupId, rotation, profile, closing, nowMs } = wish;
  const members = await tx.selectFrom('members').select('identity').where('group_id', '=', groupId).execute();
  const present = new Set(members.map(({ identity }) => identity));
  if (!present.has(wish.author)) return 'not_member';
  const going = new Set(wish.departing);
  const mayStay = rotation?.mayStay ?? closing?.mayStay;
  if (mayStay) for (const identity of present) if (!mayStay(identity)) going.add(identity);
  const remaining = [...present].filter((identity) => !going.has(identity));
  if (rotation && !isForExactly(rotation, remaining)) return 'conflict';
  const coming = await comingIn(tx, wish, present);
  if (typeof coming === 'string') return coming;
  if (!(await putEntries(tx, groupId, wish))) return 'conflict';
  const departed: Departed[] = [];
  const outside = closing
    ? await recordsOf(
        tx,
        groupId,
        [...going].filter((one) => present.has(one)),
      )
    : [];
  for (const identity of going) {
    const one = await dropMember(tx, { groupId, identity, nowMs });
    if (one) departed.push(one);
  }
  for (const knock of coming) await admit(tx, groupId, { knock, nowMs });
  if (closing) await leaveOutside(tx, wish, { closing, records: outside });
  const turnedAway = rotation ? await outdateKnocks(tx, groupId, nowMs) : [];
  if (rotation) {
    await rotate(tx, groupId, rotation);
    await dropInvites(tx, groupId);
  }
  if (profile) await setGroupProfile(tx, groupId, profile);
  return { departed, answered: [...coming.map(({ identity }) => identity), ...turnedAway] };
}

/** The knocks of who is admitted and not inside yet. */
async function comingIn(
  tx: Tx,
  { groupId, admissions, nowMs }: ChangeWish,
  present: ReadonlySet<string>,
): Promise<readonly KnockRow[] | 'no_knock' | 'group_full'> {
  if (admissions === null) return [];
  const identities = [...new Set(admissions.identities)].filter((identity) => !present.has(identity));
  const waiting = await waitingOf(tx, groupId, { identities, nowMs });
  if (waiting.size < identities.length) return 'no_knock';
  if (present.size + waiting.size > admissions.membersPerGroup) return 'group_full';
  return [...waiting.values()];
}

async function admit(
  tx: Tx,
  groupId: string,
  { knock, nowMs }: { readonly knock: KnockRow; readonly nowMs: number },
): Promise<void> {
  await dropKnock(tx, groupId, knock.identity);
  await insertMember(tx, groupId, { ...knock, joinedAtMs: nowMs });
}

async function recordsOf(tx: Tx, groupId: string, identities: readonly string[]): Promise<MemberRow[]> {
  if (identities.length === 0) return [];
  const rows = await tx
    .selectFrom('members')
    .selectAll()
    .where('group_id', '=', groupId)
    .where('identity', 'in', identities)
    .execute();
  return rows.map((row) => memberOf(row));
}

/** Who came in at the moment when approval began, and was not admitted with it, waits at the door. */
async function leaveOutside(
  tx: Tx,
  { groupId, departing, nowMs }: ChangeWish,
  { closing, records }: { readonly closing: Closing; readonly records: readonly MemberRow[] },
): Promise<void> {
  const turned = records.filter(({ identity }) => !departing.includes(identity));
  for (const record of turned.slice(0, closing.mostKnocks))
    await putKnock(tx, groupId, { ...record, joinedAtMs: nowMs, untilMs: closing.knocksUntilMs });
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
