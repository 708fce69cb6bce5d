// Changes of a group (G8–G14): the service folds them before it stores them, and gives them to members and to who shows the door.
// Entering is service.ts. It can read nothing of a rotation: shares, names and earlier keys are sealed.
import { fromBase64url, toBase64url } from '../../crypto/bytes.ts';
import {
  isAdmitted,
  isGoneAt,
  isRotationOwed,
  maySpeak,
  type GroupState,
} from '../../crypto/group/history/index.ts';
import { AppError } from '../errors.ts';
import type { FoldedGroup, HistoryPage, RotationPage, RotationWish, Store } from '../store/store.ts';
import { openDoor } from './doors.ts';
import type { ChangeGroupShape, RotationShape } from './history-schema.ts';
import type { GroupListener } from './service.ts';
import { departingBy, encoded, foldOwn, parseOwn, stateOf, type OwnEntry } from './state.ts';

/** Accepted, with the version it made; or what has been there since. */
export type Changed = { readonly version: number } | { readonly missed: HistoryPage };

export interface HistoryParts {
  readonly store: Store;
  readonly now: () => number;
  readonly listener: GroupListener;
}

export class HistoryService {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #listener: GroupListener;

  constructor({ store, now, listener }: HistoryParts) {
    this.#store = store;
    this.#now = now;
    this.#listener = listener;
  }

  /** Throws `group_not_found` for who is no member (T5). */
  async read(groupId: string, caller: string, after: number): Promise<HistoryPage> {
    if (!(await this.#store.groups.isMember(groupId, caller))) throw new AppError('group_not_found');
    return this.#store.groups.history(groupId, after);
  }

  async readByDoor(groupId: string, door: string, after: number): Promise<HistoryPage> {
    await openDoor(this.#store, groupId, door);
    return this.#store.groups.history(groupId, after);
  }

  async rotations(groupId: string, caller: string, after: number): Promise<RotationPage> {
    const page = await this.#store.groups.rotationsAs(groupId, caller, after);
    if (!page) throw new AppError('group_not_found');
    return page;
  }

  /** Throws `group_not_found`, `not_allowed`, `bad_signature`, `invalid_request`, `group_full`. */
  async change(caller: string, groupId: string, wish: ChangeGroupShape): Promise<Changed> {
    const { groups } = this.#store;
    const group = await groups.folded(groupId);
    if (!group || !(await groups.isMember(groupId, caller))) throw new AppError('group_not_found');
    const entries = parseOwn(caller, wish.entries);
    if (entries.some(({ act }) => act.kind === 'return')) throw new AppError('not_allowed');
    if (group.historyVersion !== wish.after) return this.#late(groupId, wish);
    const state = stateOf(group);
    const next = await foldOwn(state, entries);
    const rotation = rotationOf(group, entries, { wish: wish.rotation, next });
    const outcome = await groups.change({
      ...{ groupId, author: caller, after: wish.after, entries: wish.entries, state: encoded(next) },
      ...{ departing: departingBy(entries), rotation, nowMs: this.#now() },
    });
    if (outcome === 'not_member') throw new AppError('group_not_found');
    if (outcome === 'conflict') return this.#late(groupId, wish);
    for (const { identity, left } of outcome.departed) this.#listener.departed(groupId, identity, left);
    this.#listener.changed(groupId);
    await this.#tellWhoMaySpeak(groupId, state, next);
    return { version: next.version };
  }

  /** Somebody else came first; or it was the caller, who missed the answer. */
  async #late(groupId: string, { after, entries }: ChangeGroupShape): Promise<Changed> {
    const missed = await this.#store.groups.history(groupId, after);
    const isMine = entries.every((entry, index) => entry === missed.entries[index]);
    return isMine ? { version: after + entries.length } : { missed };
  }

  async #tellWhoMaySpeak(groupId: string, before: GroupState, next: GroupState): Promise<void> {
    const call = await this.#store.calls.liveOf(groupId);
    if (!call) return;
    const callId = fromBase64url(call.callId);
    for (const { identity, livekitIdentity } of call.places) {
      const who = fromBase64url(identity);
      const may = maySpeak(next, callId, who);
      if (may !== maySpeak(before, callId, who)) {
        this.#listener.voiceChanged({ callId: call.callId, livekitIdentity, maySpeak: may });
      }
    }
  }
}

/** What is stored with the entry `rotation`; null without one. Throws `invalid_request` where only one of the two is there, or where one is owed. */
function rotationOf(
  group: FoldedGroup,
  entries: readonly OwnEntry[],
  given: { readonly wish: RotationShape | null; readonly next: GroupState },
): RotationWish | null {
  const { wish, next } = given;
  const count = entries.filter(({ act }) => act.kind === 'rotation').length;
  if (count !== (wish === null ? 0 : 1) || isRotationOwed(next)) throw new AppError('invalid_request');
  if (wish === null || next.doorHash === null) return null;
  return {
    ...wish,
    secretVersion: group.secretVersion + 1,
    doorHash: toBase64url(next.doorHash),
    mayStay: (identity) => mayStay(next, identity),
  };
}

/** Whether a row of a member goes on after a rotation, which carries over who is not banned and was admitted. */
function mayStay(next: GroupState, identity: string): boolean {
  const who = fromBase64url(identity);
  return isAdmitted(next, who) && !isGoneAt(next, who, next.secretVersion);
}
