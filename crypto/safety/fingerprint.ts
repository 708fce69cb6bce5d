// Digits that two or more people read out to each other: Signal's numeric fingerprint (protocol.md S1; libsignal,
// `NumericFingerprintGenerator`, version 0) and the call code (S4). @noble's SHA-512 is used on purpose: 5200 rounds
// take a quarter of the time that as many calls into WebCrypto do (49 and 174 ms a pair in Chromium).
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, uint, utf8, type Bytes } from '../bytes.ts';

const version = uint(0, 2);
const stableId = utf8('Aparté/1 identity');
const callLabel = utf8('Aparté/1 call code');
const iterations = 5200;
const roundsAtOnce = iterations / 4;
const groupBytes = 5;
const groups = 6;

/** `pause` is awaited every 1300 rounds, about 7 ms of a laptop's work: a place to let the screen breathe. */
export interface SafetyNumberOptions {
  readonly pause?: () => Promise<void>;
}

/**
 * The safety number of two identity keys (32 bytes each): 60 digits, the same from both sides (S1).
 * Throws `RangeError` on other lengths.
 */
export async function safetyNumber(
  mine: Bytes,
  theirs: Bytes,
  options: SafetyNumberOptions = {},
): Promise<string> {
  const halves = [await ownDigits(mine, options), await ownDigits(theirs, options)];
  return halves.sort().join('');
}

/** The half of its safety numbers that an identity key (32 bytes) has in all of them: 30 digits. Throws `RangeError` on other lengths. */
export async function ownDigits(key: Bytes, options: SafetyNumberOptions = {}): Promise<string> {
  if (key.length !== 32) throw new RangeError(`an identity key must be 32 bytes, got ${key.length}`);
  let hash = start(key, stableId);
  for (let done = 0; done < iterations; done += roundsAtOnce) {
    hash = advance(hash, key, roundsAtOnce);
    await options.pause?.();
  }
  return digits(hash);
}

/** Signal's numeric fingerprint of one key, for any identifier and number of rounds: 30 digits. */
export function fingerprint(key: Bytes, id: Bytes, rounds: number): string {
  return digits(advance(start(key, id), key, rounds));
}

/** The code of an epoch, the same for everyone in the call (S4): 30 digits of its 32-byte epoch authenticator. */
export function callCode(authenticator: Bytes): string {
  return digits(sha512(concat(callLabel, authenticator)));
}

function start(key: Bytes, id: Bytes): Uint8Array {
  return concat(version, key, id);
}

function advance(from: Uint8Array, key: Bytes, rounds: number): Uint8Array {
  let hash = from;
  for (let round = 0; round < rounds; round++) hash = sha512(concat(hash, key));
  return hash;
}

/** Six groups of five bytes, each taken mod 100000 and written with five digits. */
function digits(hash: Uint8Array): string {
  let out = '';
  for (let at = 0; at < groups * groupBytes; at += groupBytes) {
    const value = hash.subarray(at, at + groupBytes).reduce((sum, byte) => sum * 256 + byte, 0);
    out += String(value % 100_000).padStart(5, '0');
  }
  return out;
}
