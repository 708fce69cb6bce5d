// What this device keeps, and the interface of the place that keeps it. indexeddb.ts is the place in a browser. Nothing
// here leaves the device; private keys are non-extractable or wrapped (I1).
import type { Bytes } from '../../crypto/bytes.ts';
import type { ListedProfile } from '../../crypto/group/index.ts';
import type { StoredIdentity, StoredInboxKey } from '../../crypto/identity/index.ts';
import type { Face } from '../../crypto/invite/index.ts';
import type { KnockStatus } from '../api/knocks.ts';
import type { GroupRecord } from '../api/schemas.ts';

/** One person's device: made once, at first start. */
export interface StoredDevice {
  readonly identity: StoredIdentity;
  readonly inboxKey: StoredInboxKey;
  /** What I called myself last. */
  readonly myName: string | null;
}

/** A group I am in. */
export interface StoredGroup {
  /** base64url of the group id: the key. */
  readonly id: string;
  /** The latest that this device has; older than the state's only where that one was refused or kept back. */
  readonly secret: Bytes;
  readonly secretVersion: number;
  /** The folded history (G11), as `encodeState` has it: what the service says must go on from here. */
  readonly state: Bytes;
  /** Boxes with earlier keys (G14), by the version whose keys are in them. */
  readonly previousSeals: ReadonlyMap<number, Bytes>;
  /** The last name and face that counted (G19). */
  readonly name: string;
  readonly face: Face;
  /** Signed profiles that count although the record shows others, or nobody of that identity (hexadecimal; G18). */
  readonly profiles: ReadonlyMap<string, ListedProfile>;
  /** When this device last saw a voice chat in it, by its own clock; null if it never did. */
  readonly lastCallAtMs: number | null;
  /** The last record that was accepted, for showing the group without network. */
  readonly record: GroupRecord;
  /** Good signatures in it (`encodeProofs`): not checked again at the next start. Not in a backup. */
  readonly proofs?: Bytes;
}

/** A group that I asked to be let into (G15). */
export interface StoredKnock {
  /** base64url of the group id: the key. */
  readonly id: string;
  /** Of the link that I came by. */
  readonly secret: Bytes;
  readonly secretVersion: number;
  readonly groupName: string;
  /** What I called myself. */
  readonly myName: string;
  /** What the service said last. */
  readonly status: KnockStatus;
}

/** What came of comparing numbers with one identity (S3). */
export interface StoredVerification {
  /** base64url of the identity key: the key. */
  readonly identity: string;
  /** "They match" or "They don't match". */
  readonly matches: boolean;
  readonly atMs: number;
  /** Under which name each group has shown this identity. */
  readonly names: readonly { readonly groupId: string; readonly name: string }[];
}

/** A sealed picture as the service gave it (G20). */
export interface StoredPicture {
  /** base64url of its SHA-256: the key. */
  readonly hash: string;
  /** base64url. */
  readonly groupId: string;
  readonly sealed: Bytes;
}

/** The device has no room, or the browser keeps nothing here. */
export type StorageErrorCode = 'storage_unavailable' | 'storage_full';

export class StorageError extends Error {
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode) {
    super(code);
    this.name = 'StorageError';
    this.code = code;
  }
}

/** A whole device, as a backup brings it. */
export interface StoredAll {
  readonly device: StoredDevice;
  readonly groups: readonly StoredGroup[];
  readonly verifications: readonly StoredVerification[];
}

/** Every method throws `StorageError`. */
export interface DeviceStore {
  loadDevice(): Promise<StoredDevice | null>;
  /** Keeps `device` unless there is one already (another tab was first), and answers the one that is kept. */
  createDevice(device: StoredDevice): Promise<StoredDevice>;
  /** Puts another device in place of this one, all of it or nothing. False, and nothing is changed, where there is a group. */
  replaceDevice(all: StoredAll): Promise<boolean>;
  saveMyName(name: string): Promise<void>;
  loadGroups(): Promise<StoredGroup[]>;
  /** Their keys: a start reads one group after the other. */
  groupIds(): Promise<string[]>;
  loadGroup(id: string): Promise<StoredGroup | null>;
  saveGroup(group: StoredGroup): Promise<unknown>;
  /** With its pictures. */
  deleteGroup(id: string): Promise<void>;
  loadPicture(hash: string): Promise<StoredPicture | null>;
  savePicture(picture: StoredPicture): Promise<unknown>;
  /** Those of a group that nobody shows any more go. */
  keepPictures(groupId: string, hashes: ReadonlySet<string>): Promise<void>;
  loadKnocks(): Promise<StoredKnock[]>;
  saveKnock(knock: StoredKnock): Promise<unknown>;
  deleteKnock(id: string): Promise<void>;
  loadVerifications(): Promise<StoredVerification[]>;
  saveVerification(verification: StoredVerification): Promise<unknown>;
}
