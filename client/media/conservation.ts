// F9: what went out is compared with what the worker sealed. A sender whose payload bytes grow while nothing of it was sealed is
// sending something that we did not encrypt: room.ts stops it and says so.

/** What one sender has done so far. */
export interface SenderTotals {
  readonly id: number;
  /** Payload bytes on the wire, without headers, padding and retransmissions (getStats). */
  readonly payloadBytes: number;
  /** Frames that the worker sealed. */
  readonly sealed: number;
}

export const checkEveryMs = 2000;

/**
 * Judges by the last two checks, because getStats and the worker's report are not of the same instant: bytes that left since the
 * last check may have been sealed shortly before it, but not before the check before that.
 */
export class Conservation {
  #history = new Map<number, { last: SenderTotals; sealedBefore: number }>();

  /** Ids of senders that sent what was not sealed. Call it every `checkEveryMs`. */
  check(senders: readonly SenderTotals[]): number[] {
    const next = new Map<number, { last: SenderTotals; sealedBefore: number }>();
    const guilty: number[] = [];
    for (const now of senders) {
      const past = this.#history.get(now.id);
      if (
        past !== undefined &&
        now.payloadBytes > past.last.payloadBytes &&
        now.sealed === past.sealedBefore
      ) {
        guilty.push(now.id);
      }
      next.set(now.id, { last: now, sealedBefore: past?.last.sealed ?? 0 });
    }
    this.#history = next;
    return guilty;
  }
}

/** Payload bytes that a sender put on the wire for the first time. */
export async function payloadBytes(sender: RTCRtpSender): Promise<number> {
  let bytes = 0;
  for (const entry of (await sender.getStats()).values() as Iterable<RTCOutboundRtpStreamStats>) {
    if (entry.type !== 'outbound-rtp') continue;
    const { retransmittedBytesSent = 0 } = entry as { retransmittedBytesSent?: number };
    bytes += (entry.bytesSent ?? 0) - retransmittedBytesSent;
  }
  return bytes;
}
