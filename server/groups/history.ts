// Changes of a group (G8–G19): the service folds them before it stores them, and gives them to members and to who shows the door.
// Entering is service.ts. It can read nothing of a rotation: shares, names and earlier keys are sealed.
import { equal, fromBase64url, toBase64url } from '../../crypto/bytes.ts';
import {
  isAdmitted,
  isGoneAt,
  isRotationOwed,
  maySpeak,
  type GroupState,
} from '../../crypto/group/history/index.ts';
import { profileHash } from '../../crypto/identity/statements.ts';
import { AppError } from '../errors.ts';
import type {
  Admissions,
  Closing,
  FoldedGroup,
  HistoryPage,
  NewGroupProfile,
  RotationPage,
  RotationWish,
  Store,
} from '../store/store.ts';
import { openDoor } from './doors.ts';
import type { ChangeGroupShape, RotationShape } from './history-schema.ts';
import { knockMs, type KnockService } from './knocks.ts';
import type { GroupListener } from './listener.ts';
import { pictureOf } from './profiles.ts';
import { outsiderError } from './standing.ts';
import { departingBy, encoded, foldOwn, goneOf, parseOwn, stateOf, type OwnEntry } from './state.ts';

/** Accepted, with the version it made; or what has been there since. */
export type Changed = { readonly version: number } | { readonly missed: HistoryPage };

export interface HistoryParts {
  readonly store: Store;
  readonly now: () => number;
  readonly listener: GroupListener;
  readonly knocks: KnockService;
  readonly membersPerGroup: number;
}

export class HistoryService {
  readonly #parts: HistoryParts;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** Throws `group_not_found` for who is no member (T5), `not_admitted` for who waits at the door. */
  async read(groupId: string, caller: string, after: number): Promise<HistoryPage> {
    const { groups } = this.#parts.store;
    if (!(await groups.isMember(groupId, caller))) throw await this.#outsider(groupId, caller);
    return groups.history(groupId, after);
  }

  /** For who has the link; under approval only for who was a member, left, and needs it for a return (G10). */
  async readByDoor(
    groupId: string,
    caller: string,
    shown: { door: string; after: number },
  ): Promise<HistoryPage> {
    const { store } = this.#parts;
    const state = stateOf(await openDoor(store, groupId, shown.door));
    const who = fromBase64url(caller);
    if (!isAdmitted(state, who) && goneOf(state, who) !== 'left') throw new AppError('not_admitted');
    return store.groups.history(groupId, shown.after);
  }

  async rotations(
    groupId: string,
    caller: string,
    wish: { readonly after: number; readonly before: number | null },
  ): Promise<RotationPage> {
    const page = await this.#parts.store.groups.rotationsAs(groupId, caller, wish);
    if (!page) throw await this.#outsider(groupId, caller);
    return page;
  }

  /** Throws `group_not_found`, `not_admitted`, `not_allowed`, `bad_signature`, `invalid_request`, `group_full`, `knock_gone`. */
  async change(caller: string, groupId: string, wish: ChangeGroupShape): Promise<Changed> {
    const { store, now, listener } = this.#parts;
    const group = await store.groups.folded(groupId);
    if (!group || !(await store.groups.isMember(groupId, caller))) {
      // Who left by this very change, and missed the answer.
      const known = group && isOwn(caller, wish) ? await this.#late(groupId, wish) : null;
      if (known && 'version' in known) return known;
      throw await this.#outsider(groupId, caller);
    }
    const entries = parseOwn(caller, wish.entries);
    if (entries.some(({ act }) => act.kind === 'return')) throw new AppError('not_allowed');
    if (group.historyVersion !== wish.after) return this.#late(groupId, wish);
    const state = stateOf(group);
    const next = await foldOwn(state, entries);
    const rotation = rotationOf(group, entries, { wish: wish.rotation, next });
    const profile = profileOf(entries, { wish, next });
    const admissions = this.#admissionsOf(entries);
    if (admissions && rotation) throw new AppError('invalid_request');
    const outcome = await store.groups.change({
      ...{ groupId, author: caller, after: wish.after, entries: wish.entries, state: encoded(next) },
      ...{ departing: departingBy(entries), rotation, profile, admissions, nowMs: now() },
      closing: this.#closingOf(state, next),
    });
    if (outcome === 'not_member') throw await this.#outsider(groupId, caller);
    if (outcome === 'conflict') return this.#late(groupId, wish);
    if (outcome === 'no_knock') throw new AppError('knock_gone');
    if (outcome === 'group_full') throw new AppError('group_full');
    for (const { identity, left } of outcome.departed) listener.departed(groupId, identity, left);
    listener.changed(groupId);
    await this.#tellTheDoor(groupId, { before: state, next, answered: outcome.answered });
    await this.#tellWhoMaySpeak(groupId, state, next);
    return { version: next.version };
  }

  #outsider(groupId: string, identity: string): Promise<AppError> {
    return outsiderError(this.#parts.store, { groupId, identity, nowMs: this.#parts.now() });
  }

  /** Whom the entries admit and nothing takes out again. */
  #admissionsOf(entries: readonly OwnEntry[]): Admissions | null {
    const departing = departingBy(entries);
    const identities = entries
      .flatMap(({ act }) => (act.kind === 'admission' ? [toBase64url(act.identity)] : []))
      .filter((identity) => !departing.includes(identity));
    return identities.length === 0 ? null : { identities, membersPerGroup: this.#parts.membersPerGroup };
  }

  #closingOf(before: GroupState, next: GroupState): Closing | null {
    if (before.policy.admission === next.policy.admission || next.policy.admission === 'open') return null;
    const { now, knocks } = this.#parts;
    return {
      mayStay: (identity) => isAdmitted(next, fromBase64url(identity)),
      ...{ knocksUntilMs: now() + knockMs, mostKnocks: knocks.limits.perGroup },
    };
  }

  /** Admins and who waits, of what has become of knocks. */
  async #tellTheDoor(
    groupId: string,
    given: { readonly before: GroupState; readonly next: GroupState; readonly answered: readonly string[] },
  ): Promise<void> {
    const { listener, knocks } = this.#parts;
    for (const identity of given.answered) listener.answered(groupId, identity);
    const [was, is] = [given.before.policy.admission, given.next.policy.admission];
    if (given.answered.length > 0 || was !== is) listener.knocked(groupId);
    if (was !== is && is === 'open') await knocks.opened(groupId);
  }

  /** Somebody else came first; or it was the caller, who missed the answer. */
  async #late(groupId: string, { after, entries }: ChangeGroupShape): Promise<Changed> {
    const missed = await this.#parts.store.groups.history(groupId, after);
    const isMine = entries.every((entry, index) => entry === missed.entries[index]);
    return isMine ? { version: after + entries.length } : { missed };
  }

  async #tellWhoMaySpeak(groupId: string, before: GroupState, next: GroupState): Promise<void> {
    const call = await this.#parts.store.calls.liveOf(groupId);
    if (!call) return;
    const callId = fromBase64url(call.callId);
    for (const { identity, livekitIdentity } of call.places) {
      const who = fromBase64url(identity);
      const may = maySpeak(next, callId, who);
      if (may !== maySpeak(before, callId, who)) {
        this.#parts.listener.voiceChanged({ callId: call.callId, livekitIdentity, maySpeak: may });
      }
    }
  }
}

/** Whether these are entries of the caller. */
function isOwn(caller: string, { entries }: ChangeGroupShape): boolean {
  try {
    return parseOwn(caller, entries).length > 0;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
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

/**
 * What is stored with the entry `profile` (G19); null without one. Throws `invalid_request` where only one of the two is there, where it is
 * another one than the entry's, or where a rotation leaves the group's name sealed to a key that joiners do not have.
 */
function profileOf(
  entries: readonly OwnEntry[],
  given: { readonly wish: ChangeGroupShape; readonly next: GroupState },
): NewGroupProfile | null {
  const { profile, rotation } = given.wish;
  const count = entries.filter(({ act }) => act.kind === 'profile').length;
  if (count !== (profile === undefined ? 0 : 1)) throw new AppError('invalid_request');
  const { profile: signed, secretVersion } = given.next;
  if (profile === undefined) {
    if (rotation !== null && signed !== null) throw new AppError('invalid_request');
    return null;
  }
  const { sealedName, sealedFace } = profile;
  const hash = profileHash(fromBase64url(sealedName), fromBase64url(sealedFace));
  if (signed === null || !equal(hash, signed)) throw new AppError('invalid_request');
  return { sealedName, sealedFace, nameVersion: secretVersion, picture: pictureOf(profile.picture) };
}

/** Whether a row of a member goes on after a rotation, which carries over who is not banned and was admitted. */
function mayStay(next: GroupState, identity: string): boolean {
  const who = fromBase64url(identity);
  return isAdmitted(next, who) && !isGoneAt(next, who, next.secretVersion);
}
