// Invite links that end (G16): made for a group and shown again to everybody in it; opened and used by who was sent one. What the service
// says of them is believed only as far as it opens. Joining then is groups.ts, with the secret that the link brought.
import { sha256 } from '@noble/hashes/sha2.js';
import { equal, toBase64url, type Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import {
  createLimitedInvite,
  deriveInviteKeys,
  encodeLimitedInvite,
  openForInvite,
  openInvite,
  sealForInvite,
  sealInvite,
  sealText,
  type GroupSecret,
  type LimitedInvite,
} from '../../crypto/invite/index.ts';
import { ApiError } from '../api/errors.ts';
import type { InviteRecord } from '../api/invites.ts';
import type { Service } from '../api/service.ts';
import { GroupRefused, type Group } from './group.ts';
import { initials, nameIn } from './profiles.ts';
import type { Groups } from './groups.ts';
import { checkFounder, type Invitation } from './joining.ts';

/** A link that still opens the group. */
export interface OpenInvite {
  readonly id: Bytes;
  /** What stands behind `#/join/`. */
  readonly payload: string;
  readonly madeBy: Bytes;
  readonly expiresAtMs: number;
  /** null: for as many as come. */
  readonly uses: number | null;
  readonly used: number;
}

export interface InviteWish {
  readonly lifetimeMs: number;
  readonly uses: number | null;
}

type Parts = { readonly service: Service; readonly groups: Groups };

/** Makes one; answers its payload. Throws `ApiError`. */
export async function makeInvite(
  { service, groups }: Parts,
  id: string,
  wish: InviteWish,
): Promise<string | null> {
  for (let attempt = 0; ; attempt++) {
    const group = groups.get(id);
    if (!group) return null;
    const { groupId, version: secretVersion } = group.secret;
    const invite = createLimitedInvite(groupId);
    const keys = deriveInviteKeys(invite);
    const place = { groupId, what: 'groupName', subject: new Uint8Array(0) } as const;
    try {
      await service.invites.make(groupId, {
        ...wish,
        ...{ door: keys.door, secretVersion, sealedSecret: sealForInvite(invite, group.secret) },
        ...{ sealedName: sealText(keys, place, group.name), sealedInvite: sealInvite(group.keys, invite) },
      });
      return encodeLimitedInvite(invite);
    } catch (error) {
      // The group has another secret by now.
      const isLate = error instanceof ApiError && error.code === 'history_conflict';
      if (!isLate || attempt > 0) throw error;
      await groups.refresh(id);
    }
  }
}

/** Those of a group, newest first; what does not open here is left out. Throws `ApiError`. */
export async function listInvites({ service, groups }: Parts, id: string): Promise<readonly OpenInvite[]> {
  const group = groups.get(id);
  if (!group) return [];
  const records = await service.invites.list(group.secret.groupId);
  return records.flatMap((record) => openRecord(group, record));
}

/** What stands behind a link. Throws `ApiError` and `GroupRefused`. */
export async function lookBehindLimited(service: Service, invite: LimitedInvite): Promise<Invitation> {
  const keys = deriveInviteKeys(invite);
  const preview = await service.invites.preview(invite.groupId, keys.door);
  checkFounder(preview, invite.groupId);
  const groupName = nameIn(keys, preview);
  if (groupName === null) throw new GroupRefused('group_refused');
  const { memberCount, admission } = preview;
  return { groupName, face: initials, picture: null, memberCount, admission };
}

/** Uses a link: the group's secret. Throws `ApiError` and `GroupRefused`. */
export async function takeInvite(service: Service, invite: LimitedInvite): Promise<GroupSecret> {
  const taken = await service.invites.take(invite.groupId, deriveInviteKeys(invite).door);
  try {
    return openForInvite(invite, taken.secretVersion, taken.sealedSecret);
  } catch (error) {
    if (error instanceof CryptoError) throw new GroupRefused('secret_refused');
    throw error;
  }
}

function openRecord({ secret, keys }: Group, record: InviteRecord): OpenInvite[] {
  try {
    const invite = openInvite(keys, secret.groupId, record.sealedInvite);
    if (!equal(sha256(deriveInviteKeys(invite).door), record.inviteId)) return [];
    const { madeBy, expiresAtMs, uses, used } = record;
    return [{ id: record.inviteId, payload: encodeLimitedInvite(invite), madeBy, expiresAtMs, uses, used }];
  } catch (error) {
    if (error instanceof CryptoError) return [];
    throw error;
  }
}

/** For lists on the screen. */
export function inviteKey({ id }: OpenInvite): string {
  return toBase64url(id);
}
