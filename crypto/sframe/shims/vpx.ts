// The shims of VP8 and VP9 (F2): just enough of a frame's beginning for the packetizer and the SFU to tell key frames.
//
//   VP8  key: the first 10 bytes of the frame (RFC 6386 §9.1: tag, start code, size)   delta: 01
//   VP9  key: 82                                                                       delta: 86
import { concat, type Bytes } from '../../bytes.ts';
import type { Sealed } from '../frame.ts';

const VP8_KEY_BYTES = 10;
const VP8_DELTA = 0x01;
const VP9_KEY = 0x82;
const VP9_DELTA = 0x86;

/** Null for a key frame that has not the header of one. */
export function wrapVp8(isKey: boolean, frame: Uint8Array, { header, body }: Sealed): Bytes | null {
  if (!isKey) return concat(Uint8Array.of(VP8_DELTA), header, body);
  return isVp8Key(frame) ? concat(frame.subarray(0, VP8_KEY_BYTES), header, body) : null;
}

export function unwrapVp8(bytes: Bytes): Bytes | null {
  if (bytes[0] === VP8_DELTA) return bytes.subarray(1);
  return isVp8Key(bytes) ? bytes.subarray(VP8_KEY_BYTES) : null;
}

export function wrapVp9(isKey: boolean, { header, body }: Sealed): Bytes {
  return concat(Uint8Array.of(isKey ? VP9_KEY : VP9_DELTA), header, body);
}

export function unwrapVp9(bytes: Bytes): Bytes | null {
  return bytes[0] === VP9_KEY || bytes[0] === VP9_DELTA ? bytes.subarray(1) : null;
}

/** The lowest bit of the tag is 0 in a key frame, and the start code follows. */
function isVp8Key(frame: Uint8Array): boolean {
  const hasStartCode = frame[3] === 0x9d && frame[4] === 0x01 && frame[5] === 0x2a;
  return frame.length >= VP8_KEY_BYTES && ((frame[0] as number) & 1) === 0 && hasStartCode;
}
