// What the store keeps of groups (G1–G20): record, members, profiles, history, shares of the last rotation. Part of the interface in store.ts; made
// by groups.ts and history.ts.
import type { LeftPlaces } from './store.ts';

/** How a member is called and looks (G18), as they sent it. */
export interface ProfileRow {
  readonly sealedName: string;
  /** Null of who joined before profiles were signed, like the signature. */
  readonly sealedFace: string | null;
  /** The secret's version that name and face are sealed under. */
  readonly nameVersion: number;
  /** 0 where it is not signed. */
  readonly profileRevision: number;
  readonly profileSignature: string | null;
}

/** As a joiner sent it, made under the secret of the moment. */
export interface MemberRow extends ProfileRow {
  readonly identity: string;
  readonly inboxKey: string;
  readonly mac: string;
  readonly signature: string;
  readonly secretVersion: number;
  readonly joinedAtMs: number;
}

export interface GroupHead {
  readonly groupId: string;
  /** Who made the group (G1). */
  readonly owner: string;
  readonly nonce: string;
  readonly secretVersion: number;
  /** Counts up with every change of the record or the history. */
  readonly version: number;
  /** Number of entries of the history. */
  readonly historyVersion: number;
  readonly sealedName: string;
  /** G20; null before the first change of the profile. */
  readonly sealedFace: string | null;
  /** The secret's version that name and face are sealed under. */
  readonly nameVersion: number;
  /** SHA-256 of the door (G4). */
  readonly doorHash: string;
}

/** A group with what its history leads to (G11), encoded; null before the first entry. */
export interface FoldedGroup extends GroupHead {
  readonly state: string | null;
}

export interface ListedMemberRow extends MemberRow {
  /** Of the last rotation (G12); null for who joined since. */
  readonly carriedMac: string | null;
}

/** Members in the order of their identities, at one moment. */
export interface MembersPage {
  readonly members: readonly ListedMemberRow[];
  /** After whom the next page begins; null where this is the last one. */
  readonly next: string | null;
}

/** A group's record as it was at one moment, with the first members; null where the asker has them of this very version. */
export type GroupRow = GroupHead & (MembersPage | { readonly members: null; readonly next: null });

export interface GroupLimits {
  readonly membersPerGroup: number;
  readonly groupsPerIdentity: number;
  /** Of a page; without it the usual number. */
  readonly membersPerPage?: number;
}

/** Somebody ceased to be a member, and the places that ended with it, if a call runs. */
export interface Departed {
  readonly identity: string;
  readonly left: LeftPlaces | null;
}

/** The next entries of a history, and the state after them, which the caller folded from the one after `after`. */
export interface HistoryChange {
  readonly after: number;
  readonly entries: readonly string[];
  readonly state: string;
}

export interface Share {
  readonly identity: string;
  readonly sealedSecret: string;
  readonly carriedMac: string;
}

export interface RotationWish {
  readonly secretVersion: number;
  readonly doorHash: string;
  readonly sealedName: string;
  readonly previousSeal: string;
  readonly shares: readonly Share[];
  /** Whether somebody who does not go may be a member in the state after the entries: who may not has no share and goes, too. */
  readonly mayStay: (identity: string) => boolean;
}

/** Who comes in with a change: whoever waits at the door. */
export interface Admissions {
  readonly identities: readonly string[];
  readonly membersPerGroup: number;
}

/** Approval begins: who was not admitted with it waits at the door from then on. */
export interface Closing {
  readonly mayStay: (identity: string) => boolean;
  readonly knocksUntilMs: number;
  readonly mostKnocks: number;
}

/** A sealed picture and its SHA-256; null takes away the one that is there, undefined leaves it. */
export type NewPicture = { readonly hash: string; readonly sealed: string } | null | undefined;

/** What a change of the history has the hash of (G19). */
export interface NewGroupProfile {
  readonly sealedName: string;
  readonly sealedFace: string;
  readonly nameVersion: number;
  readonly picture: NewPicture;
}

export interface ProfileWish {
  readonly groupId: string;
  /** Must be a member. */
  readonly identity: string;
  readonly profile: ProfileRow;
  readonly picture: NewPicture;
}

export interface ChangeWish extends HistoryChange {
  readonly groupId: string;
  /** Must be a member. */
  readonly author: string;
  /** Who is no member any more after the entries. */
  readonly departing: readonly string[];
  readonly rotation: RotationWish | null;
  readonly admissions: Admissions | null;
  readonly closing: Closing | null;
  readonly profile: NewGroupProfile | null;
  readonly nowMs: number;
}

export interface JoinGroupWish {
  readonly groupId: string;
  /** Made under the secret whose door was shown. */
  readonly member: MemberRow;
  /** Of the history that the joiner was judged by. */
  readonly historyVersion: number;
  /** Their return (G10). */
  readonly change: HistoryChange | null;
  readonly limits: GroupLimits;
}

export interface HistoryPage {
  /** Of the whole history. */
  readonly version: number;
  readonly entries: readonly string[];
}

/** What a member needs to go from an older secret to the one in force. */
export interface RotationPage {
  readonly secretVersion: number;
  readonly sealedSecret: string | null;
  /** Newest first, a page of them; `secretVersion` is that of the rotation it came with. */
  readonly previousSeals: readonly { readonly secretVersion: number; readonly previousSeal: string }[];
}

export interface GroupStore {
  /** `same`: the same owner made it before with the same bytes. `exists`: it is there with others. */
  create(
    group: Omit<GroupHead, 'version' | 'historyVersion' | 'nameVersion' | 'sealedFace'>,
    owner: MemberRow,
    limits: GroupLimits,
  ): Promise<'created' | 'same' | 'exists' | 'too_many_groups'>;
  head(groupId: string): Promise<GroupHead | null>;
  folded(groupId: string): Promise<FoldedGroup | null>;
  memberCount(groupId: string): Promise<number>;
  isMember(groupId: string, identity: string): Promise<boolean>;
  /** The record with its first `most` members, only if `identity` is a member. `seen`: the version that is known, or null. */
  readAs(
    groupId: string,
    identity: string,
    wish: { readonly seen: number | null; readonly most: number },
  ): Promise<GroupRow | null>;
  /** The members after one, with the version that they are of, only if `identity` is a member. */
  membersAs(
    groupId: string,
    identity: string,
    wish: { readonly after: string; readonly most: number },
  ): Promise<(MembersPage & { readonly version: number }) | null>;
  /** `moved`: history or secret are not those that the joiner was judged by. */
  addMember(
    wish: JoinGroupWish,
  ): Promise<'added' | 'already' | 'moved' | 'group_full' | 'too_many_groups' | 'no_group'>;
  /**
   * Compare-and-swap on the history's version; `conflict` also where the shares are not for exactly who remains. `no_knock`: one who is
   * admitted does not wait. `answered`: whose knock is something else now.
   */
  change(
    wish: ChangeWish,
  ): Promise<
    | { readonly departed: readonly Departed[]; readonly answered: readonly string[] }
    | 'conflict'
    | 'not_member'
    | 'no_knock'
    | 'group_full'
  >;
  /** Entries after `after`, a page of them. */
  history(groupId: string, after: number): Promise<HistoryPage>;
  /** Earlier keys of the versions after `after`, and before `before` where that is given. */
  rotationsAs(
    groupId: string,
    identity: string,
    wish: { readonly after: number; readonly before: number | null },
  ): Promise<RotationPage | null>;
  /** `same`: it is there already. `outdated`: one of that revision or a later one is there. */
  setProfile(wish: ProfileWish): Promise<'set' | 'same' | 'outdated' | 'not_member'>;
  /** A sealed picture by its hash, only if `identity` is a member. */
  pictureAs(groupId: string, identity: string, hash: string): Promise<string | null>;
  pictureOfGroup(groupId: string): Promise<string | null>;
  groupsOf(identity: string): Promise<readonly string[]>;
  membersOf(groupId: string): Promise<readonly string[]>;
}
