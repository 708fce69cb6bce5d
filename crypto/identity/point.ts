// Ed25519 as I3 wants it: canonical encodings only, no small-order key or R, S below the group's order (`isAcceptable`, which looks
// at bytes only and is asked before any verification), and `[S]B = R + [k]A` without the cofactor (`holds`, on @noble's
// points, where WebCrypto has no Ed25519).
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, equal, fromHex, type Bytes } from '../bytes.ts';

type Point = ReturnType<typeof ed25519.Point.fromBytes>;

/** Order of the base point (RFC 8032 §5.1). */
const order = ed25519.Point.Fn.ORDER;
const orderBytes = littleEndianBytes(order);
/** p = 2²⁵⁵ − 19. */
const fieldBytes = littleEndianBytes(2n ** 255n - 19n);

/** y of the eight points of small order, with the bit for x clear: two of them share each y but 1 and −1. */
const smallOrder = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(fromHex);

/**
 * Whether 32 bytes may encode a point of I3: y below p and not of small order. "Minus zero" is refused with the points ±1, which
 * are the only ones with x = 0. Whether the point is on the curve is for the verification to find out.
 */
export function isAcceptablePoint(bytes: Bytes): boolean {
  if (bytes.length !== 32) return false;
  const y = bytes.slice();
  y[31] = (bytes[31] as number) & 0x7f;
  return isLess(y, fieldBytes) && !smallOrder.some((point) => equal(point, y));
}

/** Whether I3 allows the encodings of a key (32 bytes) and a signature (64 bytes). */
export function isAcceptable(publicKey: Bytes, signature: Bytes): boolean {
  return (
    signature.length === 64 &&
    isAcceptablePoint(publicKey) &&
    isAcceptablePoint(signature.slice(0, 32)) &&
    isLess(signature.subarray(32), orderBytes)
  );
}

/** The cofactorless equation of RFC 8032 §5.1.7, `[S]B = R + [k]A` with `k = SHA-512(R ‖ A ‖ M) mod L`, for acceptable encodings. */
export function holds(publicKey: Bytes, statement: Bytes, signature: Bytes): boolean {
  const [key, r] = [pointOf(publicKey), pointOf(signature.slice(0, 32))];
  if (key === undefined || r === undefined) return false;
  const s = littleEndian(signature.subarray(32));
  const k = littleEndian(sha512(concat(signature.subarray(0, 32), publicKey, statement))) % order;
  return ed25519.Point.BASE.multiplyUnsafe(s).equals(r.add(key.multiplyUnsafe(k)));
}

function pointOf(bytes: Bytes): Point | undefined {
  try {
    return ed25519.Point.fromBytes(bytes);
  } catch {
    return undefined; // not on the curve
  }
}

/** Whether one little-endian number of 32 bytes is below another. Public values: in no constant time. */
function isLess(a: Uint8Array, b: Uint8Array): boolean {
  for (let at = 31; at >= 0; at--) {
    const [left, right] = [a[at] as number, b[at] as number];
    if (left !== right) return left < right;
  }
  return false;
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function littleEndianBytes(value: bigint): Bytes {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}
