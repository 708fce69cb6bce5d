// What of the devices that were found is offered under one kind, and which of it is chosen. "Sound and camera" and the check before a
// call draw it.
import type { DeviceChoice, DeviceKind, DevicesView } from '../../state/view.ts';

export type Choosing = Pick<DevicesView, 'chosen' | 'found'>;

export function ofKind({ found }: Choosing, kind: DeviceKind): DeviceChoice[] {
  return found.filter((one) => one.kind === kind);
}

/** One that is not plugged in now is still the wish. */
export function isMissing(devices: Choosing, kind: DeviceKind): boolean {
  const chosen = devices.chosen[kind];
  return (
    chosen !== null && devices.found.length > 0 && !ofKind(devices, kind).some(({ id }) => id === chosen)
  );
}

/** Value of the `<select>`. */
export function selectedOf(devices: Choosing, kind: DeviceKind): string {
  return isMissing(devices, kind) ? 'missing' : (devices.chosen[kind] ?? '');
}
