// What is sent to found, join and change a group (docs/service.md), and its spelling on the wire. service.ts sends it.
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';

/** A member statement as it is sent (docs/service.md `MemberRecord`). */
export interface NewMember {
  readonly identity: Bytes;
  readonly inboxKey: Bytes;
  readonly mac: Bytes;
  readonly signature: Bytes;
  readonly sealedName: Bytes;
}

export interface NewGroup {
  readonly groupId: Bytes;
  readonly nonce: Bytes;
  readonly secretVersion: number;
  readonly door: Bytes;
  readonly sealedName: Bytes;
  readonly member: NewMember;
}

/** Changes of a group, in order (G8), and what a rotation among them brings (G13, G14). */
export interface NewChange {
  readonly after: number;
  readonly entries: readonly Bytes[];
  readonly rotation: NewRotation | null;
}

export interface NewRotation {
  readonly shares: readonly {
    readonly identity: Bytes;
    readonly sealedSecret: Bytes;
    readonly carriedMac: Bytes;
  }[];
  readonly previousSeal: Bytes;
  /** The group's name, under the new secret. */
  readonly sealedName: Bytes;
}

/** Field by field, like every body here: nothing that happens to be on an object may travel along. */
export function memberBody({ identity, inboxKey, mac, signature, sealedName }: NewMember): object {
  return {
    identity: toBase64url(identity),
    inboxKey: toBase64url(inboxKey),
    mac: toBase64url(mac),
    signature: toBase64url(signature),
    sealedName: toBase64url(sealedName),
  };
}

export function rotationBody({ shares, previousSeal, sealedName }: NewRotation): object {
  return {
    shares: shares.map(({ identity, sealedSecret, carriedMac }) => ({
      identity: toBase64url(identity),
      sealedSecret: toBase64url(sealedSecret),
      carriedMac: toBase64url(carriedMac),
    })),
    previousSeal: toBase64url(previousSeal),
    sealedName: toBase64url(sealedName),
  };
}
