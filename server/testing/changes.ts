// Changes of groups as clients would send them (G8, G13), signed by the people of people.ts. What only members can read is random bytes
// of the right length: the service cannot tell, and must not be able to.
import { createHash } from 'node:crypto';
import { fromBase64url, toBase64url } from '../../crypto/bytes.ts';
import { headOf, statementAfter } from '../../crypto/group/history/entry.ts';
import { firstPolicy, type Policy } from '../../crypto/group/history/policy.ts';
import {
  applyUnsigned,
  encodeAction,
  encodeEntry,
  type Action,
  type GroupState,
} from '../../crypto/group/history/index.ts';
import { randomText, sealedName, type Person } from './people.ts';

const atMs = 1_800_000_000_000;

/** What `POST …/history` takes. */
export interface ChangeBody {
  readonly after: number;
  readonly entries: readonly string[];
  readonly rotation: {
    readonly shares: readonly { identity: string; sealedSecret: string; carriedMac: string }[];
    readonly previousSeal: string;
    readonly sealedName: string;
  } | null;
  readonly profile?: {
    readonly sealedName: string;
    readonly sealedFace: string;
    readonly picture?: string | null;
  };
}

/** The body, the state that it leads to, and the door from then on, if that is another. */
export interface DraftedChange {
  readonly body: ChangeBody;
  readonly state: GroupState;
  readonly door: string | null;
}

/** Signs an entry after `before` whether or not it is allowed; gives it and what the next one follows. */
export async function signEntry(
  author: Person,
  before: Pick<GroupState, 'groupId' | 'version' | 'head'>,
  action: Action,
): Promise<{ readonly entry: string; readonly next: Pick<GroupState, 'groupId' | 'version' | 'head'> }> {
  const change = { author: fromBase64url(author.identity), atMs, action: encodeAction(action) };
  const statement = statementAfter(before, change);
  const signature = fromBase64url(await author.sign(statement));
  const version = before.version + 1;
  const entry = toBase64url(encodeEntry({ ...change, version, signature }));
  return { entry, next: { groupId: before.groupId, version, head: headOf(statement) } };
}

/** Changes by `author`, whether or not they are allowed, each following the last. Where somebody is removed, or it `rotates`, a rotation is the last. */
export async function draftChange(
  author: Person,
  from: GroupState,
  given: {
    readonly actions: readonly Action[];
    readonly members: readonly string[];
    readonly rotates?: boolean;
  },
): Promise<DraftedChange> {
  const { actions, members, rotates = actions.some(({ kind }) => kind === 'removal') } = given;
  const door = rotates ? randomText(32) : null;
  const all = door === null ? actions : [...actions, rotationTo(from.secretVersion + 1, door)];
  const entries: string[] = [];
  let last: Pick<GroupState, 'groupId' | 'version' | 'head'> = from;
  for (const action of all) {
    const { entry, next } = await signEntry(author, last, action);
    entries.push(entry);
    last = next;
  }
  const gone = new Set(actions.flatMap((one) => (one.kind === 'removal' ? [toBase64url(one.identity)] : [])));
  const rotation = door === null ? null : rotationFor(members.filter((one) => !gone.has(one)));
  return { body: { after: from.version, entries, rotation }, state: after(author, from, all), door };
}

/** Random shares for these members. */
export function rotationFor(members: readonly string[]): NonNullable<ChangeBody['rotation']> {
  const share = (identity: string) => ({
    identity,
    sealedSecret: randomText(81),
    carriedMac: randomText(32),
  });
  const name = sealedName(randomText(8));
  return { shares: members.map(share), previousSeal: randomText(137), sealedName: name };
}

/** The state after changes that are allowed; the last one that was, if one is not. */
function after(author: Person, from: GroupState, actions: readonly Action[]): GroupState {
  let state = from;
  for (const action of actions) {
    const change = { author: fromBase64url(author.identity), atMs, action: encodeAction(action) };
    try {
      ({ state } = applyUnsigned(state, change));
    } catch {
      return state;
    }
  }
  return state;
}

// Actions, by what they do.
export const rotationTo = (secretVersion: number, door: string): Action => ({
  kind: 'rotation',
  secretVersion,
  doorHash: new Uint8Array(createHash('sha256').update(fromBase64url(door)).digest()),
});
export const removalOf = (of: Person, isBanned = false): Action => ({
  kind: 'removal',
  identity: fromBase64url(of.identity),
  isBanned,
});
export const roleFor = (of: Person, role: 'listener' | 'member' | 'admin'): Action => ({
  kind: 'role',
  identity: fromBase64url(of.identity),
  role,
});
export const handoverTo = (of: Person): Action => ({
  kind: 'handover',
  identity: fromBase64url(of.identity),
});
export const pardonOf = (of: Person): Action => ({ kind: 'pardon', identity: fromBase64url(of.identity) });
export const admissionOf = (of: Person): Action => ({
  kind: 'admission',
  identity: fromBase64url(of.identity),
});
/** With who is there, where approval begins. */
export const admitting = (admission: Policy['admission'], ...present: readonly Person[]): Action => ({
  kind: 'policy',
  policy: { ...firstPolicy, admission },
  present: present.map(({ identity }) => fromBase64url(identity)),
});
export const departure: Action = { kind: 'departure' };
export const comeback: Action = { kind: 'return' };
