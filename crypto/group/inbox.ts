// HPKE to inbox keys (protocol.md G13; RFC 9180 base mode, the suite of crypto/mls). The private halves are WebCrypto's or wrapped
// and only agree (crypto/identity/inbox-key.ts), so the KEM's two halves meet here; the sender's ephemeral key is made like an inbox
// key, which is many times faster than @noble where the platform has X25519. rotation.ts decides what is sealed.
import { concat, Reader, uint, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { agreeWithInboxKey, createInboxKey, type StoredInboxKey } from '../identity/index.ts';
import { openShared, sealShared } from '../mls/hpke.ts';
import { sharedFrom } from '../mls/kem-x25519.ts';
import { suiteX25519 as suite } from '../mls/suite-x25519.ts';

const boxVersion = 1;
/** What a sealed box is longer than its text. */
const overheadBytes = 1 + 32 + 16;

/** `fallback` as for `createIdentity`. */
export interface SealOptions {
  readonly fallback?: boolean;
}

/** `u8(1) ‖ KEM output (32) ‖ ciphertext and tag`. Throws `CryptoError('malformed')` for a key of small order. */
export async function sealToInbox(
  inboxKey: Bytes,
  given: { readonly info: Bytes; readonly text: Bytes },
  options: SealOptions = {},
): Promise<Bytes> {
  suite.kem.checkPublicKey(inboxKey);
  const ephemeral = await createInboxKey(options);
  const dh = await agreeWithInboxKey(ephemeral.stored, inboxKey);
  const output = ephemeral.publicKey;
  const shared = sharedFrom(dh, concat(output, inboxKey));
  const { kemOutput, ciphertext } = sealShared(suite, { shared, output }, given);
  return concat(uint(boxVersion, 1), kemOutput, ciphertext);
}

/** Throws `CryptoError`: `malformed` for what is no box, `not_opened` for another key or info, or changed bytes. */
export async function openFromInbox(
  stored: StoredInboxKey,
  given: { readonly info: Bytes; readonly box: Bytes },
): Promise<Bytes> {
  const { info, box } = given;
  const reader = new Reader(box);
  if (reader.uint(1) !== boxVersion) throw new CryptoError('malformed', 'a box of another version');
  if (box.length < overheadBytes) throw new CryptoError('malformed', 'a box that ends too early');
  const kemOutput = reader.take(32);
  const ciphertext = reader.take(box.length - 33);
  suite.kem.checkPublicKey(kemOutput);
  const dh = await agreeWithInboxKey(stored, kemOutput);
  return openShared(suite, sharedFrom(dh, concat(kemOutput, stored.publicKey)), { ciphertext, info });
}
