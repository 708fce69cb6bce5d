// Ed25519 as I3 wants it, on @noble's points: canonical encodings only, no small-order key or R, S below the group's
// order, and `[S]B = R + [k]A` without the cofactor. verify.ts asks `parse` before any verification, so that every
// path refuses the same bytes, and `holds` where WebCrypto has no Ed25519.
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, equal, type Bytes } from '../bytes.ts';

type Point = ReturnType<typeof ed25519.Point.fromBytes>;

/** Order of the base point (RFC 8032 §5.1). */
const order = ed25519.Point.Fn.ORDER;

/** A public key and a signature whose encodings are acceptable; whether they belong together is still open. */
export interface ParsedSignature {
  readonly key: Point;
  readonly r: Point;
  readonly s: bigint;
}

/** The point of a canonical encoding that is not of small order, else undefined. `bytes` are 32. */
export function parsePoint(bytes: Bytes): Point | undefined {
  if (bytes.length !== 32) return undefined;
  try {
    const point = ed25519.Point.fromBytes(bytes);
    return equal(point.toBytes(), bytes) && !point.isSmallOrder() ? point : undefined;
  } catch {
    return undefined; // not on the curve, y ≥ p, or "minus zero"
  }
}

/** Parses both halves of a signature and the key; undefined where I3 refuses an encoding. */
export function parse(publicKey: Bytes, signature: Bytes): ParsedSignature | undefined {
  if (signature.length !== 64) return undefined;
  const s = littleEndian(signature.subarray(32));
  if (s >= order) return undefined;
  const key = parsePoint(publicKey);
  const r = key && parsePoint(signature.slice(0, 32));
  return key && r && { key, r, s };
}

/** The cofactorless equation of RFC 8032 §5.1.7, `[S]B = R + [k]A` with `k = SHA-512(R ‖ A ‖ M) mod L`. */
export function holds(parsed: ParsedSignature, statement: Bytes): boolean {
  const { key, r, s } = parsed;
  const k = littleEndian(sha512(concat(r.toBytes(), key.toBytes(), statement))) % order;
  return ed25519.Point.BASE.multiplyUnsafe(s).equals(r.add(key.multiplyUnsafe(k)));
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
