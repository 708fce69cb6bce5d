// Members as the service lists them (docs/service.md, `Member`), their base64url already turned into bytes by the client.
// Nothing in it is believed: members.ts says what counts.
import type { Bytes } from '../bytes.ts';

/** One entry of the member list: unverified. */
export interface MemberRecord {
  /** Ed25519 public key, 32 bytes. */
  readonly identity: Bytes;
  /** X25519 public key, 32 bytes. */
  readonly inboxKey: Bytes;
  /** G5, 32 bytes. */
  readonly mac: Bytes;
  /** Of the `member` statement, 64 bytes. */
  readonly signature: Bytes;
  /** The service's word, signed by nobody: for the order on the screen only. */
  readonly joinedAtMs: number;
}

/** How somebody is called and looks (G18): unverified. */
export interface ListedProfile {
  /** G7. */
  readonly sealedName: Bytes;
  /** The version of the secret that name and face are sealed under. */
  readonly nameVersion: number;
  /** Null for who joined before profiles were signed. */
  readonly profile: SignedProfile | null;
}

export interface SignedProfile {
  /** From 1, u32. */
  readonly revision: number;
  /** G20. */
  readonly sealedFace: Bytes;
  /** Of the `profile` statement, 64 bytes. */
  readonly signature: Bytes;
}

/** One entry of the list of members of a group with a history (G12): unverified. */
export interface ListedMember extends MemberRecord, ListedProfile {
  /** The version of the secret that `mac` and `signature` are made for. */
  readonly secretVersion: number;
  /** G12, 32 bytes; null where `secretVersion` is the one in force. */
  readonly carriedMac: Bytes | null;
}
