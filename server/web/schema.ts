// Building blocks of every request and response schema (T1). Bytes are canonical base64url without padding: the pattern
// refuses wrong lengths and spare bits, so a handler never sees bytes that could be written in two ways.
import { Type, type TString } from 'typebox';

const symbol = '[A-Za-z0-9_-]';
/** Last characters that leave no spare bits, by what is left over of the bytes divided by three. */
const lastOfOne = '[AQgw]';
const lastOfTwo = '[AEIMQUYcgkosw048]';

/** Exactly `length` bytes. */
export function bytes(length: number): TString {
  const quads = `${symbol}{${Math.floor(length / 3) * 4}}`;
  const rest = ['', `${symbol}${lastOfOne}`, `${symbol}{2}${lastOfTwo}`][length % 3] as string;
  return Type.String({ pattern: `^${quads}${rest}$` });
}

/** From `least` to `most` bytes. */
export function bytesBetween(least: number, most: number): TString {
  return Type.String({
    minLength: Math.ceil((least * 4) / 3),
    maxLength: Math.ceil((most * 4) / 3),
    pattern: `^(?:${symbol}{4})*(?:${symbol}${lastOfOne}|${symbol}{2}${lastOfTwo})?$`,
  });
}

/** Milliseconds since 1970. */
export const timeMs = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const identity = bytes(32);
export const groupId = bytes(16);
export const callId = bytes(16);
export const livekitIdentity = bytes(16);
export const signature = bytes(64);
/** A count that a query string carries: text, because nothing is coerced. */
export const queryCount = Type.String({ pattern: '^(?:0|[1-9][0-9]{0,14})$' });
/** The answer without a body. */
export const Nothing = Type.Null();
export const closed = { additionalProperties: false } as const;
