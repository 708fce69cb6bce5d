// The group secret and the keys derived from it (protocol.md G2). Who holds the invite link holds the secret; link.ts
// carries it, sealed-text.ts, envelope.ts, crypto/group and crypto/call use the derived keys.
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, random, uint, utf8, wipe, type Bytes } from '../bytes.ts';

export const secretBytes = 32;
export const firstVersion = 1;

/** The secret of a group in one version. */
export interface GroupSecret {
  /** 16 bytes (G1). */
  readonly groupId: Bytes;
  /** From 1, u32. */
  readonly version: number;
  /** 32 random bytes. */
  readonly secret: Bytes;
}

/** What G2 derives, 32 bytes each. */
export interface GroupKeys {
  /** Shown to the service by who wants in (G4). */
  readonly door: Bytes;
  /** Seals names (G7). */
  readonly seal: Bytes;
  /** MACs member statements (G5). */
  readonly member: Bytes;
  /** Seals handshake messages (E1). */
  readonly handshake: Bytes;
  /** Mixed into media keys (K1). */
  readonly media: Bytes;
}

/** A fresh secret for a new group, version 1. */
export function createGroupSecret(groupId: Bytes): GroupSecret {
  return checked({ groupId, version: firstVersion, secret: random(secretBytes) });
}

/** The keys of a secret (G2). Throws `RangeError` where the secret has wrong lengths or version 0. */
export function deriveGroupKeys(secret: GroupSecret): GroupKeys {
  const { groupId, version, secret: ikm } = checked(secret);
  const derive = (name: string): Bytes =>
    hkdf(sha256, ikm, groupId, concat(utf8(`Aparté/1 ${name} `), uint(version, 4)), 32);
  return {
    door: derive('door'),
    seal: derive('seal'),
    member: derive('member'),
    handshake: derive('handshake'),
    media: derive('media'),
  };
}

/** Wipes keys that are no longer needed. */
export function wipeGroupKeys(keys: GroupKeys): void {
  wipe(keys.door, keys.seal, keys.member, keys.handshake, keys.media);
}

/** The same secret if its lengths and version are right. Throws `RangeError`: a secret never comes from outside unchecked. */
export function checked(secret: GroupSecret): GroupSecret {
  if (secret.groupId.length !== 16)
    throw new RangeError(`groupId must be 16 bytes, got ${secret.groupId.length}`);
  if (secret.secret.length !== secretBytes) {
    throw new RangeError(`secret must be ${secretBytes} bytes, got ${secret.secret.length}`);
  }
  if (secret.version < firstVersion) throw new RangeError(`version must be 1 or more, got ${secret.version}`);
  uint(secret.version, 4);
  return secret;
}
