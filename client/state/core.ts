// What the app stands on once the device's store is open: identity, service, groups, looks, verifications. Made by `openCore`;
// app.svelte.ts holds it.
import { Service } from '../api/service.ts';
import type { Line } from '../api/http.ts';
import { openDevice, type Device } from '../groups/device.ts';
import { Doors } from '../groups/door.ts';
import { Groups } from '../groups/groups.ts';
import { Knocking } from '../groups/knocking.ts';
import { Looks } from '../groups/looks.ts';
import type { DeviceStore } from '../groups/store.ts';
import { Verifications } from '../groups/verification.ts';

export interface Core {
  readonly store: DeviceStore;
  readonly device: Device;
  readonly service: Service;
  readonly groups: Groups;
  readonly looks: Looks;
  readonly verifications: Verifications;
  readonly doors: Doors;
  readonly knocking: Knocking;
}

export interface CoreParts {
  readonly openStore: () => Promise<DeviceStore>;
  readonly line: Line;
  /** `host` of the service's address. */
  readonly audience: string;
}

/** With the group `firstId` open, or another one; the others follow. Throws `StorageError`, or `CryptoError` where the stored identity is damaged. */
export async function openCore(parts: CoreParts, firstId: string | null): Promise<Core> {
  const store = await parts.openStore();
  const device = await openDevice(store);
  const { line, audience } = parts;
  const service = new Service({ line, identity: device.identity, audience });
  const given = { service, store, device, clock: line.clock };
  // Whoever opens a group's page will ask for it: the service gets to know us while what is kept here is read.
  if (firstId !== null) service.greet();
  const groups = new Groups(given);
  const looks = new Looks(groups, given);
  const verifications = new Verifications(store);
  const doors = new Doors(service, groups, device.identity.publicKey);
  const knocking = new Knocking({ ...given, groups });
  await Promise.all([groups.start(firstId), verifications.load(), knocking.load()]);
  return { store, device, service, groups, looks, verifications, doors, knocking };
}
