// Sealing and opening one frame (RFC 9605 §4.4.3–4.4.4, F1): `header ‖ ciphertext ‖ tag`, AAD = header ‖ metadata. Aparté
// uses no metadata. Counters and replay are not kept here: see counter.ts and replay-window.ts.
import { concat, type Bytes } from '../bytes.ts';
import { encodeHeader, MAX_HEADER_BYTES, type Header, type Uint64 } from './header.ts';
import { nonceBytes, tagBytes, type FrameKey } from './key-schedule.ts';

const NONE = new Uint8Array(0);

// WebCrypto copies its parameters before it returns, so one nonce and one AAD serve every frame. Made over buffers of their own:
// a small typed array that is handed to WebCrypto otherwise costs an allocation outside the heap each time.
const nonce = new Uint8Array(new ArrayBuffer(nonceBytes));
const aad = new Uint8Array(new ArrayBuffer(MAX_HEADER_BYTES));
const aadOfLength = Array.from({ length: MAX_HEADER_BYTES + 1 }, (_, length) => aad.subarray(0, length));
const params = { name: 'AES-GCM', iv: nonce, additionalData: NONE };

/** Which frame of a key, and what else is authenticated with it (RFC 9605's metadata; Aparté has none). */
export interface FrameOptions {
  readonly ctr: Uint64;
  readonly metadata?: Bytes;
}

/** A sealed frame in its two parts, so that whoever puts a shim in front copies the bytes once. On the wire: one after the other. */
export interface Sealed {
  readonly header: Bytes;
  /** Ciphertext and tag (16). */
  readonly body: Bytes;
}

/**
 * `plaintext` sealed as frame `ctr` of this key. The caller answers for `ctr` never coming twice (K5).
 * Not async itself: a promise less for each frame.
 */
export function seal(
  frameKey: FrameKey,
  { ctr, metadata = NONE }: FrameOptions,
  plaintext: Uint8Array,
): { readonly header: Bytes; readonly body: Promise<ArrayBuffer> } {
  const header = encodeHeader(frameKey.kid, ctr);
  prepare(frameKey.salt, ctr, associated(header, header.length, metadata));
  return { header, body: crypto.subtle.encrypt(params, frameKey.key, plaintext as Bytes) };
}

/**
 * The plaintext of `sealed`, at whose front `header` was decoded; rejects if it does not open with this key. Whether the header
 * names this key is the caller's to check (F3). Null, at once, for what is too short to hold a tag.
 */
export function open(
  frameKey: FrameKey,
  header: Header & { readonly metadata?: Bytes },
  sealed: Uint8Array,
): Promise<ArrayBuffer> | null {
  const { length } = header;
  if (sealed.length < length + tagBytes) return null;
  prepare(frameKey.salt, header.ctr, associated(sealed, length, header.metadata ?? NONE));
  return crypto.subtle.decrypt(params, frameKey.key, sealed.subarray(length) as Bytes);
}

/** Sets `params`; the tag is 16 bytes, which is what AES-GCM makes where nothing is said. */
function prepare(salt: Bytes, ctr: Uint64, additionalData: Bytes): void {
  setNonce(salt, ctr);
  params.additionalData = additionalData;
}

/** Nonce of a frame: salt XOR counter, big-endian (RFC 9605 §4.4.3). Valid until the next call. */
export function setNonce(salt: Bytes, ctr: Uint64): Bytes {
  nonce.set(salt);
  if (typeof ctr === 'bigint') {
    for (let i = nonceBytes - 1, rest = ctr; rest > 0n; i--, rest >>= 8n) mix(i, Number(rest & 255n));
  } else {
    for (let i = nonceBytes - 1, rest = ctr; rest > 0; i--, rest = Math.floor(rest / 256)) mix(i, rest % 256);
  }
  return nonce;
}

function mix(at: number, byte: number): void {
  nonce[at] = (nonce[at] as number) ^ byte;
}

/** Of a header of `length` bytes at the front of `bytes`. */
function associated(bytes: Uint8Array, length: number, metadata: Bytes): Bytes {
  if (metadata.length > 0) return concat(bytes.subarray(0, length), metadata);
  for (let i = 0; i < length; i++) aad[i] = bytes[i] as number;
  return aadOfLength[length] as Bytes;
}
