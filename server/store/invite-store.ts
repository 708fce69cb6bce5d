// What the store keeps of invite links that end (G16). Part of the interface in store.ts; made by invites.ts.
export interface InviteRow {
  /** SHA-256 of the link's door: its name, too. */
  readonly doorHash: string;
  readonly madeBy: string;
  readonly madeAtMs: number;
  readonly expiresAtMs: number;
  /** So many people; null: as many as come. */
  readonly uses: number | null;
  readonly used: number;
  readonly sealedName: string;
  /** The link itself, for who is in the group. */
  readonly sealedInvite: string;
}

export interface NewInvite extends Omit<InviteRow, 'used'> {
  readonly groupId: string;
  /** Of the secret that is sealed; must be the one in force. */
  readonly secretVersion: number;
  readonly sealedSecret: string;
  readonly most: number;
}

/** `none`: no such link, or one from before the last rotation. */
export type InviteRefusal = 'none' | 'expired' | 'used_up' | 'revoked';

export interface InviteStore {
  /** `same`: it is there with the same bytes. `moved`: the secret is another by now. */
  make(invite: NewInvite): Promise<'made' | 'same' | 'moved' | 'not_member' | 'too_many'>;
  /** Those that open something, newest first. */
  list(groupId: string, nowMs: number): Promise<readonly InviteRow[]>;
  find(groupId: string, doorHash: string, nowMs: number): Promise<InviteRow | InviteRefusal>;
  /** Hands out the sealed secret to an identity and counts them, once. */
  take(wish: {
    readonly groupId: string;
    readonly doorHash: string;
    readonly identity: string;
    readonly nowMs: number;
  }): Promise<{ readonly sealedSecret: string; readonly secretVersion: number } | InviteRefusal>;
  /** True if there was one, of `madeBy` where that is given. */
  revoke(groupId: string, doorHash: string, madeBy: string | null): Promise<boolean>;
  /** Forgets those that expired before. */
  prune(beforeMs: number): Promise<void>;
}
