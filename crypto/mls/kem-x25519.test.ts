// Which X25519 keys may stand in a tree: the list of those of small order against @noble/curves, which refuses exactly those
// (protocol.md C10).
import { x25519 } from '@noble/curves/ed25519.js';
import { expect, it } from 'vitest';
import { fromHex, random, type Bytes } from '../bytes.ts';
import { x25519Kem } from './kem-x25519.ts';

const p = (1n << 255n) - 19n;
const order8 = 325606250916557431795983626356110631294008115727848805560023387167927233504n;
const order8b = 39382357235489614581723060781553021112529911719440698176882885853963445705823n;

/** 32 bytes little-endian. */
function encode(u: bigint): Bytes {
  return fromHex(u.toString(16).padStart(64, '0')).reverse();
}

function refuses(act: () => void): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}

it('[C10] refuses the keys to which nothing can be encrypted, with the top bit set too, and no others', () => {
  const small = [0n, 1n, order8, order8b, p - 1n, p, p + 1n];
  const others = [2n, 3n, 9n, p - 2n, p + 2n, order8 + 1n, order8b - 1n, (1n << 255n) - 1n];
  for (const u of [...small, ...others]) {
    for (const key of [encode(u), encode(u + (1n << 255n))]) {
      const unusable = refuses(() => void x25519.getSharedSecret(random(32), key));
      expect(
        refuses(() => x25519Kem.checkPublicKey(key)),
        u.toString(16),
      ).toBe(unusable);
      expect(unusable).toBe(small.includes(u));
    }
  }
});

it('[C10] refuses keys of another size and takes honest ones', () => {
  for (const length of [0, 31, 33])
    expect(() => x25519Kem.checkPublicKey(random(length))).toThrow('malformed');
  for (let i = 0; i < 20; i++) x25519Kem.checkPublicKey(x25519.getPublicKey(random(32)));
});
