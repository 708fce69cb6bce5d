// A picture whose frames did not open for a while, or of which some were lost to a new generation, and that opens again: the decoder lacks what they build on, and by itself asks for a key frame
// only every three seconds. The way to one that works in every browser is through the SFU: a track that was off for it begins with one.
// room.ts tells what the worker counted and does the asking.
import type { ReceiverCounts as Counts } from './worker/messages.ts';

/** Frames that came for so long without one that opened: the picture is torn. */
const tornAfterMs = 400;
/** The SFU takes back at once what changes within 100 ms. */
export const offForMs = 200;

interface Past {
  counts: Counts;
  /** Since when frames came and none opened. */
  stuckSinceMs: number | null;
  /** What was lost before a generation began whose frames have not opened yet; null after that. */
  lostBefore: number | null;
}

export class KeyFrames {
  readonly #past = new Map<number, Past>();

  /** The keys of another generation are here, and those of the last one gone (K3). */
  renewed(): void {
    for (const past of this.#past.values()) past.lostBefore = lostOf(past.counts);
  }

  /** Takes the worker's counts; answers the receivers that open again and need a key frame if they carry a picture. */
  note(receivers: readonly Counts[], nowMs: number): number[] {
    const torn: number[] = [];
    for (const counts of receivers) {
      const past = this.#past.get(counts.id) ?? {
        counts: { id: counts.id, arrived: 0, opened: 0, keyless: 0, damaged: 0, silenced: 0 },
        stuckSinceMs: null,
        lostBefore: null,
      };
      this.#past.set(counts.id, past);
      if (counts.opened > past.counts.opened) {
        const { stuckSinceMs, lostBefore } = past;
        const wasStuck = stuckSinceMs !== null && nowMs - stuckSinceMs >= tornAfterMs;
        if (wasStuck || (lostBefore !== null && lostOf(counts) > lostBefore)) torn.push(counts.id);
        Object.assign(past, { stuckSinceMs: null, lostBefore: null });
      } else {
        // The SFU fills the end of a track that goes off with frames that do not open: then it is off, not torn.
        past.stuckSinceMs = counts.arrived > past.counts.arrived ? (past.stuckSinceMs ?? nowMs) : null;
      }
      past.counts = { ...counts };
    }
    return torn;
  }
}

function lostOf({ keyless, damaged }: Counts): number {
  return keyless + damaged;
}
