// Real people for tests: with identities of their own, and records as an honest service would keep them. A test spoils
// what it wants to spoil.
import type { Bytes } from '../bytes.ts';
import { memberMac, signProfile, type ListedMember } from '../group/index.ts';
import {
  createIdentity,
  createInboxKey,
  memberStatement,
  openIdentity,
  type Identity,
} from '../identity/index.ts';
import { deriveGroupKeys, type GroupSecret } from '../invite/index.ts';

/** A fresh opened identity. */
export async function person(): Promise<Identity> {
  return openIdentity(await createIdentity());
}

/** The entry of somebody who joins with `secret`. */
export async function memberOf(
  secret: GroupSecret,
  identity: Identity,
  given: { readonly name: string; readonly inboxKey?: Bytes },
): Promise<ListedMember> {
  const keys = deriveGroupKeys(secret);
  const inboxKey = given.inboxKey ?? (await createInboxKey()).publicKey;
  const fields = {
    groupId: secret.groupId,
    secretVersion: secret.version,
    identity: identity.publicKey,
    inboxKey,
  };
  const mac = memberMac(keys, fields);
  const signature = await identity.sign(memberStatement({ ...fields, mac }));
  const place = { groupId: secret.groupId, secretVersion: secret.version, keys };
  const profile = await signProfile(identity, place, {
    name: given.name,
    face: { kind: 'initials' },
    revision: 1,
  });
  return {
    identity: identity.publicKey,
    ...{ inboxKey, mac, signature, ...profile },
    ...{ secretVersion: secret.version, carriedMac: null, joinedAtMs: 1_800_000_000_000 },
  };
}
