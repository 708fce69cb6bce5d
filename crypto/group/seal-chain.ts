// The `seal` keys of earlier secrets (protocol.md G14): each is sealed under the next one's, so that who holds the secret in force opens
// names sealed before, and who was removed opens none sealed since. rotation.ts makes a link of the chain.
import { concat, random, uint, utf8, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { openBox, sealBox, type BoxKey } from '../invite/box.ts';
import { deriveGroupKeys, type GroupSecret } from '../invite/index.ts';

const label = utf8('Aparté/1 previous seal');
const keyBytes = 32;

/** Seals the `seal` key of the version before `secret`'s. */
export function sealPreviousSeal(secret: GroupSecret, seal: Bytes): Bytes {
  return sealPreviousSealWithNonce(secret, { seal, nonce: random(24) });
}

/** `sealPreviousSeal` with a given nonce, for test vectors. */
export function sealPreviousSealWithNonce(secret: GroupSecret, given: { seal: Bytes; nonce: Bytes }): Bytes {
  const { seal } = deriveGroupKeys(secret);
  return sealBox(boxKey(seal, secret.groupId, secret.version - 1), given.nonce, given.seal);
}

/**
 * The `seal` keys by version, from the secret in force down. `previousSeals`: by the version whose key is in it. What is missing or does
 * not open ends the chain: names under older keys then do not open, and that is said of each (G12).
 */
export function openSeals(
  secret: GroupSecret,
  previousSeals: ReadonlyMap<number, Bytes>,
): ReadonlyMap<number, Bytes> {
  const keys = deriveGroupKeys(secret);
  wipe(keys.door, keys.member, keys.handshake, keys.media);
  const seals = new Map([[secret.version, keys.seal]]);
  let seal = keys.seal;
  for (let version = secret.version - 1; version > 0; version--) {
    const opened = openOne(boxKey(seal, secret.groupId, version), previousSeals.get(version));
    if (opened === undefined) break;
    seals.set(version, opened);
    seal = opened;
  }
  return seals;
}

function openOne(key: BoxKey, sealed: Bytes | undefined): Bytes | undefined {
  if (sealed === undefined) return undefined;
  try {
    const opened = openBox(key, sealed);
    return opened.length === keyBytes ? opened : undefined;
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

function boxKey(seal: Bytes, groupId: Bytes, version: number): BoxKey {
  return { key: seal, aad: concat(uint(label.length, 2), label, groupId, uint(version, 4)) };
}
