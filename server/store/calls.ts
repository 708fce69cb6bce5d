// Calls, places and delivery logs in the store (D1–D4). Called by `server/calls` and the reconciler. The compare-and-swap
// is one UPDATE whose WHERE names the expected generation and epoch, in one transaction with the entry it makes room for.
import type { Engine } from './engine.ts';
import { entriesAfter } from './entries.ts';
import { activePlaces, bumpParticipants, endIfEmpty, endPlaces, liveCallOf } from './places.ts';
import { dropOrphanedRequests, dropRequests, openRequests, putRequest } from './requests.ts';
import {
  onlyState,
  type AppendOutcome,
  type AppendWish,
  type CallRow,
  type CallStore,
  type CallView,
  type JoinWish,
  type NoAccess,
  type PlaceChanges,
  type RequestWish,
  type ViewWish,
} from './store.ts';
import type { Tables, Tx } from './tables.ts';

export function createCallStore({ db, atomically, atOneMoment }: Engine): CallStore {
  return {
    liveOf: (groupId) =>
      atOneMoment(async (tx) => {
        const row = await liveCallOf(tx, groupId);
        return row ? viewOf(tx, row, onlyState) : null;
      }),

    async open() {
      const rows = await db.selectFrom('calls').selectAll().where('room_deleted', '=', 0).execute();
      return {
        live: rows.filter((row) => row.ended_at_ms === null).map(toCall),
        undeleted: rows.filter((row) => row.ended_at_ms !== null).map((row) => row.call_id),
      };
    },

    join: (wish) => atomically(wish.groupId, (tx) => join(tx, wish)),

    renew: (callId, identity, place) =>
      atomically(callId, async (tx) => {
        const { livekitIdentity } = place;
        const access = await accessOfPlace(tx, callId, { identity, livekitIdentity });
        if (access !== 'ok') return access;
        const mine = (await activePlaces(tx, callId)).find((one) => one.identity === identity);
        await setState(tx, {
          callId,
          livekitIdentities: [place.livekitIdentity],
          state: 'joining',
          deadlineMs: place.deadlineMs,
        });
        if (mine?.state !== 'joining') await bumpParticipants(tx, callId);
        return 'renewed';
      }),

    leave: (callId, identity, { livekitIdentity, nowMs, isUndone = false }) =>
      atomically(callId, async (tx) => {
        const place = await tx
          .selectFrom('places')
          .innerJoin('calls', 'calls.call_id', 'places.call_id')
          .select('calls.group_id')
          .where('places.call_id', '=', callId)
          .where('livekit_identity', '=', livekitIdentity)
          .where('identity', '=', identity)
          .executeTakeFirst();
        if (!place) return null;
        if (isUndone) await forgetId(tx, callId, livekitIdentity);
        return endPlaces(tx, { callId, groupId: place.group_id, identity, livekitIdentity, nowMs });
      }),

    readAs: (callId, identity, wish) =>
      atOneMoment(async (tx) => {
        const row = await findCall(tx, callId);
        const access = await accessTo(tx, row, identity);
        return access === 'ok' && row ? viewOf(tx, row, wish) : (access as NoAccess);
      }),

    append: (wish) => atomically(wish.callId, (tx) => append(tx, wish)),
    request: (wish) => atomically(wish.callId, (tx) => request(tx, wish)),

    withdraw: (callId, identity, livekitIdentity) =>
      atomically(callId, async (tx) => {
        const access = await accessOfPlace(tx, callId, { identity, livekitIdentity });
        if (access !== 'ok') return access;
        const livekitIdentities = [livekitIdentity];
        return (await dropRequests(tx, callId, { livekitIdentities })) ? 'withdrawn' : 'none';
      }),

    places: (callId) => activePlaces(db, callId),
    applyChanges: (callId, changes, nowMs) =>
      atomically(callId, (tx) => applyChanges(tx, { callId, changes, nowMs })),

    async markRoomDeleted(callId) {
      await db.updateTable('calls').set({ room_deleted: 1 }).where('call_id', '=', callId).execute();
    },

    async prune(beforeMs) {
      await db
        .deleteFrom('calls')
        .where('ended_at_ms', '<', beforeMs)
        .where('room_deleted', '=', 1)
        .execute();
    },

    async counts() {
      const calls = await db
        .selectFrom('calls')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('ended_at_ms', 'is', null)
        .executeTakeFirstOrThrow();
      const places = await db
        .selectFrom('places')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('state', '<>', 'left')
        .executeTakeFirstOrThrow();
      return { calls: calls.n, places: places.n };
    },
  };
}

async function join(tx: Tx, wish: JoinWish): ReturnType<CallStore['join']> {
  const member = await tx
    .selectFrom('members')
    .select('identity')
    .where('group_id', '=', wish.groupId)
    .where('identity', '=', wish.identity)
    .executeTakeFirst();
  if (!member) return 'not_member';
  const known = await placeBy(tx, wish.placeId);
  if (known) return joinAgain(tx, wish, known);
  const running = await liveCallOf(tx, wish.groupId);
  if (!running) await insertCall(tx, wish);
  const callId = running?.call_id ?? wish.newCallId;

  const others = (await activePlaces(tx, callId)).filter((place) => place.identity !== wish.identity);
  if (others.length >= wish.maxParticipants) return 'call_full';
  const former = await tx
    .updateTable('places')
    .set({ state: 'left', deadline_ms: 0 })
    .where('call_id', '=', callId)
    .where('identity', '=', wish.identity)
    .where('state', '<>', 'left')
    .returning('livekit_identity')
    .execute();
  await bumpParticipants(tx, callId);
  if (former.length > 0) await dropOrphanedRequests(tx, callId);
  const row = await findCall(tx, callId);
  if (!row) throw new Error('a call vanished inside its own transaction');
  await tx
    .insertInto('places')
    .values({
      call_id: callId,
      livekit_identity: wish.livekitIdentity,
      place_id: wish.placeId,
      identity: wish.identity,
      state: 'joining',
      deadline_ms: wish.deadlineMs,
      seq: row.participants_version,
    })
    .execute();
  return {
    call: await viewOf(tx, row, onlyState),
    livekitIdentity: wish.livekitIdentity,
    isNew: true,
    former: former.map((place) => place.livekit_identity),
  };
}

type KnownPlace = Pick<Tables['places'], 'call_id' | 'livekit_identity' | 'identity' | 'state'> & {
  readonly group_id: string;
};

async function placeBy(tx: Tx, placeId: string): Promise<KnownPlace | undefined> {
  return tx
    .selectFrom('places')
    .innerJoin('calls', 'calls.call_id', 'places.call_id')
    .select(['places.call_id', 'livekit_identity', 'identity', 'state', 'calls.group_id'])
    .where('place_id', '=', placeId)
    .executeTakeFirst();
}

/** The place that this id took before, if it is the caller's and goes on: the answer was lost on the way. */
async function joinAgain(tx: Tx, wish: JoinWish, known: KnownPlace): ReturnType<CallStore['join']> {
  if (known.identity !== wish.identity || known.group_id !== wish.groupId) return 'place_taken';
  if (known.state === 'left') return 'place_ended';
  const { call_id: callId, livekit_identity: livekitIdentity } = known;
  if (known.state !== 'present') {
    const livekitIdentities = [livekitIdentity];
    await setState(tx, { callId, livekitIdentities, state: 'joining', deadlineMs: wish.deadlineMs });
    if (known.state === 'away') await bumpParticipants(tx, callId);
  }
  const row = await findCall(tx, callId);
  if (!row) throw new Error('a place without a call');
  return { call: await viewOf(tx, row, onlyState), livekitIdentity, isNew: false, former: [] };
}

async function forgetId(tx: Tx, callId: string, livekitIdentity: string): Promise<void> {
  await tx
    .updateTable('places')
    .set({ place_id: null })
    .where('call_id', '=', callId)
    .where('livekit_identity', '=', livekitIdentity)
    .execute();
}

async function insertCall(tx: Tx, wish: JoinWish): Promise<void> {
  const group = await tx
    .selectFrom('groups')
    .select('secret_version')
    .where('group_id', '=', wish.groupId)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('calls')
    .values({
      call_id: wish.newCallId,
      group_id: wish.groupId,
      started_at_ms: wish.nowMs,
      ended_at_ms: null,
      room_deleted: 0,
      generation: 0,
      epoch: 0,
      position: 0,
      group_info: null,
      participants_version: 0,
      requests_version: 0,
      secret_version: group.secret_version,
    })
    .execute();
}

async function append(tx: Tx, wish: AppendWish): Promise<AppendOutcome> {
  const row = await findCall(tx, wish.callId);
  const access = await accessTo(tx, row, wish.identity);
  if (access !== 'ok' || !row) return { outcome: access as NoAccess };
  const isOpen = wish.kind === 'open';
  const swapped = await tx
    .updateTable('calls')
    .set((eb) => ({
      generation: wish.generation,
      epoch: isOpen ? 0 : wish.epoch + 1,
      position: eb('position', '+', 1),
      group_info: wish.groupInfo,
    }))
    .where('call_id', '=', wish.callId)
    .where('ended_at_ms', 'is', null)
    .where('generation', '=', isOpen ? wish.generation - 1 : wish.generation)
    .$if(!isOpen, (query) => query.where('epoch', '=', wish.epoch))
    .returning(['position', 'generation', 'epoch'])
    .executeTakeFirst();
  if (!swapped) {
    const position = await positionOf(tx, row, wish);
    if (position === null) return { outcome: 'conflict' };
    return { outcome: 'repeated', position, generation: wish.generation, epoch: isOpen ? 0 : wish.epoch + 1 };
  }
  await tx
    .insertInto('entries')
    .values({
      call_id: wish.callId,
      position: swapped.position,
      kind: wish.kind,
      generation: wish.generation,
      epoch: wish.epoch,
      message: wish.message,
      welcome: wish.welcome?.message ?? null,
    })
    .execute();
  await tx
    .deleteFrom('entries')
    .where('call_id', '=', wish.callId)
    .where('position', '<=', swapped.position - wish.keptEntries)
    .execute();
  if (isOpen) await dropRequests(tx, wish.callId, 'all');
  else if (wish.welcome) await dropRequests(tx, wish.callId, { livekitIdentities: wish.welcome.to });
  return { outcome: 'accepted', ...swapped };
}

/**
 * Where the log has this very entry, after what its author knows; else null. Sealed bytes never occur twice. An `open` has none but its
 * GroupInfo, which is there until the first commit.
 */
async function positionOf(tx: Tx, row: Tables['calls'], wish: AppendWish): Promise<number | null> {
  const isOpen = wish.kind === 'open';
  if (isOpen && (row.epoch !== 0 || row.group_info !== wish.groupInfo)) return null;
  const entry = await tx
    .selectFrom('entries')
    .select('position')
    .where('call_id', '=', wish.callId)
    .where('position', '>', wish.after)
    .where('kind', '=', wish.kind)
    .where('generation', '=', wish.generation)
    .where('epoch', '=', wish.epoch)
    .where('message', '=', wish.message)
    .executeTakeFirst();
  return entry?.position ?? null;
}

async function request(tx: Tx, wish: RequestWish): ReturnType<CallStore['request']> {
  const access = await accessOfPlace(tx, wish.callId, wish);
  if (access !== 'ok') return access;
  const row = await findCall(tx, wish.callId);
  if (row?.generation !== wish.generation) return 'conflict';
  await putRequest(tx, wish.callId, wish);
  return 'requested';
}

async function applyChanges(tx: Tx, wish: { callId: string; changes: PlaceChanges; nowMs: number }) {
  const { callId, changes, nowMs } = wish;
  let touched = await setState(tx, {
    callId,
    livekitIdentities: changes.present,
    state: 'present',
    deadlineMs: 0,
  });
  for (const { livekitIdentity, deadlineMs } of changes.away) {
    touched += await setState(tx, {
      callId,
      livekitIdentities: [livekitIdentity],
      state: 'away',
      deadlineMs,
    });
  }
  touched += await expire(tx, { callId, livekitIdentities: changes.left, nowMs });
  if (touched > 0) await bumpParticipants(tx, callId);
  if (changes.left.length > 0) await dropOrphanedRequests(tx, callId);
  return { changed: touched > 0, ended: await endIfEmpty(tx, callId, nowMs) };
}

/** Never brings a `left` place back: what LiveKit shows may be older than the leave. Gives how many places changed. */
async function setState(
  tx: Tx,
  change: {
    readonly callId: string;
    readonly livekitIdentities: readonly string[];
    readonly state: Tables['places']['state'];
    readonly deadlineMs: number;
  },
): Promise<number> {
  if (change.livekitIdentities.length === 0) return 0;
  const result = await tx
    .updateTable('places')
    .set({ state: change.state, deadline_ms: change.deadlineMs })
    .where('call_id', '=', change.callId)
    .where('livekit_identity', 'in', [...change.livekitIdentities])
    .where('state', '<>', 'left')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Ends places whose deadline has passed, unless they were renewed since somebody looked. Gives how many ended. */
async function expire(
  tx: Tx,
  {
    callId,
    livekitIdentities,
    nowMs,
  }: { callId: string; livekitIdentities: readonly string[]; nowMs: number },
): Promise<number> {
  if (livekitIdentities.length === 0) return 0;
  const result = await tx
    .updateTable('places')
    .set({ state: 'left', deadline_ms: 0 })
    .where('call_id', '=', callId)
    .where('livekit_identity', 'in', [...livekitIdentities])
    .where('state', 'in', ['joining', 'away'])
    .where('deadline_ms', '<=', nowMs)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

async function findCall(tx: Tx, callId: string): Promise<Tables['calls'] | undefined> {
  return tx.selectFrom('calls').selectAll().where('call_id', '=', callId).executeTakeFirst();
}

/** D4. A call that an identity never had a place in does not exist for it. */
async function accessTo(
  tx: Tx,
  row: Tables['calls'] | undefined,
  identity: string,
): Promise<NoAccess | 'ok'> {
  if (!row) return 'no_call';
  const states = await tx
    .selectFrom('places')
    .select('state')
    .where('call_id', '=', row.call_id)
    .where('identity', '=', identity)
    .execute();
  if (states.length === 0) return 'no_call';
  if (row.ended_at_ms !== null) return 'ended';
  return states.some((place) => place.state !== 'left') ? 'ok' : 'no_place';
}

/** D4 for what belongs to one place: it must be the one that the identity has. */
async function accessOfPlace(
  tx: Tx,
  callId: string,
  who: { readonly identity: string; readonly livekitIdentity: string },
): Promise<NoAccess | 'ok'> {
  const access = await accessTo(tx, await findCall(tx, callId), who.identity);
  if (access !== 'ok') return access;
  const mine = (await activePlaces(tx, callId)).find((place) => place.identity === who.identity);
  return mine?.livekitIdentity === who.livekitIdentity ? 'ok' : 'no_place';
}

async function viewOf(tx: Tx, row: Tables['calls'], wish: ViewWish): Promise<CallView> {
  const { after, withWelcomes, requestsSeen } = wish;
  const isNews = requestsSeen !== null && requestsSeen !== row.requests_version;
  return {
    ...toCall(row),
    entries: after === null ? [] : await entriesAfter(tx, row.call_id, { after, withWelcomes }),
    groupInfo: row.group_info,
    places: await activePlaces(tx, row.call_id),
    requests: isNews ? await openRequests(tx, row.call_id) : null,
  };
}

function toCall(row: Tables['calls']): CallRow {
  return {
    callId: row.call_id,
    groupId: row.group_id,
    secretVersion: row.secret_version,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    generation: row.generation,
    epoch: row.epoch,
    position: row.position,
    participantsVersion: row.participants_version,
    requestsVersion: row.requests_version,
  };
}
