// What a member is called and shows (protocol.md G18): sealed for the group, signed by who it is of, with a revision that only goes up.
// So neither the service nor another member can put another name or face in its place, or an older one, unseen. members.ts asks.
import { equal, type Bytes } from '../bytes.ts';
import { CryptoError, type CryptoErrorCode } from '../errors.ts';
import { profileHash, profileStatement, type Identity } from '../identity/index.ts';
import { openFace, openText, sealFace, sealText, type Face, type GroupKeys } from '../invite/index.ts';
import type { Prover } from './proofs.ts';
import type { ListedProfile, SignedProfile } from './record.ts';

export interface Profile {
  readonly name: string;
  readonly face: Face;
  /** 0 where it is signed by nobody: of who joined before profiles were signed. */
  readonly revision: number;
}

/** Whose profile it is, and the `seal` keys by version. */
export interface ProfilePlace {
  readonly groupId: Bytes;
  readonly identity: Bytes;
  readonly sealOf: (secretVersion: number) => Bytes | undefined;
  readonly prover: Pick<Prover, 'verify'>;
}

/** The profile that counts, and why the one that was told does not, where it does not. */
export interface JudgedProfile {
  readonly profile: Profile;
  /** As it was told or known. */
  readonly listed: ListedProfile;
  readonly refused: CryptoErrorCode | null;
}

/** Makes a profile of mine. Throws `RangeError` for a name or face that G7 or G20 does not take. */
export async function signProfile(
  identity: Identity,
  place: { readonly groupId: Bytes; readonly secretVersion: number; readonly keys: Pick<GroupKeys, 'seal'> },
  profile: Profile,
): Promise<ListedProfile & { readonly profile: SignedProfile }> {
  const { groupId, secretVersion, keys } = place;
  const { name, face, revision } = profile;
  const subject = identity.publicKey;
  const sealedName = sealText(keys, { groupId, what: 'memberName', subject }, name);
  const sealedFace = sealFace(keys, { groupId, what: 'memberFace', subject }, face);
  const hash = profileHash(sealedName, sealedFace);
  const statement = profileStatement({ groupId, identity: subject, revision, secretVersion, hash });
  const signature = await identity.sign(statement);
  return { sealedName, nameVersion: secretVersion, profile: { revision, sealedFace, signature } };
}

/**
 * What is told against what is `known`, which stays where that is signed and what is told is older, another one of the same revision, or
 * not good in itself. Throws `CryptoError` where nothing is known and what is told is not good.
 */
export async function judgeProfile(
  place: ProfilePlace,
  told: ListedProfile,
  known: ListedProfile | null,
): Promise<JudgedProfile> {
  const profile = await readOrRefuse(place, told, known);
  if (typeof profile !== 'string') return { profile, listed: told, refused: null };
  if (known === null) throw new CryptoError(profile, 'a profile that is not good');
  return { profile: await read(place, known), listed: known, refused: profile };
}

/** The told profile, or why it does not count. */
async function readOrRefuse(
  place: ProfilePlace,
  told: ListedProfile,
  known: ListedProfile | null,
): Promise<Profile | CryptoErrorCode> {
  if (known !== null && !isFollowing(known, told)) return 'wrong_version';
  try {
    return await read(place, told);
  } catch (error) {
    if (error instanceof CryptoError) return error.code;
    throw error;
  }
}

/** Whether a profile is later than the known one, or is that one. */
function isFollowing(known: ListedProfile, told: ListedProfile): boolean {
  const [before, now] = [known.profile?.revision ?? 0, told.profile?.revision ?? 0];
  if (known.profile === null || now !== before) return now >= before;
  return isSameProfile(known, told);
}

/** Whether two signed profiles say the same, in the same sealed bytes. */
export function isSameProfile(one: ListedProfile, other: ListedProfile): boolean {
  return (
    one.profile !== null &&
    other.profile !== null &&
    one.profile.revision === other.profile.revision &&
    one.nameVersion === other.nameVersion &&
    equal(one.sealedName, other.sealedName) &&
    equal(one.profile.sealedFace, other.profile.sealedFace)
  );
}

async function read(place: ProfilePlace, listed: ListedProfile): Promise<Profile> {
  const { groupId, identity } = place;
  const { sealedName, nameVersion, profile } = listed;
  const seal = place.sealOf(nameVersion);
  if (seal === undefined) throw new CryptoError('not_opened', 'a name under a key that is not here');
  const name = openText({ seal }, { groupId, what: 'memberName', subject: identity }, sealedName);
  if (profile === null) return { name, face: { kind: 'initials' }, revision: 0 };
  const face = openFace({ seal }, { groupId, what: 'memberFace', subject: identity }, profile.sealedFace);
  await checkSignature(place, listed);
  return { name, face, revision: profile.revision };
}

async function checkSignature(place: ProfilePlace, listed: ListedProfile): Promise<void> {
  const { groupId, identity, prover } = place;
  const { sealedName, nameVersion: secretVersion, profile } = listed;
  if (profile === null || !isRevision(profile.revision))
    throw new CryptoError('malformed', 'a profile without a revision');
  const hash = profileHash(sealedName, profile.sealedFace);
  const statement = profileStatement({ groupId, identity, revision: profile.revision, secretVersion, hash });
  if (!(await prover.verify(identity, statement, profile.signature)))
    throw new CryptoError('bad_signature', 'a profile that the identity did not sign');
}

function isRevision(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value < 2 ** 32;
}
