// What stands behind `#/join/` in an invite link (protocol.md G3):
// `u8(1) ‖ groupId (16) ‖ u32(version) ‖ S (32) ‖ check (4)` in base64url. The check catches links cut or changed on
// their way; it proves nothing about who made them. Taking it out of the address bar is the client's part.
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, fromBase64url, Reader, toBase64url, uint, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { checked, firstVersion, secretBytes, type GroupSecret } from './secret.ts';

const linkVersion = 1;
const checkBytes = 4;
const linkBytes = 1 + 16 + 4 + secretBytes + checkBytes;

/** The payload of the invite link: 76 characters of base64url. It is the group secret: treat it as one. */
export function encodeInvite(secret: GroupSecret): string {
  const { groupId, version, secret: value } = checked(secret);
  const body = concat(uint(linkVersion, 1), groupId, uint(version, 4), value);
  return toBase64url(concat(body, checkOf(body)));
}

/** The secret of a payload. Throws `CryptoError('malformed')` where the link is damaged or of another version. */
export function decodeInvite(payload: string): GroupSecret {
  const bytes = fromBase64url(payload, linkBytes);
  const body = bytes.subarray(0, linkBytes - checkBytes);
  if (!equal(checkOf(body), bytes.subarray(linkBytes - checkBytes))) {
    throw new CryptoError('malformed', 'the check of the invite link does not match');
  }
  const reader = new Reader(body);
  if (reader.uint(1) !== linkVersion) throw new CryptoError('malformed', 'invite link of another version');
  const secret = { groupId: reader.take(16), version: reader.uint(4), secret: reader.take(secretBytes) };
  reader.end();
  if (secret.version < firstVersion)
    throw new CryptoError('malformed', 'invite link with version 0 of the secret');
  return secret;
}

function checkOf(body: Uint8Array): Bytes {
  return sha256(body).slice(0, checkBytes);
}
