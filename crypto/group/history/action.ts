// What a change of a group does, and its one encoding (protocol.md G9): `u8(kind) ‖ body`. Who may do it is in apply.ts;
// entry.ts carries and signs the bytes.
import { concat, Reader, toHex, uint, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { encodePolicy, readChoice, readFlag, readPolicy, type Policy } from './policy.ts';

/** In the order of their codes. The owner has none of these. */
export const roles = ['listener', 'member', 'admin'] as const;
export type Role = (typeof roles)[number];

export type Action =
  /** `present`: who stays as they were when approval or listening begins: admitted, and free to speak. */
  | { readonly kind: 'policy'; readonly policy: Policy; readonly present: readonly Bytes[] }
  | { readonly kind: 'role'; readonly identity: Bytes; readonly role: Role }
  | { readonly kind: 'removal'; readonly identity: Bytes; readonly isBanned: boolean }
  /** Ends a ban. */
  | { readonly kind: 'pardon'; readonly identity: Bytes }
  | { readonly kind: 'admission'; readonly identity: Bytes }
  /** Makes `identity` the owner, and the owner an admin. */
  | { readonly kind: 'handover'; readonly identity: Bytes }
  /** `doorHash`: SHA-256 of the new secret's door (G4). */
  | { readonly kind: 'rotation'; readonly secretVersion: number; readonly doorHash: Bytes }
  /** The author leaves. */
  | { readonly kind: 'departure' }
  | { readonly kind: 'lock'; readonly callId: Bytes; readonly isLocked: boolean }
  /** A listener may speak in this call, or no longer. */
  | {
      readonly kind: 'speaker';
      readonly callId: Bytes;
      readonly identity: Bytes;
      readonly isAllowed: boolean;
    }
  /** The author, who left, is back. */
  | { readonly kind: 'return' }
  /** The group's name and face are those with this `profileHash` (G19). */
  | { readonly kind: 'profile'; readonly hash: Bytes };

/** In the order of their codes, from 1. */
const kinds = [
  ...(['policy', 'role', 'removal', 'pardon', 'admission', 'handover'] as const),
  ...(['rotation', 'departure', 'lock', 'speaker', 'return', 'profile'] as const),
] satisfies readonly Action['kind'][];

/** As many as a call has leaves. */
const maxPresent = 1024;

/** The bytes of an action. Throws `RangeError` on wrong lengths, and for more than 1024 identities or one twice. */
export function encodeAction(action: Action): Bytes {
  return concat(uint(kinds.indexOf(action.kind) + 1, 1), bodyOf(action));
}

/** Throws `CryptoError`: `unsupported` for a kind that is not known here, `malformed` for anything but the one encoding. */
export function parseAction(bytes: Bytes): Action {
  const reader = new Reader(bytes);
  const kind = kinds[reader.uint(1) - 1];
  if (kind === undefined) throw new CryptoError('unsupported', 'a change of a kind that is not known here');
  const action = readBody(kind, reader);
  reader.end();
  return action;
}

function bodyOf(action: Action): Bytes {
  switch (action.kind) {
    case 'policy':
      return concat(encodePolicy(action.policy), ascending(action.present));
    case 'role':
      return concat(identityOf(action), uint(roles.indexOf(action.role), 1));
    case 'removal':
      return concat(identityOf(action), flag(action.isBanned));
    case 'pardon':
    case 'admission':
    case 'handover':
      return identityOf(action);
    case 'rotation':
      return concat(uint(action.secretVersion, 4), exactly(action.doorHash, 32));
    case 'departure':
    case 'return':
      return new Uint8Array(0);
    case 'lock':
      return concat(exactly(action.callId, 16), flag(action.isLocked));
    case 'speaker':
      return concat(exactly(action.callId, 16), identityOf(action), flag(action.isAllowed));
    case 'profile':
      return exactly(action.hash, 32);
  }
}

function readBody(kind: Action['kind'], from: Reader): Action {
  switch (kind) {
    case 'policy':
      return { kind, policy: readPolicy(from), present: readAscending(from) };
    case 'role':
      return { kind, identity: from.take(32), role: readChoice(from, roles) };
    case 'removal':
      return { kind, identity: from.take(32), isBanned: readFlag(from) };
    case 'pardon':
    case 'admission':
    case 'handover':
      return { kind, identity: from.take(32) };
    case 'rotation':
      return { kind, secretVersion: from.uint(4), doorHash: from.take(32) };
    case 'departure':
    case 'return':
      return { kind };
    case 'lock':
      return { kind, callId: from.take(16), isLocked: readFlag(from) };
    case 'speaker':
      return { kind, callId: from.take(16), identity: from.take(32), isAllowed: readFlag(from) };
    case 'profile':
      return { kind, hash: from.take(32) };
  }
}

function ascending(identities: readonly Bytes[]): Bytes {
  const names = new Map(identities.map((identity) => [toHex(identity), exactly(identity, 32)]));
  if (names.size !== identities.length || names.size > maxPresent) {
    throw new RangeError(`at most ${maxPresent} identities, each once, got ${identities.length}`);
  }
  const sorted = [...names.keys()].sort().map((name) => names.get(name) as Bytes);
  return concat(uint(sorted.length, 2), ...sorted);
}

function readAscending(from: Reader): Bytes[] {
  const count = from.uint(2);
  if (count > maxPresent) throw new CryptoError('malformed', `${count} identities, at most ${maxPresent}`);
  const identities: Bytes[] = [];
  let last = '';
  for (let i = 0; i < count; i++) {
    const identity = from.take(32);
    const name = toHex(identity);
    if (name <= last) throw new CryptoError('malformed', 'identities that do not ascend');
    identities.push(identity);
    last = name;
  }
  return identities;
}

function identityOf(action: { readonly identity: Bytes }): Bytes {
  return exactly(action.identity, 32);
}

function flag(value: boolean): Bytes {
  return uint(value ? 1 : 0, 1);
}

function exactly(bytes: Bytes, length: number): Bytes {
  if (bytes.length !== length) throw new RangeError(`expected ${length} bytes, got ${bytes.length}`);
  return bytes;
}
