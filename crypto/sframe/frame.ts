// Sealing and opening one frame (RFC 9605 §4.4.3–4.4.4, F1): `header ‖ ciphertext ‖ tag`, AAD = header ‖ metadata. Aparté
// uses no metadata. Counters and replay are not kept here: see counter.ts and replay-window.ts.
import type { Bytes } from '../bytes.ts';
import { encodeHeader, fillUint, type Header, type Uint64 } from './header.ts';
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

/** `plaintext` sealed as frame `ctr` of this key. The caller answers for `ctr` never coming twice (K5). */
export async function seal(
  frameKey: FrameKey,
  { ctr, metadata = NONE }: FrameOptions,
  plaintext: Uint8Array,
): Promise<Sealed> {
  const header = encodeHeader(frameKey.kid, ctr);
  const params = gcm(frameKey.salt, ctr, aad(header, metadata));
  const body = new Uint8Array(await crypto.subtle.encrypt(params, frameKey.key, plaintext as Bytes));
  return { header, body };
}

/**
 * The plaintext of `sealed`, at whose front `header` was decoded; null if it does not open with this key. Whether the header
 * names this key is the caller's to check (F3). Never throws for bytes from outside (O3).
 */
export async function open(
  frameKey: FrameKey,
  header: Header & { readonly metadata?: Bytes },
  sealed: Uint8Array,
): Promise<Bytes | null> {
  if (sealed.length < header.length + tagBytes) return null;
  const bytes = sealed as Bytes;
  const additional = aad(bytes.subarray(0, header.length), header.metadata ?? NONE);
  const params = gcm(frameKey.salt, header.ctr, additional);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(params, frameKey.key, bytes.subarray(header.length)));
  } catch {
    return null;
  }
}

/** Nonce of a frame: salt XOR counter, big-endian (RFC 9605 §4.4.3). */
export function nonceOf(salt: Bytes, ctr: Uint64): Bytes {
  const nonce = new Uint8Array(nonceBytes);
  fillUint(nonce, ctr);
  for (let i = 0; i < nonceBytes; i++) nonce[i] = (nonce[i] as number) ^ (salt[i] as number);
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
