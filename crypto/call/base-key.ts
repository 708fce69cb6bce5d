// From an MLS epoch to the SFrame base key of that epoch (protocol.md K1). The group secret's media key is mixed in, so
// that MLS alone, or the group secret alone, opens no frame. crypto/sframe derives every sender's key from the result.
import { extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../bytes.ts';

/** Label and length of the MLS exporter (RFC 9605 §5.2); the context is empty. */
export const baseKeyExport = { label: 'SFrame 1.0 Base Key', bytes: 32 } as const;

/** `HKDF-Extract(salt = media key, ikm = exported)`, 32 bytes. Both inputs are 32 bytes and stay the caller's to wipe. */
export function deriveBaseKey(mediaKey: Bytes, exported: Bytes): Bytes {
  if (mediaKey.length !== 32) throw new RangeError(`mediaKey must be 32 bytes, got ${mediaKey.length}`);
  if (exported.length !== 32) throw new RangeError(`exported must be 32 bytes, got ${exported.length}`);
  return extract(sha256, exported, mediaKey);
}
