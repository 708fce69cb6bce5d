// Sealing and opening one frame (RFC 9605 §4.4.3–4.4.4, F1): `header ‖ ciphertext ‖ tag`, AAD = header ‖ metadata. Aparté
// uses no metadata. Counters and replay are not kept here: see counter.ts and replay-window.ts.
import { concat, type Bytes } from '../bytes.ts';
import { encodeHeader, type Header, type Uint64 } from './header.ts';
import { nonceBytes, tagBytes, type FrameKey } from './key-schedule.ts';

const NONE = new Uint8Array(0);

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
  const params = gcm(frameKey.salt, ctr, aad(header, metadata));
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
  if (sealed.length < header.length + tagBytes) return null;
  const bytes = sealed as Bytes;
  const additional = aad(bytes.subarray(0, header.length), header.metadata ?? NONE);
  const params = gcm(frameKey.salt, header.ctr, additional);
  return crypto.subtle.decrypt(params, frameKey.key, bytes.subarray(header.length));
}

/** Nonce of a frame: salt XOR counter, big-endian (RFC 9605 §4.4.3). */
export function nonceOf(salt: Bytes, ctr: Uint64): Bytes {
  const nonce = salt.slice();
  if (typeof ctr === 'bigint') {
    for (let i = nonceBytes - 1, rest = ctr; rest > 0n; i--, rest >>= 8n) mix(nonce, i, Number(rest & 255n));
  } else {
    for (let i = nonceBytes - 1, rest = ctr; rest > 0; i--, rest = Math.floor(rest / 256))
      mix(nonce, i, rest % 256);
  }
  return nonce;
}

function mix(nonce: Bytes, at: number, byte: number): void {
  nonce[at] = (nonce[at] as number) ^ byte;
}

/** The tag is 16 bytes, which is what AES-GCM makes where nothing is said. */
function gcm(salt: Bytes, ctr: Uint64, additionalData: Bytes): AesGcmParams {
  return { name: 'AES-GCM', iv: nonceOf(salt, ctr), additionalData };
}

function aad(header: Bytes, metadata: Bytes): Bytes {
  return metadata.length === 0 ? header : concat(header, metadata);
}
