// The AV1 shim (F2): the sequence header if it is a key frame, then one OBU_FRAME whose payload begins like a shown key or
// inter frame and goes on with the sealed bytes (AV1 bitstream §5.3, low-overhead format, sizes in minimal LEB128).
//
//   key:   0A size sequence-header   32 size 10 sealed        (`0A 00` where the frame carries no sequence header)
//   delta:                           32 size 30 sealed
import { concat, type Bytes } from '../../bytes.ts';
import type { Sealed } from '../frame.ts';

const SEQUENCE_HEADER = 0x0a;
const FRAME = 0x32;
const KEY = 0x10;
const INTER = 0x30;
const OBU_SEQUENCE_HEADER = 1;
const MAX_LEB_BYTES = 4;

/** Sequence header (key frames) and a frame OBU around the sealed frame. */
export function wrapAv1(isKey: boolean, frame: Uint8Array, { header, body }: Sealed): Bytes {
  const sequence = isKey ? sequenceHeader(frame) : null;
  return concat(
    sequence === null
      ? new Uint8Array(0)
      : concat(Uint8Array.of(SEQUENCE_HEADER), leb(sequence.length), sequence),
    Uint8Array.of(FRAME),
    leb(header.length + body.length + 1),
    Uint8Array.of(isKey ? KEY : INTER),
    header,
    body,
  );
}

/** The sealed bytes, or null for anything that `wrapAv1` does not write. */
export function unwrapAv1(bytes: Bytes): Bytes | null {
  let at = 0;
  const isKey = bytes[0] === SEQUENCE_HEADER;
  if (isKey) {
    const size = readLeb(bytes, 1);
    if (size === null || !isMinimal(size)) return null;
    at = size.end + size.value;
  }
  if (bytes[at] !== FRAME) return null;
  const size = readLeb(bytes, at + 1);
  if (size === null || !isMinimal(size) || size.value < 1 || size.end + size.value !== bytes.length)
    return null;
  return bytes[size.end] === (isKey ? KEY : INTER) ? bytes.subarray(size.end + 1) : null;
}

/** Payload of the first sequence header OBU; empty if there is none or the frame cannot be walked. */
function sequenceHeader(frame: Uint8Array): Uint8Array {
  for (let at = 0; at < frame.length;) {
    const header = frame[at] as number;
    const from = at + (header & 4 ? 2 : 1);
    const size = header & 2 ? readLeb(frame, from) : { value: frame.length - from, end: from, length: 0 };
    if (size === null || size.value < 0 || size.end + size.value > frame.length) break;
    if (((header >> 3) & 15) === OBU_SEQUENCE_HEADER) return frame.subarray(size.end, size.end + size.value);
    at = size.end + size.value;
  }
  return new Uint8Array(0);
}

interface Leb {
  readonly value: number;
  /** Index behind it. */
  readonly end: number;
  readonly length: number;
}

/** LEB128 (§4.10.5) of at most 4 bytes: a frame is never larger. */
function readLeb(bytes: Uint8Array, at: number): Leb | null {
  let value = 0;
  for (let i = 0; i < MAX_LEB_BYTES; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return null;
    value |= (byte & 0x7f) << (7 * i);
    if ((byte & 0x80) === 0) return { value, end: at + i + 1, length: i + 1 };
  }
  return null;
}

function isMinimal({ value, length }: Leb): boolean {
  return length === leb(value).length;
}

function leb(value: number): Bytes {
  const out: number[] = [];
  let rest = value;
  do {
    out.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Uint8Array.from(out);
}
