// Whether an Ed25519 signature is valid (protocol.md I3). The same answer everywhere: point.ts refuses encodings first,
// then WebCrypto checks the equation, or point.ts where WebCrypto has no Ed25519. Browsers check without the cofactor,
// @noble's own `verify` with it: a crafted key would split a call, which is why neither is asked alone.
import type { Bytes } from '../bytes.ts';
import { holds, isAcceptable } from './point.ts';

/** Which code checks the equation. Both give the same answer; tests compare them. */
export type VerifyPath = 'webcrypto' | 'noble';

/**
 * True only if `signature` (64 bytes) of `statement` is valid under `publicKey` (32 bytes) by I3. Never throws for
 * wrong bytes. `path` is for tests; without it WebCrypto is used where it can.
 */
export async function verify(publicKey: Bytes, statement: Bytes, signature: Bytes): Promise<boolean> {
  return verifyBy((await hasNativeEd25519()) ? 'webcrypto' : 'noble', publicKey, statement, signature);
}

/** `verify` by one path, for tests that compare the two. */
export async function verifyBy(
  path: VerifyPath,
  ...[publicKey, statement, signature]: readonly [Bytes, Bytes, Bytes]
): Promise<boolean> {
  if (!isAcceptable(publicKey, signature)) return false;
  if (path === 'noble') return holds(publicKey, statement, signature);
  try {
    const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', true, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature, statement);
  } catch {
    return holds(publicKey, statement, signature); // WebCrypto is free to be pickier about what it imports: the answer stays I3's
  }
}

let native: Promise<boolean> | undefined;

/** Whether this platform's WebCrypto has Ed25519, found out once by making a key. */
export function hasNativeEd25519(): Promise<boolean> {
  native ??= crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']).then(
    () => true,
    () => false,
  );
  return native;
}
