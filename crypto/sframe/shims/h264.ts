// The H264 shim (F2): parameter sets as they are, then one slice NAL unit (ITU-T H.264 §7.3.1, Annex B) whose payload is the
// sealed frame with emulation prevention. 4-byte start codes only, which is what receivers rebuild from RTP.
//
//   key:   [00 00 00 01 SPS] [00 00 00 01 PPS] … 00 00 00 01 65 88 FF  escaped(sealed)  80
//   delta:                                       00 00 00 01 41 9A FF  escaped(sealed)  80
import { concat, fromHex, type Bytes } from '../../bytes.ts';
import type { Sealed } from '../frame.ts';

const START = fromHex('00000001');
const KEY_SLICE = fromHex('6588ff');
const DELTA_SLICE = fromHex('419aff');
const STOP = 0x80;
const SPS = 7;
const PPS = 8;

/** Parameter sets of `frame` if it is a key frame, a slice header, and the sealed frame inside the slice. */
export function wrapH264(isKey: boolean, frame: Uint8Array, { header, body }: Sealed): Bytes {
  const sets = isKey ? parameterSets(frame).flatMap((nalu) => [START, nalu]) : [];
  return concat(
    ...sets,
    START,
    isKey ? KEY_SLICE : DELTA_SLICE,
    escape(concat(header, body)),
    Uint8Array.of(STOP),
  );
}

/** The sealed bytes, or null for anything that `wrapH264` does not write. */
export function unwrapH264(bytes: Uint8Array): Bytes | null {
  let at = 0;
  while (isStart(bytes, at) && isParameterSet(bytes[at + 4])) {
    at = nextStart(bytes, at + 5);
    if (at < 0) return null;
  }
  const slice = at + START.length;
  const isSlice = matches(bytes, slice, KEY_SLICE) || (at === 0 && matches(bytes, slice, DELTA_SLICE));
  if (!isStart(bytes, at) || !isSlice || bytes[bytes.length - 1] !== STOP) return null;
  const from = slice + KEY_SLICE.length;
  return from > bytes.length - 1 ? null : unescape(bytes.subarray(from, bytes.length - 1));
}

/** SPS and PPS NAL units of an Annex B frame (start codes of 3 or 4 bytes), up to the first slice. */
function parameterSets(frame: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let from = nextNalu(frame, 0); from < frame.length;) {
    const type = (frame[from] as number) & 31;
    if (type === 1 || type === 5) break;
    const next = nextNalu(frame, from);
    const end = next > frame.length ? frame.length : next - 3;
    if (type === SPS || type === PPS) found.push(withoutTrailingZeros(frame.subarray(from, end)));
    from = next;
  }
  return found;
}

/** The index behind the next `00 00 01`; beyond the frame's end if there is none. */
function nextNalu(frame: Uint8Array, from: number): number {
  for (let i = from; i + 2 < frame.length; i++) {
    if (frame[i + 2] === 1 && frame[i] === 0 && frame[i + 1] === 0) return i + 3;
  }
  return frame.length + 1;
}

function withoutTrailingZeros(nalu: Uint8Array): Uint8Array {
  let end = nalu.length;
  while (end > 0 && nalu[end - 1] === 0) end--;
  return nalu.subarray(0, end);
}

function isParameterSet(header: number | undefined): boolean {
  return header !== undefined && ((header & 0x9f) === SPS || (header & 0x9f) === PPS);
}

function isStart(bytes: Uint8Array, at: number): boolean {
  return matches(bytes, at, START);
}

function nextStart(bytes: Uint8Array, from: number): number {
  for (let i = from; i + 3 < bytes.length; i++) if (bytes[i] === 0 && isStart(bytes, i)) return i;
  return -1;
}

function matches(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

/** Emulation prevention (§7.4.1): `00 00 0x`, x ≤ 3, becomes `00 00 03 0x`. */
function escape(data: Uint8Array): Bytes {
  const out = new Uint8Array(data.length + (data.length >> 1) + 1);
  let length = 0;
  let zeros = 0;
  for (let i = 0; i < data.length; i++) {
    const byte = data[i] as number;
    if (zeros === 2 && byte <= 3) {
      out[length++] = 3;
      zeros = 0;
    }
    out[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out.subarray(0, length);
}

/** The inverse; null for what `escape` never writes. */
function unescape(data: Uint8Array): Bytes | null {
  const out = new Uint8Array(data.length);
  let length = 0;
  let zeros = 0;
  for (let i = 0; i < data.length; i++) {
    let byte = data[i] as number;
    if (zeros === 2 && byte <= 3) {
      if (byte !== 3 || ++i >= data.length) return null;
      byte = data[i] as number;
      if (byte > 3) return null;
      zeros = 0;
    }
    out[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out.slice(0, length);
}
