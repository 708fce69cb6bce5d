// The keys of earlier secrets that are still needed (protocol.md G14): those under which names and calls are sealed. Each version's are
// sealed under the next one's `seal`, so that who holds the secret in force opens what was sealed before, and who was removed opens
// nothing sealed since. rotation.ts makes a link of the chain.
import { concat, random, uint, utf8, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { openBox, sealBox, type BoxKey } from '../invite/box.ts';
import { deriveGroupKeys, type GroupKeys, type GroupSecret } from '../invite/index.ts';

const label = utf8('Aparté/1 previous keys');
const keyBytes = 32;
const names = ['seal', 'handshake', 'media'] as const;

/** Of one version of the secret: for names (G7), and for a call that began under it (E1, K1). */
export type ChainedKeys = Pick<GroupKeys, (typeof names)[number]>;

/** Seals the keys of the version before `secret`'s. */
export function sealPreviousKeys(secret: GroupSecret, keys: ChainedKeys): Bytes {
  return sealPreviousKeysWithNonce(secret, { keys, nonce: random(24) });
}

/** `sealPreviousKeys` with a given nonce, for test vectors. */
export function sealPreviousKeysWithNonce(
  secret: GroupSecret,
  given: { readonly keys: ChainedKeys; readonly nonce: Bytes },
): Bytes {
  const { seal } = deriveGroupKeys(secret);
  const text = concat(...names.map((name) => given.keys[name]));
  const box = sealBox(boxKey(seal, secret.groupId, secret.version - 1), given.nonce, text);
  wipe(seal, text);
  return box;
}

/**
 * Keys by version, from the secret in force down. `previousSeals`: by the version whose keys are in it. What is missing or does not open
 * ends the chain: names under older keys then do not open, and that is said of each (G12).
 */
export function openSeals(
  secret: GroupSecret,
  previousSeals: ReadonlyMap<number, Bytes>,
): ReadonlyMap<number, ChainedKeys> {
  const { seal, handshake, media, door, member } = deriveGroupKeys(secret);
  wipe(door, member);
  let last: ChainedKeys = { seal, handshake, media };
  const byVersion = new Map([[secret.version, last]]);
  for (let version = secret.version - 1; version > 0; version--) {
    const opened = openOne(boxKey(last.seal, secret.groupId, version), previousSeals.get(version));
    if (opened === undefined) break;
    byVersion.set(version, opened);
    last = opened;
  }
  return byVersion;
}

function openOne(key: BoxKey, sealed: Bytes | undefined): ChainedKeys | undefined {
  if (sealed === undefined) return undefined;
  try {
    const opened = openBox(key, sealed);
    if (opened.length !== names.length * keyBytes) return undefined;
    const at = (index: number): Bytes => opened.slice(index * keyBytes, (index + 1) * keyBytes);
    return { seal: at(0), handshake: at(1), media: at(2) };
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

function boxKey(seal: Bytes, groupId: Bytes, version: number): BoxKey {
  return { key: seal, aad: concat(uint(label.length, 2), label, groupId, uint(version, 4)) };
}
