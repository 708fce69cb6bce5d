// Identities as text, written once each: a call asks for the same few hundred many times a second. The arrays are those of the verified
// roster and of the tree, which nobody changes.
import { toBase64url, type Bytes } from '../../crypto/bytes.ts';

const known = new WeakMap<Bytes, string>();

/** base64url of an identity key, as rows and people are keyed. */
export function idOf(identity: Bytes): string {
  let id = known.get(identity);
  if (id === undefined) {
    id = toBase64url(identity);
    known.set(identity, id);
  }
  return id;
}
