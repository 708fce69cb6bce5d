// What changed among the devices of this machine, and which camera comes after this one. Pure; devices.svelte.ts looks and chooses.
import type { DeviceWishes } from '../media/types.ts';
import type { DeviceChoice, DeviceKind } from './view.ts';

const kinds: readonly DeviceKind[] = ['microphone', 'camera', 'speaker'];

/** Whether a device that is wished for was missing at the last look and is there now. */
export function isBack(
  wishes: Pick<DeviceWishes, DeviceKind>,
  before: readonly DeviceChoice[],
  now: readonly DeviceChoice[],
): boolean {
  const has = (found: readonly DeviceChoice[], kind: DeviceKind): boolean =>
    found.some((one) => one.kind === kind && one.id === wishes[kind]);
  return (
    before.length > 0 && kinds.some((kind) => wishes[kind] !== null && !has(before, kind) && has(now, kind))
  );
}

/**
 * The camera after the one in use: on the other side of the phone where names tell sides, else the next in the list. Null: there is none
 * but this one. `chosen` is an id, `inUse` a name.
 */
export function otherCamera(
  found: readonly DeviceChoice[],
  { chosen, inUse }: { readonly chosen: string | null; readonly inUse: string | null },
): DeviceChoice | null {
  const cameras = found.filter(({ kind }) => kind === 'camera');
  const current =
    cameras.find(({ label }) => label !== '' && label === inUse) ??
    cameras.find(({ id }) => id === chosen) ??
    cameras[0];
  if (current === undefined || cameras.length < 2) return null;
  const side = sideOf(current);
  const across =
    side === null ? undefined : cameras.find((one) => sideOf(one) !== null && sideOf(one) !== side);
  return across ?? cameras[(cameras.indexOf(current) + 1) % cameras.length] ?? null;
}

/** As phones name them, in the languages of this app and some of others: Android says `facing back`, iOS `Back Camera`. */
function sideOf({ label }: DeviceChoice): 'front' | 'back' | null {
  if (/\b(back|rear|environment)\b|arri[eè]re|rück|trasera|posteriore/i.test(label)) return 'back';
  return /\b(front|user|facetime)\b|avant|vorder|frontal|anteriore/i.test(label) ? 'front' : null;
}
