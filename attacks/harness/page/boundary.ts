// Between the network and the frame worker, in a page: what a media server could do to frames in flight, with the real sealed frames. What
// arrives is changed, repeated, exchanged or kept back before the worker has it; what leaves is exchanged for somebody else's after the
// worker sealed it. `harness/boundary.ts` sets what is done.
import {
  codecOf,
  decodeHeader,
  decodeKid,
  encodeHeader,
  encodeKid,
  unwrap,
  type KeyId,
} from '../../../crypto/sframe/index.ts';

type EncodedFrame = RTCEncodedAudioFrame | RTCEncodedVideoFrame;

export type Tampering =
  | 'none'
  /** Every frame again, twenty frames later. */
  | 'replay'
  /** A frame of those that were kept with `keep`, beside each. */
  | 'old'
  | 'truncate'
  | 'flip'
  /** None arrives. */
  | 'drop'
  /** Under another key: the leaf after it, the context after it, the epoch before it, and an epoch that will not be here for long. */
  | 'other leaf'
  | 'other context'
  | 'former epoch'
  | 'coming epoch'
  /** A picture as if it were of VP9: with its shim. */
  | 'other codec'
  /** Four by four, each four backwards. */
  | 'reorder';

export interface Boundary {
  tampering: Tampering;
  /** The changed frame comes beside the true one instead of in its place. */
  isBeside: boolean;
  /** Only sound or only pictures; null: both. */
  kind: 'audio' | 'video' | null;
  /** Keeps copies of the next frames that come, for `old`. */
  isKeeping: boolean;
  kept: number;
  /** What leaves is exchanged for what arrives from this leaf; null: not. */
  relayedLeaf: number | null;
  /** What stands before each picture that leaves, in place of its shim; null: its own. */
  shim: readonly number[] | null;
  /** So many frames that came were touched, and of those that left. */
  touched: number;
  relayed: number;
  /** Of the pictures that came, in the order in which they were first seen. */
  codecs: string[];
}

declare global {
  interface Window {
    aparteBoundary: Boundary;
  }
}

const boundary: Boundary = {
  tampering: 'none',
  isBeside: false,
  kind: null,
  isKeeping: false,
  kept: 0,
  relayedLeaf: null,
  shim: null,
  touched: 0,
  relayed: 0,
  codecs: [],
};
window.aparteBoundary = boundary;

const maxKept = 150;
/** Sealed frames of the leaf that is relayed, by kind. */
const loot = { audio: [] as ArrayBuffer[], video: [] as ArrayBuffer[] };

/** One receiver's frames. */
class Tamperer {
  #recent: ArrayBuffer[] = [];
  #kept: ArrayBuffer[] = [];
  #four: EncodedFrame[] = [];

  /** What the worker is to get in place of `frame`. */
  take(frame: EncodedFrame): readonly EncodedFrame[] {
    const kind = kindOf(frame);
    if (frame.data.byteLength === 0) return [frame];
    this.#remember(frame, kind);
    const { tampering } = boundary;
    if (tampering === 'none' || (boundary.kind !== null && boundary.kind !== kind)) return this.#flush(frame);
    if (tampering === 'drop') {
      boundary.touched++;
      return [];
    }
    if (tampering === 'reorder') {
      this.#four.push(frame);
      return this.#four.length < 4 ? [] : this.#four.splice(0).reverse();
    }
    const changed = this.#changed(frame, tampering);
    if (changed === null) return [frame];
    boundary.touched++;
    const copy = copyWith(frame, changed);
    return boundary.isBeside || tampering === 'replay' || tampering === 'old' ? [frame, copy] : [copy];
  }

  #remember(frame: EncodedFrame, kind: 'audio' | 'video'): void {
    const { mimeType = '' } = frame.getMetadata();
    if (kind === 'video' && !boundary.codecs.includes(mimeType)) boundary.codecs.push(mimeType);
    this.#recent.push(frame.data.slice(0));
    if (this.#recent.length > 20) this.#recent.shift();
    if (boundary.isKeeping && this.#kept.length < maxKept) {
      this.#kept.push(frame.data.slice(0));
      boundary.kept++;
    }
    if (boundary.relayedLeaf === null || leafOf(frame) !== boundary.relayedLeaf) return;
    loot[kind].push(frame.data.slice(0));
    if (loot[kind].length > maxKept) loot[kind].shift();
  }

  #flush(frame: EncodedFrame): EncodedFrame[] {
    return [...this.#four.splice(0), frame];
  }

  #changed(frame: EncodedFrame, tampering: Tampering): ArrayBuffer | null {
    const bytes = new Uint8Array(frame.data.slice(0));
    switch (tampering) {
      case 'replay':
        return this.#recent[0]?.slice(0) ?? null;
      case 'old': {
        const next = this.#kept.shift();
        if (next !== undefined) this.#kept.push(next);
        return next?.slice(0) ?? null;
      }
      case 'truncate':
        return bytes.slice(0, Math.max(1, bytes.length - 5)).buffer;
      case 'flip':
        bytes[bytes.length - 1]! ^= 1;
        return bytes.buffer;
      case 'other codec':
        return withShim(frame, vp9Delta);
      default:
        return underOtherKey(frame, tampering);
    }
  }
}

const otherKeys: Partial<Record<Tampering, (keyId: KeyId) => KeyId>> = {
  'other leaf': (keyId) => ({ ...keyId, leaf: keyId.leaf + 1 }),
  'other context': (keyId) => ({ ...keyId, context: ((keyId.context + 1) % 4) as KeyId['context'] }),
  'former epoch': (keyId) => ({ ...keyId, epochByte: (keyId.epochByte + 255) % 256 }),
  'coming epoch': (keyId) => ({ ...keyId, epochByte: (keyId.epochByte + 20) % 256 }),
};

/** The same ciphertext under another KID. */
function underOtherKey(frame: EncodedFrame, tampering: Tampering): ArrayBuffer | null {
  const place = headerIn(frame);
  const other = otherKeys[tampering];
  if (place === null || other === undefined) return null;
  const { at, bytes, header, keyId } = place;
  const head = encodeHeader(encodeKid(other(keyId)), header.ctr);
  return joined(bytes.subarray(0, at), head, bytes.subarray(at + header.length));
}

const vp9Delta = [0x86];

/** Null for sound, which has none. */
function withShim(frame: EncodedFrame, shim: readonly number[]): ArrayBuffer | null {
  const place = kindOf(frame) === 'video' ? headerIn(frame) : null;
  return place && joined(Uint8Array.from(shim), place.bytes.subarray(place.at));
}

function joined(...parts: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    all.set(part, at);
    return at + part.length;
  }, 0);
  return all.buffer;
}

function leafOf(frame: EncodedFrame): number | null {
  return headerIn(frame)?.keyId.leaf ?? null;
}

/** Where the SFrame header stands. Only shims that stand in front of everything: sound, VP8, VP9. */
function headerIn(frame: EncodedFrame) {
  const bytes = new Uint8Array(frame.data);
  const codec = kindOf(frame) === 'audio' ? 'opus' : codecOf(frame.getMetadata().mimeType ?? '');
  const sealed = codec === null ? null : unwrap(codec, bytes);
  const header = sealed === null ? null : decodeHeader(sealed);
  const keyId = header === null ? null : decodeKid(header.kid);
  if (sealed === null || header === null || keyId === null) return null;
  return { at: bytes.length - sealed.length, bytes, header, keyId };
}

function kindOf(frame: EncodedFrame): 'audio' | 'video' {
  return frame instanceof RTCEncodedVideoFrame ? 'video' : 'audio';
}

/** Chromium makes a frame from another one; TypeScript's DOM does not know. */
type FrameMaker = new (original: EncodedFrame) => EncodedFrame;

function copyWith(frame: EncodedFrame, data: ArrayBuffer): EncodedFrame {
  const Maker = (kindOf(frame) === 'video' ? RTCEncodedVideoFrame : RTCEncodedAudioFrame) as FrameMaker;
  const copy = new Maker(frame);
  copy.data = data;
  return copy;
}

// eslint-disable-next-line @typescript-eslint/unbound-method
const createIn = RTCRtpReceiver.prototype.createEncodedStreams;
RTCRtpReceiver.prototype.createEncodedStreams = function () {
  const { readable, writable } = createIn.call(this);
  const tamperer = new Tamperer();
  const change = new TransformStream<EncodedFrame, EncodedFrame>({
    transform(frame, controller) {
      for (const one of tamperer.take(frame)) controller.enqueue(one);
    },
  });
  return { readable: readable.pipeThrough(change), writable };
};

// eslint-disable-next-line @typescript-eslint/unbound-method
const createOut = RTCRtpSender.prototype.createEncodedStreams;
RTCRtpSender.prototype.createEncodedStreams = function () {
  const { readable, writable } = createOut.call(this);
  const exchange = new TransformStream<EncodedFrame, EncodedFrame>({
    transform(frame, controller) {
      if (boundary.relayedLeaf !== null && frame.data.byteLength > 0) {
        const stolen = loot[kindOf(frame)].shift();
        if (stolen === undefined) return;
        frame.data = stolen;
        boundary.relayed++;
      }
      const shimmed = boundary.shim && frame.data.byteLength > 0 ? withShim(frame, boundary.shim) : null;
      if (shimmed !== null) {
        frame.data = shimmed;
        boundary.relayed++;
      }
      controller.enqueue(frame);
    },
  });
  void exchange.readable.pipeTo(writable).catch(() => undefined);
  return { readable, writable: exchange.writable };
};
