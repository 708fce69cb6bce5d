// The SFrame header (RFC 9605 §4.3): a config byte, then key id and counter where they do not fit into it. Only the
// shortest encoding is written and accepted (F1). Called by frame.ts and by the frame worker.
//
//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+------------+------------+
//   |X|  K  |Y|  C  |   KID...   |   CTR...   |     X, Y = 0: K, C are the values; 1: K + 1, C + 1 bytes follow
//   +-+-+-+-+-+-+-+-+------------+------------+
import type { Bytes } from '../bytes.ts';

/** 0..2⁶⁴−1: a number while it is a safe integer (every value Aparté sends), a bigint above. */
export type Uint64 = number | bigint;

export interface Header {
  readonly kid: Uint64;
  readonly ctr: Uint64;
  /** Bytes that the header takes at the front of the frame: 1 to 17. */
  readonly length: number;
}

/** Config byte, and 8 bytes for each of KID and CTR. */
export const MAX_HEADER_BYTES = 17;

const INLINE = 8;
const MAX = (1n << 64n) - 1n;

/** The shortest header for `kid` and `ctr`, 1 to 17 bytes. Throws `RangeError` for what is not an unsigned 64-bit integer. */
export function encodeHeader(kid: Uint64, ctr: Uint64): Bytes {
  const kidBytes = outsideBytes(kid, 'kid');
  const ctrBytes = outsideBytes(ctr, 'ctr');
  const out = new Uint8Array(1 + kidBytes + ctrBytes);
  const k = kidBytes === 0 ? Number(kid) : 8 | (kidBytes - 1);
  const c = ctrBytes === 0 ? Number(ctr) : 8 | (ctrBytes - 1);
  out[0] = (k << 4) | c;
  fillUint(out, { from: 1, to: 1 + kidBytes }, kid);
  fillUint(out, { from: 1 + kidBytes, to: out.length }, ctr);
  return out;
}

/** The header at the front of `bytes`, or null where there is none in its shortest form. Never throws (O3). */
export function decodeHeader(bytes: Uint8Array): Header | null {
  const config = bytes[0];
  if (config === undefined) return null;
  const kidBytes = config & 0x80 ? ((config >> 4) & 7) + 1 : 0;
  const ctrBytes = config & 0x08 ? (config & 7) + 1 : 0;
  const length = 1 + kidBytes + ctrBytes;
  if (bytes.length < length) return null;
  const kid = kidBytes === 0 ? (config >> 4) & 7 : read(bytes, 1, kidBytes);
  const ctr = ctrBytes === 0 ? config & 7 : read(bytes, 1 + kidBytes, ctrBytes);
  return kid === null || ctr === null ? null : { kid, ctr, length };
}

/** How many bytes of `value` stand outside the config byte. */
function outsideBytes(value: Uint64, name: string): number {
  const isValid =
    typeof value === 'bigint' ? value >= 0n && value <= MAX : Number.isSafeInteger(value) && value >= 0;
  if (!isValid) throw new RangeError(`${name} must be an unsigned 64-bit integer, got ${value}`);
  if (value < INLINE) return 0;
  if (typeof value === 'bigint') return Math.ceil(value.toString(16).length / 2);
  let length = 1;
  for (let limit = 256; value >= limit; limit *= 256) length++;
  return length;
}

/** Fills a range of `out` with the low bytes of `value`, big-endian. */
function fillUint(out: Bytes, { from, to }: { from: number; to: number }, value: Uint64): void {
  if (typeof value === 'bigint') {
    for (let i = to - 1, rest = value; i >= from; i--, rest >>= 8n) out[i] = Number(rest & 255n);
  } else {
    for (let i = to - 1, rest = value; i >= from; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
  }
}

/** A big-endian integer that could not have been shorter, else null. */
function read(bytes: Uint8Array, at: number, length: number): Uint64 | null {
  const first = bytes[at] as number;
  if (length === 1 ? first < INLINE : first === 0) return null;
  let value = 0;
  for (let i = at; i < at + length; i++) value = value * 256 + (bytes[i] as number);
  if (Number.isSafeInteger(value)) return value;
  let wide = 0n;
  for (let i = at; i < at + length; i++) wide = (wide << 8n) | BigInt(bytes[i] as number);
  return wide;
}
