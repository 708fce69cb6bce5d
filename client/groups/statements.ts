// What this device says about itself to the service: the requests that found a group and join it (G1–G7), complete with MACs, signatures
// and sealed names. Pure but for random nonces. What changes a group is changes.ts.
import { random } from '../../crypto/bytes.ts';
import { memberMac, signProfile } from '../../crypto/group/index.ts';
import { memberStatement } from '../../crypto/identity/index.ts';
import {
  createGroupId,
  createGroupSecret,
  deriveGroupKeys,
  sealText,
  type GroupKeys,
  type GroupSecret,
} from '../../crypto/invite/index.ts';
import type { NewGroup, NewMember } from '../api/bodies.ts';
import type { Device } from './device.ts';

/** A group that nobody knows yet: the secret that stays here and the request that founds it. */
export interface GroupDraft {
  readonly secret: GroupSecret;
  readonly request: NewGroup;
}

/** Throws `RangeError` where a name is none that G7 takes. */
export async function draftGroup(
  device: Device,
  given: { readonly myName: string; readonly groupName: string; readonly todayMs: number },
): Promise<GroupDraft> {
  const { myName, groupName, todayMs } = given;
  const nonce = random(16);
  const groupId = createGroupId(device.identity.publicKey, nonce);
  const secret = createGroupSecret(groupId);
  const keys = deriveGroupKeys(secret);
  const sealedName = sealText(keys, { groupId, what: 'groupName', subject: new Uint8Array(0) }, groupName);
  const member = await describeMember(device, { secret, keys, name: myName, todayMs });
  return {
    secret,
    request: { groupId, nonce, secretVersion: secret.version, door: keys.door, sealedName, member },
  };
}

/** The member statement of this device for one group (G5), with the profile that it begins with there (G18). */
export async function describeMember(
  device: Device,
  place: {
    readonly secret: GroupSecret;
    readonly keys: GroupKeys;
    readonly name: string;
    readonly todayMs: number;
    /** Of my last profile in this group, where I was in it before. */
    readonly lastRevision?: number;
  },
): Promise<NewMember> {
  const { groupId, version: secretVersion } = place.secret;
  const identity = device.identity.publicKey;
  const fields = { groupId, secretVersion, identity, inboxKey: device.inboxKey };
  const mac = memberMac(place.keys, fields);
  const signature = await device.identity.sign(memberStatement({ ...fields, mac }));
  const shown = {
    name: place.name,
    face: { kind: 'initials' },
    revision: nextRevision(place.lastRevision ?? 0, place.todayMs),
  } as const;
  const { sealedName, profile } = await signProfile(
    device.identity,
    { groupId, secretVersion, keys: place.keys },
    shown,
  );
  return { identity, inboxKey: device.inboxKey, mac, signature, sealedName, profile };
}

/**
 * The revision of my next profile. Seconds since 1970, so that it is above any that I made before and do not know of: as another device
 * of the same backup, or before I left a group and came back.
 */
export function nextRevision(known: number, todayMs: number): number {
  return Math.max(known + 1, Math.floor(todayMs / 1000));
}
