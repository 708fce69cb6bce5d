// Real groups for tests: people with identities of their own, records as an honest service would keep them. A test
// spoils what it wants to spoil.
import { random, type Bytes } from '../bytes.ts';
import { memberMac, type GroupRecord, type MemberRecord, type RemovalRecord } from '../group/index.ts';
import {
  createIdentity,
  createInboxKey,
  memberStatement,
  openIdentity,
  removalStatement,
  type Identity,
} from '../identity/index.ts';
import {
  createGroupId,
  createGroupSecret,
  deriveGroupKeys,
  sealText,
  type GroupSecret,
} from '../invite/index.ts';

export interface TestGroup {
  readonly owner: Identity;
  readonly secret: GroupSecret;
  readonly record: GroupRecord;
}

/** A fresh opened identity. */
export async function person(): Promise<Identity> {
  return openIdentity(await createIdentity());
}

/** A group of `owner` with these other members, each named in turn. */
export async function groupOf(
  owner: Identity,
  others: Readonly<Record<string, Identity>> = {},
): Promise<TestGroup> {
  const nonce = random(16);
  const secret = createGroupSecret(createGroupId(owner.publicKey, nonce));
  const people = Object.entries({ Ada: owner, ...others });
  const members = await Promise.all(people.map(([name, identity]) => memberOf(secret, identity, { name })));
  const record: GroupRecord = {
    groupId: secret.groupId,
    owner: owner.publicKey,
    nonce,
    secretVersion: secret.version,
    members,
    removals: [],
  };
  return { owner, secret, record };
}

/** The record of somebody who holds `secret`. */
export async function memberOf(
  secret: GroupSecret,
  identity: Identity,
  given: { readonly name: string; readonly inboxKey?: Bytes },
): Promise<MemberRecord> {
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
  const place = { groupId: secret.groupId, what: 'memberName', subject: identity.publicKey } as const;
  const sealedName = sealText(keys, place, given.name);
  return {
    identity: identity.publicKey,
    inboxKey,
    mac,
    signature,
    sealedName,
    joinedAtMs: 1_800_000_000_000,
  };
}

/** A removal of `identity` from the group, signed by `signer`. */
export async function removalBy(
  signer: Identity,
  groupId: Bytes,
  given: { readonly identity: Bytes; readonly atMs?: number },
): Promise<RemovalRecord> {
  const removedAtMs = given.atMs ?? 1_800_000_000_001;
  const signature = await signer.sign(
    removalStatement({ groupId, identity: given.identity, atMs: removedAtMs }),
  );
  return { identity: given.identity, removedAtMs, signature };
}
