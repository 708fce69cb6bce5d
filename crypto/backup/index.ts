// A sealed backup of what a device cannot do without (protocol.md B1, B2): bytes under a passphrase. What they say is client/groups/backup.ts.
// Argon2id by @noble/hashes makes every guess expensive; XChaCha20-Poly1305 seals; a checksum over all of it tells a damaged file from
// a wrong passphrase.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { argon2idAsync } from '@noble/hashes/argon2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, random, Reader, uint, utf8, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';

/** What one guess costs (RFC 9106 §3.1). */
export interface Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** Of new backups: RFC 9106 §4's second recommendation, which a phone's browser can also spare. */
export const usualCost: Cost = { memoryKiB: 64 * 1024, passes: 3, lanes: 4 };
/** Above this nothing is opened: a file must not be able to fill a machine's memory. */
const mostMemoryKiB = 256 * 1024;
const mostPasses = 16;
const mostLanes = 16;

/** Characters (code points). A backup lies about for years, and whoever finds it may guess for as long. */
const leastPassphrase = 12;
/** 32 MiB: far above what the largest device holds. */
const maxBackupBytes = 32 * 1024 * 1024;

const label = utf8('Aparté/1 backup');
const saltBytes = 16;
const nonceBytes = 24;
const tagBytes = 16;
const checkBytes = 32;

export interface BackupOptions {
  readonly cost?: Cost;
  /** 0 to 1, a few times a second. */
  readonly onProgress?: (part: number) => void;
}

/** B1. Throws `RangeError` for a passphrase of less than 12 characters. */
export async function sealBackup(
  passphrase: string,
  contents: Bytes,
  options: BackupOptions = {},
): Promise<Bytes> {
  if (countOf(passphrase) < leastPassphrase)
    throw new RangeError(`a passphrase has at least ${leastPassphrase} characters`);
  const { memoryKiB, passes, lanes } = options.cost ?? usualCost;
  const salt = random(saltBytes);
  const head = concat(
    uint(label.length, 2),
    label,
    uint(memoryKiB, 4),
    uint(passes, 1),
    uint(lanes, 1),
    salt,
  );
  const nonce = random(nonceBytes);
  const key = await keyFrom(passphrase, { ...options, salt, cost: { memoryKiB, passes, lanes } });
  const sealed = xchacha20poly1305(key, nonce, head).encrypt(contents) as Bytes;
  wipe(key);
  const body = concat(head, nonce, sealed);
  return concat(body, sha256(body));
}

/**
 * What was sealed. Throws `CryptoError`: `malformed` for a file that was damaged or is none, `unsupported` for one that asks for more than
 * is spared here, `not_opened` for another passphrase (B2).
 */
export async function openBackup(
  passphrase: string,
  file: Bytes,
  options: Pick<BackupOptions, 'onProgress'> = {},
): Promise<Bytes> {
  const { head, cost, salt, nonce, sealed } = parse(file);
  const key = await keyFrom(passphrase, { ...options, salt, cost });
  try {
    return xchacha20poly1305(key, nonce, head).decrypt(sealed);
  } catch {
    throw new CryptoError('not_opened', 'another passphrase');
  } finally {
    wipe(key);
  }
}

function parse(file: Bytes): { head: Bytes; cost: Cost; salt: Bytes; nonce: Bytes; sealed: Bytes } {
  const headBytes = 2 + label.length + 6 + saltBytes;
  const least = headBytes + nonceBytes + tagBytes + checkBytes;
  if (file.length < least || file.length > maxBackupBytes)
    throw new CryptoError('malformed', `a backup of ${file.length} bytes`);
  const body = file.slice(0, -checkBytes);
  if (!equal(sha256(body), file.slice(-checkBytes)))
    throw new CryptoError('malformed', 'a checksum that is wrong');
  const reader = new Reader(body);
  if (!equal(reader.vector(2, 64), label)) throw new CryptoError('malformed', 'a file of another kind');
  const cost = { memoryKiB: reader.uint(4), passes: reader.uint(1), lanes: reader.uint(1) };
  checkCost(cost);
  const salt = reader.take(saltBytes);
  const nonce = reader.take(nonceBytes);
  const sealed = reader.take(body.length - headBytes - nonceBytes);
  return { head: body.slice(0, headBytes), cost, salt, nonce, sealed };
}

function checkCost({ memoryKiB, passes, lanes }: Cost): void {
  const isFair =
    passes >= 1 &&
    passes <= mostPasses &&
    lanes >= 1 &&
    lanes <= mostLanes &&
    memoryKiB >= 8 * lanes &&
    memoryKiB <= mostMemoryKiB;
  if (!isFair) throw new CryptoError('unsupported', 'a backup that costs more to open than is spared here');
}

/** As it is typed on any keyboard: NFKC, without space around it. */
function keyFrom(
  passphrase: string,
  { salt, cost, onProgress }: Pick<BackupOptions, 'onProgress'> & { salt: Bytes; cost: Cost },
): Promise<Bytes> {
  const { memoryKiB, passes, lanes } = cost;
  return argon2idAsync(utf8(normal(passphrase)), salt, {
    ...{ m: memoryKiB, t: passes, p: lanes, dkLen: 32, asyncTick: 20 },
    ...(onProgress === undefined ? {} : { onProgress }),
  });
}

function normal(passphrase: string): string {
  return passphrase.normalize('NFKC').trim();
}

function countOf(passphrase: string): number {
  return Array.from(normal(passphrase)).length;
}
