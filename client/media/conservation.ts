// F9: what is on the wire is compared with what went through the worker. A sender whose payload bytes grow while the worker sealed
// nothing sends what we did not encrypt; a receiver whose bytes grow while the worker saw no frame plays what we did not open.
// room.ts stops either and says so.

/** What one sender or receiver has done so far. */
export interface EndTotals {
  readonly id: number;
  /** Payload bytes on the wire, without headers, padding and retransmissions (getStats). */
  readonly payloadBytes: number;
  /** Frames that the worker sealed, or that came to it to be opened. */
  readonly frames: number;
}

export const checkEveryMs = 2000;

interface Past {
  readonly payloadBytes: number;
  /** Bytes were on the wire between the last check and the one before it. */
  readonly hasGrown: boolean;
  /** At the last check, the one before it, and the one before that. */
  readonly frames: readonly [number, number, number];
}

const nothing: Past = { payloadBytes: 0, hasGrown: false, frames: [0, 0, 0] };

/**
 * Judges the bytes between the last check and the one before it, never the newest: getStats and the worker's report are not of the same
 * instant. Who unmutes just before a check has bytes on the wire of which the worker has not reported yet; by the next it has.
 * And what was on the wire may have been sealed shortly before the check that came before, but not before the one before that.
 */
export class Conservation {
  #history = new Map<number, Past>();

  /** Ids of those whose bytes did not go through the worker. Call it every `checkEveryMs`. */
  check(ends: readonly EndTotals[]): number[] {
    const next = new Map<number, Past>();
    const guilty: number[] = [];
    for (const { id, payloadBytes, frames } of ends) {
      const past = this.#history.get(id) ?? nothing;
      const [last, before, oldest] = past.frames;
      if (past.hasGrown && frames === oldest) guilty.push(id);
      const hasGrown = payloadBytes > past.payloadBytes;
      next.set(id, { payloadBytes, hasGrown, frames: [frames, last, before] });
    }
    this.#history = next;
    return guilty;
  }
}

/** Payload bytes that a sender put on the wire for the first time. */
export async function sentBytes(sender: RTCRtpSender): Promise<number> {
  let bytes = 0;
  for (const entry of (await sender.getStats()).values() as Iterable<RTCOutboundRtpStreamStats>) {
    if (entry.type !== 'outbound-rtp') continue;
    const { retransmittedBytesSent = 0 } = entry as { retransmittedBytesSent?: number };
    bytes += (entry.bytesSent ?? 0) - retransmittedBytesSent;
  }
  return bytes;
}

/** Payload bytes that came to a receiver for the first time. */
export async function receivedBytes(receiver: RTCRtpReceiver): Promise<number> {
  let bytes = 0;
  for (const entry of (await receiver.getStats()).values() as Iterable<RTCInboundRtpStreamStats>) {
    if (entry.type !== 'inbound-rtp') continue;
    const { retransmittedBytesReceived = 0 } = entry as { retransmittedBytesReceived?: number };
    bytes += (entry.bytesReceived ?? 0) - retransmittedBytesReceived;
  }
  return bytes;
}
