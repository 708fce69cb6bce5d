// Groups that this device asked to be let into (G15): kept until the answer, which is asked for again whenever there may be one. Groups of
// those that let me in are in groups.ts; what admins see of knocks is door.ts.
import { fromBase64url, toBase64url, type Bytes } from '../../crypto/bytes.ts';
import type { GroupSecret } from '../../crypto/invite/index.ts';
import type { Clock } from '../api/clock.ts';
import { ApiError } from '../api/errors.ts';
import type { KnockStatus } from '../api/knocks.ts';
import type { Service } from '../api/service.ts';
import type { Device } from './device.ts';
import { GroupRefused, type Group } from './group.ts';
import type { Groups } from './groups.ts';
import { AtTheDoor } from './joining.ts';
import type { DeviceStore, StoredKnock } from './store.ts';
import { Turns } from './turns.ts';

/**
 * `waiting`, `declined`, `outdated` are the service's; `expired`: nobody answered in time; `gone`: the service knows neither knock nor
 * group; `refused`: what it says of the group that let me in does not hold.
 */
export type KnockState = 'waiting' | 'declined' | 'outdated' | 'expired' | 'gone' | 'refused';

export interface MyKnock {
  readonly id: string;
  readonly groupName: string;
  readonly state: KnockState;
  readonly knockedAtMs: number;
  /** Of `declined`: when I may ask again. */
  readonly untilMs: number;
}

export interface KnockingParts {
  readonly service: Service;
  readonly store: DeviceStore;
  readonly device: Device;
  readonly groups: Groups;
  readonly clock: Clock;
}

interface Kept {
  readonly stored: StoredKnock;
  readonly state: KnockState;
}

export class Knocking {
  readonly #parts: KnockingParts;
  readonly #listeners = new Set<() => void>();
  readonly #asking = new Turns();
  #all: ReadonlyMap<string, Kept> = new Map();

  constructor(parts: KnockingParts) {
    this.#parts = parts;
  }

  get all(): readonly MyKnock[] {
    return [...this.#all.values()].map(({ stored, state }) => {
      const { id, groupName, status } = stored;
      return { id, groupName, state, knockedAtMs: status.knockedAtMs, untilMs: status.untilMs };
    });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads what is stored. Throws `StorageError`. */
  async load(): Promise<void> {
    const stored = await this.#parts.store.loadKnocks();
    this.#set(stored.map((one) => [one.id, { stored: one, state: this.#stateOf(one.status) }]));
  }

  /** Joins by a link, or asks to be let in: then null, and it is in `all`. Throws as `Groups.join` does, but for `AtTheDoor`. */
  async join(
    secret: GroupSecret,
    given: { readonly myName: string; readonly groupName: string },
  ): Promise<Group | null> {
    const id = toBase64url(secret.groupId);
    try {
      const group = await this.#parts.groups.join(secret, given.myName);
      await this.forget(id);
      return group;
    } catch (error) {
      if (!(error instanceof AtTheDoor)) throw error;
      const { secret: value, version: secretVersion } = secret;
      await this.#keep({ id, secret: value, secretVersion, ...given, status: error.knock });
      return null;
    }
  }

  /** Asks what became of one, and goes in where that is possible now. Throws `ApiError` only where the service cannot be asked. */
  refresh(id: string): Promise<void> {
    return this.#asking.take(id, () => this.#refreshOnce(id));
  }

  /** Asks for all that may have been answered meanwhile. Never throws. */
  async refreshAll(): Promise<void> {
    await Promise.all([...this.#all.keys()].map((id) => this.refresh(id).catch(() => undefined)));
  }

  /** By the same link once more. Throws as `join` does. */
  async again(id: string): Promise<void> {
    const kept = this.#all.get(id);
    if (kept) await this.join(secretOf(kept.stored), kept.stored);
  }

  /** Takes the request back, and forgets it. Throws `ApiError`, and then nothing is forgotten. */
  async withdraw(id: string): Promise<void> {
    const kept = this.#all.get(id);
    if (!kept) return;
    if (kept.state === 'waiting') {
      const { service, device } = this.#parts;
      await service.knocks.end(secretOf(kept.stored).groupId, device.identity.publicKey);
    }
    await this.forget(id);
  }

  async forget(id: string): Promise<void> {
    if (!this.#all.has(id)) return;
    await this.#parts.store.deleteKnock(id);
    this.#set([...this.#all].filter(([other]) => other !== id));
  }

  async #refreshOnce(id: string): Promise<void> {
    const kept = this.#all.get(id);
    if (!kept || kept.state === 'gone' || kept.state === 'expired') return;
    const { stored } = kept;
    const secret = secretOf(stored);
    try {
      const status = await this.#parts.service.knocks.status(secret.groupId, this.#me);
      if (status.state === 'open') await this.join(secret, stored);
      else if (status.state === 'admitted') {
        await this.#parts.groups.comeIn(secret);
        await this.forget(id);
      } else await this.#keep({ ...stored, status });
    } catch (error) {
      if (error instanceof GroupRefused) this.#put({ stored, state: 'refused' });
      else if (error instanceof ApiError && error.status === 404) this.#ended(stored);
      else throw error;
    }
  }

  /** Nothing is known of it any more: it waited for too long, or there is no such group. */
  #ended(stored: StoredKnock): void {
    const isOver = this.#parts.clock.today() >= stored.status.untilMs;
    this.#put({ stored, state: isOver ? 'expired' : 'gone' });
  }

  get #me(): Bytes {
    return this.#parts.device.identity.publicKey;
  }

  /** On the page also where the device keeps nothing. */
  async #keep(stored: StoredKnock): Promise<void> {
    this.#put({ stored, state: this.#stateOf(stored.status) });
    await this.#parts.store.saveKnock(stored);
  }

  #stateOf({ state, untilMs }: KnockStatus): KnockState {
    if (state === 'waiting' && this.#parts.clock.today() >= untilMs) return 'expired';
    return state === 'open' || state === 'admitted' ? 'waiting' : state;
  }

  #put(kept: Kept): void {
    this.#set([...this.#all.entries(), [kept.stored.id, kept]]);
  }

  #set(entries: Iterable<readonly [string, Kept]>): void {
    this.#all = new Map(entries);
    for (const listener of this.#listeners) listener();
  }
}

function secretOf({ id, secret, secretVersion: version }: StoredKnock): GroupSecret {
  return { groupId: fromBase64url(id, 16), secret, version };
}
