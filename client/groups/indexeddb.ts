// The device store in IndexedDB, database `aparte`, through idb. Every failure becomes a `StorageError` with a name:
// full, or unavailable (storage switched off, a profile that cannot be written, a database of a newer version).
import { openDB, type DBSchema, type IDBPDatabase, type IDBPObjectStore, type OpenDBCallbacks } from 'idb';
import { withHistory, withProfiles, type GroupBefore, type GroupUnsigned } from './migration.ts';
import {
  StorageError,
  type DeviceStore,
  type StoredDevice,
  type StoredGroup,
  type StoredKnock,
  type StoredPicture,
  type StoredVerification,
} from './store.ts';

const databaseName = 'aparte';
const schemaVersion = 3;
const deviceKey = 'device';
const everything = ['device', 'groups', 'verifications', 'pictures', 'knocks'] as const;

interface Schema extends DBSchema {
  device: { key: string; value: StoredDevice };
  groups: { key: string; value: StoredGroup };
  verifications: { key: string; value: StoredVerification };
  pictures: { key: string; value: StoredPicture; indexes: { groupId: string } };
  knocks: { key: string; value: StoredKnock };
}

type Upgrade = NonNullable<OpenDBCallbacks<Schema>['upgrade']>;

/** Opens the store and asks the browser, without a prompt, not to throw it away. Throws `StorageError`. */
export async function openDeviceStore(): Promise<DeviceStore> {
  const database = await guard(() =>
    openDB<Schema>(databaseName, schemaVersion, {
      upgrade: (...given) => void upgrade(...given),
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    }),
  );
  void askToPersist();
  return over(database);
}

function over(database: IDBPDatabase<Schema>): DeviceStore {
  return {
    loadDevice: () => guard(async () => (await database.get('device', deviceKey)) ?? null),
    createDevice: (device) =>
      guard(async () => {
        const transaction = database.transaction('device', 'readwrite');
        const kept = await transaction.store.get(deviceKey);
        if (!kept) await transaction.store.put(device, deviceKey);
        await transaction.done;
        return kept ?? device;
      }),
    replaceDevice: ({ device, groups, verifications }) =>
      guard(async () => {
        const transaction = database.transaction(everything, 'readwrite');
        const stores = everything.map((name) => transaction.objectStore(name));
        if ((await transaction.objectStore('groups').count()) > 0) {
          await transaction.done;
          return false;
        }
        await Promise.all([
          ...stores.map((store) => store.clear()),
          transaction.objectStore('device').put(device, deviceKey),
          ...groups.map((group) => transaction.objectStore('groups').put(group)),
          ...verifications.map((one) => transaction.objectStore('verifications').put(one)),
        ]);
        await transaction.done;
        return true;
      }),
    saveMyName: (myName) =>
      guard(async () => {
        const transaction = database.transaction('device', 'readwrite');
        const kept = await transaction.store.get(deviceKey);
        if (kept) await transaction.store.put({ ...kept, myName }, deviceKey);
        await transaction.done;
      }),
    loadGroups: () => guard(() => database.getAll('groups')),
    groupIds: () => guard(() => database.getAllKeys('groups')),
    loadGroup: (id) => guard(async () => (await database.get('groups', id)) ?? null),
    saveGroup: (group) => guard(() => database.put('groups', group)),
    deleteGroup: (id) =>
      guard(async () => {
        const transaction = database.transaction(['groups', 'pictures'], 'readwrite');
        await transaction.objectStore('groups').delete(id);
        await dropPictures(transaction.objectStore('pictures'), id, new Set());
        await transaction.done;
      }),
    loadPicture: (hash) => guard(async () => (await database.get('pictures', hash)) ?? null),
    savePicture: (picture) => guard(() => database.put('pictures', picture)),
    keepPictures: (groupId, hashes) =>
      guard(async () => {
        const transaction = database.transaction('pictures', 'readwrite');
        await dropPictures(transaction.store, groupId, hashes);
        await transaction.done;
      }),
    loadKnocks: () => guard(() => database.getAll('knocks')),
    saveKnock: (knock) => guard(() => database.put('knocks', knock)),
    deleteKnock: (id) => guard(() => database.delete('knocks', id)),
    loadVerifications: () => guard(() => database.getAll('verifications')),
    saveVerification: (verification) => guard(() => database.put('verifications', verification)),
  };
}

type PictureStore = IDBPObjectStore<Schema, ('pictures' | 'groups')[], 'pictures', 'readwrite'>;

async function dropPictures(
  store: Pick<PictureStore, 'index' | 'delete'>,
  groupId: string,
  keep: ReadonlySet<string>,
): Promise<void> {
  const hashes = await store.index('groupId').getAllKeys(groupId);
  await Promise.all(hashes.filter((hash) => !keep.has(hash)).map((hash) => store.delete(hash)));
}

/** Failing, it ends the transaction, and with it the opening. */
async function upgrade(...[database, from, , transaction]: Parameters<Upgrade>): Promise<void> {
  database.createObjectStore('pictures', { keyPath: 'hash' }).createIndex('groupId', 'groupId');
  database.createObjectStore('knocks', { keyPath: 'id' });
  if (from === 0) {
    database.createObjectStore('device');
    database.createObjectStore('groups', { keyPath: 'id' });
    database.createObjectStore('verifications', { keyPath: 'identity' });
    return;
  }
  const groups = transaction.objectStore('groups');
  try {
    for (const old of (await groups.getAll()) as unknown[])
      await groups.put(withProfiles(from < 2 ? withHistory(old as GroupBefore) : (old as GroupUnsigned)));
  } catch {
    transaction.abort();
  }
}

async function guard<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw new StorageError(isFull ? 'storage_full' : 'storage_unavailable');
  }
}

async function askToPersist(): Promise<void> {
  // Firefox would put a question to the person; the others decide for themselves.
  if (navigator.userAgent.includes('Firefox/')) return;
  try {
    if (!(await navigator.storage.persisted())) await navigator.storage.persist();
  } catch {
    // A browser without this keeps things as it sees fit.
  }
}
