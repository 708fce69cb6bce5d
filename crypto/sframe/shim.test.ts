// Known answers of the five shims, written out by hand from the table in docs/protocol.md, their properties, and fuzz.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex, type Bytes } from '../bytes.ts';
import { codecOf, unwrap, wrap as wrapParts, type Codec } from './index.ts';

const seed = Date.now() % 2 ** 31;
process.stdout.write(`shim.test.ts seed ${seed}\n`);
fc.configureGlobal({ seed });

const CODECS: Codec[] = ['opus', 'vp8', 'vp9', 'h264', 'av1'];
const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 }) as fc.Arbitrary<Bytes>;
const zeroes = fc
  .array(fc.constantFrom(0, 1, 2, 3, 4, 0x80, 255), { minLength: 1, maxLength: 60 })
  .map((list) => Uint8Array.from(list));

/** `wrap` of a sealed frame given in one piece: where its header ends means nothing to a shim. */
function wrap(codec: Codec, of: { isKey: boolean; frame: Uint8Array }, sealed: Bytes): Bytes | null {
  return wrapParts(codec, of, { header: sealed.slice(0, 1), body: sealed.slice(1) });
}

/** A key frame of each codec as its encoder begins it. */
const KEY_FRAMES: Record<Codec, Bytes> = {
  opus: fromHex('78'),
  vp8: fromHex('5019009d012a40010b01aabb'),
  vp9: fromHex('82498342'),
  h264: fromHex('000000016742c01f00000168ce3c800000010655000000016588aabb00000168'),
  av1: fromHex('12000a0b00000042a7bfe46ad00400320410000102'),
};

const KNOWN: [codec: Codec, isKey: boolean, sealed: string, wire: string][] = [
  ['opus', false, 'c0ffee', 'c0ffee'],
  ['vp8', true, 'c0ffee', '5019009d012a40010b01' + 'c0ffee'],
  ['vp8', false, 'c0ffee', '01' + 'c0ffee'],
  ['vp9', true, 'c0ffee', '82' + 'c0ffee'],
  ['vp9', false, 'c0ffee', '86' + 'c0ffee'],
  [
    'h264',
    true,
    'c0ffee',
    '00000001' + '6742c01f' + '00000001' + '68ce3c80' + '00000001' + '6588ff' + 'c0ffee' + '80',
  ],
  [
    'h264',
    false,
    '000000000001000002000003ff000004',
    '00000001419aff' + '00000300000300010000030200000303ff000004' + '80',
  ],
  ['h264', false, '000000', '00000001419aff' + '00000300' + '80'],
  ['av1', true, 'c0ffee', '0a0b' + '00000042a7bfe46ad00400' + '3204' + '10' + 'c0ffee'],
  ['av1', false, 'c0ffee', '3204' + '30' + 'c0ffee'],
  ['av1', false, 'ab'.repeat(127), '328001' + '30' + 'ab'.repeat(127)],
];

describe('shims', () => {
  for (const [codec, isKey, sealed, wire] of KNOWN) {
    it(`[F2] is written for a ${isKey ? 'key' : 'delta'} frame of ${codec} around ${sealed.slice(0, 32)}`, () => {
      const frame = KEY_FRAMES[codec];
      expect(toHex(wrap(codec, { isKey, frame }, fromHex(sealed))!)).toBe(wire);
      expect(toHex(unwrap(codec, fromHex(wire))!)).toBe(sealed);
    });
  }

  it('[F2] stands in with an empty sequence header where an AV1 key frame has none', () => {
    const wire = wrap('av1', { isKey: true, frame: fromHex('32021000') }, fromHex('c0ffee'))!;
    expect(toHex(wire)).toBe('0a00' + '3204' + '10' + 'c0ffee');
    expect(toHex(unwrap('av1', wire)!)).toBe('c0ffee');
  });

  it('[F2] copies nothing of a delta frame and nothing but the named bytes of a key frame', () => {
    const secret = fromHex('decade1234567890decade1234567890');
    for (const codec of CODECS) {
      const frame = concat(KEY_FRAMES[codec], secret);
      for (const isKey of [true, false]) {
        const wire = wrap(codec, { isKey, frame }, fromHex('c0ffee'))!;
        expect(toHex(wire), codec).not.toContain(toHex(secret.slice(0, 4)));
        if (!isKey || codec === 'vp9') expect(wire.length).toBeLessThanOrEqual(11);
      }
    }
  });

  it('[F2] does not send a VP8 key frame that has no key frame header', () => {
    expect(wrap('vp8', { isKey: true, frame: fromHex('5019009d') }, fromHex('c0ffee'))).toBeNull();
    expect(
      wrap('vp8', { isKey: true, frame: fromHex('5119009d012a40010b01') }, fromHex('c0ffee')),
    ).toBeNull();
  });

  for (const codec of CODECS) {
    it(`[F2] of ${codec} gives back whatever was sealed`, () => {
      fc.assert(
        fc.property(fc.oneof(bytes, zeroes), fc.boolean(), (sealed, isKey) => {
          const wire = wrap(codec, { isKey, frame: KEY_FRAMES[codec] }, sealed)!;
          expect(unwrap(codec, wire)).toEqual(sealed);
        }),
      );
    });

    it(`[O3] of ${codec} never throws, and accepts only bytes that it would write`, () => {
      const near = fc.tuple(bytes, fc.nat(), fc.nat(255), fc.boolean()).map(([sealed, at, value, isKey]) => {
        const wire = wrap(codec, { isKey, frame: KEY_FRAMES[codec] }, sealed)!.slice();
        wire[at % wire.length] = value;
        return wire.slice(0, wire.length - (at % 3));
      });
      fc.assert(
        fc.property(fc.oneof(bytes, zeroes, near), (wire) => {
          const sealed = unwrap(codec, wire);
          if (sealed === null) return;
          // The frame that a key frame's shim was copied from begins with that shim. What stands in parameter sets is not looked at.
          const again = [true, false].map((isKey) => wrap(codec, { isKey, frame: wire }, sealed));
          const tail = (one: Bytes | null): string =>
            one === null ? 'none' : toHex(one.slice(codec === 'h264' ? -sealed.length - 1 : 0));
          expect(again.map(tail)).toContain(tail(wire));
        }),
        { numRuns: 1000 },
      );
    });
  }

  it('[O3] of H264 refuses a start code or a forbidden sequence inside the slice', () => {
    for (const inside of ['000001', '000000', '000002', '000003', '00000304']) {
      expect(unwrap('h264', fromHex(`00000001419aff${inside}80`)), inside).toBeNull();
    }
    for (const wire of [
      '',
      '00000001',
      '000000016742',
      '00000001674280',
      '00000001419aff',
      '00000001419affc0',
      '419affc080',
    ]) {
      expect(unwrap('h264', fromHex(wire)), wire).toBeNull();
    }
  });

  it('[O3] of AV1 refuses sizes that are too long, too short or not minimal', () => {
    for (const wire of [
      '',
      '0a',
      '0a00',
      '32',
      '3200',
      '3280',
      '320430c0',
      '320330c0ffee',
      '32840030c0ffee',
      '3204ffc0ffee',
      '3204' + '10c0ffee',
      '0a003204' + '30c0ffee',
      '0aff' + '3204',
    ]) {
      expect(unwrap('av1', fromHex(wire)), wire).toBeNull();
    }
  });

  it('knows its codecs by MIME type and no others', () => {
    expect(['audio/opus', 'video/VP8', 'video/VP9', 'video/H264', 'video/AV1'].map(codecOf)).toEqual(CODECS);
    expect(['audio/red', 'video/H265', 'video/rtx', ''].map(codecOf)).toEqual([null, null, null, null]);
  });
});
