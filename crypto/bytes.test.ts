// Byte helpers: encodings are canonical both ways and wrong bytes give `CryptoError('malformed')` only (O1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concat,
  equal,
  fromBase64url,
  fromHex,
  fromUtf8,
  Reader,
  toBase64url,
  toHex,
  uint,
  uint64,
  utf8,
  wipe,
} from './bytes.ts';
import { anyBytes, refusal } from './test/fuzz.ts';

describe('base64url', () => {
  it('[O1] is read back as it was written and agrees with the platform', () => {
    fc.assert(
      fc.property(anyBytes(0, 200), (bytes) => {
        expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64url(toBase64url(bytes), bytes.length)).toEqual(bytes);
      }),
    );
  });

  it('[O1] refuses any text that is not the canonical encoding of some bytes', () => {
    for (const text of ['A', 'AA==', 'AB', 'A+8', 'A/8', 'AA AA', 'ÀA', 'AAB', '\n', 'AAAA=']) {
      expect(
        refusal(() => fromBase64url(text)),
        text,
      ).toBe('malformed');
    }
    expect(refusal(() => fromBase64url('AAAA', 4))).toBe('malformed');
    expect(refusal(() => fromBase64url(undefined as unknown as string))).toBe('malformed');
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        const canonical = Buffer.from(text, 'base64url').toString('base64url') === text;
        if (canonical) expect(toBase64url(fromBase64url(text))).toBe(text);
        else expect(refusal(() => fromBase64url(text))).toBe('malformed');
      }),
    );
  });

  it('[O1] encodes megabytes without a too long argument list', () => {
    const bytes = new Uint8Array(1_000_001).fill(255);
    expect(equal(fromBase64url(toBase64url(bytes)), bytes)).toBe(true);
  });
});

describe('integers', () => {
  it('[O1] are big-endian and refuse what does not fit', () => {
    expect(toHex(uint(0x0102, 2))).toBe('0102');
    expect(toHex(uint(2 ** 48 - 1, 6))).toBe('ffffffffffff');
    expect(toHex(uint64(0x0102030405060708n))).toBe('0102030405060708');
    for (const value of [-1, 256, 0.5, Number.NaN]) expect(() => uint(value, 1)).toThrow(RangeError);
    for (const value of [-1n, 1n << 64n]) expect(() => uint64(value)).toThrow(RangeError);
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (small, large) => {
        const reader = new Reader(concat(uint(small, 6), uint64(large)));
        expect([reader.uint(6), reader.uint64()]).toEqual([small, large]);
        reader.end();
      }),
    );
  });
});

describe('Reader', () => {
  it('[O1] refuses to read past the end, trailing bytes and vectors beyond their limit', () => {
    const reader = new Reader(fromHex('0002aabb'));
    expect(reader.vector(2, 2)).toEqual(fromHex('aabb'));
    reader.end();
    expect(refusal(() => reader.take(1))).toBe('malformed');
    expect(refusal(() => new Reader(fromHex('0003aabb')).vector(2, 9))).toBe('malformed');
    expect(refusal(() => new Reader(fromHex('0002aabb')).vector(2, 1))).toBe('malformed');
    expect(
      refusal(() => {
        new Reader(fromHex('00')).end();
      }),
    ).toBe('malformed');
    expect(refusal(() => new Reader(fromHex('00000000000000')).uint64())).toBe('malformed');
  });

  it('[O1] gives copies, so that a later wipe of one changes nothing else', () => {
    const bytes = fromHex('0102');
    const taken = new Reader(bytes).take(2);
    wipe(taken);
    expect(toHex(bytes)).toBe('0102');
    expect(toHex(taken)).toBe('0000');
  });
});

describe('text and comparison', () => {
  it('[O1] refuses bytes that are not UTF-8 and keeps a byte order mark', () => {
    expect(fromUtf8(utf8('Aparté \u{1F33F}'))).toBe('Aparté \u{1F33F}');
    expect(fromUtf8(fromHex('efbbbf41'))).toBe('\uFEFFA');
    for (const hex of ['ff', 'c3', 'eda080', 'c080'])
      expect(refusal(() => fromUtf8(fromHex(hex)))).toBe('malformed');
  });

  it('[O1] compares content and length', () => {
    expect(equal(fromHex('0102'), fromHex('0102'))).toBe(true);
    expect(equal(fromHex('0102'), fromHex('0103'))).toBe(false);
    expect(equal(fromHex('0102'), fromHex('010200'))).toBe(false);
    expect(() => fromHex('0')).toThrow(TypeError);
  });
});
