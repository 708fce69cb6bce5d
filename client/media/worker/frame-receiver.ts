// Opens one receiver's frames in order (F1–F7). A frame waits while its epoch or the receiver's binding is not here yet, at most
// 300 ms and 64 frames; everything else that does not open is dropped and counted (O3). Nothing is forwarded that did not open.
import {
  decodeHeader,
  decodeKid,
  open,
  unwrap,
  type Header,
  type KeyId,
  type ReplayWindow,
} from '../../../crypto/sframe/index.ts';
import type { Bytes } from '../../../crypto/bytes.ts';
import type { DropReason } from '../types.ts';
import type { Clock } from './clock.ts';
import type { Counts, ReceiverTally } from './counts.ts';
import { frameCodec, type EncodedFrame } from './frames.ts';
import type { KeyTable, ReceiveKey } from './key-table.ts';
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
  /** F10: this LiveKit identity may only listen. */
  readonly isSilenced: (livekitIdentity: string) => boolean;
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
  readonly #world: ReceiverWorld;
  readonly #tally: ReceiverTally;
  readonly #queue: Held[] = [];
  #binding: Binding | null = null;
  #hasOpened = false;
  /** A frame is being opened: those behind it wait, so that order is kept. */
  #isOpening = false;
  #opening: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | null = null;

  constructor(id: number, world: ReceiverWorld) {
    this.#world = world;
    this.#tally = world.counts.receiver(id);
  }

  /** Whose track this is from now on (F4). Frames that wait and came for somebody else's are dropped. */
  bind(binding: Binding | null): void {
    const old = this.#binding;
    const isSame = old?.livekitIdentity === binding?.livekitIdentity && old?.context === binding?.context;
    if (!isSame && old !== null) this.#queue.length = 0;
    if (!isSame) this.#hasOpened = false;
    this.#binding = binding;
    this.prepare();
    void this.pump();
  }

  /** Keys are new, or a first frame is near. */
  prepare(): void {
    if (this.#binding !== null)
      this.#world.keys.prepareToReceive(this.#binding.livekitIdentity, this.#binding.context);
  }

  /** Frames taken and not yet emitted or dropped. */
  get backlog(): number {
    return this.#queue.length;
  }

  /** Takes the next frame off the wire. Resolves when it was emitted, dropped or put on hold. Never throws. */
  push(frame: EncodedFrame): Promise<void> {
    if (frame.data.byteLength === 0) return Promise.resolve();
    this.#tally.arrived++;
    if (this.#queue.length >= holdFrames) {
      this.#drop('overflow');
      return Promise.resolve();
    }
    this.#queue.push({ frame, sinceMs: this.#world.clock.now() });
    return this.pump();
  }

  /** Goes on with what waits: a binding, an epoch or its time has come. */
  pump(): Promise<void> {
    if (!this.#isOpening && this.#queue.length > 0) this.#opening = this.#drain();
    return this.#opening;
  }

  async #drain(): Promise<void> {
    this.#isOpening = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (let held = this.#queue[0]; held !== undefined; held = this.#queue[0]) {
      let outcome: Outcome;
      try {
        const begun = this.#begin(held.frame);
        const ready = begun instanceof Promise ? await begun : begun;
        outcome = typeof ready === 'string' ? ready : this.#finish(held.frame, ready, await ready.plaintext);
      } catch {
        outcome = 'not_opened';
      }
      if (this.#queue[0] !== held) continue;
      const leftMs = outcome === 'wait' ? held.sinceMs + holdMs - this.#world.clock.now() : 0;
      if (leftMs > 0) {
        this.#cancelTimer = this.#world.clock.after(leftMs, () => void this.pump());
        break;
      }
      this.#queue.shift();
      this.#settle(held.frame, outcome === 'wait' ? 'no_key' : outcome);
    }
    this.#isOpening = false;
  }

  #settle(frame: EncodedFrame, outcome: Exclude<Outcome, 'wait'>): void {
    if (outcome === 'empty') return;
    if (outcome !== 'opened') {
      this.#drop(outcome);
      return;
    }
    this.#tally.opened++;
    if (!this.#hasOpened && this.#binding !== null) {
      this.#hasOpened = true;
      this.#world.onFirstOpened(this.#binding);
    }
    this.#world.emit(frame);
  }

  /** Everything up to the decryption itself, or why there is none. */
  #begin(frame: EncodedFrame): Opening | Outcome | Promise<Opening | Outcome> {
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
    const isFromBound = (): boolean =>
      entry.leaves.get(keyId.leaf) === binding.livekitIdentity && this.#binding === binding;
    if (!isFromBound()) return 'wrong_sender';
    const key = this.#world.keys.receiveKey(entry, header.kid);
    if (key instanceof Promise) return key.then((derived) => begin(derived, { header, isFromBound }, sealed));
    return begin(key, { header, isFromBound }, sealed);
  }

  /** The tag verified: puts the plaintext in place, unless the leaf went or the receiver was bound anew meanwhile (K3, F4). */
  #finish(frame: EncodedFrame, { window, header, isFromBound }: Opening, plaintext: ArrayBuffer): Outcome {
    if (!isFromBound()) return 'wrong_sender';
    if (!window.accept(header.ctr)) return 'replayed';
    if (plaintext.byteLength === 0) return 'empty';
    // Only now: what did not open is nobody's, and is not held against who may only listen.
    if (this.#binding !== null && this.#world.isSilenced(this.#binding.livekitIdentity)) return 'silenced';
    frame.data = plaintext;
    return 'opened';
  }

  #drop(reason: DropReason): void {
    if (reason === 'silenced') this.#tally.silenced++;
    else if (reason === 'no_key' || reason === 'overflow') this.#tally.keyless++;
    else this.#tally.damaged++;
    this.#world.counts.dropped(this.#binding?.livekitIdentity ?? '', reason);
  }
}

interface Opening {
  readonly window: ReplayWindow;
  readonly header: { readonly ctr: number };
  readonly isFromBound: () => boolean;
  readonly plaintext: Promise<ArrayBuffer>;
}

/** Starts to open, if the counter is fresh and the frame long enough. */
function begin(
  { frameKey, window }: ReceiveKey,
  { header, isFromBound }: { header: Parsed['header']; isFromBound: () => boolean },
  sealed: Bytes,
): Opening | Outcome {
  if (!window.isFresh(header.ctr)) return 'replayed';
  const plaintext = open(frameKey, header, sealed);
  return plaintext === null ? 'malformed' : { window, header, isFromBound, plaintext };
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
