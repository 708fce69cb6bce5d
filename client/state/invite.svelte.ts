// What an invite link led to: opened, looked at, joined. The payload is a secret and lives only as long as this object.
import { CryptoError } from '../../crypto/errors.ts';
import { decodeLink, type DecodedLink, type GroupSecret } from '../../crypto/invite/index.ts';
import { toBase64url } from '../../crypto/bytes.ts';
import { codeOf } from '../api/errors.ts';
import { lookBehindLimited, takeInvite } from '../groups/invites.ts';
import type { Invitation } from '../groups/joining.ts';
import type { Core } from './core.ts';
import type { Faces } from './faces.ts';
import { problemOf } from './problems.ts';
import type { InviteView } from './view.ts';

export class InviteModel {
  readonly #core: Pick<Core, 'groups' | 'knocking' | 'service'>;
  readonly #faces: Faces;
  readonly #link: DecodedLink | null;
  /** What a link that ends brought: using it again would be no use, and need the service once more. */
  #taken: GroupSecret | null = null;
  view: InviteView = $state.raw({ phase: 'opening' });

  constructor(core: Pick<Core, 'groups' | 'knocking' | 'service'>, faces: Faces, payload: string) {
    this.#core = core;
    this.#faces = faces;
    this.#link = decoded(payload);
    if (!this.#link) this.view = { phase: 'damaged' };
  }

  /** The group's id, if the link is whole. */
  get groupId(): string | null {
    if (!this.#link) return null;
    const { groupId } = this.#link.kind === 'whole' ? this.#link.secret : this.#link.invite;
    return toBase64url(groupId);
  }

  /** Of the secret in the link; 0 where there is none, or it is damaged. */
  get secretVersion(): number {
    return this.#link?.kind === 'whole' ? this.#link.secret.version : 0;
  }

  /** Looks at the group behind the link. Never throws. */
  async open(): Promise<void> {
    if (!this.#link) return;
    this.view = { phase: 'opening' };
    try {
      const { face, picture, ...group } = await this.#preview(this.#link);
      this.view = { phase: 'ready', ...group, face: this.#faces.behindLink(face, picture) };
    } catch (error) {
      this.view = this.#refused(error, () => void this.open());
    }
  }

  /** Joins, or asks to be let in; the id of the group one is in or waits for now, or null and the view says why not. */
  async join(myName: string): Promise<string | null> {
    const before = this.view;
    if (!this.#link || before.phase !== 'ready') return null;
    this.view = { ...before, phase: 'joining' };
    try {
      await this.#core.knocking.join(await this.#secretOf(this.#link), {
        myName,
        groupName: before.groupName,
      });
      return this.groupId;
    } catch (error) {
      if (error instanceof RangeError) {
        this.view = before;
        throw error;
      }
      this.view = this.#refused(error, () => {
        this.view = before;
      });
      return null;
    }
  }

  #preview(link: DecodedLink): Promise<Invitation> {
    const { groups, service } = this.#core;
    return link.kind === 'whole' ? groups.preview(link.secret) : lookBehindLimited(service, link.invite);
  }

  async #secretOf(link: DecodedLink): Promise<GroupSecret> {
    if (link.kind === 'whole') return link.secret;
    return (this.#taken ??= await takeInvite(this.#core.service, link.invite));
  }

  #refused(error: unknown, retry: () => void): InviteView {
    const code = codeOf(error);
    if (code === 'group_not_found') return { phase: 'unknown' };
    if (code === 'removed_from_group') return { phase: 'removed' };
    if (code === 'invite_expired') return { phase: 'expired' };
    if (code === 'invite_used_up') return { phase: 'usedUp' };
    if (code === 'invite_revoked') return { phase: 'revoked' };
    return { phase: 'failed', problem: problemOf(error, retry) };
  }
}

function decoded(payload: string): DecodedLink | null {
  try {
    return decodeLink(payload);
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
