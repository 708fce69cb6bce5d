// Invite links that end (protocol.md G16): they carry a secret of their own instead of the group's, which the service keeps sealed under it
// and hands out so often and so long as was wished. link.ts writes and reads them; the service sees hashes and boxes.
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, random, uint, utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { openBox, sealBox, type BoxKey } from './box.ts';
import { checked, secretBytes, type GroupKeys, type GroupSecret } from './secret.ts';

/** What such a link holds. */
export interface LimitedInvite {
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** 32 random bytes of this link alone. */
  readonly secret: Bytes;
}

export interface InviteKeys {
  /** Shown to the service, which knows the link by its hash. */
  readonly door: Bytes;
  /** Seals the group's secret and name for who has the link. */
  readonly seal: Bytes;
}

export function createLimitedInvite(groupId: Bytes): LimitedInvite {
  return { groupId, secret: random(secretBytes) };
}

/** 32 bytes each. */
export function deriveInviteKeys({ groupId, secret }: LimitedInvite): InviteKeys {
  const derive = (name: string): Bytes => hkdf(sha256, secret, groupId, utf8(`Aparté/1 invite ${name}`), 32);
  return { door: derive('door'), seal: derive('seal') };
}

/** The group's secret for who has the link. */
export function sealForInvite(invite: LimitedInvite, secret: GroupSecret): Bytes {
  return sealBox(secretBox(invite, checked(secret).version), random(24), secret.secret);
}

/** The group's secret of this version. Throws `CryptoError`: `not_opened`, `malformed`. */
export function openForInvite(invite: LimitedInvite, version: number, sealed: Bytes): GroupSecret {
  const secret = openBox(secretBox(invite, version), sealed);
  return checkedSecret({ groupId: invite.groupId, version, secret });
}

/** The link's own secret for everybody in the group, who may show the link again. */
export function sealInvite(keys: Pick<GroupKeys, 'seal'>, { groupId, secret }: LimitedInvite): Bytes {
  return sealBox(linkBox(keys, groupId), random(24), secret);
}

/** Throws `CryptoError`: `not_opened`, `malformed`. */
export function openInvite(keys: Pick<GroupKeys, 'seal'>, groupId: Bytes, sealed: Bytes): LimitedInvite {
  const secret = openBox(linkBox(keys, groupId), sealed);
  if (secret.length !== secretBytes) throw new CryptoError('malformed', 'a sealed invite of another length');
  return { groupId, secret };
}

function secretBox(invite: LimitedInvite, version: number): BoxKey {
  const label = utf8('Aparté/1 invite');
  const aad = concat(uint(label.length, 2), label, invite.groupId, uint(version, 4));
  return { key: deriveInviteKeys(invite).seal, aad };
}

function linkBox({ seal }: Pick<GroupKeys, 'seal'>, groupId: Bytes): BoxKey {
  const label = utf8('Aparté/1 invite link');
  return { key: seal, aad: concat(uint(label.length, 2), label, groupId) };
}

/** What was sealed by whoever made the link, who may be anybody with the group's secret. */
function checkedSecret(secret: GroupSecret): GroupSecret {
  if (secret.secret.length !== secretBytes || secret.version < 1) {
    throw new CryptoError('malformed', 'a sealed group secret that is none');
  }
  return secret;
}
