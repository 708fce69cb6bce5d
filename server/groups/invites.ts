// Invite links that end (G16): made by members, who seal the group's secret for who has the link; handed out so often and so long. Who was
// handed the secret joins or knocks with its door like anybody (service.ts), and keeps it.
import { fromBase64url } from '../../crypto/bytes.ts';
import { isOut } from '../../crypto/group/history/index.ts';
import { AppError } from '../errors.ts';
import type { InviteRefusal, InviteRow, Store } from '../store/store.ts';
import { hashDoor } from './doors.ts';
import type { InvitePreviewShape, InvitesShape, NewInviteShape, TakenInviteShape } from './invite-schema.ts';
import { isAdmin, outsiderError } from './standing.ts';
import { goneOf, stateOf } from './state.ts';

export const invitesPerGroup = 50;
/** So long it is known that a link has expired, was used up or revoked. */
export const rememberedMs = 7 * 24 * 3_600_000;

export class InviteService {
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Throws `group_not_found`, `not_admitted`, `history_conflict` (the secret is another by now), `too_many_invites`. */
  async make(
    groupId: string,
    caller: string,
    wish: NewInviteShape,
  ): Promise<{ isNew: boolean; list: InvitesShape }> {
    const { door, lifetimeMs, ...rest } = wish;
    const nowMs = this.#now();
    const outcome = await this.#store.invites.make({
      ...{ ...rest, groupId, doorHash: nameOf(door), madeBy: caller, most: invitesPerGroup },
      ...{ madeAtMs: nowMs, expiresAtMs: nowMs + lifetimeMs },
    });
    if (outcome === 'not_member') throw await this.#outsider(groupId, caller);
    if (outcome === 'moved') throw new AppError('history_conflict');
    if (outcome === 'too_many') throw new AppError('too_many_invites');
    return { isNew: outcome === 'made', list: await this.list(groupId, caller) };
  }

  async list(groupId: string, caller: string): Promise<InvitesShape> {
    if (!(await this.#store.groups.isMember(groupId, caller))) throw await this.#outsider(groupId, caller);
    const rows = await this.#store.invites.list(groupId, this.#now());
    return { invites: rows.map(({ doorHash: inviteId, sealedName: _, ...row }) => ({ ...row, inviteId })) };
  }

  /** One's own, or anybody's for owner and admins. Fine where there is none. */
  async revoke(groupId: string, caller: string, inviteId: string): Promise<void> {
    const group = await this.#store.groups.folded(groupId);
    if (!group || !(await this.#store.groups.isMember(groupId, caller)))
      throw await this.#outsider(groupId, caller);
    const isAnybodys = isAdmin(group, caller);
    const isRevoked = await this.#store.invites.revoke(groupId, inviteId, isAnybodys ? null : caller);
    if (isRevoked || isAnybodys) return;
    const row = await this.#store.invites.find(groupId, inviteId, this.#now());
    if (typeof row === 'object') throw new AppError('not_allowed');
  }

  /** What who has the link sees before they use it. Nothing is counted. */
  async preview(groupId: string, door: string): Promise<InvitePreviewShape> {
    const row = await this.#open(groupId, door);
    const group = await this.#store.groups.folded(groupId);
    if (!group) throw new AppError('group_not_found');
    const { owner, nonce, secretVersion } = group;
    const { admission } = stateOf(group).policy;
    const memberCount = await this.#store.groups.memberCount(groupId);
    const { sealedName, expiresAtMs } = row;
    return { groupId, owner, nonce, secretVersion, sealedName, memberCount, admission, expiresAtMs };
  }

  /** Hands out the group's sealed secret, and counts the caller, once. Who is banned is not. Throws as `preview` does. */
  async take(groupId: string, caller: string, door: string): Promise<TakenInviteShape> {
    const group = await this.#store.groups.folded(groupId);
    if (group) {
      const who = fromBase64url(caller);
      const state = stateOf(group);
      if (goneOf(state, who) !== 'left' && isOut(state, who)) {
        await this.#open(groupId, door);
        throw new AppError('removed_from_group');
      }
    }
    const wish = { groupId, doorHash: nameOf(door), identity: caller, nowMs: this.#now() };
    const taken = await this.#store.invites.take(wish);
    if (typeof taken === 'string') throw refusalError(taken);
    return taken;
  }

  async #open(groupId: string, door: string): Promise<InviteRow> {
    const row = await this.#store.invites.find(groupId, nameOf(door), this.#now());
    if (typeof row === 'string') throw refusalError(row);
    return row;
  }

  #outsider(groupId: string, identity: string): Promise<AppError> {
    return outsiderError(this.#store, { groupId, identity, nowMs: this.#now() });
  }
}

function nameOf(door: string): string {
  return hashDoor(door).toString('base64url');
}

function refusalError(refusal: InviteRefusal): AppError {
  return new AppError(refusal === 'none' ? 'group_not_found' : `invite_${refusal}`);
}
