// Seals one sender's frames (F1, F2, K5, M2). `protect` answers whether the frame may go on the wire; whatever goes wrong, it
// may not (F8). Keys and counters belong to the key table, so nothing here has to survive a track or a connection.
import { seal, wrap } from '../../../crypto/sframe/index.ts';
import type { Counts } from './counts.ts';
import { frameCodec, type EncodedFrame } from './frames.ts';
import type { KeyTable } from './key-table.ts';
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

  constructor(options: SenderOptions, world: SenderWorld) {
    this.#options = options;
    this.#world = world;
  }

  /** True if `frame` now holds sealed bytes and may be written; false if it is to be dropped. Never throws. */
  async protect(frame: EncodedFrame): Promise<boolean> {
    let isSealed = false;
    try {
      isSealed = await this.#seal(frame);
    } catch {
      // Whatever it was, the frame stays here.
    }
    this.#world.counts.sent(this.#options.id, isSealed ? 'sealed' : 'dropped');
    return isSealed;
  }

  async #seal(frame: EncodedFrame): Promise<boolean> {
    const { context } = this.#options;
    const codec = frameCodec(frame, this.#options.codec);
    const plaintext = new Uint8Array(frame.data);
    if (codec === null || plaintext.length === 0 || this.#world.paused.has(context)) return false;
    const found = this.#world.keys.sendKey(context);
    const key = found instanceof Promise ? await found : found;
    const ctr = key?.counter.take() ?? null;
    if (key === null || ctr === null) return false;
    const sealed = await seal(key.frameKey, { ctr }, plaintext);
    const wire = wrap(codec, { isKey: frame.type === 'key', frame: plaintext }, sealed);
    if (wire === null || this.#world.paused.has(context)) return false;
    frame.data = wire.buffer;
    return true;
  }
}
