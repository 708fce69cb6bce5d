// Groups (G1, G4–G6, T5): who may make, see, enter and leave them. The service checks every signature itself and opens
// nothing: names are sealed, the door is kept as a hash. What a member's departure does to a running call is left to
// `server/calls`, through `GroupListener`.
import { createHash, timingSafeEqual } from 'node:crypto';
import { fromBase64url } from '../../crypto/bytes.ts';
import { leaveStatement, memberStatement, removalStatement } from '../../crypto/identity/statements.ts';
import { verify } from '../../crypto/identity/verify.ts';
import { checkGroupId } from '../../crypto/invite/group-id.ts';
import { AppError } from '../errors.ts';
import type { GroupHead, GroupLimits, LeftPlaces, MemberRow, Store } from '../store/store.ts';
import { summaryOf } from './events.ts';
import type {
  CreateGroupShape,
  GroupShape,
  MemberRecordShape,
  PreviewShape,
  RemoveMemberShape,
} from './schema.ts';

export const groupLimits: GroupLimits = { membersPerGroup: 1000, groupsPerIdentity: 200 };

/** Told after a change was stored. */
export interface GroupListener {
  changed(groupId: string): void;
  departed(groupId: string, identity: string, left: LeftPlaces | null): void;
}

export interface GroupParts {
  readonly store: Store;
  readonly now: () => number;
  readonly listener: GroupListener;
  readonly limits?: GroupLimits;
}

export class GroupService {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #listener: GroupListener;
  readonly #limits: GroupLimits;

  constructor(parts: GroupParts) {
    this.#store = parts.store;
    this.#now = parts.now;
    this.#listener = parts.listener;
    this.#limits = parts.limits ?? groupLimits;
  }

  /** `isNew` is false if the same owner made the same group before. */
  async create(owner: string, wish: CreateGroupShape): Promise<{ isNew: boolean; group: GroupShape }> {
    const { groupId, nonce, secretVersion, sealedName, member } = wish;
    if (member.identity !== owner) throw new AppError('not_allowed');
    if (!checkGroupId(fromBase64url(groupId), fromBase64url(owner), fromBase64url(nonce))) {
      throw new AppError('invalid_request');
    }
    await checkMember({ groupId, secretVersion }, member);
    const head = {
      groupId,
      owner,
      nonce,
      secretVersion,
      sealedName,
      doorHash: hashDoor(wish.door).toString('base64url'),
    };
    const outcome = await this.#store.groups.create(head, this.#memberRow(member), this.#limits);
    if (outcome === 'exists') throw new AppError('group_exists');
    if (outcome === 'too_many_groups') throw new AppError('too_many_groups');
    if (outcome === 'created') this.#listener.changed(groupId);
    return { isNew: outcome === 'created', group: await this.read(groupId, owner) };
  }

  async preview(groupId: string, door: string): Promise<PreviewShape> {
    const { owner, nonce, secretVersion, sealedName } = await this.#openDoor(groupId, door);
    const memberCount = await this.#store.groups.memberCount(groupId);
    return { groupId, owner, nonce, secretVersion, sealedName, memberCount };
  }

  /** `isNew` is false if the caller is a member already; then nothing changes. */
  async join(caller: string, groupId: string, wish: { door: string; member: MemberRecordShape }) {
    const head = await this.#openDoor(groupId, wish.door);
    if (wish.member.identity !== caller) throw new AppError('not_allowed');
    await checkMember(head, wish.member);
    const outcome = await this.#store.groups.addMember(groupId, this.#memberRow(wish.member), this.#limits);
    if (outcome === 'removed') throw new AppError('removed_from_group');
    if (outcome === 'no_group') throw new AppError('group_not_found');
    if (outcome === 'group_full' || outcome === 'too_many_groups') throw new AppError(outcome);
    if (outcome === 'added') this.#listener.changed(groupId);
    return { isNew: outcome === 'added', group: await this.read(groupId, caller) };
  }

  /** The record as a member sees it. Throws `group_not_found` for everybody else (T5). */
  async read(groupId: string, caller: string): Promise<GroupShape> {
    const row = await this.#store.groups.readAs(groupId, caller);
    if (!row) throw new AppError('group_not_found');
    const { doorHash: _, members, removals, ...head } = row;
    const call = summaryOf(await this.#store.calls.liveOf(groupId));
    return { ...head, members: [...members], removals: [...removals], call };
  }

  /** The owner removes somebody, or somebody leaves. A removal that is there already is fine. */
  async remove(caller: string, groupId: string, wish: RemoveMemberShape): Promise<void> {
    const head = await this.#store.groups.head(groupId);
    if (!head || !(await this.#store.groups.isMember(groupId, caller))) throw new AppError('group_not_found');
    const isLeave = wish.identity === caller;
    if (!isLeave && caller !== head.owner) throw new AppError('not_allowed');
    await checkDeparture(caller, groupId, wish);
    const outcome = isLeave
      ? await this.#store.groups.leave(groupId, caller, this.#now())
      : await this.#store.groups.remove({
          groupId,
          removal: { identity: wish.identity, removedAtMs: wish.atMs, signature: wish.signature },
          nowMs: this.#now(),
          limits: this.#limits,
        });
    if (outcome === 'group_full') throw new AppError('group_full');
    if (outcome.changed) this.#listener.departed(groupId, wish.identity, outcome.left);
  }

  /** Unknown group and wrong door answer alike, and take the same steps (G4, T5). */
  async #openDoor(groupId: string, door: string): Promise<GroupHead> {
    const head = await this.#store.groups.head(groupId);
    const expected = head ? Buffer.from(head.doorHash, 'base64url') : Buffer.alloc(32);
    const isOpen = timingSafeEqual(hashDoor(door), expected);
    if (!head || !isOpen) throw new AppError('group_not_found');
    return head;
  }

  #memberRow(member: MemberRecordShape): MemberRow {
    return { ...member, joinedAtMs: this.#now() };
  }
}

function hashDoor(door: string): Buffer {
  return createHash('sha256').update(fromBase64url(door)).digest();
}

async function checkMember(
  group: { readonly groupId: string; readonly secretVersion: number },
  member: MemberRecordShape,
): Promise<void> {
  const identity = fromBase64url(member.identity);
  const statement = memberStatement({
    groupId: fromBase64url(group.groupId),
    secretVersion: group.secretVersion,
    identity,
    inboxKey: fromBase64url(member.inboxKey),
    mac: fromBase64url(member.mac),
  });
  if (!(await verify(identity, statement, fromBase64url(member.signature))))
    throw new AppError('bad_signature');
}

async function checkDeparture(caller: string, groupId: string, wish: RemoveMemberShape): Promise<void> {
  const fields = { groupId: fromBase64url(groupId), identity: fromBase64url(wish.identity), atMs: wish.atMs };
  const statement = wish.identity === caller ? leaveStatement(fields) : removalStatement(fields);
  if (!(await verify(fromBase64url(caller), statement, fromBase64url(wish.signature)))) {
    throw new AppError('bad_signature');
  }
}
