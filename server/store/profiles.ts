// What members and groups are called and show, in the store (G18–G20): sealed names and faces in their rows, sealed pictures apart, one
// for each member and one for the group. groups.ts gives it to the service; history.ts sets the group's with the change that says so.
import type { Engine } from './engine.ts';
import type { GroupStore, NewGroupProfile, ProfileWish } from './group-store.ts';
import type { Tx } from './tables.ts';
import { bump } from './versions.ts';

/** Whose picture it is where it is the group's. No identity is like it. */
const theGroup = '';

export function profilesOf({
  db,
  atomically,
}: Engine): Pick<GroupStore, 'setProfile' | 'pictureAs' | 'pictureOfGroup'> {
  return {
    setProfile: (wish) => atomically(wish.groupId, (tx) => setProfile(tx, wish)),

    async pictureAs(groupId, identity, hash) {
      const row = await db
        .selectFrom('pictures')
        .innerJoin('members', 'members.group_id', 'pictures.group_id')
        .select('pictures.picture')
        .where('pictures.group_id', '=', groupId)
        .where('pictures.hash', '=', hash)
        .where('members.identity', '=', identity)
        .limit(1)
        .executeTakeFirst();
      return row?.picture ?? null;
    },

    async pictureOfGroup(groupId) {
      const row = await db
        .selectFrom('pictures')
        .select('picture')
        .where('group_id', '=', groupId)
        .where('subject', '=', theGroup)
        .executeTakeFirst();
      return row?.picture ?? null;
    },
  };
}

async function setProfile(tx: Tx, wish: ProfileWish): ReturnType<GroupStore['setProfile']> {
  const { groupId, identity, profile, picture } = wish;
  const row = await tx
    .selectFrom('members')
    .select(['sealed_name', 'sealed_face', 'profile_revision', 'name_version'])
    .where('group_id', '=', groupId)
    .where('identity', '=', identity)
    .executeTakeFirst();
  if (!row) return 'not_member';
  if (row.profile_revision > profile.profileRevision) return 'outdated';
  if (row.profile_revision === profile.profileRevision) {
    const isSame =
      row.sealed_name === profile.sealedName &&
      row.sealed_face === profile.sealedFace &&
      row.name_version === profile.nameVersion;
    return isSame ? 'same' : 'outdated';
  }
  await tx
    .updateTable('members')
    .set({
      sealed_name: profile.sealedName,
      sealed_face: profile.sealedFace,
      name_version: profile.nameVersion,
      profile_revision: profile.profileRevision,
      profile_signature: profile.profileSignature,
    })
    .where('group_id', '=', groupId)
    .where('identity', '=', identity)
    .execute();
  if (picture !== undefined) await putPicture(tx, { groupId, subject: identity, picture });
  await bump(tx, groupId);
  return 'set';
}

/** With the change of the history that has its hash, in one transaction. */
export async function setGroupProfile(tx: Tx, groupId: string, profile: NewGroupProfile): Promise<void> {
  await tx
    .updateTable('groups')
    .set({
      sealed_name: profile.sealedName,
      sealed_face: profile.sealedFace,
      name_version: profile.nameVersion,
    })
    .where('group_id', '=', groupId)
    .execute();
  if (profile.picture !== undefined)
    await putPicture(tx, { groupId, subject: theGroup, picture: profile.picture });
}

/** Of who is no member any more. */
export function dropPicture(tx: Tx, groupId: string, subject: string): Promise<unknown> {
  return tx.deleteFrom('pictures').where('group_id', '=', groupId).where('subject', '=', subject).execute();
}

async function putPicture(
  tx: Tx,
  { groupId, subject, picture }: { groupId: string; subject: string; picture: ProfileWish['picture'] },
): Promise<void> {
  await dropPicture(tx, groupId, subject);
  if (!picture) return;
  const row = { group_id: groupId, subject, hash: picture.hash, picture: picture.sealed };
  await tx.insertInto('pictures').values(row).execute();
}
