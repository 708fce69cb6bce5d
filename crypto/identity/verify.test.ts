// I3: one answer to "is this signature valid", whichever code checks it. The crafted keys and signatures have parts of
// small order, which is where WebCrypto (no cofactor) and @noble's own `verify` (cofactor) disagree.
import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex, uint, utf8, type Bytes } from '../bytes.ts';
import { anyBytes, mutations } from '../test/fuzz.ts';
import cases from '../vectors/ed25519-speccheck/cases.json' with { type: 'json' };
import { isAcceptablePoint } from './point.ts';
import { hasNativeEd25519, verify, verifyBy } from './verify.ts';

const { Point } = ed25519;
const order = Point.Fn.ORDER;
const torsion = ED25519_TORSION_SUBGROUP.map((hex) => Point.fromHex(hex, true));
const generator = torsion.find((point) => !point.multiplyUnsafe(4n).is0())!;

interface Crafted {
  readonly key: Bytes;
  readonly statement: Bytes;
  readonly signature: Bytes;
}

function isOnCurve(bytes: Bytes): boolean {
  try {
    Point.fromBytes(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Both answers, which must be one. */
async function answer({ key, statement, signature }: Crafted): Promise<boolean> {
  const [a, b, c] = await Promise.all([
    verifyBy('webcrypto', key, statement, signature),
    verifyBy('noble', key, statement, signature),
    verify(key, statement, signature),
  ]);
  expect(a, toHex(concat(key, signature, statement))).toBe(b);
  expect(c).toBe(a);
  return a;
}

/** A signature by scalars `a` and `r` whose key and R carry `keyTorsion` and `rTorsion` times a point of order 8. */
function craft(given: {
  a: bigint;
  r: bigint;
  keyTorsion: number;
  rTorsion: number;
  statement: Bytes;
}): Crafted & { k: bigint } {
  const key = pointBytes(given.a, given.keyTorsion);
  const r = pointBytes(given.r, given.rTorsion);
  const k = little(sha512(concat(r, key, given.statement))) % order;
  const s = (given.r + k * given.a) % order;
  return { key, statement: given.statement, signature: concat(r, littleBytes(s)), k };
}

function pointBytes(scalar: bigint, times: number): Bytes {
  const point = Point.BASE.multiplyUnsafe(scalar).add(generator.multiplyUnsafe(BigInt(times)));
  return new Uint8Array(point.toBytes());
}

/** Crafts with one statement after the other until `wanted(k mod 8)`. */
function craftUntil(
  given: Omit<Parameters<typeof craft>[0], 'statement'>,
  wanted: (k: number) => boolean,
): Crafted {
  for (let i = 0; ; i++) {
    const crafted = craft({ ...given, statement: uint(i, 4) });
    if (wanted(Number(crafted.k % 8n))) return crafted;
  }
}

function little(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.slice().reverse())}`);
}

function littleBytes(value: bigint): Bytes {
  return fromHex(value.toString(16).padStart(64, '0')).reverse();
}

const a = 0x1234567890abcdefn;
const r = 0xfedcba0987654321n;

describe('verify', () => {
  it('[I3] is compared on two real paths here: this platform has Ed25519 in WebCrypto', async () => {
    expect(await hasNativeEd25519()).toBe(true);
  });

  it('[I3] accepts honest signatures and the test vectors of RFC 8032', async () => {
    const rfc = [
      [
        'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
        '',
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
      ],
      [
        '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
        '72',
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      ],
    ].map((row) => row.map(fromHex) as [Bytes, Bytes, Bytes]);
    for (const [key, statement, signature] of rfc)
      expect(await answer({ key, statement, signature })).toBe(true);
  });

  it('[I3] decides the published edge cases: only mixed orders that hold without the cofactor are valid', async () => {
    const answers = await Promise.all(
      cases.map((row) =>
        answer({
          key: fromHex(row.pub_key),
          statement: fromHex(row.message),
          signature: fromHex(row.signature),
        }),
      ),
    );
    expect(answers).toEqual(cases.map((_, i) => i === 3));
  });

  it('[I3] does not clear the cofactor: a torsion part of R alone is refused, though @noble itself accepts it', async () => {
    for (let rTorsion = 1; rTorsion < 8; rTorsion++) {
      const crafted = craft({ a, r, keyTorsion: 0, rTorsion, statement: utf8('hello') });
      expect(ed25519.verify(crafted.signature, crafted.statement, crafted.key)).toBe(true);
      expect(await answer(crafted)).toBe(false);
    }
  });

  it('[I3] accepts a key of mixed order exactly where the torsion parts cancel out', async () => {
    for (let keyTorsion = 1; keyTorsion < 8; keyTorsion++) {
      for (let rTorsion = 0; rTorsion < 8; rTorsion++) {
        const cancels = (k: number) => (rTorsion + k * keyTorsion) % 8 === 0;
        if ([0, 1, 2, 3, 4, 5, 6, 7].some(cancels)) {
          expect(await answer(craftUntil({ a, r, keyTorsion, rTorsion }, cancels))).toBe(true);
        }
        expect(await answer(craftUntil({ a, r, keyTorsion, rTorsion }, (k) => !cancels(k)))).toBe(false);
      }
    }
  });

  it('[I3] refuses every key and every R of small order, also where the equation holds', async () => {
    for (let times = 0; times < 8; times++) {
      const small = craftUntil({ a: 0n, r, keyTorsion: times, rTorsion: 0 }, (k) => (k * times) % 8 === 0);
      expect(await answer(small)).toBe(false);
      const cancels = (k: number) => (times + k) % 8 === 0;
      expect(await answer(craftUntil({ a, r: 0n, keyTorsion: 1, rTorsion: times }, cancels))).toBe(false);
    }
    expect(await answer(craft({ a, r: 0n, keyTorsion: 0, rTorsion: 0, statement: utf8('R = 0') }))).toBe(
      false,
    );
  });

  it('[I3] refuses S of the order and beyond', async () => {
    const good = craft({ a, r, keyTorsion: 0, rTorsion: 0, statement: utf8('hello') });
    expect(await answer(good)).toBe(true);
    const s = little(good.signature.subarray(32));
    for (let times = 1n; s + times * order < 1n << 256n; times++) {
      const signature = concat(good.signature.subarray(0, 32), littleBytes(s + times * order));
      expect(await answer({ ...good, signature })).toBe(false);
    }
    const atOrder = concat(good.signature.subarray(0, 32), littleBytes(order));
    expect(await answer({ ...good, signature: atOrder })).toBe(false);
  });

  it('[I3] refuses encodings of points that are not canonical', () => {
    const field = (1n << 255n) - 19n;
    let onCurve = 0;
    for (let y = 0n; y < 19n; y++) {
      for (const sign of [0n, 1n << 255n]) {
        const bytes = littleBytes(y + field + sign);
        expect(isAcceptablePoint(bytes), toHex(bytes)).toBe(false);
        const canonical = littleBytes(y + sign);
        if (!isAcceptablePoint(canonical) || !isOnCurve(canonical)) continue;
        onCurve++;
        expect(toHex(Point.fromBytes(bytes, true).toBytes())).toBe(toHex(canonical)); // ZIP 215 would take it
      }
    }
    expect(onCurve).toBeGreaterThan(8);
    for (const y of [1n, field - 1n]) expect(isAcceptablePoint(littleBytes(y + (1n << 255n)))).toBe(false); // "minus zero"
  });

  it('[I3] refuses the encodings of all eight points of small order', () => {
    for (const point of torsion) expect(isAcceptablePoint(new Uint8Array(point.toBytes()))).toBe(false);
    expect(torsion).toHaveLength(8);
  });

  it('[I3] gives the same answer on both paths for any scalars, torsion and change', async () => {
    const scalar = fc.bigInt({ min: 0n, max: order - 1n });
    const times = fc.nat(7);
    await fc.assert(
      fc.asyncProperty(
        fc.record({ a: scalar, r: scalar, keyTorsion: times, rTorsion: times, statement: anyBytes(0, 40) }),
        fc.option(fc.tuple(fc.nat(95), fc.nat(7)), { freq: 2 }),
        async (given, flip) => {
          const crafted = craft(given);
          const both = concat(crafted.key, crafted.signature);
          if (flip) both[flip[0]]! ^= 1 << flip[1];
          const cancels = (BigInt(given.rTorsion) + crafted.k * BigInt(given.keyTorsion)) % 8n === 0n;
          const expected = !flip && cancels && given.a !== 0n && given.r !== 0n;
          const changed = { key: both.slice(0, 32), signature: both.slice(32), statement: given.statement };
          expect(await answer(changed)).toBe(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('[I3] answers false, and never throws, for keys and signatures of any bytes and length', async () => {
    const good = craft({ a, r, keyTorsion: 0, rTorsion: 0, statement: utf8('hello') });
    for (const key of mutations(good.key))
      expect(await verify(key, good.statement, good.signature)).toBe(false);
    for (const signature of mutations(good.signature)) {
      expect(await verify(good.key, good.statement, signature)).toBe(false);
    }
    await fc.assert(
      fc.asyncProperty(
        anyBytes(0, 40),
        anyBytes(0, 40),
        anyBytes(0, 80),
        async (key, statement, signature) => {
          expect(await answer({ key, statement, signature })).toBe(false);
        },
      ),
    );
  });
});
