// The dialog that invites into a group, as far as it is about links that end (G16): those that there are, a new one, one taken back.
// app.svelte.ts opens it; client/groups/invites.ts does the work.
import { equal, fromBase64url } from '../../crypto/bytes.ts';
import { rankOf } from '../../crypto/group/history/index.ts';
import { inviteKey, listInvites, makeInvite, type InviteWish, type OpenInvite } from '../groups/invites.ts';
import type { Core } from './core.ts';
import { problemOf } from './problems.ts';
import type { InvitesView, Problem } from './view.ts';

const adminRank = 2;

type Parts = Pick<Core, 'service' | 'groups' | 'device'>;

export class InvitesModel {
  readonly groupId: string;
  readonly #core: Parts;
  readonly #linkOf: (payload: string) => string;
  #links: readonly OpenInvite[] = $state.raw([]);
  #newest: string | null = $state(null);
  #work: InvitesView['work'] = $state('loading');
  #problem: Problem | null = $state.raw(null);

  readonly view: InvitesView = $derived.by(() => ({
    groupId: this.groupId,
    links: this.#links.map((one) => ({
      ...{ id: inviteKey(one), link: this.#linkOf(one.payload) },
      ...{ expiresAtMs: one.expiresAtMs, uses: one.uses, used: one.used },
      canRevoke: this.#canRevoke(one),
      isNew: one.payload === this.#newest,
    })),
    work: this.#work,
    problem: this.#problem,
  }));

  constructor(core: Parts, groupId: string, linkOf: (payload: string) => string) {
    this.#core = core;
    this.groupId = groupId;
    this.#linkOf = linkOf;
  }

  load(): void {
    void this.#perform(
      'loading',
      () => Promise.resolve(),
      () => this.load(),
    );
  }

  make(wish: InviteWish): void {
    void this.#perform('making', async () => {
      this.#newest = await makeInvite(this.#core, this.groupId, wish);
    });
  }

  revoke(id: string): void {
    const { groups, service } = this.#core;
    const group = groups.get(this.groupId);
    if (!group) return;
    void this.#perform('revoking', () => service.invites.revoke(group.secret.groupId, fromBase64url(id, 32)));
  }

  /** The list is always the one of afterwards. Never throws. */
  async #perform(work: InvitesView['work'], act: () => Promise<unknown>, retry?: () => void): Promise<void> {
    if (this.#work !== 'idle' && work !== 'loading') return;
    this.#work = work;
    this.#problem = null;
    try {
      await act();
      this.#links = await listInvites(this.#core, this.groupId);
    } catch (error) {
      this.#problem = problemOf(error, retry);
    } finally {
      this.#work = 'idle';
    }
  }

  #canRevoke({ madeBy }: OpenInvite): boolean {
    const me = this.#core.device.identity.publicKey;
    const group = this.#core.groups.get(this.groupId);
    return equal(madeBy, me) || (group !== null && rankOf(group.state, me) >= adminRank);
  }
}
