// What an invite link led to: opened, looked at, joined. The payload is a secret and lives only as long as this object.
import { CryptoError } from '../../crypto/errors.ts';
import { decodeInvite, type GroupSecret } from '../../crypto/invite/index.ts';
import { toBase64url } from '../../crypto/bytes.ts';
import { codeOf } from '../api/errors.ts';
import type { Core } from './core.ts';
import type { Faces } from './faces.ts';
import { problemOf } from './problems.ts';
import type { InviteView } from './view.ts';

export class InviteModel {
  readonly #core: Pick<Core, 'groups' | 'knocking'>;
  readonly #faces: Faces;
  readonly #secret: GroupSecret | null;
  view: InviteView = $state.raw({ phase: 'opening' });

  constructor(core: Pick<Core, 'groups' | 'knocking'>, faces: Faces, payload: string) {
    this.#core = core;
    this.#faces = faces;
    this.#secret = decoded(payload);
    if (!this.#secret) this.view = { phase: 'damaged' };
  }

  /** The group's id, if the link is whole. */
  get groupId(): string | null {
    return this.#secret && toBase64url(this.#secret.groupId);
  }

  /** Of the secret in the link; 0 where it is damaged. */
  get secretVersion(): number {
    return this.#secret?.version ?? 0;
  }

  /** Looks at the group behind the link. Never throws. */
  async open(): Promise<void> {
    if (!this.#secret) return;
    this.view = { phase: 'opening' };
    try {
      const { face, picture, ...group } = await this.#core.groups.preview(this.#secret);
      this.view = { phase: 'ready', ...group, face: this.#faces.behindLink(face, picture) };
    } catch (error) {
      this.view = this.#refused(error, () => void this.open());
    }
  }

  /** Joins, or asks to be let in; the id of the group one is in or waits for now, or null and the view says why not. */
  async join(myName: string): Promise<string | null> {
    const before = this.view;
    if (!this.#secret || before.phase !== 'ready') return null;
    this.view = { ...before, phase: 'joining' };
    try {
      await this.#core.knocking.join(this.#secret, { myName, groupName: before.groupName });
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

  #refused(error: unknown, retry: () => void): InviteView {
    const code = codeOf(error);
    if (code === 'group_not_found') return { phase: 'unknown' };
    if (code === 'removed_from_group') return { phase: 'removed' };
    return { phase: 'failed', problem: problemOf(error, retry) };
  }
}

function decoded(payload: string): GroupSecret | null {
  try {
    return decodeInvite(payload);
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}
