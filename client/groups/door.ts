// Who waits at the doors of groups that this device helps to run (G15): asked for when the service rings, and shown only as far as it
// verifies. Letting somebody in is a change of the group (changes.ts).
import { fromBase64url, toHex, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import { rankOf } from '../../crypto/group/history/index.ts';
import { verifyKnocks, type Member } from '../../crypto/group/index.ts';
import { ApiError } from '../api/errors.ts';
import type { KnockRecord } from '../api/knocks.ts';
import type { Service } from '../api/service.ts';
import type { Group } from './group.ts';
import type { Groups } from './groups.ts';
import { Turns } from './turns.ts';

const adminRank = 2;

/** What stands before one door. */
export interface Waiting {
  /** Oldest first. */
  readonly people: readonly Member[];
  /** What the service shows beside them and does not verify. */
  readonly refused: number;
}

const nobody: Waiting = { people: [], refused: 0 };

export class Doors {
  readonly #service: Service;
  readonly #groups: Groups;
  readonly #me: Bytes;
  readonly #listeners = new Set<() => void>();
  readonly #asking = new Turns();
  #all: ReadonlyMap<string, Waiting> = new Map();

  constructor(service: Service, groups: Groups, me: Bytes) {
    this.#service = service;
    this.#groups = groups;
    this.#me = me;
  }

  /** Null where it is not mine to open, or nobody has to. */
  get(id: string): Waiting | null {
    const group = this.#groups.get(id);
    return group && this.#isMine(group) ? (this.#all.get(id) ?? nobody) : null;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks who stands there. Never throws: who cannot ask keeps what is known. */
  refresh(id: string): Promise<void> {
    return this.#asking.take(id, () => this.#refreshOnce(id));
  }

  refreshAll(): Promise<unknown> {
    return Promise.all(this.#groups.all.map(({ id }) => this.refresh(id)));
  }

  /** Sends somebody away, who hears it. Throws `ApiError`. */
  async decline(id: string, identity: Bytes): Promise<void> {
    await this.#service.knocks.end(fromBase64url(id, 16), identity);
    await this.refresh(id);
  }

  async #refreshOnce(id: string): Promise<void> {
    const known = this.#groups.get(id);
    if (!known || !this.#isMine(known)) return;
    try {
      const list = await this.#service.knocks.list(known.secret.groupId);
      // Knocks under a link that is newer than the group here: somebody has just made it.
      const isBehind = list.some((one) => one.secretVersion > known.secret.version);
      if (isBehind || !known.isFresh) await this.#groups.refresh(id);
      const group = this.#groups.get(id);
      if (group) this.#put(id, await judge(group, list));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #isMine(group: Group): boolean {
    return group.state.policy.admission === 'approval' && rankOf(group.state, this.#me) >= adminRank;
  }

  #put(id: string, waiting: Waiting): void {
    this.#all = new Map(this.#all).set(id, waiting);
    for (const listener of this.#listeners) listener();
  }
}

/** Who is inside already has been let in meanwhile, by me or somebody else. */
async function judge(group: Group, list: readonly KnockRecord[]): Promise<Waiting> {
  const inside = new Set(group.members.map(({ identity }) => toHex(identity)));
  const outside = list.filter(({ identity }) => !inside.has(toHex(identity)));
  const records = outside.map(({ knockedAtMs: joinedAtMs, ...record }) => ({ ...record, joinedAtMs }));
  try {
    const { members: people, refused } = await verifyKnocks(records, group);
    return { people, refused: refused.length };
  } catch (error) {
    // The secret of now is not here: nobody can be told from anybody.
    if (error instanceof CryptoError) return { people: [], refused: outside.length };
    throw error;
  }
}
