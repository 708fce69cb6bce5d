// Sealing and opening one frame (RFC 9605 §4.4.3–4.4.4, F1): `header ‖ ciphertext ‖ tag`, AAD = header ‖ metadata. Aparté
// uses no metadata. Counters and replay are not kept here: see counter.ts and replay-window.ts.
import type { Bytes } from '../bytes.ts';
import { encodeHeader, type Header, type Uint64 } from './header.ts';
import { nonceBytes, tagBytes, type FrameKey } from './key-schedule.ts';

const NONE = new Uint8Array(0);

/**
 * `plaintext` sealed as frame `ctr` of this key. The caller answers for `ctr` never coming twice (K5).
 * The result is `header ‖ ciphertext ‖ tag (16)`.
 */
export async function seal(
  frameKey: FrameKey,
  ctr: Uint64,
  plaintext: Uint8Array,
  metadata: Bytes = NONE,
): Promise<Bytes> {
  const header = encodeHeader(frameKey.kid, ctr);
  const params = gcm(frameKey.salt, ctr, aad(header, metadata));
  const sealed = await crypto.subtle.encrypt(params, frameKey.key, plaintext as Bytes);
  const out = new Uint8Array(header.length + sealed.byteLength);
  out.set(header);
  out.set(new Uint8Array(sealed), header.length);
  return out;
}

/**
 * The plaintext of `sealed`, whose header was decoded as `header` and names this key; null if it does not open.
 * Never throws for bytes from outside (O3).
 */
export async function open(
  frameKey: FrameKey,
  header: Header,
  sealed: Uint8Array,
  metadata: Bytes = NONE,
): Promise<Bytes | null> {
  if (sealed.length < header.length + tagBytes) return null;
  const bytes = sealed as Bytes;
  const params = gcm(frameKey.salt, header.ctr, aad(bytes.subarray(0, header.length), metadata));
  try {
    return new Uint8Array(await crypto.subtle.decrypt(params, frameKey.key, bytes.subarray(header.length)));
  } catch {
    return null;
  }
}

/** Nonce of a frame: salt XOR counter, big-endian (RFC 9605 §4.4.3). */
export function nonceOf(salt: Bytes, ctr: Uint64): Bytes {
  const nonce = salt.slice();
  if (typeof ctr === 'bigint') {
    for (let i = nonceBytes - 1, rest = ctr; rest > 0n; i--, rest >>= 8n) nonce[i]! ^= Number(rest & 255n);
  } else {
    for (let i = nonceBytes - 1, rest = ctr; rest > 0; i--, rest = Math.floor(rest / 256))
      nonce[i]! ^= rest % 256;
  }
  return nonce;
}

function gcm(salt: Bytes, ctr: Uint64, additionalData: Bytes): AesGcmParams {
  return { name: 'AES-GCM', iv: nonceOf(salt, ctr), additionalData, tagLength: tagBytes * 8 };
}

function aad(header: Bytes, metadata: Bytes): Bytes {
  if (metadata.length === 0) return header;
  const out = new Uint8Array(header.length + metadata.length);
  out.set(header);
  out.set(metadata, header.length);
  return out;
}
