// All groups of this device: found, join, refresh, leave, remove, and the live state that events bring. Each group is
// refreshed by one request at a time, so that answers cannot overtake each other and look like a roll-back.
// State and call sessions read from here; group.ts checks what the service says.
import { equal, fromBase64url, toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { checkGroupId, deriveGroupKeys, type GroupSecret } from '../../crypto/invite/index.ts';
import { ApiError } from '../api/errors.ts';
import type { Clock } from '../api/clock.ts';
import { withEverybody } from '../api/participants.ts';
import type { CallSummary, GroupEvent, GroupRecord } from '../api/schemas.ts';
import type { Service } from '../api/service.ts';
import type { Device } from './device.ts';
import { accept, GroupRefused, nameOf, openStored, type Group } from './group.ts';
import { describeMember, draftGroup, signDeparture, type GroupDraft } from './statements.ts';
import { StorageError, type DeviceStore } from './store.ts';

export interface GroupsParts {
  readonly service: Service;
  readonly store: DeviceStore;
  readonly device: Device;
  readonly clock: Clock;
}

/** What an invite link shows before one joins. */
export interface Invitation {
  readonly groupName: string;
  readonly memberCount: number;
}

export class Groups {
  readonly #parts: GroupsParts;
  readonly #listeners = new Set<() => void>();
  #all: ReadonlyMap<string, Group> = new Map();
  /** The refresh under way, and whether another is wanted after it. */
  readonly #refreshing = new Map<string, { done: Promise<void>; isWantedAgain: boolean }>();
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

  /** Reads what is stored. A group that is damaged there is left out. Throws `StorageError`. */
  async load(): Promise<void> {
    for (const stored of await this.#parts.store.loadGroups()) {
      if (this.#all.has(stored.id)) continue;
      try {
        this.#put(await openStored(stored));
      } catch (error) {
        if (!(error instanceof GroupRefused)) throw error;
      }
    }
  }

  /** Founds a group. Throws `ApiError`, `GroupRefused`, or `RangeError` for a name G7 does not take. */
  async create(myName: string, groupName: string): Promise<Group> {
    const key = JSON.stringify([myName, groupName]);
    if (this.#draft?.key !== key) {
      this.#draft = { key, draft: await draftGroup(this.#parts.device, myName, groupName) };
    }
    const { secret, request } = this.#draft.draft;
    const record = await this.#parts.service.createGroup(request);
    const group = await this.#acceptAndStore(secret, record);
    this.#draft = null;
    return group;
  }

  /** What stands behind a link. Throws `ApiError` (`group_not_found`) or `GroupRefused`. */
  async preview(secret: GroupSecret): Promise<Invitation> {
    const keys = deriveGroupKeys(secret);
    const preview = await this.#parts.service.previewGroup(secret.groupId, keys.door);
    const isGenuine =
      equal(preview.groupId, secret.groupId) && checkGroupId(secret.groupId, preview.owner, preview.nonce);
    const groupName = isGenuine ? nameOf(keys, preview) : undefined;
    if (groupName === undefined) throw new GroupRefused('group_refused');
    return { groupName, memberCount: preview.memberCount };
  }

  /** Joins by the secret of a link. Throws `ApiError`, `GroupRefused`, `RangeError`. */
  async join(secret: GroupSecret, myName: string): Promise<Group> {
    const keys = deriveGroupKeys(secret);
    const member = await describeMember(this.#parts.device, { secret, keys, name: myName });
    const record = await this.#parts.service.joinGroup(secret.groupId, keys.door, member);
    return this.#acceptAndStore(secret, record);
  }

  /**
   * Fetches the group again. Concurrent calls share a request; one that comes in while a request is under way waits for
   * a second one, since the first may not know yet. Never throws: what went wrong is in `problem` and `isFresh`.
   */
  refresh(id: string): Promise<void> {
    const running = this.#refreshing.get(id);
    if (running) {
      running.isWantedAgain = true;
      return running.done;
    }
    const entry = { done: Promise.resolve(), isWantedAgain: true };
    this.#refreshing.set(id, entry);
    entry.done = this.#refreshLoop(id, entry).finally(() => this.#refreshing.delete(id));
    return entry.done;
  }

  refreshAll(): Promise<unknown> {
    return Promise.all(this.all.map((group) => this.refresh(group.id)));
  }

  /** A `group` event: the voice chat's state at once, the roster by a fetch if it changed. */
  async onEvent(event: GroupEvent): Promise<void> {
    const id = toBase64url(event.groupId);
    if (!this.#all.has(id)) await this.load();
    const group = this.#all.get(id);
    if (!group) return;
    this.#events.set(id, (this.#events.get(id) ?? 0) + 1);
    const call = callOf(group, event);
    if (call !== 'unknown') this.#put({ ...group, call });
    const isOld = event.version > group.stored.highestVersion || !group.isFresh;
    if (isOld || call === 'unknown') await this.refresh(id);
  }

  /** The service says that this device is not in the group any more. The secret is kept until the person lets go of it. */
  onGone(groupId: Bytes): void {
    const group = this.#all.get(toBase64url(groupId));
    if (group) this.#put({ ...group, call: null, problem: 'group_gone' });
  }

  /** Leaves for good. A group that does not know us any more is simply forgotten. Throws `ApiError`. */
  async leave(id: string): Promise<void> {
    const group = this.#all.get(id);
    if (!group) return;
    try {
      await this.#depart(group, this.#parts.device.identity.publicKey);
    } catch (error) {
      const isGoneAlready =
        error instanceof ApiError && (error.status === 404 || error.code === 'removed_from_group');
      if (!isGoneAlready) throw error;
    }
    await this.#parts.store.deleteGroup(id);
    const rest = new Map(this.#all);
    rest.delete(id);
    this.#set(rest);
  }

  /** Removes a member, which only the owner can (G6). Throws `ApiError`. */
  async remove(id: string, person: string): Promise<void> {
    const group = this.#all.get(id);
    if (!group) return;
    await this.#depart(group, fromBase64url(person, 32));
    await this.refresh(id);
  }

  async #depart(group: Group, identity: Bytes): Promise<void> {
    const me = this.#parts.device.identity;
    const departure = { identity, atMs: this.#parts.clock.today(), isOwn: equal(identity, me.publicKey) };
    const signed = await signDeparture(me, group.secret.groupId, departure);
    await this.#parts.service.removeMember(group.secret.groupId, signed);
  }

  async #refreshLoop(id: string, entry: { isWantedAgain: boolean }): Promise<void> {
    while (entry.isWantedAgain) {
      entry.isWantedAgain = false;
      const group = this.#all.get(id);
      if (!group) return;
      const events = this.#events.get(id);
      try {
        const record = await this.#parts.service.group(group.secret.groupId);
        // An event that came meanwhile knows more about the voice chat than this answer.
        const call = this.#events.get(id) === events ? record.call : (this.#all.get(id)?.call ?? null);
        await this.#acceptAndStore(group.secret, { ...record, call });
      } catch (error) {
        this.#refused(id, error);
      }
    }
  }

  #refused(id: string, error: unknown): void {
    const group = this.#all.get(id);
    if (!group) return;
    if (error instanceof GroupRefused) {
      this.#put({ ...group, isFresh: false, problem: error.code });
    } else if (error instanceof ApiError && error.code === 'group_not_found') {
      this.#put({ ...group, isFresh: false, call: null, problem: 'group_gone' });
    } else if (error instanceof ApiError) {
      // No answer worth the name: the group is shown as this device remembers it.
      this.#put({ ...group, isFresh: false });
    } else {
      throw error;
    }
  }

  /** A device without room still learns the truth, a removal above all; it is only told that it will forget. */
  async #acceptAndStore(secret: GroupSecret, record: GroupRecord): Promise<Group> {
    const known = this.#all.get(toBase64url(secret.groupId))?.stored ?? null;
    const group = await accept(secret, record, known);
    this.#put(group);
    try {
      await this.#parts.store.saveGroup(group.stored);
      return group;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      const troubled = { ...group, problem: error.code };
      this.#put(troubled);
      return troubled;
    }
  }

  #put(group: Group): void {
    this.#set(new Map(this.#all).set(group.id, group));
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
