// Byte helpers that every room of `crypto` shares: concatenation, big-endian integers, base64url, constant-time
// comparison, wiping, and a strict reader. Nothing here knows a protocol; the formats are in docs/protocol.md.
import { CryptoError } from './errors.ts';

/** Bytes over an ordinary (not shared) buffer, which is what WebCrypto takes and noble gives. */
export type Bytes = Uint8Array<ArrayBuffer>;

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of `text`. */
export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** Text of UTF-8 bytes. Throws `CryptoError('malformed')` where the bytes are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new CryptoError('malformed', 'not UTF-8');
  }
}

/** One new array with all `parts` in order. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** `value` as `length` big-endian bytes (1 to 6 for numbers). Throws `RangeError` if it does not fit. */
export function uint(value: number, length: number): Bytes {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** length) {
    throw new RangeError(`value must be an integer that fits ${length} bytes, got ${value}`);
  }
  const out = new Uint8Array(length);
  for (let i = length - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
  return out;
}

/** `value` as 8 big-endian bytes. Throws `RangeError` outside 0..2⁶⁴−1. */
export function uint64(value: bigint): Bytes {
  if (value < 0n || value >= 1n << 64n) throw new RangeError(`value must fit 8 bytes, got ${value}`);
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, value);
  return out;
}

/** Equal content, in time that depends on the lengths only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** Overwrite secrets that are no longer needed. JavaScript may keep copies: this shortens their life, no more. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

/** `length` bytes from the platform's generator. */
export function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** base64url without padding (RFC 4648 §5). */
export function toBase64url(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Bytes of canonical base64url without padding. `length`, if given, is the exact number of bytes expected.
 * Throws `CryptoError('malformed')` on any other character, on padding, on non-zero spare bits, on another length.
 */
export function fromBase64url(text: string, length?: number): Bytes {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new CryptoError('malformed', 'not base64url');
  }
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) out[i] = binary.charCodeAt(i);
  // Only the last group can hold spare bits: encoding its bytes again shows them.
  const tailChars = text.length % 4;
  if (tailChars > 0 && toBase64url(out.subarray(out.length - (tailChars - 1))) !== text.slice(-tailChars)) {
    throw new CryptoError('malformed', 'base64url with spare bits');
  }
  if (length !== undefined && out.length !== length) {
    throw new CryptoError('malformed', `expected ${length} bytes, got ${out.length}`);
  }
  return out;
}

/** Lower-case hexadecimal: how states and lists name an identity, a thousand times in a large group. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += pairs[byte] as string;
  return hex;
}

/** Bytes of hexadecimal. Throws `TypeError` on anything else: hex never comes from outside. */
export function fromHex(hex: string): Bytes {
  if (!/^([0-9a-f]{2})*$/i.test(hex)) throw new TypeError('hex must be pairs of hexadecimal digits');
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Reads a canonical encoding front to back; every method throws `CryptoError('malformed')` past the end. */
export class Reader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  /** How many bytes are not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next `length` bytes, as a copy. */
  take(length: number): Bytes {
    if (length > this.#bytes.length - this.#at) throw new CryptoError('malformed', 'ends too early');
    const out = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return out;
  }

  /** A big-endian integer of `length` bytes (1 to 6). */
  uint(length: number): number {
    return this.take(length).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** A big-endian integer of 8 bytes. */
  uint64(): bigint {
    return new DataView(this.take(8).buffer).getBigUint64(0);
  }

  /** A vector with its length in front, in `lengthBytes` bytes, at most `max` bytes long. */
  vector(lengthBytes: number, max: number): Bytes {
    const length = this.uint(lengthBytes);
    if (length > max) throw new CryptoError('malformed', `vector of ${length} bytes, at most ${max}`);
    return this.take(length);
  }

  /** Refuses trailing bytes. Call it last. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new CryptoError('malformed', 'trailing bytes');
  }
}
