// Who was verified (S3): one record per identity key, on this device, good in every group. A name that a verified
// identity had in a group and that now comes with another key is `changed` until somebody compares again.
import type { DeviceStore, StoredVerification } from './store.ts';

export type VerificationState =
  | { readonly state: 'unverified' }
  | { readonly state: 'verified'; readonly atMs: number }
  | { readonly state: 'changed' };

/** What a device begins with. */
export const noVerifications: ReadonlyMap<string, StoredVerification> = new Map();

/** A member as far as verification is concerned. */
export interface NamedIdentity {
  /** base64url of the identity key. */
  readonly identity: string;
  readonly name: string;
}

/** What the records say of `person` in the group `groupId`. */
export function verificationOf(
  records: ReadonlyMap<string, StoredVerification>,
  groupId: string,
  person: NamedIdentity,
): VerificationState {
  if (records.size === 0) return { state: 'unverified' };
  const own = records.get(person.identity);
  if (own?.matches) return { state: 'verified', atMs: own.atMs };
  // "They don't match" is as loud as a changed key, until a comparison says otherwise.
  if (own) return { state: 'changed' };
  const name = comparable(person.name);
  for (const record of records.values()) {
    const isNamesake = record.names.some(
      (seen) => seen.groupId === groupId && comparable(seen.name) === name,
    );
    if (record.matches && isNamesake) return { state: 'changed' };
  }
  return { state: 'unverified' };
}

/** The records in memory, written through to the store. */
export class Verifications {
  readonly #store: DeviceStore;
  #records = noVerifications;

  constructor(store: DeviceStore) {
    this.#store = store;
  }

  get records(): ReadonlyMap<string, StoredVerification> {
    return this.#records;
  }

  /** Whose number matched when it was last compared, by identity key (C18). */
  get verified(): ReadonlySet<string> {
    return new Set(
      [...this.#records.values()].flatMap(({ identity, matches }) => (matches ? [identity] : [])),
    );
  }

  async load(): Promise<void> {
    const all = await this.#store.loadVerifications();
    this.#records = new Map(all.map((record) => [record.identity, record]));
  }

  /** Keeps the outcome of a comparison. Throws `StorageError`; it counts on this page all the same. */
  async set(
    person: NamedIdentity,
    groupId: string,
    outcome: { matches: boolean; atMs: number },
  ): Promise<void> {
    const names = withName(this.#records.get(person.identity)?.names ?? [], groupId, person.name);
    await this.#put({ identity: person.identity, ...outcome, names });
  }

  /** Notes under which names a group shows identities that were compared, so that a later namesake is noticed. */
  async note(groupId: string, members: readonly NamedIdentity[]): Promise<void> {
    for (const member of members) {
      const record = this.#records.get(member.identity);
      if (!record) continue;
      const names = withName(record.names, groupId, member.name);
      if (names !== record.names) await this.#put({ ...record, names });
    }
  }

  async #put(record: StoredVerification): Promise<void> {
    this.#records = new Map(this.#records).set(record.identity, record);
    await this.#store.saveVerification(record);
  }
}

function withName(
  names: StoredVerification['names'],
  groupId: string,
  name: string,
): StoredVerification['names'] {
  if (names.some((seen) => seen.groupId === groupId && seen.name === name)) return names;
  return [...names, { groupId, name }];
}

/** Names that a person would take for the same one. */
function comparable(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}
