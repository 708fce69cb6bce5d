// Ed25519 signatures and keys on which verifiers disagree (protocol.md I3): parts of small order, encodings that are not canonical. Each
// signer makes signatures that some common verifier accepts; `isValid` says whether I3 does.
import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, fromHex, toHex, type Bytes } from '../../bytes.ts';
import type { CipherSuite, KeyPair } from '../suite.ts';
import { suite } from './people.ts';

const { Point } = ed25519;
const order = Point.Fn.ORDER;
const small = ED25519_TORSION_SUBGROUP.map((hex) => Point.fromHex(hex, true));
const generator = small.find((point) => !point.multiplyUnsafe(4n).is0()) as InstanceType<typeof Point>;

export interface Signer {
  readonly what: string;
  readonly isValid: boolean;
  readonly keys: KeyPair;
  /** The suite, signing as this signer does. */
  readonly crafted: CipherSuite;
  /** The suite, signing validly with the same key, if there is a way. */
  readonly honest: CipherSuite;
}

/** How many times a point of order 8 is added to the key, to R; what becomes of S and of the point R without it. */
interface Twist {
  readonly keyTorsion?: number;
  readonly rTorsion?: number | 'cancels' | 'remains';
  readonly isRSmall?: boolean;
  readonly isKeySmall?: boolean;
  readonly addsOrder?: boolean;
}

function signer(what: string, isValid: boolean, twist: Twist): Signer {
  const { privateKey } = suite.signature.generateKeyPair();
  const { scalar } = ed25519.utils.getExtendedPublicKey(privateKey);
  const a = twist.isKeySmall === true ? 0n : scalar;
  const publicKey = pointBytes(a, twist.keyTorsion ?? 0);
  const by = { a, publicKey };
  const { keyTorsion = 0 } = twist;
  const honest = keyTorsion === 0 ? suite : signingWith({ keyTorsion, rTorsion: 'cancels' }, by);
  return { what, isValid, keys: { privateKey, publicKey }, crafted: signingWith(twist, by), honest };
}

function signingWith(twist: Twist, by: { a: bigint; publicKey: Bytes }): CipherSuite {
  const sign = (_: Bytes, message: Bytes): Bytes => twisted(twist, { ...by, message });
  return { ...suite, signature: { ...suite.signature, sign } };
}

function twisted(twist: Twist, by: { a: bigint; publicKey: Bytes; message: Bytes }): Bytes {
  const { a, publicKey, message } = by;
  for (let tried = 1n; ; tried++) {
    const r = twist.isRSmall === true ? 0n : (little(sha512(concat(message, fromHex('ab')))) % order) + tried;
    const torsion = Number(tried % 8n);
    const rTorsion = typeof twist.rTorsion === 'number' ? twist.rTorsion : torsion;
    const rBytes = pointBytes(r, rTorsion);
    const k = little(sha512(concat(rBytes, publicKey, message))) % order;
    const cancels = (BigInt(rTorsion) + k * BigInt(twist.keyTorsion ?? 0)) % 8n === 0n;
    const isWanted = twist.rTorsion === 'cancels' ? cancels : twist.rTorsion === 'remains' ? !cancels : true;
    if (!isWanted) continue;
    const s = (r + k * a) % order;
    return concat(rBytes, littleBytes(twist.addsOrder === true ? s + order : s));
  }
}

export const signers: readonly Signer[] = [
  signer('an honest signature', true, { rTorsion: 0 }),
  signer('a key and R of mixed order that cancel out', true, { keyTorsion: 1, rTorsion: 'cancels' }),
  signer('a key and R of mixed order that do not cancel out', false, { keyTorsion: 1, rTorsion: 'remains' }),
  signer('an R of mixed order', false, { rTorsion: 1 }),
  signer('an R of small order', false, { isRSmall: true, rTorsion: 0 }),
  signer('a key of small order', false, { isKeySmall: true, keyTorsion: 1, rTorsion: 'cancels' }),
  signer('an S beyond the order', false, { rTorsion: 0, addsOrder: true }),
];

function pointBytes(scalar: bigint, times: number): Bytes {
  const point = Point.BASE.multiplyUnsafe(scalar).add(generator.multiplyUnsafe(BigInt(times)));
  return new Uint8Array(point.toBytes());
}

function little(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.slice().reverse())}`);
}

function littleBytes(value: bigint): Bytes {
  return fromHex(value.toString(16).padStart(64, '0')).reverse();
}
