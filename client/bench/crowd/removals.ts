// Removals from a crowd, one after the other: how long from the word to the service until the last of all who stay, browsers included,
// is in an epoch without the one who went. Who went comes back before the next round, or somebody else comes.
import { setTimeout as pause } from 'node:timers/promises';
import type { Crowd, Seat } from './crowd.ts';
import type { Listeners } from './listeners.ts';

/** Rests between rounds: what follows a change has to be over. */
const restMs = 300;

export interface Round {
  readonly removedMs: number;
  /** The same until the last of the three browsers was there: devices that share their processor with few. */
  readonly inBrowsersMs: number;
  /** From asking for a place until all were in one epoch again. */
  readonly backMs: number;
}

export interface Scene {
  readonly crowd: Crowd;
  readonly listeners: Listeners;
  /** Leaves while everybody is in. */
  readonly leaves: number;
}

/** A member leaves the call and comes back. */
export async function leaveAndReturn(scene: Scene, seat: Seat): Promise<Round> {
  const { livekitIdentity, toldMs } = await seat.process.call('leave', seat.index);
  const gone = await withoutLeaf(scene, { livekitIdentity, toldMs });
  return { ...gone, backMs: await comeBack(scene, seat) };
}

/** The owner takes a member out of the group for ever; somebody new joins the group and the call. */
export async function removeAndReplace(scene: Scene, seat: Seat): Promise<Round> {
  const { crowd } = scene;
  const { livekitIdentity, identity } = await seat.process.call('dismiss', seat.index);
  const owner = crowd.seats[0]!.process;
  const toldMs = await owner.call('remove', identity);
  const gone = await withoutLeaf(scene, { livekitIdentity, toldMs });
  await seat.process.call('replace', seat.index, await owner.call('invite'));
  return { ...gone, backMs: await comeBack(scene, seat) };
}

async function withoutLeaf(
  { crowd, listeners }: Scene,
  { livekitIdentity, toldMs }: { readonly livekitIdentity: string; readonly toldMs: number },
): Promise<Omit<Round, 'backMs'>> {
  const { lastMs, generation, epoch } = await crowd.gone(livekitIdentity);
  const inBrowsersMs = (await listeners.reached({ generation, epoch })) - toldMs;
  return { removedMs: Math.max(lastMs - toldMs, inBrowsersMs), inBrowsersMs };
}

export async function comeBack({ crowd, leaves, listeners }: Scene, seat: Seat): Promise<number> {
  await pause(restMs);
  const askedMs = Date.now();
  await seat.process.call('enter', [seat.index]);
  const { generation, epoch, lastMs } = await crowd.settled(leaves);
  const backMs = Math.max(lastMs, await listeners.reached({ generation, epoch })) - askedMs;
  await pause(restMs);
  return backMs;
}
