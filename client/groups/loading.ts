// Opens what this device keeps of its groups, the one that is on the page before all others, so that a long list does not keep anybody
// waiting. groups.ts holds what comes of it.
import { openStored, GroupRefused, type Group } from './group.ts';
import type { DeviceStore, StoredGroup } from './store.ts';

/** Groups that are opened without a pause: a few milliseconds, where nothing has to be verified. */
const atOnce = 8;

export interface Loading {
  readonly store: Pick<DeviceStore, 'groupIds' | 'loadGroup'>;
  /** Whether it is there already. */
  readonly has: (id: string) => boolean;
  readonly put: (groups: readonly Group[]) => void;
  /** Nothing of it is to be kept that is not kept already. */
  readonly kept: (stored: StoredGroup) => void;
  /** Lets the page do something else. */
  readonly pause: () => Promise<void>;
}

/**
 * Opens `first`, or whichever opens first where that is not kept here; the promise that this gives is fulfilled when all are open. Both
 * throw `StorageError`. A group that is damaged is left out.
 */
export async function loadFrom(
  parts: Loading,
  first: string | null,
): Promise<{ readonly rest: Promise<void> }> {
  const ids = await parts.store.groupIds();
  const inOrder = [...ids.filter((id) => id === first), ...ids.filter((id) => id !== first)];
  let at = 0;
  for (let isOpen = false; !isOpen && at < inOrder.length; at++)
    isOpen = (await open(parts, inOrder.slice(at, at + 1))) > 0;
  return { rest: loadRest(parts, inOrder.slice(at)) };
}

async function loadRest(parts: Loading, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += atOnce) {
    await parts.pause();
    await open(parts, ids.slice(at, at + atOnce));
  }
}

/** Gives how many were opened. */
async function open(parts: Loading, ids: readonly string[]): Promise<number> {
  const opened = await Promise.all(ids.map((id) => openOne(parts, id)));
  // One of them may have come from the service meanwhile.
  const groups = opened.filter((group) => group !== null).filter(({ id }) => !parts.has(id));
  if (groups.length > 0) parts.put(groups);
  return groups.length;
}

async function openOne({ store, has, kept }: Loading, id: string): Promise<Group | null> {
  const stored = has(id) ? null : await store.loadGroup(id);
  if (stored === null) return null;
  try {
    const group = await openStored(stored);
    if (group.stored === stored) kept(stored);
    return group;
  } catch (error) {
    if (error instanceof GroupRefused) return null;
    throw error;
  }
}
