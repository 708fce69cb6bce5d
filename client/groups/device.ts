// This device opened for use: the identity that signs, the inbox key, the name given last. Made at first start (I1);
// crypto/identity knows how, store.ts keeps it.
import type { Bytes } from '../../crypto/bytes.ts';
import {
  createIdentity,
  createInboxKey,
  openIdentity,
  type Identity,
  type StoredInboxKey,
} from '../../crypto/identity/index.ts';
import type { DeviceStore } from './store.ts';

export interface Device {
  readonly identity: Identity;
  /** X25519 public key, 32 bytes. */
  readonly inboxKey: Bytes;
  /** With the private half, which only agrees: opens what is sealed to this device (G13). */
  readonly inbox: StoredInboxKey;
  readonly myName: string | null;
}

/** Opens the stored device, or makes one. Throws `StorageError`, or `CryptoError` where what is stored is damaged. */
export async function openDevice(store: DeviceStore): Promise<Device> {
  const stored = (await store.loadDevice()) ?? (await store.createDevice(await newDevice()));
  return {
    identity: await openIdentity(stored.identity),
    inboxKey: stored.inboxKey.publicKey,
    inbox: stored.inboxKey,
    myName: stored.myName,
  };
}

async function newDevice() {
  const [identity, inboxKey] = await Promise.all([createIdentity(), createInboxKey()]);
  return { identity, inboxKey: inboxKey.stored, myName: null };
}
