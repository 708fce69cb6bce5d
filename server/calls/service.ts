// Calls: taking, renewing and leaving a place, and what that means in LiveKit (L1, L4). The delivery log is log.ts.
// A call begins in the store only after LiveKit has its room; a place in a running one is given back if LiveKit does not answer, where
// LiveKit has to be asked at all. So a media server that is down leaves nothing behind.
import { randomBytes } from 'node:crypto';
import { fromBase64url, toBase64url } from '../../crypto/bytes.ts';
import { isAdmitted, maySpeak, rankOf } from '../../crypto/group/history/index.ts';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import { outsiderError } from '../groups/standing.ts';
import { stateOf } from '../groups/state.ts';
import { createLivekitIdentity, mint, type LivekitTicket } from '../livekit/mint.ts';
import type { Sfu } from '../livekit/sfu.ts';
import { onlyState, type Joined, type JoinWish, type LeftPlaces, type Store } from '../store/store.ts';
import type { Tasks } from '../web/tasks.ts';
import { pageOf, refusal } from './log.ts';
import { joiningMs } from './places.ts';
import type { JoinTicketShape } from './schema.ts';

/** G9. */
const adminRank = 2;

export interface CallParts {
  readonly config: Pick<Config, 'livekit' | 'maxParticipants'>;
  readonly store: Store;
  readonly sfu: Sfu;
  readonly tasks: Tasks;
  readonly now: () => number;
  /** Told after places changed: wakes who waits for the call and tells the group. */
  readonly changed: (call: { readonly callId: string; readonly groupId: string }) => void;
}

export class CallService {
  readonly #parts: CallParts;

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  /**
   * Starts the group's call or joins it; by an id that took a place before, the same place. Throws `group_not_found`, `call_full`,
   * `place_ended`, `not_allowed` for an id that is somebody else's, `livekit_unavailable`, and `call_locked` for who has no place in a
   * call that is locked (G9).
   */
  async join(groupId: string, identity: string, placeId: string): Promise<JoinTicketShape> {
    const { store, sfu, config } = this.#parts;
    const { maySpeakIn, isLocked } = await this.#rightsOf(groupId, identity);
    const newCallId = randomBytes(16).toString('base64url');
    const running = await store.calls.liveOf(groupId);
    if (running && isLocked(running.callId) && !running.places.some((place) => place.identity === identity))
      throw new AppError('call_locked');
    const likely = running?.callId ?? newCallId;
    // Where somebody is in the room, there is one; if LiveKit lost it just now, who joins comes back for a token (`renew`).
    const hasRoom = running?.places.some(({ state }) => state === 'present') === true;
    const room = hasRoom ? Promise.resolve() : sfu.createRoom(likely);
    if (likely === newCallId) await room;
    else room.catch(() => undefined); // Awaited below, beside what the store takes.
    const likelyIdentity = createLivekitIdentity();
    const mintFor = (callId: string, livekitIdentity: string) =>
      mint(config.livekit, { room: callId, identity: livekitIdentity, maySpeak: maySpeakIn(callId) });
    const wish = { groupId, identity, placeId, livekitIdentity: likelyIdentity, newCallId };
    const [livekit, joined] = await Promise.all([mintFor(likely, likelyIdentity), this.#takePlace(wish)]);
    const call = typeof joined === 'string' ? null : joined.call;
    // Somebody else started or ended the call between the two looks at the store.
    if (likely === newCallId && call?.callId !== newCallId) this.#dropUnused(newCallId);
    if (joined === 'not_member') throw await this.#outsider(groupId, identity);
    if (joined === 'place_taken') throw new AppError('not_allowed');
    if (typeof joined === 'string') throw new AppError(joined);
    const { callId, startedAtMs, secretVersion } = joined.call;
    await this.#roomOrLeave(callId === likely ? room : sfu.createRoom(callId), identity, joined);
    this.#evict(callId, joined.former);
    // Everybody who is told reads the store: after the answer to the one who is in a hurry.
    setImmediate(() => {
      this.#parts.changed(joined.call);
    });
    return {
      callId,
      startedAtMs,
      secretVersion,
      livekit: callId === likely && joined.isNew ? livekit : await mintFor(callId, joined.livekitIdentity),
      page: pageOf(joined.call, { withGroupInfo: true }),
    };
  }

  /** A new ticket for a place that still counts, and its room if LiveKit lost it. */
  async renew(callId: string, identity: string, livekitIdentity: string): Promise<LivekitTicket> {
    const { store, sfu, config, now } = this.#parts;
    const call = await store.calls.readAs(callId, identity, onlyState);
    if (typeof call === 'string') throw refusal(call);
    await sfu.createRoom(callId);
    const outcome = await store.calls.renew(callId, identity, {
      livekitIdentity,
      deadlineMs: now() + joiningMs,
    });
    if (outcome !== 'renewed') throw refusal(outcome);
    const { maySpeakIn } = await this.#rightsOf(call.groupId, identity);
    this.#parts.changed(call);
    return mint(config.livekit, { room: callId, identity: livekitIdentity, maySpeak: maySpeakIn(callId) });
  }

  /** Ends a place; fine if it has ended before. Throws `call_not_found` if the caller never had it. */
  async leave(callId: string, identity: string, livekitIdentity: string): Promise<void> {
    await this.#end(callId, identity, { livekitIdentity });
  }

  async #end(
    callId: string,
    identity: string,
    place: { readonly livekitIdentity: string; readonly isUndone?: boolean },
  ): Promise<void> {
    const { store, now } = this.#parts;
    const left = await store.calls.leave(callId, identity, { ...place, nowMs: now() });
    if (!left) throw new AppError('call_not_found');
    if (left.livekitIdentities.length > 0) this.ended(left);
  }

  /**
   * Ends these places, as the owner or an admin who is above who has them (C17); those that have ended are fine. Throws `not_allowed` where
   * one is not below, and then ends none.
   */
  async takeOut(callId: string, caller: string, livekitIdentities: readonly string[]): Promise<void> {
    const { store, now } = this.#parts;
    const call = await store.calls.readAs(callId, caller, onlyState);
    if (typeof call === 'string') throw refusal(call);
    const { rankIn } = await this.#rightsOf(call.groupId, caller);
    const places = call.places.filter((place) => livekitIdentities.includes(place.livekitIdentity));
    const rank = rankIn(caller);
    if (rank < adminRank || places.some(({ identity }) => rankIn(identity) >= rank))
      throw new AppError('not_allowed');
    for (const { identity, livekitIdentity } of places) {
      const left = await store.calls.leave(callId, identity, { livekitIdentity, nowMs: now() });
      if (left && left.livekitIdentities.length > 0) this.ended(left);
    }
  }

  /** Places ended: tells everybody, and takes them out of LiveKit (L4). The sweep repeats what fails here. */
  ended(left: LeftPlaces): void {
    this.#parts.changed(left);
    if (left.callEnded) this.#closeRoom(left.callId);
    else this.#evict(left.callId, left.livekitIdentities);
  }

  /** Whether a member may speak, and nobody else comes in, by call (G9). Throws `group_not_found` for who is none. */
  async #rightsOf(groupId: string, identity: string) {
    const { groups } = this.#parts.store;
    const group = await groups.folded(groupId);
    if (!group || !(await groups.isMember(groupId, identity))) throw await this.#outsider(groupId, identity);
    const state = stateOf(group);
    // A row that no `admission` stands behind opens nothing (G12), whoever wrote it.
    if (!isAdmitted(state, fromBase64url(identity))) throw new AppError('not_admitted');
    return {
      maySpeakIn: (callId: string) => maySpeak(state, fromBase64url(callId), fromBase64url(identity)),
      rankIn: (who: string) => rankOf(state, fromBase64url(who)),
      isLocked: (callId: string) => state.lock !== null && toBase64url(state.lock) === callId,
    };
  }

  #outsider(groupId: string, identity: string): Promise<AppError> {
    return outsiderError(this.#parts.store, { groupId, identity, nowMs: this.#parts.now() });
  }

  #takePlace(wish: Omit<JoinWish, 'nowMs' | 'deadlineMs' | 'maxParticipants'>) {
    const nowMs = this.#parts.now();
    const { maxParticipants } = this.#parts.config;
    return this.#parts.store.calls.join({ ...wish, nowMs, deadlineMs: nowMs + joiningMs, maxParticipants });
  }

  /** Waits for the room of a place that is taken already; gives a new place back, as if it had never been, if LiveKit will not have it. */
  async #roomOrLeave(
    room: Promise<void>,
    identity: string,
    { call, livekitIdentity, isNew }: Joined,
  ): Promise<void> {
    try {
      await room;
    } catch (error) {
      if (isNew) await this.#end(call.callId, identity, { livekitIdentity, isUndone: true });
      throw error;
    }
  }

  #evict(callId: string, livekitIdentities: readonly string[]): void {
    for (const identity of livekitIdentities) {
      this.#parts.tasks.run('remove_participant', () => this.#parts.sfu.removeParticipant(callId, identity));
    }
  }

  #closeRoom(callId: string): void {
    this.#parts.tasks.run('close_room', async () => {
      await this.#parts.sfu.deleteRoom(callId);
      await this.#parts.store.calls.markRoomDeleted(callId);
    });
  }

  /** A room made for a call that somebody else started first. */
  #dropUnused(callId: string): void {
    this.#parts.tasks.run('drop_room', () => this.#parts.sfu.deleteRoom(callId));
  }
}
