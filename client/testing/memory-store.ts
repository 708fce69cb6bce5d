// The device store of a test person: what IndexedDB would keep, kept in memory, copied like IndexedDB copies. Can be full.
import {
  StorageError,
  type DeviceStore,
  type StoredAll,
  type StoredDevice,
  type StoredGroup,
  type StoredKnock,
  type StoredPicture,
  type StoredVerification,
} from '../groups/store.ts';

export class MemoryStore implements DeviceStore {
  isFull = false;
  device: StoredDevice | null = null;
  readonly groups = new Map<string, StoredGroup>();
  readonly knocks = new Map<string, StoredKnock>();
  readonly verifications = new Map<string, StoredVerification>();
  readonly pictures = new Map<string, StoredPicture>();

  loadDevice = (): Promise<StoredDevice | null> => Promise.resolve(this.device);

  createDevice(device: StoredDevice): Promise<StoredDevice> {
    return this.#write(() => (this.device ??= device));
  }

  replaceDevice({ device, groups, verifications }: StoredAll): Promise<boolean> {
    return this.#write(() => {
      if (this.groups.size > 0) return false;
      this.device = device;
      this.verifications.clear();
      this.pictures.clear();
      this.knocks.clear();
      for (const group of groups) this.groups.set(group.id, copyOf(group));
      for (const one of verifications) this.verifications.set(one.identity, copyOf(one));
      return true;
    });
  }

  saveMyName(myName: string): Promise<void> {
    return this.#write(() => {
      if (this.device) this.device = { ...this.device, myName };
    });
  }

  loadGroups = (): Promise<StoredGroup[]> => Promise.resolve([...this.groups.values()].map(copyOf));

  groupIds = (): Promise<string[]> => Promise.resolve([...this.groups.keys()].sort());

  loadGroup = (id: string): Promise<StoredGroup | null> =>
    Promise.resolve(copyOf(this.groups.get(id) ?? null));

  saveGroup(group: StoredGroup): Promise<unknown> {
    return this.#write(() => this.groups.set(group.id, copyOf(group)));
  }

  deleteGroup(id: string): Promise<void> {
    return this.#write(() => {
      this.groups.delete(id);
      this.#dropPictures(id, new Set());
    });
  }

  loadPicture = (hash: string): Promise<StoredPicture | null> =>
    Promise.resolve(copyOf(this.pictures.get(hash) ?? null));

  savePicture(picture: StoredPicture): Promise<unknown> {
    return this.#write(() => this.pictures.set(picture.hash, copyOf(picture)));
  }

  keepPictures(groupId: string, hashes: ReadonlySet<string>): Promise<void> {
    return this.#write(() => this.#dropPictures(groupId, hashes));
  }

  #dropPictures(groupId: string, keep: ReadonlySet<string>): void {
    for (const [hash, picture] of this.pictures)
      if (picture.groupId === groupId && !keep.has(hash)) this.pictures.delete(hash);
  }

  loadKnocks = (): Promise<StoredKnock[]> => Promise.resolve([...this.knocks.values()].map(copyOf));

  saveKnock(knock: StoredKnock): Promise<unknown> {
    return this.#write(() => this.knocks.set(knock.id, copyOf(knock)));
  }

  deleteKnock(id: string): Promise<void> {
    return this.#write(() => {
      this.knocks.delete(id);
    });
  }

  loadVerifications = (): Promise<StoredVerification[]> =>
    Promise.resolve([...this.verifications.values()].map(copyOf));

  saveVerification(verification: StoredVerification): Promise<unknown> {
    return this.#write(() => this.verifications.set(verification.identity, copyOf(verification)));
  }

  async #write<T>(work: () => T): Promise<T> {
    await Promise.resolve();
    if (this.isFull) throw new StorageError('storage_full');
    return work();
  }
}

/** IndexedDB refuses what cannot be cloned, and shares nothing with the caller. */
function copyOf<T>(value: T): T {
  return structuredClone(value);
}
