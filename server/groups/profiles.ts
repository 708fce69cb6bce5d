// What members are called and show (G18, G20): the service checks the signature, keeps the later one, and opens nothing. The group's own
// name and face come with a change of the history (history.ts).
import { createHash } from 'node:crypto';
import { fromBase64url } from '../../crypto/bytes.ts';
import { profileHash, profileStatement } from '../../crypto/identity/statements.ts';
import { verify } from '../../crypto/identity/verify.ts';
import { AppError } from '../errors.ts';
import type { NewPicture, ProfileRow, Store } from '../store/store.ts';
import type { SetProfileShape } from './profile-schema.ts';
import type { MemberRecordShape, SignedProfileShape } from './schema.ts';
import type { GroupListener } from './listener.ts';

export interface ProfileParts {
  readonly store: Store;
  readonly listener: Pick<GroupListener, 'changed'>;
}

export class ProfileService {
  readonly #store: Store;
  readonly #listener: ProfileParts['listener'];

  constructor({ store, listener }: ProfileParts) {
    this.#store = store;
    this.#listener = listener;
  }

  /** Throws `group_not_found` for who is no member (T5), `bad_signature`, `profile_outdated`. The same again changes nothing. */
  async set(caller: string, groupId: string, wish: SetProfileShape): Promise<void> {
    const group = await this.#store.groups.head(groupId);
    if (!group || !(await this.#store.groups.isMember(groupId, caller)))
      throw new AppError('group_not_found');
    if (wish.nameVersion > group.secretVersion) throw new AppError('invalid_request');
    const profile = await checkProfile({ groupId, identity: caller }, wish);
    const picture = pictureOf(wish.picture);
    const outcome = await this.#store.groups.setProfile({ groupId, identity: caller, profile, picture });
    if (outcome === 'not_member') throw new AppError('group_not_found');
    if (outcome === 'outdated') throw new AppError('profile_outdated');
    if (outcome === 'set') this.#listener.changed(groupId);
  }

  /** Throws `group_not_found` for who is no member, `not_found` where nobody shows such a picture now. */
  async picture(caller: string, groupId: string, hash: string): Promise<{ picture: string }> {
    const picture = await this.#store.groups.pictureAs(groupId, caller, hash);
    if (picture !== null) return { picture };
    const isMember = await this.#store.groups.isMember(groupId, caller);
    throw new AppError(isMember ? 'not_found' : 'group_not_found');
  }
}

/** The row of a profile that its identity signed. Throws `bad_signature`. */
export async function checkProfile(
  of: { readonly groupId: string; readonly identity: string },
  given: Pick<MemberRecordShape, 'sealedName' | 'profile'> & { readonly nameVersion: number },
): Promise<ProfileRow> {
  const { sealedName, nameVersion, profile } = given;
  const identity = fromBase64url(of.identity);
  const statement = profileStatement({
    groupId: fromBase64url(of.groupId),
    identity,
    revision: profile.revision,
    secretVersion: nameVersion,
    hash: profileHash(fromBase64url(sealedName), fromBase64url(profile.sealedFace)),
  });
  if (!(await verify(identity, statement, fromBase64url(profile.signature))))
    throw new AppError('bad_signature');
  return {
    ...{ sealedName, nameVersion, sealedFace: profile.sealedFace },
    ...{ profileRevision: profile.revision, profileSignature: profile.signature },
  };
}

/** A row of a member as others are shown it: with its profile, or none where it joined before there were any. */
export function shownMember<
  T extends Pick<ProfileRow, 'sealedFace' | 'profileRevision' | 'profileSignature'>,
>(
  row: T,
): Omit<T, 'sealedFace' | 'profileRevision' | 'profileSignature'> & { profile: SignedProfileShape | null } {
  const { sealedFace, profileRevision: revision, profileSignature: signature, ...rest } = row;
  const isSigned = sealedFace !== null && signature !== null;
  return { ...rest, profile: isSigned ? { revision, sealedFace, signature } : null };
}

/** With its hash, by which members ask for it. */
export function pictureOf(sealed: string | null | undefined): NewPicture {
  if (typeof sealed !== 'string') return sealed;
  return { sealed, hash: createHash('sha256').update(fromBase64url(sealed)).digest('base64url') };
}
