// Names that the service keeps without being able to read them (protocol.md G7): of the group and of its members, each sealed to its
// place (sealed-place.ts).
import { fromUtf8, random, utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { openBox, sealBox } from './box.ts';
import { boxKey, type SealedPlace } from './sealed-place.ts';
import type { GroupKeys } from './secret.ts';

const maxCharacters = 64;
const maxBytes = 256;
/** Control characters, lone surrogates, separators of lines and paragraphs, and what reverses the direction of all that follows. */
const forbidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Where a sealed text belongs. */
export type SealedTextPlace = SealedPlace<'groupName' | 'memberName'>;

/** Whether G7 takes `text` as a name. What it refuses can be asked of a person again. */
export function isSealableText(text: string): boolean {
  return (
    text === text.trim() &&
    Array.from(text).length <= maxCharacters &&
    utf8(text).length <= maxBytes &&
    visible.test(text) &&
    !forbidden.test(text)
  );
}

/** Seals a name under the group's `seal` key. Throws `RangeError` where G7 does not take the text: ask `isSealableText`. */
export function sealText(keys: Pick<GroupKeys, 'seal'>, place: SealedTextPlace, text: string): Bytes {
  return sealTextWithNonce(keys, place, { text, nonce: random(24) });
}

/** `sealText` with a given nonce, for test vectors. */
export function sealTextWithNonce(
  keys: Pick<GroupKeys, 'seal'>,
  place: SealedTextPlace,
  given: { readonly text: string; readonly nonce: Bytes },
): Bytes {
  if (!isSealableText(given.text))
    throw new RangeError('text must be 1 to 64 visible, trimmed characters (G7)');
  return sealBox(boxKey(keys, place), given.nonce, utf8(given.text));
}

/**
 * The name in sealed bytes. Throws `CryptoError`: `not_opened` for another group, subject or key, or changed bytes;
 * `malformed` for what is not sealed text or holds what G7 refuses.
 */
export function openText(keys: Pick<GroupKeys, 'seal'>, place: SealedTextPlace, sealed: Bytes): string {
  const text = fromUtf8(openBox(boxKey(keys, place), sealed));
  if (!isSealableText(text)) throw new CryptoError('malformed', 'a sealed text that is no name');
  return text;
}
