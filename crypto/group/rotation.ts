// A new group secret (protocol.md G13, G14): made by the owner or an admin, sealed to every member who stays, bound by a change of the
// history. The service stores all of it in one transaction and can read nothing of it.
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, random, uint, utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { StoredInboxKey } from '../identity/index.ts';
import { deriveGroupKeys, wipeGroupKeys, type GroupSecret } from '../invite/index.ts';
import { isAdmitted, isGoneAt, type Action, type GroupState } from './history/index.ts';
import { openFromInbox, sealToInbox, type SealOptions } from './inbox.ts';
import { memberMac } from './member-mac.ts';
import { checkSecret, type Member } from './members.ts';
import { sealPreviousKeys } from './seal-chain.ts';

const secretBytes = 32;
const label = utf8('Aparté/1 rotation');

/** What one member gets. */
export interface MemberShare {
  readonly identity: Bytes;
  /** The new secret, to the member's inbox key: 81 bytes. */
  readonly sealedSecret: Bytes;
  /** The member's MAC under the new secret (G12), 32 bytes. */
  readonly carriedMac: Bytes;
}

export interface Rotation {
  /** The new secret: in force once the service has taken the change. */
  readonly secret: GroupSecret;
  /** Signed with `signChange`, as the change after the removals. */
  readonly action: Extract<Action, { kind: 'rotation' }>;
  /** One for every member who stays. */
  readonly shares: readonly MemberShare[];
  /** `seal`, `handshake` and `media` of the secret before, for who has the new one: 137 bytes (G14). */
  readonly previousSeal: Bytes;
}

/**
 * A secret of the next version for who of `members` (of `verifyMembers`) still counts in `state`, in which the removals that this
 * rotation is for are folded. Throws `CryptoError` where `secret` is not the state's.
 */
export async function rotate(
  state: GroupState,
  given: { readonly secret: GroupSecret; readonly members: readonly Member[] },
  options: SealOptions = {},
): Promise<Rotation> {
  checkSecret(state, given.secret);
  const { groupId } = state;
  const secret = { groupId, version: state.secretVersion + 1, secret: random(secretBytes) };
  const keys = deriveGroupKeys(secret);
  const staying = given.members.filter(
    ({ identity, secretVersion }) => !isGoneAt(state, identity, secretVersion) && isAdmitted(state, identity),
  );
  const share = async ({ identity, inboxKey }: Member): Promise<MemberShare> => {
    const info = rotationInfo(secret, identity);
    const sealedSecret = await sealToInbox(inboxKey, { info, text: secret.secret }, options);
    const fields = { groupId, secretVersion: secret.version, identity, inboxKey };
    return { identity, sealedSecret, carriedMac: memberMac(keys, fields) };
  };
  const shares = await Promise.all(staying.map(share));
  const doorHash = sha256(keys.door);
  const before = deriveGroupKeys(given.secret);
  const previousSeal = sealPreviousKeys(secret, before);
  wipeGroupKeys(keys);
  wipeGroupKeys(before);
  return {
    secret,
    action: { kind: 'rotation', secretVersion: secret.version, doorHash },
    shares,
    previousSeal,
  };
}

/**
 * The secret in force in `state`, which this device folded itself, from the share of its own identity. Throws `CryptoError`: `malformed`,
 * `not_opened`, and `wrong_secret` for one that is not the one that whoever rotated signed for.
 */
export async function openRotation(
  state: GroupState,
  own: { readonly identity: Bytes; readonly inboxKey: StoredInboxKey },
  sealedSecret: Bytes,
): Promise<GroupSecret> {
  const place = { groupId: state.groupId, version: state.secretVersion };
  const info = rotationInfo(place, own.identity);
  const opened = await openFromInbox(own.inboxKey, { info, box: sealedSecret });
  if (opened.length !== secretBytes) throw new CryptoError('malformed', 'a sealed secret that is none');
  const secret = { ...place, secret: opened };
  // HPKE's base mode does not say who sealed: the history does. The first secret has no share.
  if (state.doorHash === null) throw new CryptoError('wrong_secret', 'no rotation so far');
  checkSecret(state, secret);
  return secret;
}

/** What a share is bound to: `v16("Aparté/1 rotation") ‖ groupId ‖ u32(version) ‖ identity`. */
function rotationInfo(secret: Pick<GroupSecret, 'groupId' | 'version'>, identity: Bytes): Bytes {
  return concat(uint(label.length, 2), label, secret.groupId, uint(secret.version, 4), identity);
}
