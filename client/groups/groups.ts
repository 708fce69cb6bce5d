// All groups of this device: found, join, refresh, change, leave, and the live state that events bring. Each group is
// refreshed by one request at a time, so that answers cannot overtake each other and look like a roll-back.
// State and call sessions read from here; catch-up.ts follows the service, group.ts checks what it says.
import { equal, toBase64url, toHex, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { isOwner } from '../../crypto/group/history/index.ts';
import type { ChainedKeys } from '../../crypto/group/index.ts';
import type { GroupSecret } from '../../crypto/invite/index.ts';
import { ApiError } from '../api/errors.ts';
import { wait, type Clock } from '../api/clock.ts';
import { withEverybody } from '../api/participants.ts';
import type { CallSummary, GroupEvent, GroupPage, GroupRecord } from '../api/schemas.ts';
import type { Service } from '../api/service.ts';
import type { Device } from './device.ts';
import { catchUp } from './catch-up.ts';
import { deleteGroup, isGone, whyGone } from './deletion.ts';
import { ChangeRefused, changeFor, type Wish } from './changes.ts';
import {
  accept,
  beginningOf,
  checkRecord,
  GroupRefused,
  wholeRecordOf,
  type Group,
  type Held,
} from './group.ts';
import { joinBy, lookBehind, type Invitation } from './joining.ts';
import { loadFrom } from './loading.ts';
import { readRecord } from './record.ts';
import { draftGroup, type GroupDraft } from './statements.ts';
import { StorageError, type DeviceStore, type StoredGroup } from './store.ts';
import { Turns } from './turns.ts';

export interface GroupsParts {
  readonly service: Service;
  readonly store: DeviceStore;
  readonly device: Device;
  readonly clock: Clock;
}

export class Groups {
  readonly #parts: GroupsParts;
  readonly #listeners = new Set<() => void>();
  #all: ReadonlyMap<string, Group> = new Map();
  #loaded: Promise<void> = Promise.resolve();
  /** What is in the store as it is here. */
  readonly #kept = new WeakSet<StoredGroup>();
  readonly #refreshing = new Turns();
  /** How many events each group has had. */
  readonly #events = new Map<string, number>();
  /** A founding whose answer never came: sent again with the same bytes it cannot found a second group. */
  #draft: { key: string; draft: GroupDraft } | null = null;

  constructor(parts: GroupsParts) {
    this.#parts = parts;
  }

  get all(): readonly Group[] {
    return [...this.#all.values()];
  }

  get(id: string): Group | null {
    return this.#all.get(id) ?? null;
  }

  /** Calls `listener` after every change. Returns the way to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Fulfilled when everything that was stored at the start is open. Throws `StorageError`. */
  get loaded(): Promise<void> {
    return this.#loaded;
  }

  /** Reads what is stored. A group that is damaged there is left out. Throws `StorageError`. */
  async load(): Promise<void> {
    await this.start(null);
    await this.#loaded;
  }

  /** As `load`, but done as soon as this one is open, or any where that one is not here; the others follow (`loaded`). */
  async start(firstId: string | null): Promise<void> {
    const { store, clock } = this.#parts;
    const parts = {
      store,
      has: (id: string) => this.#all.has(id),
      put: (groups: readonly Group[]) => this.#putAll(groups),
      kept: (stored: StoredGroup) => void this.#kept.add(stored),
      pause: () => wait(clock, 0),
    };
    const { rest } = await loadFrom(parts, firstId);
    // Whoever waits hears of it, too.
    rest.catch(() => undefined);
    this.#loaded = rest;
  }

  /** Founds a group. Throws `ApiError`, `GroupRefused`, or `RangeError` for a name G7 does not take. */
  async create(myName: string, groupName: string): Promise<Group> {
    const key = JSON.stringify([myName, groupName]);
    if (this.#draft?.key !== key) {
      this.#draft = {
        key,
        draft: await draftGroup(this.#parts.device, {
          ...{ myName, groupName, todayMs: this.#parts.clock.today() },
        }),
      };
    }
    const { secret, request } = this.#draft.draft;
    const first = await this.#parts.service.createGroup(request);
    const begin = beginningOf(secret, first);
    const record = await readRecord(this.#parts.service, secret.groupId, { first });
    const group = await this.#take(begin, record);
    this.#draft = null;
    return group;
  }

  /** What stands behind a link. Throws `ApiError` (`group_not_found`) or `GroupRefused`. */
  preview(secret: GroupSecret): Promise<Invitation> {
    return lookBehind(this.#parts, secret);
  }

  /** Joins by the secret of a link. Throws `AtTheDoor` where somebody has to let me in, `ApiError`, `GroupRefused`, `RangeError`. */
  async join(secret: GroupSecret, myName: string): Promise<Group> {
    const me = toHex(this.#parts.device.identity.publicKey);
    const before = this.#all.get(toBase64url(secret.groupId))?.profiles.get(me);
    const my = { name: myName, lastRevision: before?.profile?.revision ?? 0 };
    return this.#comeIn(secret, await joinBy(this.#parts, secret, my));
  }

  /** Takes in a group that let me in, by the secret that I knocked with. Throws `ApiError`, `GroupRefused`. */
  async comeIn(secret: GroupSecret): Promise<Group> {
    return this.#comeIn(secret, await this.#parts.service.group(secret.groupId));
  }

  async #comeIn(secret: GroupSecret, first: GroupPage): Promise<Group> {
    checkRecord(first, secret.groupId);
    const known = this.#all.get(toBase64url(secret.groupId));
    // Of what was known the history stays in force; the secret is the link's.
    const begin = known ? { ...known, secret, previousSeals: new Map() } : beginningOf(secret, first);
    const caught = await catchUp(this.#parts, begin, { first });
    return this.#take(caught.held, caught.record);
  }

  /**
   * Fetches the group again. Concurrent calls share a request; one that comes in while a request is under way waits for
   * a second one, since the first may not know yet. Never throws: what went wrong is in `problem` and `isFresh`.
   */
  refresh(id: string): Promise<void> {
    return this.#refreshing.take(id, () => this.#refreshOnce(id));
  }

  refreshAll(): Promise<unknown> {
    return Promise.all(this.all.map((group) => this.refresh(group.id)));
  }

  /** A `group` event: the voice chat's state at once, the roster by a fetch if it changed. */
  async onEvent(event: GroupEvent): Promise<void> {
    const id = toBase64url(event.groupId);
    if (!this.#all.has(id)) await this.#loaded;
    if (!this.#all.has(id)) await this.load();
    const group = this.#all.get(id);
    if (!group) return;
    this.#events.set(id, (this.#events.get(id) ?? 0) + 1);
    const call = callOf(group, event);
    if (call !== 'unknown') this.#put({ ...group, call });
    const isOld = event.version !== group.stored.record.version || !group.isFresh;
    if (isOld || call === 'unknown') await this.refresh(id);
  }

  /** The service says that this device is not in the group any more. The secret is kept until the person lets go of it. */
  onGone(groupId: Bytes): void {
    const group = this.#all.get(toBase64url(groupId));
    if (!group) return;
    void this.#goneNow(group.id);
  }

  /**
   * Makes a change, as the group is now; where somebody else was first, once more as it is then. Throws `ApiError`, and `ChangeRefused`
   * where my role does not allow it.
   */
  async change(id: string, wish: Wish): Promise<void> {
    if (this.#all.get(id)?.isFresh === false) await this.refresh(id);
    for (let attempt = 0; ; attempt++) {
      const group = this.#all.get(id);
      if (!group) return;
      try {
        const change = await changeFor(this.#parts.device.identity, group, {
          wish,
          atMs: this.#parts.clock.today(),
        });
        if (change) await this.#parts.service.changeGroup(group.secret.groupId, change);
        break;
      } catch (error) {
        if (error instanceof CryptoError) throw new ChangeRefused('not_allowed');
        const isLate = error instanceof ApiError && error.code === 'history_conflict';
        if (!isLate || attempt > 0) throw error;
        await this.refresh(id);
      }
    }
    await this.refresh(id);
  }

  /** Leaves for good. A group that does not know us any more is simply forgotten. Throws as `change` does. */
  async leave(id: string): Promise<void> {
    const group = this.#all.get(id);
    if (!group) return;
    const isMine = isOwner(group.state, this.#parts.device.identity.publicKey);
    if (isMine && !isGone(group)) {
      if (group.members.length > 1) throw new ChangeRefused('owner_must_hand_over');
      await this.delete(id);
      return;
    } else {
      await this.#depart(id);
    }
    await this.forget(id);
  }

  /** Deletes it for everybody, as its owner (G17). Throws `ApiError`, and `ChangeRefused` for anybody else. */
  async delete(id: string): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const group = this.#all.get(id);
      if (!group) return;
      if (!isOwner(group.state, this.#parts.device.identity.publicKey))
        throw new ChangeRefused('not_allowed');
      try {
        await deleteGroup(this.#parts, group);
        break;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === 'group_not_found') break;
        if (error.code !== 'history_conflict' || attempt > 0) throw error;
        await this.refresh(id);
      }
    }
    await this.forget(id);
  }

  /** This device lets go of a group that I stay in: its link brings it back. Throws `StorageError`. */
  async forget(id: string): Promise<void> {
    await this.#parts.store.deleteGroup(id);
    const rest = new Map(this.#all);
    rest.delete(id);
    this.#set(rest);
  }

  /** Taken out, or deleted: that is asked before it is said. */
  async #goneNow(id: string): Promise<void> {
    const known = this.#all.get(id);
    if (!known) return;
    const problem = await whyGone(this.#parts.service, known);
    const group = this.#all.get(id);
    if (group) this.#put({ ...group, isFresh: false, call: null, problem });
  }

  /** The keys of a call that began under this version of the secret. Throws `GroupRefused` where they cannot be had. */
  async keysFor(id: string, secretVersion: number): Promise<ChainedKeys> {
    const has = (): ChainedKeys | undefined => this.#all.get(id)?.keysByVersion.get(secretVersion);
    if (!has()) await this.refresh(id);
    const keys = has();
    if (!keys) throw new GroupRefused('secret_refused');
    return keys;
  }

  async #depart(id: string): Promise<void> {
    const known = this.#all.get(id);
    if (!known || isGone(known)) return;
    try {
      await this.change(id, { kind: 'departure' });
    } catch (error) {
      const isGoneAlready =
        error instanceof ApiError && (error.status === 404 || error.code === 'removed_from_group');
      if (!isGoneAlready) throw error;
    }
  }

  async #refreshOnce(id: string): Promise<void> {
    const group = this.#all.get(id);
    if (!group) return;
    const events = this.#events.get(id);
    try {
      const { held, record } = await catchUp(this.#parts, group, { known: wholeRecordOf(group) });
      // An event that came meanwhile knows more about the voice chat than this answer.
      const call = this.#events.get(id) === events ? record.call : (this.#all.get(id)?.call ?? null);
      await this.#take(held, { ...record, call });
    } catch (error) {
      await this.#refused(id, error);
    }
  }

  async #refused(id: string, error: unknown): Promise<void> {
    const group = this.#all.get(id);
    if (!group) return;
    if (error instanceof GroupRefused) {
      const kept = error.state === null ? group : await this.#keepState(group, error.state);
      this.#put({ ...kept, isFresh: false, problem: error.code });
    } else if (error instanceof ApiError && error.code === 'group_not_found') {
      const problem = await whyGone(this.#parts.service, group);
      if (this.#all.has(id)) this.#put({ ...group, isFresh: false, call: null, problem });
    } else if (error instanceof ApiError) {
      // No answer worth the name: the group is shown as this device remembers it.
      this.#put({ ...group, isFresh: false });
    } else {
      throw error;
    }
  }

  /** Changes that verified count, whatever is wrong with the rest: who is gone is gone. */
  async #keepState(group: Group, state: Held['state']): Promise<Group> {
    const kept = await accept({ ...group, state }, group.stored.record, group);
    await this.#save(kept.stored);
    return { ...kept, call: group.call };
  }

  /** A device without room still learns the truth, a removal above all; it is only told that it will forget. */
  async #take(held: Held, record: GroupRecord): Promise<Group> {
    const known = this.#all.get(toBase64url(held.secret.groupId)) ?? null;
    const group = await accept(held, record, known);
    this.#put(group);
    const problem = await this.#save(group.stored);
    if (problem === null) return group;
    const troubled = { ...group, problem };
    this.#put(troubled);
    return troubled;
  }

  async #save(stored: StoredGroup): Promise<StorageError['code'] | null> {
    if (this.#kept.has(stored)) return null;
    try {
      await this.#parts.store.saveGroup(stored);
      this.#kept.add(stored);
      return null;
    } catch (error) {
      if (error instanceof StorageError) return error.code;
      throw error;
    }
  }

  #put(group: Group): void {
    this.#putAll([group]);
  }

  #putAll(groups: readonly Group[]): void {
    const all = new Map(this.#all);
    for (const group of groups) all.set(group.id, this.#withLastCall(group));
    this.#set(all);
  }

  /** A voice chat that is seen to run, or to end, is noted with the time of now. */
  #withLastCall(group: Group): Group {
    const before = this.#all.get(group.id)?.call ?? null;
    const isSameCall = before !== null && group.call !== null && equal(before.callId, group.call.callId);
    if (isSameCall || (before === null && group.call === null)) return group;
    const lastCallAtMs = this.#parts.clock.today();
    const noted = { ...group, lastCallAtMs, stored: { ...group.stored, lastCallAtMs } };
    void this.#save(noted.stored);
    return noted;
  }

  #set(all: ReadonlyMap<string, Group>): void {
    this.#all = all;
    for (const listener of this.#listeners) listener();
  }
}

/** The voice chat as an event tells it, which may tell only what changed. */
function callOf(group: Group, { call }: GroupEvent): CallSummary | null | 'unknown' {
  if (call === null) return null;
  const isSame = group.call !== null && equal(group.call.callId, call.callId);
  return withEverybody(isSame ? group.call : null, call) ?? 'unknown';
}
