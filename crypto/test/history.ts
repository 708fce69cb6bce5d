// Histories for tests: signed by real people, allowed or not. A test spoils what it wants to spoil.
import { expect } from 'vitest';
import { random, type Bytes } from '../bytes.ts';
import { CryptoError, type CryptoErrorCode } from '../errors.ts';
import {
  encodeAction,
  genesisState,
  type Action,
  type Genesis,
  type GroupState,
  type HistoryEntry,
  type Policy,
} from '../group/history/index.ts';
import { headOf, statementAfter } from '../group/history/entry.ts';
import { signChange } from '../group/index.ts';
import type { Identity } from '../identity/index.ts';
import { createGroupId } from '../invite/index.ts';

export const atMs = 1_800_000_000_000;

export type Step = readonly [Identity, Action];

/** What a new group of `owner` begins with. */
export function genesisOf(owner: Identity): Genesis {
  const nonce = random(16);
  return { groupId: createGroupId(owner.publicKey, nonce), owner: owner.publicKey, nonce };
}

export function beginningOf(owner: Identity): GroupState {
  return genesisState(genesisOf(owner));
}

/** Makes the changes one after the other, each allowed. */
export async function grow(
  from: GroupState,
  ...steps: readonly Step[]
): Promise<{ readonly state: GroupState; readonly entries: readonly HistoryEntry[] }> {
  let state = from;
  const entries: HistoryEntry[] = [];
  for (const [author, action] of steps) {
    const signed = await signChange(author, state, { action, atMs: atMs + state.version });
    ({ state } = signed);
    entries.push(signed.entry);
  }
  return { state, entries };
}

/** Well-signed changes that follow each other, whether allowed or not. */
export async function forge(from: GroupState, ...steps: readonly Step[]): Promise<HistoryEntry[]> {
  let { version, head } = from;
  const entries: HistoryEntry[] = [];
  for (const [author, action] of steps) {
    const change = { author: author.publicKey, atMs, action: encodeAction(action) };
    const statement = statementAfter({ groupId: from.groupId, version, head }, change);
    version += 1;
    head = headOf(statement);
    entries.push({ ...change, version, signature: await author.sign(statement) });
  }
  return entries;
}

/** The code of a promise that a `CryptoError` ends. */
export async function refusalOf(promise: Promise<unknown>): Promise<CryptoErrorCode> {
  const error: unknown = await promise.then(
    () => 'a result',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CryptoError);
  return (error as CryptoError).code;
}

// Actions, by what they do.
export const role = (of: Identity, given: 'listener' | 'member' | 'admin'): Action => ({
  kind: 'role',
  identity: of.publicKey,
  role: given,
});
export const removal = (of: Identity, isBanned = false): Action => ({
  kind: 'removal',
  identity: of.publicKey,
  isBanned,
});
export const about = (kind: 'pardon' | 'admission' | 'handover', of: Identity): Action => ({
  kind,
  identity: of.publicKey,
});
export const rotation = (secretVersion: number, doorHash: Bytes = random(32)): Action => ({
  kind: 'rotation',
  secretVersion,
  doorHash,
});
export const departure: Action = { kind: 'departure' };
export const comeback: Action = { kind: 'return' };
export const speaker = (callId: Bytes, of: Identity, isAllowed = true): Action => ({
  kind: 'speaker',
  callId,
  identity: of.publicKey,
  isAllowed,
});
export const profile = (hash: Bytes = random(32)): Action => ({ kind: 'profile', hash });
export const lock = (callId: Bytes, isLocked = true): Action => ({ kind: 'lock', callId, isLocked });

const openPolicy: Policy = {
  admission: 'open',
  speaking: 'everybody',
  isVerifiedOnly: false,
  codec: 'any',
  picture: 'any',
};
export const policy = (given: Partial<Policy> = {}, present: readonly Identity[] = []): Action => ({
  kind: 'policy',
  policy: { ...openPolicy, ...given },
  present: present.map((one) => one.publicKey),
});
