// Where in the app I am: the address bar's route, or an invite link that was opened. What is to be seen there is app.svelte.ts.
import type { Group } from '../groups/group.ts';
import { isGone } from '../groups/deletion.ts';
import type { Route, Router } from '../router/router.ts';
import type { Core } from './core.ts';
import type { DoorModel } from './doors.svelte.ts';
import type { Faces } from './faces.ts';
import { InviteModel } from './invite.svelte.ts';

/** There once the store is open. */
export interface Ground {
  readonly core: Core;
  readonly faces: Faces;
  readonly doors: DoorModel;
}

export interface WhereaboutsParts {
  readonly router: Router;
  readonly ground: () => Ground | null;
  readonly groups: () => readonly Group[];
  /** What stood here is left. */
  readonly onLeave: () => void;
  readonly onArrive: (route: Route) => void;
}

export class Whereabouts {
  readonly #parts: WhereaboutsParts;
  #route: Route = $state.raw({ name: 'home' });
  #invite: InviteModel | null = $state.raw(null);

  constructor(parts: WhereaboutsParts) {
    this.#parts = parts;
    this.#route = parts.router.route;
    parts.router.listen({
      onRoute: (route) => this.arrive(route),
      onInvite: (payload) => this.openInvite(payload),
    });
  }

  /** The link that is opened, until it has led somewhere. */
  get invite(): InviteModel | null {
    return this.#invite;
  }

  /** The group of the address, mine or not. */
  get groupId(): string | null {
    return this.#route.name === 'group' ? this.#route.groupId : null;
  }

  /** Whose page is open. */
  get shownId(): string | null {
    return this.#invite === null ? this.groupId : null;
  }

  /** Shows where the address bar says. */
  arriveFirst(): void {
    this.arrive(this.#route);
  }

  /** The browser's own buttons: shows a route that is in the address bar already. */
  arrive(route: Route): void {
    const { ground, groups, onLeave, onArrive } = this.#parts;
    this.#invite = null;
    onLeave();
    this.#route = route;
    const doors = ground()?.doors;
    const isKnown =
      route.name === 'group' && (this.#group(route.groupId) ?? doors?.waitingFor(route.groupId));
    const first = groups()[0] ?? doors?.waiting[0];
    if (route.name !== 'new' && !isKnown && first) this.toGroup(first.id, { replaces: true });
    else onArrive(route);
  }

  show(route: Route, options: { readonly replaces?: boolean } = {}): void {
    this.#parts.router.go(route, options);
    this.arrive(route);
  }

  toGroup(groupId: string, options: { readonly replaces?: boolean } = {}): void {
    this.show({ name: 'group', groupId }, options);
  }

  /** What was open is gone. */
  home(): void {
    this.show({ name: 'home' }, { replaces: true });
  }

  openInvite(payload: string): void {
    const ground = this.#parts.ground();
    if (!ground) return;
    const { core, faces } = ground;
    const invite = new InviteModel(core, faces, payload);
    const { groupId, secretVersion } = invite;
    const group = groupId === null ? null : this.#group(groupId);
    // A link of a later secret than mine: the group has gone on, with me or without me.
    if (group && group.problem === null && secretVersion > group.secret.version) {
      this.#invite = invite;
      void core.groups.refresh(group.id).then(() => this.#invite === invite && this.#lead(invite, ground));
      return;
    }
    this.#lead(invite, ground);
  }

  /** A link into a group I am in already leads there; into one that has let me go, it is a link like any other. */
  #lead(invite: InviteModel, { core, doors }: Ground): void {
    const { groupId } = invite;
    const group = groupId === null ? null : this.#group(groupId);
    if (group && groupId && !isGone(group)) {
      this.toGroup(groupId, { replaces: true });
      return;
    }
    // Nor is anything asked twice.
    if (groupId && doors.waitingFor(groupId)?.state === 'waiting') {
      this.toGroup(groupId, { replaces: true });
      void core.knocking.refresh(groupId).catch(() => undefined);
      return;
    }
    this.#invite = invite;
    void invite.open();
  }

  #group(id: string): Group | null {
    return this.#parts.groups().find((group) => group.id === id) ?? null;
  }
}
