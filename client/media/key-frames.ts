// A picture whose frames did not open for a while and open again: the decoder lacks what they build on, and by itself asks for a key frame
// only every three seconds. The way to one that works in every browser is through the SFU: a track that was off for it begins with one.
// room.ts tells what the worker counted and does the asking.
import type { ReceiverCounts } from './worker/messages.ts';

/** Frames that came for so long without one that opened: the picture is torn. */
const tornAfterMs = 400;
/** The SFU takes back at once what changes within 100 ms. */
export const offForMs = 200;

type Counts = Pick<ReceiverCounts, 'id' | 'arrived' | 'opened'>;

interface Past {
  counts: Counts;
  /** Since when frames came and none opened. */
  stuckSinceMs: number | null;
}

export class KeyFrames {
  readonly #past = new Map<number, Past>();

  /** Takes the worker's counts; answers the receivers that open again and need a key frame if they carry a picture. */
  note(receivers: readonly Counts[], nowMs: number): number[] {
    const torn: number[] = [];
    for (const counts of receivers) {
      const past = this.#past.get(counts.id) ?? {
        counts: { id: counts.id, arrived: 0, opened: 0 },
        stuckSinceMs: null,
      };
      const { stuckSinceMs } = past;
      const hasOpened = counts.opened > past.counts.opened;
      if (hasOpened && stuckSinceMs !== null && nowMs - stuckSinceMs >= tornAfterMs) torn.push(counts.id);
      if (hasOpened) past.stuckSinceMs = null;
      else if (counts.arrived > past.counts.arrived) past.stuckSinceMs ??= nowMs;
      this.#past.set(counts.id, { counts: { ...counts }, stuckSinceMs: past.stuckSinceMs });
    }
    return torn;
  }
}
