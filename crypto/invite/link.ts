// What stands behind `#/join/` in an invite link (protocol.md G3, G16), in base64url:
// `u8(1) ‖ groupId (16) ‖ u32(version) ‖ S (32) ‖ check (4)`, or `u8(2) ‖ groupId (16) ‖ secret of the link (32) ‖ check (4)`. The check catches links cut or changed on
// their way; it proves nothing about who made them. Taking it out of the address bar is the client's part.
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, fromBase64url, Reader, toBase64url, uint, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { LimitedInvite } from './limited.ts';
import { checked, firstVersion, secretBytes, type GroupSecret } from './secret.ts';

const linkVersion = 1;
const checkBytes = 4;
const linkBytes = 1 + 16 + 4 + secretBytes + checkBytes;
const limitedVersion = 2;
const limitedBytes = 1 + 16 + secretBytes + checkBytes;
const limitedCharacters = Math.ceil((limitedBytes * 4) / 3);

/** `whole`: the group's secret itself (G3). `limited`: one that ends (G16). */
export type DecodedLink =
  | { readonly kind: 'whole'; readonly secret: GroupSecret }
  | { readonly kind: 'limited'; readonly invite: LimitedInvite };

/** The payload of the invite link: 76 characters of base64url. It is the group secret: treat it as one. */
export function encodeInvite(secret: GroupSecret): string {
  const { groupId, version, secret: value } = checked(secret);
  return withCheck(concat(uint(linkVersion, 1), groupId, uint(version, 4), value));
}

/** The payload of a link that ends (G16): 71 characters. It opens the group for as long as the service lets it. */
export function encodeLimitedInvite({ groupId, secret }: LimitedInvite): string {
  return withCheck(concat(uint(limitedVersion, 1), groupId, secret));
}

/** What a payload means. Throws `CryptoError('malformed')` where the link is damaged or of another version. */
export function decodeLink(payload: string): DecodedLink {
  if (payload.length !== limitedCharacters) return { kind: 'whole', secret: decodeInvite(payload) };
  const reader = bodyOf(payload, limitedBytes, limitedVersion);
  const invite = { groupId: reader.take(16), secret: reader.take(secretBytes) };
  reader.end();
  return { kind: 'limited', invite };
}

/** The secret of a payload. Throws `CryptoError('malformed')` where the link is damaged or of another version. */
export function decodeInvite(payload: string): GroupSecret {
  const reader = bodyOf(payload, linkBytes, linkVersion);
  const secret = { groupId: reader.take(16), version: reader.uint(4), secret: reader.take(secretBytes) };
  reader.end();
  if (secret.version < firstVersion)
    throw new CryptoError('malformed', 'invite link with version 0 of the secret');
  return secret;
}

/** Behind the version, once length, check and version are right. */
function bodyOf(payload: string, length: number, version: number): Reader {
  const bytes = fromBase64url(payload, length);
  const body = bytes.subarray(0, length - checkBytes);
  if (!equal(checkOf(body), bytes.subarray(length - checkBytes))) {
    throw new CryptoError('malformed', 'the check of the invite link does not match');
  }
  const reader = new Reader(body);
  if (reader.uint(1) !== version) throw new CryptoError('malformed', 'invite link of another version');
  return reader;
}

function withCheck(body: Bytes): string {
  return toBase64url(concat(body, checkOf(body)));
}

function checkOf(body: Uint8Array): Bytes {
  return sha256(body).slice(0, checkBytes);
}
