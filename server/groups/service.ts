// Groups (G1, G4, G5, T5): who may make, see and enter them. Their changes are history.ts. The service checks every signature itself and
// opens nothing: names are sealed, the door is kept as a hash. What a change does to a running call is left to `server/calls`, through
// `GroupListener`.
import { fromBase64url } from '../../crypto/bytes.ts';
import { isAdmitted, isGoneAt, type GroupState } from '../../crypto/group/history/index.ts';
import { memberStatement } from '../../crypto/identity/statements.ts';
import { verify } from '../../crypto/identity/verify.ts';
import { checkGroupId } from '../../crypto/invite/group-id.ts';
import { AppError } from '../errors.ts';
import type {
  FoldedGroup,
  GroupLimits,
  HistoryChange,
  HistoryPage,
  MemberRow,
  Store,
} from '../store/store.ts';
import { hashDoor, openDoor } from './doors.ts';
import { summaryOf } from './events.ts';
import type { KnockStatusShape } from './knock-schema.ts';
import type { KnockService } from './knocks.ts';
import type { GroupListener } from './listener.ts';
import { checkProfile, shownMember } from './profiles.ts';
import type {
  CreateGroupShape,
  GroupShape,
  JoinGroupShape,
  MemberRecordShape,
  MembersPageShape,
  PreviewShape,
} from './schema.ts';
import { outsiderError } from './standing.ts';
import { encoded, foldOwn, goneOf, parseOwn, stateOf, type OwnEntry } from './state.ts';

/** Who is gone is remembered for ever, so their number needs a limit of its own: then nobody new comes in. */
const mostGonePerMember = 8;
/** Of a page, some 350 kB. */
const usualMembersPerPage = 500;
/** Joining is judged by a history that may have gone on meanwhile. */
const tries = 8;

export const groupLimits: GroupLimits = { membersPerGroup: 1000, groupsPerIdentity: 200 };

export type Joined =
  | { readonly isNew: boolean; readonly group: GroupShape }
  | { readonly knock: KnockStatusShape }
  | { readonly missed: HistoryPage };

/** `meter`: asked before a knock that is new; throws where there are too many of one address. */
export type Coming = JoinGroupShape & { readonly meter: () => Promise<void> };

/** What entering changes of the history, and the state that it leads to. */
interface Judged {
  readonly change: HistoryChange | null;
  readonly next: GroupState;
}

export interface GroupParts {
  readonly store: Store;
  readonly now: () => number;
  readonly listener: GroupListener;
  readonly knocks: KnockService;
  readonly limits: GroupLimits;
}

export class GroupService {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #listener: GroupListener;
  readonly #knocks: KnockService;
  readonly #limits: GroupLimits;

  constructor(parts: GroupParts) {
    this.#store = parts.store;
    this.#now = parts.now;
    this.#listener = parts.listener;
    this.#knocks = parts.knocks;
    this.#limits = parts.limits;
  }

  /** `isNew` is false if the same owner made the same group before. */
  async create(owner: string, wish: CreateGroupShape): Promise<{ isNew: boolean; group: GroupShape }> {
    const { groupId, nonce, secretVersion, sealedName, member } = wish;
    if (member.identity !== owner) throw new AppError('not_allowed');
    if (!checkGroupId(fromBase64url(groupId), fromBase64url(owner), fromBase64url(nonce))) {
      throw new AppError('invalid_request');
    }
    const row = await this.#checkedRow({ groupId, secretVersion }, member);
    const head = {
      groupId,
      owner,
      nonce,
      secretVersion,
      sealedName,
      doorHash: hashDoor(wish.door).toString('base64url'),
    };
    const outcome = await this.#store.groups.create(head, row, this.#limits);
    if (outcome === 'exists') throw new AppError('group_exists');
    if (outcome === 'too_many_groups') throw new AppError('too_many_groups');
    if (outcome === 'created') this.#listener.changed(groupId);
    return { isNew: outcome === 'created', group: await this.read(groupId, owner) };
  }

  async preview(groupId: string, door: string): Promise<PreviewShape> {
    const group = await openDoor(this.#store, groupId, door);
    const { owner, nonce, secretVersion, sealedName, sealedFace } = group;
    const { admission } = stateOf(group).policy;
    const memberCount = await this.#store.groups.memberCount(groupId);
    const picture = await this.#store.groups.pictureOfGroup(groupId);
    return { groupId, owner, nonce, secretVersion, sealedName, sealedFace, picture, memberCount, admission };
  }

  /** `isNew` is false if the caller is a member already; then nothing changes. `knock`: somebody has to let them in (G15). */
  async join(caller: string, groupId: string, { meter, ...wish }: Coming): Promise<Joined> {
    if (wish.member.identity !== caller) throw new AppError('not_allowed');
    for (let at = 0; at < tries; at++) {
      const group = await openDoor(this.#store, groupId, wish.door);
      const row = await this.#checkedRow(group, wish.member);
      if (await this.#store.groups.isMember(groupId, caller)) {
        return { isNew: false, group: await this.read(groupId, caller) };
      }
      const judged = await this.#judge(caller, group, wish.entries);
      const outcome = judged === 'moved' ? judged : await this.#enter(group, row, { ...judged, meter });
      if (typeof outcome === 'object') return { knock: outcome };
      if (outcome === 'no_group') throw new AppError('group_not_found');
      if (outcome === 'group_full' || outcome === 'too_many_groups') throw new AppError(outcome);
      if (outcome === 'added') this.#listener.changed(groupId);
      if (outcome !== 'moved') return { isNew: outcome === 'added', group: await this.read(groupId, caller) };
      if (wish.entries.length > 0) break;
    }
    return { missed: await this.#store.groups.history(groupId, 0) };
  }

  /** The record as a member sees it, without members where its version was seen. Throws `group_not_found` for everybody else (T5). */
  async read(groupId: string, caller: string, seen: number | null = null): Promise<GroupShape> {
    const row = await this.#store.groups.readAs(groupId, caller, { seen, most: this.#most });
    if (!row) throw await this.#outsider(groupId, caller);
    const { doorHash: _, members, ...head } = row;
    const call = summaryOf(await this.#store.calls.liveOf(groupId));
    return { ...head, members: members && members.map(shownMember), call };
  }

  /** The members after one. Throws as `read` does. */
  async members(groupId: string, caller: string, after: string): Promise<MembersPageShape> {
    const page = await this.#store.groups.membersAs(groupId, caller, { after, most: this.#most });
    if (!page) throw await this.#outsider(groupId, caller);
    return { ...page, members: page.members.map(shownMember) };
  }

  get #most(): number {
    return this.#limits.membersPerPage ?? usualMembersPerPage;
  }

  #outsider(groupId: string, identity: string): Promise<AppError> {
    return outsiderError(this.#store, { groupId, identity, nowMs: this.#now() });
  }

  #enter(group: FoldedGroup, member: MemberRow, given: Judged & { meter: () => Promise<void> }) {
    const { groupId, historyVersion } = group;
    const { change, next, meter } = given;
    if (!isAdmitted(next, fromBase64url(member.identity)))
      return this.#knocks.knock({ group, member, change, meter });
    return this.#store.groups.addMember({ groupId, member, historyVersion, change, limits: this.#limits });
  }

  /** What entering changes of the history: the joiner's return, or nothing. Throws `removed_from_group` for who may not come back. */
  async #judge(caller: string, group: FoldedGroup, entries: readonly string[]): Promise<Judged | 'moved'> {
    const state = stateOf(group);
    const who = fromBase64url(caller);
    const isGone = (of: GroupState): boolean => isGoneAt(of, who, group.secretVersion);
    if (isGone(state) && goneOf(state, who) !== 'left') throw new AppError('removed_from_group');
    if (
      goneOf(state, who) === undefined &&
      state.gone.size >= mostGonePerMember * this.#limits.membersPerGroup
    ) {
      throw new AppError('group_full');
    }
    const sent = parseOwn(caller, entries);
    if (sent.some(({ act }) => act.kind !== 'return')) throw new AppError('invalid_request');
    // The answer to the same was lost: the return is there, and they wait at the door.
    const own = (await this.#isThere(group, entries, sent[0])) ? [] : sent;
    if (own[0] && own[0].version !== state.version + 1) return 'moved';
    const next = await foldOwn(state, own);
    if (isGone(next)) throw new AppError('removed_from_group');
    const change = own.length === 0 ? null : { after: state.version, entries, state: encoded(next) };
    return { change, next };
  }

  async #isThere(
    { groupId, historyVersion }: FoldedGroup,
    entries: readonly string[],
    first: OwnEntry | undefined,
  ): Promise<boolean> {
    if (entries.length !== 1 || !first || first.version > historyVersion) return false;
    return (await this.#store.groups.history(groupId, first.version - 1)).entries[0] === entries[0];
  }

  /** Throws `bad_signature`. */
  async #checkedRow(group: PlaceOfMember, member: MemberRecordShape): Promise<MemberRow> {
    const { groupId, secretVersion } = group;
    await checkMember(group, member);
    const { identity, inboxKey, mac, signature } = member;
    const profile = await checkProfile({ groupId, identity }, { ...member, nameVersion: secretVersion });
    return { identity, inboxKey, mac, signature, secretVersion, ...profile, joinedAtMs: this.#now() };
  }
}

type PlaceOfMember = Pick<FoldedGroup, 'groupId' | 'secretVersion'>;

async function checkMember(group: PlaceOfMember, member: MemberRecordShape): Promise<void> {
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
