// A group that rotates its secret, as an honest service and honest people would: lists of members, shares and seals. A test spoils
// what it wants to spoil.
import { toHex, type Bytes } from '../bytes.ts';
import { rotate, signChange, verifyMembers } from '../group/index.ts';
import type { ListedMember, Rotation, VerifiedMembers } from '../group/index.ts';
import { openSeals } from '../group/index.ts';
import type { Action, GroupState } from '../group/history/index.ts';
import { createInboxKey, type Identity, type StoredInboxKey } from '../identity/index.ts';
import { createGroupSecret, type GroupSecret } from '../invite/index.ts';
import { atMs, beginningOf, grow } from './history.ts';
import { memberOf } from './people.ts';

export interface Person {
  readonly name: string;
  readonly identity: Identity;
  readonly inboxKey: StoredInboxKey;
}

export async function personNamed(name: string, identity: Identity): Promise<Person> {
  return { name, identity, inboxKey: (await createInboxKey()).stored };
}

/** The entry of somebody who joins with `secret`. */
export async function listed(
  secret: GroupSecret,
  { name, identity, inboxKey }: Person,
): Promise<ListedMember> {
  return memberOf(secret, identity, { name, inboxKey: inboxKey.publicKey });
}

/** What the service keeps of a group, and the secret that its members have. */
export interface RotatingGroup {
  readonly state: GroupState;
  readonly secret: GroupSecret;
  readonly list: readonly ListedMember[];
  readonly previousSeals: ReadonlyMap<number, Bytes>;
}

export async function groupAt(owner: Person, ...others: readonly Person[]): Promise<RotatingGroup> {
  const state = beginningOf(owner.identity);
  const secret = createGroupSecret(state.groupId);
  const list = await Promise.all([owner, ...others].map((one) => listed(secret, one)));
  return { state, secret, list, previousSeals: new Map() };
}

export function verified(group: RotatingGroup, list = group.list): Promise<VerifiedMembers> {
  const { state, secret, previousSeals } = group;
  return verifyMembers(list, { state, secret, seals: openSeals(secret, previousSeals) });
}

/** Makes these changes, then rotates, all by `author`. */
export async function rotatedBy(
  author: Identity,
  group: RotatingGroup,
  ...before: readonly Action[]
): Promise<RotatingGroup & { readonly rotation: Rotation }> {
  const { members } = await verified(group);
  const changed = await grow(group.state, ...before.map((action) => [author, action] as const));
  const rotation = await rotate(changed.state, { secret: group.secret, members });
  const { state } = await signChange(author, changed.state, { action: rotation.action, atMs });
  const list = carried(group.list, rotation);
  const previousSeals = new Map([...group.previousSeals, [group.secret.version, rotation.previousSeal]]);
  return { state, secret: rotation.secret, list, previousSeals, rotation };
}

/** The list after a rotation: who has no share is not in it. */
function carried(list: readonly ListedMember[], rotation: Rotation): ListedMember[] {
  const macs = new Map(rotation.shares.map((share) => [toHex(share.identity), share.carriedMac]));
  return list.flatMap((entry) => {
    const carriedMac = macs.get(toHex(entry.identity));
    return carriedMac === undefined ? [] : [{ ...entry, carriedMac }];
  });
}
