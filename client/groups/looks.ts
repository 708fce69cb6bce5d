// How I and my groups are called and look, changed by me: my own profile, which I sign (G18), and the group's, which its owner and admins
// sign in the history (G19). Others see it with the next event. groups.ts has the groups, pictures.ts the pictures.
import { equal, toHex, type Bytes } from '../../crypto/bytes.ts';
import { signProfile } from '../../crypto/group/index.ts';
import { sealPicture, type Face } from '../../crypto/invite/index.ts';
import { ApiError } from '../api/errors.ts';
import type { Group } from './group.ts';
import type { Groups, GroupsParts } from './groups.ts';
import { Pictures } from './pictures.ts';
import { initials } from './profiles.ts';
import { nextRevision } from './statements.ts';

/** A face that is wished for; `keep`: the one of now. */
export type NewFace =
  | Exclude<Face, { kind: 'picture' }>
  | { readonly kind: 'keep' }
  /** Of an image file that this device made: WebP or JPEG, without what it does not show. */
  | { readonly kind: 'picture'; readonly bytes: Bytes };

export interface NewLook {
  readonly name: string;
  readonly face: NewFace;
}

export class Looks {
  readonly pictures: Pictures;
  readonly #groups: Groups;
  readonly #parts: GroupsParts;

  constructor(groups: Groups, parts: GroupsParts) {
    this.#groups = groups;
    this.#parts = parts;
    this.pictures = new Pictures(parts.service, parts.store);
  }

  /** Shows me to this group as `look` from now on. Throws `ApiError`, `RangeError` for what G7 or G20 does not take. */
  async showMe(id: string, look: NewLook): Promise<void> {
    if (this.#groups.get(id)?.isFresh === false) await this.#groups.refresh(id);
    const sealed = await this.#setMine(id, look).catch(async (error: unknown) => {
      if (!(error instanceof ApiError) || error.code !== 'profile_outdated') throw error;
      // Another device of mine was there, of which this one has not heard.
      await this.#groups.refresh(id);
      return this.#setMine(id, look);
    });
    await this.#groups.refresh(id);
    await this.#keep(id, sealed);
  }

  /** Shows the group itself as `look` from now on. Throws as `Groups.change` does, and `RangeError`. */
  async showGroup(id: string, look: NewLook): Promise<void> {
    const group = this.#groups.get(id);
    if (!group) return;
    const { face, picture } = faceFor(group, group.face, look.face);
    await this.#groups.change(id, { kind: 'profile', name: look.name, face, picture });
    await this.#keep(id, picture ?? null);
  }

  async #keep(id: string, sealed: Bytes | null): Promise<void> {
    const group = this.#groups.get(id);
    if (group) await this.pictures.keep(group, sealed);
  }

  /** Gives the sealed picture, where there is a new one. */
  async #setMine(id: string, look: NewLook): Promise<Bytes | null> {
    const group = this.#groups.get(id);
    if (!group) return null;
    const { service, device, clock } = this.#parts;
    const me = device.identity.publicKey;
    const { groupId, version: secretVersion } = group.secret;
    const present = group.members.find(({ identity }) => equal(identity, me));
    const { face, picture } = faceFor(group, present?.face ?? initials, look.face);
    const known = group.profiles.get(toHex(me))?.profile?.revision ?? 0;
    const revision = nextRevision(known, clock.today());
    const place = { groupId, secretVersion, keys: group.keys };
    const signed = await signProfile(device.identity, place, { name: look.name, face, revision });
    await service.setProfile(groupId, { ...signed, picture });
    return picture ?? null;
  }
}

/** The face, and its picture as it is sent: sealed, null to take away the one that is there, undefined to leave it. */
function faceFor(
  group: Group,
  present: Face,
  wished: NewFace,
): { readonly face: Face; readonly picture: Bytes | null | undefined } {
  switch (wished.kind) {
    case 'keep':
      return { face: present, picture: undefined };
    case 'picture': {
      const { face, sealed } = sealPicture(group.secret.groupId, wished.bytes);
      return { face, picture: sealed };
    }
    case 'initials':
    case 'emoji':
      return { face: wished, picture: null };
  }
}
