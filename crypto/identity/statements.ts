// The canonical bytes of every signed statement (protocol.md I2): `v16("Aparté/1 " + kind) ‖ v16(field) ‖ …`, one label
// and one fixed list of fields a kind, so that no statement can be read as another. Knows no secrets: the service
// rebuilds the same bytes from the fields it is sent and hands them to verify.ts.
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, uint, uint64, utf8, type Bytes } from '../bytes.ts';

const identityBytes = 32;
const idBytes = 16;

/** What `memberStatement` binds (G5). */
export interface MemberFields {
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** Version of the group secret, u32. */
  readonly secretVersion: number;
  /** Ed25519 public key, 32 bytes. */
  readonly identity: Bytes;
  /** X25519 public key, 32 bytes. */
  readonly inboxKey: Bytes;
  /** MAC under the group secret's `member` key, 32 bytes. */
  readonly mac: Bytes;
}

/** What `changeStatement` binds (G8). */
export interface ChangeFields {
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** Of the group's history, u32, from 1. */
  readonly version: number;
  /** Head of the history before it, 32 bytes. */
  readonly previous: Bytes;
  /** Identity that makes the change, 32 bytes. */
  readonly author: Bytes;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** crypto/group/history/action.ts, at most 65 535 bytes. */
  readonly action: Bytes;
}

/** What `profileStatement` binds (G18). */
export interface ProfileFields {
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** Ed25519 public key, 32 bytes. */
  readonly identity: Bytes;
  /** u32: of two profiles of one identity the higher one counts. */
  readonly revision: number;
  /** Of the group secret under which name and face are sealed, u32. */
  readonly secretVersion: number;
  /** `profileHash` of the two, 32 bytes. */
  readonly hash: Bytes;
}

/** What `deletionStatement` binds (G17). */
export interface DeletionFields {
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** Of the group's history then, u32. */
  readonly version: number;
  /** Its head, 32 bytes. */
  readonly head: Bytes;
  /** The owner, 32 bytes. */
  readonly author: Bytes;
}

/** What `leafStatement` binds (C2). */
export interface LeafFields {
  /** 16 bytes. */
  readonly groupId: Bytes;
  /** 16 bytes. */
  readonly callId: Bytes;
  /** The leaf's Ed25519 signature key, 32 bytes. */
  readonly leafKey: Bytes;
  readonly livekitIdentity: string;
}

/** Proves a session: `audience` is the `host` of the service's address, `challenge` its 32 bytes (T3). */
export function sessionStatement(audience: string, challenge: Bytes): Bytes {
  return statement('session', utf8(audience), exactly(challenge, 32, 'challenge'));
}

/** Says that an identity belongs to a group under one version of its secret (G5). Throws `RangeError` on wrong lengths. */
export function memberStatement(fields: MemberFields): Bytes {
  return statement(
    'member',
    exactly(fields.groupId, idBytes, 'groupId'),
    uint(fields.secretVersion, 4),
    exactly(fields.identity, identityBytes, 'identity'),
    exactly(fields.inboxKey, 32, 'inboxKey'),
    exactly(fields.mac, 32, 'mac'),
  );
}

/** An owner, admin or member changes a group (G8). Throws `RangeError` on wrong lengths. */
export function changeStatement(fields: ChangeFields): Bytes {
  return statement(
    'change',
    exactly(fields.groupId, idBytes, 'groupId'),
    uint(fields.version, 4),
    exactly(fields.previous, 32, 'previous'),
    exactly(fields.author, identityBytes, 'author'),
    time(fields.atMs),
    fields.action,
  );
}

/** Says how an identity is called and looks in a group (G18). Throws `RangeError` on wrong lengths. */
export function profileStatement(fields: ProfileFields): Bytes {
  return statement(
    'profile',
    exactly(fields.groupId, idBytes, 'groupId'),
    exactly(fields.identity, identityBytes, 'identity'),
    uint(fields.revision, 4),
    uint(fields.secretVersion, 4),
    exactly(fields.hash, 32, 'hash'),
  );
}

/** What stands for a sealed name and a sealed face (G18, G19): 32 bytes. Throws `RangeError` where one of them is too long. */
export function profileHash(sealedName: Bytes, sealedFace: Bytes): Bytes {
  return sha256(concat(v16(sealedName), v16(sealedFace)));
}

/** The owner deletes a group (G17). Throws `RangeError` on wrong lengths. */
export function deletionStatement(fields: DeletionFields): Bytes {
  return statement(
    'deletion',
    exactly(fields.groupId, idBytes, 'groupId'),
    uint(fields.version, 4),
    exactly(fields.head, 32, 'head'),
    exactly(fields.author, identityBytes, 'author'),
  );
}

/** An identity vouches for the leaf key of one join of one call (C2). Throws `RangeError` on wrong lengths. */
export function leafStatement(fields: LeafFields): Bytes {
  return statement(
    'leaf',
    exactly(fields.groupId, idBytes, 'groupId'),
    exactly(fields.callId, idBytes, 'callId'),
    exactly(fields.leafKey, 32, 'leafKey'),
    utf8(fields.livekitIdentity),
  );
}

function time(atMs: number): Bytes {
  if (!Number.isSafeInteger(atMs)) throw new RangeError(`atMs must be whole milliseconds, got ${atMs}`);
  return uint64(BigInt(atMs));
}

function statement(kind: string, ...fields: readonly Bytes[]): Bytes {
  return concat(...[utf8(`Aparté/1 ${kind}`), ...fields].map(v16));
}

function v16(bytes: Bytes): Bytes {
  return concat(uint(bytes.length, 2), bytes);
}

function exactly(bytes: Bytes, length: number, name: string): Bytes {
  if (bytes.length !== length) throw new RangeError(`${name} must be ${length} bytes, got ${bytes.length}`);
  return bytes;
}
