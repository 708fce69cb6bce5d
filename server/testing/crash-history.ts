// The groups of crash.ts: each rotates its secret as fast as it is answered, until the kill. A rotation is in the store whole or not at all:
// entry, state, door, name, share and the keys of before.
import { fromBase64url, toBase64url } from '../../crypto/bytes.ts';
import { encodeState, genesisState, type GroupState } from '../../crypto/group/history/index.ts';
import type { Store } from '../store/store.ts';
import type { Asker } from './asker.ts';
import { draftChange, type DraftedChange } from './changes.ts';
import type { Person } from './people.ts';

/** One group of one person, what was sent, and how much of it was acknowledged. */
export interface RotatingGroup {
  readonly person: Person;
  readonly groupId: string;
  readonly first: GroupState;
  readonly sent: DraftedChange[];
  acknowledged: number;
}

export async function beginGroup(service: Asker): Promise<RotatingGroup> {
  const person = await service.person('Eve');
  const { groupId, nonce } = await service.group(person);
  const owner = fromBase64url(person.identity);
  const genesis = { groupId: fromBase64url(groupId), owner, nonce: fromBase64url(nonce) };
  return { person, groupId, first: genesisState(genesis), sent: [], acknowledged: 0 };
}

/** Gives the next rotation to send. */
export async function nextRotation(group: RotatingGroup): Promise<DraftedChange> {
  const state = group.sent.at(-1)?.state ?? group.first;
  const members = [group.person.identity];
  const drafted = await draftChange(group.person, state, { actions: [], members, rotates: true });
  group.sent.push(drafted);
  return drafted;
}

/** What is wrong with a group after a kill; empty if nothing is. */
export async function groupProblems(store: Store, group: RotatingGroup): Promise<string[]> {
  const { groupId, person, sent, acknowledged } = group;
  const row = await store.groups.folded(groupId);
  if (!row) return ['a group is gone'];
  const { historyVersion: at } = row;
  if (at < acknowledged) return [`${acknowledged} changes acknowledged, ${at} there`];
  if (at > sent.length) return [`${sent.length} changes sent, ${at} there`];
  const last = sent[at - 1];
  if (!last) return row.state === null ? [] : ['a state without a change'];
  const { rotation } = last.body;
  const page = await store.groups.rotationsAs(groupId, person.identity, { after: 0, before: null });
  const { entries } = await store.groups.history(groupId, Math.max(0, at - 1));
  const [member] =
    (await store.groups.readAs(groupId, person.identity, { seen: null, most: 1 }))?.members ?? [];
  const share = rotation?.shares[0];
  const is = {
    state: row.state === toBase64url(encodeState(last.state)),
    entry: entries.length === 1 && entries[0] === last.body.entries[0],
    secret: row.secretVersion === at + 1 && row.nameVersion === at + 1,
    door: row.doorHash === toBase64url(last.state.doorHash ?? new Uint8Array()),
    name: row.sealedName === rotation?.sealedName,
    share: page?.sealedSecret === share?.sealedSecret && member?.carriedMac === share?.carriedMac,
    keys: page?.previousSeals.length === Math.min(at, 256),
  };
  return Object.entries(is).flatMap(([what, isRight]) => (isRight ? [] : [`a change with another ${what}`]));
}
