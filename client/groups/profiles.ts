// What this device knows of how a group and its members are called and look (G18, G19): the latest that was signed, whatever the service
// shows next. group.ts asks when it checks a record; looks.ts changes what others see.
import { equal, toHex, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import type { GroupState, IdentityName } from '../../crypto/group/history/index.ts';
import type { ChainedKeys, ListedProfile, VerifiedMembers } from '../../crypto/group/index.ts';
import { profileHash } from '../../crypto/identity/index.ts';
import { openFace, openText, type Face, type GroupKeys } from '../../crypto/invite/index.ts';

export type KnownProfiles = ReadonlyMap<IdentityName, ListedProfile>;

/** What a group is called and shows. */
export interface Shown {
  readonly name: string;
  readonly face: Face;
}

export const initials: Face = { kind: 'initials' };

/** As the service keeps it of a group. */
export interface SealedProfile {
  readonly groupId: Bytes;
  readonly sealedName: Bytes;
  /** Null before the first change of the profile. */
  readonly sealedFace: Bytes | null;
}

/** Everybody's latest signed profile, also of who is not in the list now. */
export function withLatest(known: KnownProfiles, { profiles }: VerifiedMembers): KnownProfiles {
  return new Map([...known, ...profiles]);
}

/** Those of them that the record itself does not show. */
export function besideRecord(latest: KnownProfiles, verified: VerifiedMembers): KnownProfiles {
  const refused = new Set(verified.refusedProfiles.map(({ identity }) => toHex(identity)));
  return new Map([...latest].filter(([name]) => refused.has(name) || !verified.profiles.has(name)));
}

/** The group's name and face in a record; null where the history names others, or they do not open. */
export function groupProfileIn(
  state: GroupState,
  keys: Pick<ChainedKeys, 'seal'> | null,
  record: SealedProfile,
): Shown | null {
  if (state.profile === null) {
    const name = nameIn(keys, record);
    return name === null ? null : { name, face: initials };
  }
  const { sealedName, sealedFace } = record;
  if (sealedFace === null || !equal(profileHash(sealedName, sealedFace), state.profile)) return null;
  return openProfile(keys, record);
}

/** Name and face as they are sealed, vouched for by who holds the group's secret alone: before one has joined. */
export function openProfile(keys: Pick<GroupKeys, 'seal'> | null, record: SealedProfile): Shown | null {
  const name = nameIn(keys, record);
  const face = record.sealedFace === null ? initials : faceIn(keys, record.groupId, record.sealedFace);
  return name === null || face === null ? null : { name, face };
}

/** The name alone: a link that ends brings no face. */
export function nameIn(
  keys: Pick<GroupKeys, 'seal'> | null,
  { groupId, sealedName }: Pick<SealedProfile, 'groupId' | 'sealedName'>,
): string | null {
  const place = { groupId, what: 'groupName', subject: new Uint8Array(0) } as const;
  return keys && opened(() => openText(keys, place, sealedName));
}

function faceIn(keys: Pick<GroupKeys, 'seal'> | null, groupId: Bytes, sealedFace: Bytes): Face | null {
  const place = { groupId, what: 'groupFace', subject: new Uint8Array(0) } as const;
  return keys && opened(() => openFace(keys, place, sealedFace));
}

function opened<T>(open: () => T): T | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
