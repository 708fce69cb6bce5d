// Properties of header, key id, frame, counter and replay window; the vectors are in vectors.test.ts, the shims in shim.test.ts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, random, type Bytes } from '../bytes.ts';
import {
  Counter,
  decodeHeader,
  decodeKid,
  deriveFrameKey,
  encodeHeader,
  encodeKid,
  importBaseKey,
  open as openFrame,
  ReplayWindow,
  seal as sealFrame,
  type FrameKey,
  type Header,
} from './index.ts';

const seed = Date.now() % 2 ** 31;
process.stdout.write(`sframe.test.ts seed ${seed}\n`);
fc.configureGlobal({ seed });

/** Whole frames, and null for one that does not open. */
async function seal(key: FrameKey, of: { ctr: number }, plaintext: Bytes): Promise<Bytes> {
  const { header, body } = sealFrame(key, of, plaintext);
  return concat(header, new Uint8Array(await body));
}

async function open(key: FrameKey, header: Header, sealed: Bytes): Promise<Bytes | null> {
  const opening = openFrame(key, header, sealed);
  return (
    opening &&
    opening.then(
      (plaintext) => new Uint8Array(plaintext),
      () => null,
    )
  );
}

const uint64 = fc.oneof(fc.nat(20), fc.maxSafeNat(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }));
const bytes = fc.uint8Array({ maxLength: 64 }) as fc.Arbitrary<Bytes>;

describe('header', () => {
  it('[F1] reads back what it wrote, whatever follows', () => {
    fc.assert(
      fc.property(uint64, uint64, bytes, (kid, ctr, rest) => {
        const header = encodeHeader(kid, ctr);
        expect(decodeHeader(Uint8Array.of(...header, ...rest))).toEqual({ kid, ctr, length: header.length });
      }),
    );
  });

  it('[F1] [O3] accepts of any bytes only the shortest encoding and never throws', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const header = decodeHeader(input);
        if (header !== null)
          expect(encodeHeader(header.kid, header.ctr)).toEqual(input.slice(0, header.length));
      }),
      { numRuns: 2000 },
    );
  });

  it('[F1] refuses longer encodings of the same values', () => {
    const longer = [
      [0x80, 7],
      [0x08, 7],
      [0x90, 0, 8],
      [0x98, 0, 255, 8],
      [0x09, 0, 255],
      [0x8f, 9, 0, 1, 1, 1, 1, 1, 1, 1],
    ];
    for (const wire of longer) expect(decodeHeader(Uint8Array.from(wire)), String(wire)).toBeNull();
    for (const wire of [[], [0x80], [0x08], [0x99, 1, 2]])
      expect(decodeHeader(Uint8Array.from(wire))).toBeNull();
  });

  it('names the argument that is no unsigned 64-bit integer', () => {
    for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53, -1n, 2n ** 64n]) {
      expect(() => encodeHeader(wrong, 0)).toThrow(RangeError);
      expect(() => encodeHeader(0, wrong)).toThrow(/ctr must be/);
    }
  });
});

describe('key id', () => {
  it('[K2] is context × 2¹⁸ + leaf × 2⁸ + epoch byte, both ways', () => {
    expect(encodeKid({ context: 3, leaf: 1023, epochByte: 255 })).toBe(2 ** 20 - 1);
    expect(encodeKid({ context: 1, leaf: 2, epochByte: 3 })).toBe(2 ** 18 + 2 * 2 ** 8 + 3);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 20 - 1 }), (kid) => {
        expect(encodeKid(decodeKid(kid)!)).toBe(kid);
      }),
    );
  });

  it('[K2] refuses what is outside its ranges', () => {
    for (const wrong of [2 ** 20, -1, 1.5, 2n ** 60n]) expect(decodeKid(wrong)).toBeNull();
    expect(() => encodeKid({ context: 0, leaf: 1024, epochByte: 0 })).toThrow(RangeError);
    expect(() => encodeKid({ context: 0, leaf: 0, epochByte: 256 })).toThrow(RangeError);
  });
});

describe('frame', () => {
  it('[F1] adds header and tag and opens to the same bytes', async () => {
    const { sealing, opening } = await keys(7);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), async (frame, ctr) => {
        const sealed = await seal(sealing, { ctr }, frame);
        const header = decodeHeader(sealed)!;
        expect(sealed.length).toBe(header.length + frame.length + 16);
        expect(await open(opening, header, sealed)).toEqual(frame);
      }),
    );
  });

  it('[F3] does not open after any change of any bit, nor with the key of another KID', async () => {
    const { sealing, opening } = await keys(300);
    const { opening: other } = await keys(301);
    const sealed = await seal(sealing, { ctr: 70_000 }, random(20));
    expect(await open(other, decodeHeader(sealed)!, sealed)).toBeNull();
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const header = decodeHeader(changed);
      if (header !== null) expect(await open(opening, header, changed), `bit ${bit}`).toBeNull();
    }
  });

  it('[O3] gives null for any bytes that were not sealed', async () => {
    const { opening } = await keys(1);
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        const header = decodeHeader(input);
        if (header !== null) expect(await open(opening, header, input)).toBeNull();
      }),
    );
  });

  it('[K6] keeps base key and frame key non-extractable and single-use', async () => {
    const base = await importBaseKey(random(32));
    const { key } = await deriveFrameKey(base, { kid: 1, usage: 'encrypt' });
    expect([base.extractable, key.extractable, key.usages]).toEqual([false, false, ['encrypt']]);
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  });

  async function keys(kid: number) {
    const base = await importBaseKey(new Uint8Array(32).fill(9));
    const [sealing, opening] = await Promise.all([
      deriveFrameKey(base, { kid, usage: 'encrypt' }),
      deriveFrameKey(base, { kid, usage: 'decrypt' }),
    ]);
    return { sealing, opening };
  }
});

describe('counter', () => {
  it('[K5] starts at 0, never repeats and refuses at 2⁴⁸ − 1', () => {
    const counter = new Counter();
    expect([counter.take(), counter.take(), counter.take()]).toEqual([0, 1, 2]);
    const last = new Counter(2 ** 48 - 2);
    expect([last.take(), last.take(), last.take()]).toEqual([2 ** 48 - 2, null, null]);
  });
});

describe('replay window', () => {
  it('[F5] agrees with a set of everything seen and a highest counter', () => {
    const steps = fc.array(
      fc.oneof(
        fc.nat(3000),
        fc.nat(100),
        fc.maxSafeNat().map((n) => n % 2 ** 48),
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, (counters) => {
        const window = new ReplayWindow();
        const seen = new Set<number>();
        let highest = -1;
        for (const ctr of counters) {
          const isFresh = !seen.has(ctr) && ctr > highest - 1024;
          expect(window.isFresh(ctr)).toBe(isFresh);
          expect(window.accept(ctr)).toBe(isFresh);
          if (isFresh) seen.add(ctr);
          highest = Math.max(highest, isFresh ? ctr : highest);
        }
      }),
    );
  });

  it('[F5] is not moved by asking', () => {
    const window = new ReplayWindow();
    window.accept(5);
    expect(window.isFresh(1_000_000)).toBe(true);
    expect(window.isFresh(4)).toBe(true);
    expect(window.isFresh(5)).toBe(false);
  });
});
