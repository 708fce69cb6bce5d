// What arrives of each track, from what the frame worker counts (M6): whether it plays, or in which way it does not. remote.ts asks
// for the screen; what its sender says about it is client/state's to add.
import type { RemoteTrackView } from './types.ts';
import type { ReceiverCounts } from './worker/messages.ts';

/** Frames of an epoch that is not here: after this long it is said, after that long it is no matter of waiting. */
export const waitingAfterMs = 1000;
export const wrongKeyAfterMs = 5000;
/** Frames that are not what their sender sealed. */
export const damagedAfterMs = 2000;
/**
 * After this long without any frame nothing arrives, and those that did not open are forgotten. A silent microphone sends one every
 * 400 ms, a still screen one a second (browsers repeat its last picture); a track that is muted gets a second of silence injected by the SFU.
 */
export const quietAfterMs = 1500;

export type Arrival = Pick<RemoteTrackView, 'status' | 'isArriving'>;

/** Frames that came without one that opened. */
interface Stuck {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Why most of the latest did not open. */
  readonly isKeyless: boolean;
}

interface Progress {
  counts: ReceiverCounts;
  /** Since the receiver was bound to this track. */
  hasOpened: boolean;
  arrivedAtMs: number;
  stuck: Stuck | null;
}

export class Arrivals {
  readonly #progress = new Map<number, Progress>();

  /** A receiver is to carry another track. */
  reset(receiverId: number): void {
    Object.assign(this.#of(receiverId), {
      hasOpened: false,
      arrivedAtMs: Number.NEGATIVE_INFINITY,
      stuck: null,
    });
  }

  /** The first frame since then opened. */
  opened(receiverId: number): void {
    Object.assign(this.#of(receiverId), { hasOpened: true, stuck: null });
  }

  count(receivers: readonly ReceiverCounts[], nowMs: number): void {
    for (const counts of receivers) {
      const progress = this.#of(counts.id);
      const past = progress.counts;
      progress.counts = counts;
      if (counts.arrived > past.arrived) progress.arrivedAtMs = nowMs;
      // What is dropped since its sender may only listen (F10) lacks nothing.
      if (counts.opened > past.opened || counts.silenced > past.silenced) progress.stuck = null;
      else if (counts.arrived > past.arrived)
        progress.stuck = stuckAt(nowMs, progress.stuck, reasonOf(past, counts));
    }
  }

  of(receiverId: number | undefined, nowMs: number): Arrival {
    const progress = receiverId === undefined ? undefined : this.#progress.get(receiverId);
    if (progress === undefined) return { status: 'waiting', isArriving: false };
    return {
      status: stuckStatus(progress.stuck, nowMs) ?? (progress.hasOpened ? 'playing' : 'waiting'),
      isArriving: nowMs - progress.arrivedAtMs <= quietAfterMs,
    };
  }

  #of(receiverId: number): Progress {
    const known = this.#progress.get(receiverId);
    if (known !== undefined) return known;
    const counts = { id: receiverId, arrived: 0, opened: 0, keyless: 0, damaged: 0, silenced: 0 };
    const fresh = { counts, hasOpened: false, arrivedAtMs: Number.NEGATIVE_INFINITY, stuck: null };
    this.#progress.set(receiverId, fresh);
    return fresh;
  }
}

/** Null where all that came since `past` still waits. */
function reasonOf(past: ReceiverCounts, now: ReceiverCounts): 'keyless' | 'damaged' | null {
  const keyless = now.keyless - past.keyless;
  const damaged = now.damaged - past.damaged;
  if (keyless + damaged === 0) return null;
  return damaged > keyless ? 'damaged' : 'keyless';
}

/** The time counts for both reasons together: frames of both kinds in turns must not look like none. */
function stuckAt(nowMs: number, before: Stuck | null, reason: 'keyless' | 'damaged' | null): Stuck {
  const isNew = before === null || nowMs - before.untilMs > quietAfterMs;
  const isKeyless = reason === null ? isNew || before.isKeyless : reason === 'keyless';
  return { sinceMs: isNew ? nowMs : before.sinceMs, untilMs: nowMs, isKeyless };
}

function stuckStatus(stuck: Stuck | null, nowMs: number): Arrival['status'] | null {
  if (stuck === null || nowMs - stuck.untilMs > quietAfterMs) return null;
  const lastedMs = stuck.untilMs - stuck.sinceMs;
  if (!stuck.isKeyless) return lastedMs >= damagedAfterMs ? 'damaged' : null;
  if (lastedMs >= wrongKeyAfterMs) return 'wrongKey';
  return lastedMs >= waitingAfterMs ? 'waiting' : null;
}
