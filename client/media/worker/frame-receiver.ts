// Opens one receiver's frames in order (F1–F7). A frame waits while its epoch or the receiver's binding is not here yet, at most
// 300 ms and 64 frames; everything else that does not open is dropped and counted (O3). Nothing is forwarded that did not open.
import {
  decodeHeader,
  decodeKid,
  open,
  unwrap,
  type Header,
  type KeyId,
} from '../../../crypto/sframe/index.ts';
import type { Bytes } from '../../../crypto/bytes.ts';
import type { DropReason } from '../types.ts';
import type { Clock } from './clock.ts';
import type { Counts } from './counts.ts';
import { frameCodec, type EncodedFrame } from './frames.ts';
import type { KeyTable } from './key-table.ts';
import type { Binding } from './messages.ts';

/** F6. */
export const holdMs = 300;
export const holdFrames = 64;

/** K5: counters above are not ours. */
const MAX_COUNTER = 2 ** 48 - 1;

export interface ReceiverWorld {
  readonly keys: KeyTable;
  readonly counts: Counts;
  readonly clock: Clock;
  /** Takes a frame that opened. */
  readonly emit: (frame: EncodedFrame) => void;
  /** The first frame since the receiver was bound opened. */
  readonly onFirstOpened: (binding: Binding) => void;
}

type Outcome = 'opened' | 'empty' | 'wait' | DropReason;

interface Held {
  readonly frame: EncodedFrame;
  readonly sinceMs: number;
}

export class FrameReceiver {
  readonly #id: number;
  readonly #world: ReceiverWorld;
  readonly #queue: Held[] = [];
  #binding: Binding | null = null;
  #hasOpened = false;
  #pumping: Promise<void> | null = null;
  #cancelTimer: (() => void) | null = null;

  constructor(id: number, world: ReceiverWorld) {
    this.#id = id;
    this.#world = world;
  }

  /** Whose track this is from now on (F4). Frames that wait and came for somebody else's are dropped. */
  bind(binding: Binding | null): void {
    const old = this.#binding;
    const isSame = old?.livekitIdentity === binding?.livekitIdentity && old?.context === binding?.context;
    if (!isSame && old !== null) this.#queue.length = 0;
    if (!isSame) this.#hasOpened = false;
    this.#binding = binding;
    void this.pump();
  }

  /** Takes the next frame off the wire. Resolves when it was emitted, dropped or put on hold. Never throws. */
  push(frame: EncodedFrame): Promise<void> {
    if (frame.data.byteLength === 0) return Promise.resolve();
    this.#world.counts.received(this.#id, 'arrived');
    if (this.#queue.length >= holdFrames) {
      this.#drop('overflow');
      return Promise.resolve();
    }
    this.#queue.push({ frame, sinceMs: this.#world.clock.now() });
    return this.pump();
  }

  /** Goes on with what waits: a binding, an epoch or its time has come. */
  pump(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    this.#pumping ??= this.#drain();
    return this.#pumping;
  }

  async #drain(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (let held = this.#queue[0]; held !== undefined; held = this.#queue[0]) {
      const outcome = await this.#tryOpen(held.frame);
      if (this.#queue[0] !== held) continue;
      const leftMs = held.sinceMs + holdMs - this.#world.clock.now();
      if (outcome === 'wait' && leftMs > 0) {
        this.#cancelTimer = this.#world.clock.after(leftMs, () => void this.pump());
        break;
      }
      this.#queue.shift();
      this.#settle(held.frame, outcome === 'wait' ? 'no_key' : outcome);
    }
    this.#pumping = null;
  }

  #settle(frame: EncodedFrame, outcome: Exclude<Outcome, 'wait'>): void {
    if (outcome === 'empty') return;
    if (outcome !== 'opened') {
      this.#drop(outcome);
      return;
    }
    this.#world.counts.received(this.#id, 'opened');
    if (!this.#hasOpened && this.#binding !== null) {
      this.#hasOpened = true;
      this.#world.onFirstOpened(this.#binding);
    }
    this.#world.emit(frame);
  }

  async #tryOpen(frame: EncodedFrame): Promise<Outcome> {
    try {
      return await this.#open(frame);
    } catch {
      return 'not_opened';
    }
  }

  /** Opens `frame` in place. */
  async #open(frame: EncodedFrame): Promise<Outcome> {
    const binding = this.#binding;
    if (binding === null) return 'wait';
    const sealed = sealedBytes(frame, binding);
    const parsed = sealed === null ? null : parse(sealed);
    if (sealed === null || parsed === null) return 'malformed';
    const { header, keyId } = parsed;
    if (keyId.context !== binding.context) return 'wrong_sender';
    const entry = this.#world.keys.find(keyId.epochByte);
    if (entry === 'later') return 'wait';
    if (entry === 'gone') return 'no_key';
    if (entry.leaves.get(keyId.leaf) !== binding.livekitIdentity) return 'wrong_sender';
    const found = this.#world.keys.receiveKey(entry, header.kid);
    const { frameKey, window } = found instanceof Promise ? await found : found;
    if (!window.isFresh(header.ctr)) return 'replayed';
    const plaintext = await open(frameKey, header, sealed);
    if (plaintext === null) return 'not_opened';
    // Once more: the leaf may have been removed and the receiver bound anew while it was opened (K3, F4).
    const isFromBound = entry.leaves.get(keyId.leaf) === binding.livekitIdentity && this.#binding === binding;
    if (!isFromBound) return 'wrong_sender';
    if (!window.accept(header.ctr)) return 'replayed';
    if (plaintext.length === 0) return 'empty';
    frame.data = plaintext.buffer;
    return 'opened';
  }

  #drop(reason: DropReason): void {
    this.#world.counts.dropped(this.#binding?.livekitIdentity ?? '', reason);
  }
}

interface Parsed {
  readonly header: Header & { readonly kid: number; readonly ctr: number };
  readonly keyId: KeyId;
}

function sealedBytes(frame: EncodedFrame, binding: Binding): Bytes | null {
  const codec = frameCodec(frame, binding.codec);
  return codec === null ? null : unwrap(codec, new Uint8Array(frame.data));
}

function parse(sealed: Bytes): Parsed | null {
  const header = decodeHeader(sealed);
  if (header === null) return null;
  const { kid, ctr, length } = header;
  const keyId = decodeKid(kid);
  if (keyId === null || typeof kid !== 'number' || typeof ctr !== 'number' || ctr >= MAX_COUNTER) return null;
  return { header: { kid, ctr, length }, keyId };
}
