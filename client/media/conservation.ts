// F9: what is sent and what is played is compared with what the worker did. A sender whose payload bytes grow while the worker sealed
// nothing sends what we did not encrypt; a receiver that plays while the worker opened nothing plays what we did not decrypt.
// room.ts stops either and says so.

/** What one sender or receiver has done so far. */
export interface EndTotals {
  readonly id: number;
  /** By getStats: payload bytes sent, or samples and frames that came out of the jitter buffer to be played. */
  readonly amount: number;
  /** Frames that the worker sealed or opened. */
  readonly frames: number;
  /**
   * A sender whose track gives nothing, being disabled or ended. What grows then is no frame: to find out what a line carries, as when a
   * screen is shared, Chromium sends sealed packets of before once more, and does not count them as retransmitted.
   */
  readonly isOff?: boolean;
}

export const checkEveryMs = 2000;

/**
 * For how many checks it is remembered what the worker had done. What is sealed waits in the browser for the line to take it, for more than
 * three seconds where the line is slow or the machine is busy; what is opened is played soon.
 */
export const memory = { sending: 5, receiving: 3 } as const;

interface Past {
  readonly amount: number;
  /** The amount grew between the last check and the one before it. */
  readonly hasGrown: boolean;
  readonly isOff: boolean;
  /** At the last check, the one before it, and so on. */
  readonly frames: readonly number[];
}

/**
 * Judges what happened between the last check and the one before it, never the newest: getStats and the worker's report are not of the
 * same instant. Who unmutes just before a check has bytes on the wire of which the worker has not reported yet; by the next it has.
 * And what was sent or played then may have been sealed or opened earlier, but not before all checks that are remembered.
 */
export class Conservation {
  readonly #memory: number;
  #history = new Map<number, Past>();

  constructor(memory: number) {
    this.#memory = memory;
  }

  /** Ids of those that went past the worker. Call it every `checkEveryMs`. */
  check(ends: readonly EndTotals[]): number[] {
    const next = new Map<number, Past>();
    const guilty: number[] = [];
    const never = new Array<number>(this.#memory).fill(0);
    const nothing: Past = { amount: 0, hasGrown: false, isOff: false, frames: never };
    for (const { id, amount, frames, isOff = false } of ends) {
      const past = this.#history.get(id) ?? nothing;
      if (past.hasGrown && frames === past.frames.at(-1)) guilty.push(id);
      // Who went off since the last check sent until then.
      const hasGrown = amount > past.amount && !(isOff && past.isOff);
      next.set(id, { amount, hasGrown, isOff, frames: [frames, ...past.frames].slice(0, this.#memory) });
    }
    this.#history = next;
    return guilty;
  }
}

/** Payload bytes that a sender put on the wire, without headers, padding and retransmissions. */
export async function sentBytes(sender: RTCRtpSender): Promise<number> {
  let bytes = 0;
  for (const entry of (await sender.getStats()).values() as Iterable<RTCOutboundRtpStreamStats>) {
    if (entry.type !== 'outbound-rtp') continue;
    const { retransmittedBytesSent = 0 } = entry as { retransmittedBytesSent?: number };
    bytes += (entry.bytesSent ?? 0) - retransmittedBytesSent;
  }
  return bytes;
}

/**
 * What a receiver has played: audio samples or video frames that came out of the jitter buffer, which lies behind the worker. Not the bytes
 * that arrived: on a bad line they may be many, and no whole frame among them.
 */
export async function playedAmount(receiver: RTCRtpReceiver): Promise<number> {
  let amount = 0;
  for (const entry of (await receiver.getStats()).values() as Iterable<RTCInboundRtpStreamStats>) {
    if (entry.type === 'inbound-rtp') amount += entry.jitterBufferEmittedCount ?? 0;
  }
  return amount;
}
