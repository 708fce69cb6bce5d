// What is sent to found, join and change a group (docs/service.md), and its spelling on the wire. service.ts sends it.
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';

/** A member statement as it is sent (docs/service.md `MemberRecord`). */
export interface NewMember {
  readonly identity: Bytes;
  readonly inboxKey: Bytes;
  readonly mac: Bytes;
  readonly signature: Bytes;
  readonly sealedName: Bytes;
  readonly profile: SignedProfile;
}

/** G18, without the name. */
export interface SignedProfile {
  readonly revision: number;
  readonly sealedFace: Bytes;
  readonly signature: Bytes;
}

/** How I am called and look from now on. */
export interface NewProfile {
  readonly sealedName: Bytes;
  readonly nameVersion: number;
  readonly profile: SignedProfile;
  /** Sealed; null takes away the one that is there, undefined leaves it. */
  readonly picture: Bytes | null | undefined;
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
  /** What an entry `profile` among them has the hash of (G19). */
  readonly profile: NewGroupProfile | null;
}

export interface NewGroupProfile {
  readonly sealedName: Bytes;
  readonly sealedFace: Bytes;
  readonly picture: Bytes | null | undefined;
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
export function memberBody({ identity, inboxKey, mac, signature, sealedName, profile }: NewMember): object {
  return {
    identity: toBase64url(identity),
    inboxKey: toBase64url(inboxKey),
    mac: toBase64url(mac),
    signature: toBase64url(signature),
    sealedName: toBase64url(sealedName),
    profile: signedBody(profile),
  };
}

export function profileBody({ sealedName, nameVersion, profile, picture }: NewProfile): object {
  return {
    ...{ sealedName: toBase64url(sealedName), nameVersion, profile: signedBody(profile) },
    ...pictureBody(picture),
  };
}

export function groupProfileBody({ sealedName, sealedFace, picture }: NewGroupProfile): object {
  return {
    ...{ sealedName: toBase64url(sealedName), sealedFace: toBase64url(sealedFace) },
    ...pictureBody(picture),
  };
}

function signedBody({ revision, sealedFace, signature }: SignedProfile): object {
  return { revision, sealedFace: toBase64url(sealedFace), signature: toBase64url(signature) };
}

function pictureBody(picture: Bytes | null | undefined): object {
  return picture === undefined ? {} : { picture: picture && toBase64url(picture) };
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
