// Seals one sender's frames (F1, F2, K5, M2, C18). `protect` answers whether the frame may go on the wire; whatever goes wrong, it
// may not (F8). Keys and counters belong to the key table, so nothing here has to survive a track or a connection.
import type { Bytes } from '../../../crypto/bytes.ts';
import { seal, wrap, type Codec } from '../../../crypto/sframe/index.ts';
import type { Counts, SenderTally } from './counts.ts';
import { frameCodec, type EncodedFrame } from './frames.ts';
import type { KeyTable, SendKey } from './key-table.ts';
import type { SenderOptions } from './messages.ts';

export interface SenderWorld {
  readonly keys: KeyTable;
  readonly counts: Counts;
  /** Contexts that are paused (muted). */
  readonly paused: ReadonlySet<number>;
}

export class FrameSender {
  readonly #options: SenderOptions;
  readonly #world: SenderWorld;
  readonly #tally: SenderTally;

  constructor(options: SenderOptions, world: SenderWorld) {
    this.#options = options;
    this.#world = world;
    this.#tally = world.counts.sender(options.id);
    this.prepare();
  }

  /** Keys are new, or a first frame is near. */
  prepare(): void {
    this.#world.keys.prepareToSend(this.#options.context);
  }

  /** True if `frame` now holds sealed bytes and may be written; false if it is to be dropped. Never throws. */
  async protect(frame: EncodedFrame): Promise<boolean> {
    let isSealed = false;
    try {
      const sealing = this.#begin(frame);
      // Derived once a key: waits here and nowhere else.
      const begun = sealing instanceof Promise ? await sealing : sealing;
      isSealed = begun !== null && this.#finish(frame, begun, await begun.body);
    } catch {
      // Whatever it was, the frame stays here.
    }
    this.#tally[isSealed ? 'sealed' : this.#world.keys.isWithheld ? 'withheld' : 'dropped']++;
    return isSealed;
  }

  /** Everything up to the encryption itself; null for a frame that is not to be sent. */
  #begin(frame: EncodedFrame): Sealing | Promise<Sealing | null> | null {
    const { context } = this.#options;
    const codec = frameCodec(frame, this.#options.codec);
    const plaintext = new Uint8Array(frame.data);
    if (codec === null || plaintext.length === 0 || this.#world.paused.has(context)) return null;
    const key = this.#world.keys.sendKey(context);
    if (key instanceof Promise) return key.then((derived) => begin(derived, codec, plaintext));
    return key === null ? null : begin(key, codec, plaintext);
  }

  #finish(frame: EncodedFrame, { codec, plaintext, header }: Sealing, body: ArrayBuffer): boolean {
    // Both may have come to be while it was sealed.
    if (this.#world.paused.has(this.#options.context) || this.#world.keys.isWithheld) return false;
    const sealed = { header, body: new Uint8Array(body) };
    const wire = wrap(codec, { isKey: frame.type === 'key', frame: plaintext }, sealed);
    if (wire === null) return false;
    frame.data = wire.buffer;
    return true;
  }
}

interface Sealing {
  readonly codec: Codec;
  readonly plaintext: Bytes;
  readonly header: Bytes;
  readonly body: Promise<ArrayBuffer>;
}

/** Takes a counter and starts to seal; null when the key is used up (K5). */
function begin({ frameKey, counter }: SendKey, codec: Codec, plaintext: Bytes): Sealing | null {
  const ctr = counter.take();
  return ctr === null ? null : { codec, plaintext, ...seal(frameKey, { ctr }, plaintext) };
}
