// One change of a group as it is sent and kept (protocol.md G8): who, when, what, signed. The head before it is signed too and not
// sent: an entry verifies in one place of one history only. fold.ts reads them in order, sign-change.ts makes them.
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, Reader, uint, uint64, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { changeStatement } from '../../identity/statements.ts';
import type { GroupState } from './state.ts';

const encodingVersion = 1;
const maxActionBytes = 65_535;

export interface HistoryEntry {
  /** Its number, from 1. */
  readonly version: number;
  /** Identity that signed it, 32 bytes. */
  readonly author: Bytes;
  /** The author's clock, milliseconds since 1970: to be shown, nothing depends on it. */
  readonly atMs: number;
  /** action.ts. */
  readonly action: Bytes;
  /** Of the `change` statement, 64 bytes. */
  readonly signature: Bytes;
}

/** `u8(1) ‖ u32(version) ‖ author (32) ‖ u64(atMs) ‖ v16(action) ‖ signature (64)`. Throws `RangeError` on wrong lengths. */
export function encodeEntry(entry: HistoryEntry): Bytes {
  const { version, author, atMs, action, signature } = entry;
  if (author.length !== 32 || signature.length !== 64) {
    throw new RangeError('author must be 32 bytes, signature 64');
  }
  const numbers = concat(uint(encodingVersion, 1), uint(version, 4));
  return concat(numbers, author, uint64(BigInt(atMs)), uint(action.length, 2), action, signature);
}

/** Throws `CryptoError('malformed')` for anything but the one encoding. What it says is checked by `foldHistory` alone. */
export function parseEntry(bytes: Bytes): HistoryEntry {
  const reader = new Reader(bytes);
  if (reader.uint(1) !== encodingVersion) throw new CryptoError('malformed', 'an entry of another encoding');
  const version = reader.uint(4);
  const author = reader.take(32);
  const atMs = Number(reader.uint64());
  if (!Number.isSafeInteger(atMs)) throw new CryptoError('malformed', 'a time that is none');
  const entry = {
    version,
    author,
    atMs,
    action: reader.vector(2, maxActionBytes),
    signature: reader.take(64),
  };
  reader.end();
  return entry;
}

/** The bytes that the author of the next change signs. */
export function statementAfter(
  before: Pick<GroupState, 'groupId' | 'head' | 'version'>,
  change: Pick<HistoryEntry, 'author' | 'atMs' | 'action'>,
): Bytes {
  const { groupId, head: previous, version } = before;
  return changeStatement({ groupId, version: version + 1, previous, ...change });
}

/** The head after a change: not over its signature, of which Ed25519 can have several. */
export function headOf(statement: Bytes): Bytes {
  return sha256(statement);
}
