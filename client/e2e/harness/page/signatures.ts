// Ed25519 as the product judges it (I3), in a page: the published edge cases and forgeries with parts of small order, by both paths.
import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, fromHex, utf8, type Bytes } from '../../../../crypto/bytes.ts';
import { hasNativeEd25519, verify, verifyBy } from '../../../../crypto/identity/verify.ts';
import cases from '../../../../crypto/vectors/ed25519-speccheck/cases.json' with { type: 'json' };

export interface Answers {
  readonly isNative: boolean;
  /** For every case: by WebCrypto, by @noble, by the way the product takes. */
  readonly published: readonly (readonly [boolean, boolean, boolean])[];
  /** For every torsion of key and R, with a statement that makes the equation hold with the cofactor only, if it can. */
  readonly crafted: readonly (readonly [boolean, boolean, boolean])[];
}

declare global {
  interface Window {
    judgeSignatures: () => Promise<Answers>;
  }
}

const { Point } = ed25519;
const order = Point.Fn.ORDER;
const torsion = ED25519_TORSION_SUBGROUP.map((hex) => Point.fromHex(hex, true));

window.judgeSignatures = async () => ({
  isNative: await hasNativeEd25519(),
  published: await Promise.all(
    cases.map((row) => answers(fromHex(row.pub_key), fromHex(row.message), fromHex(row.signature))),
  ),
  crafted: await Promise.all(
    torsion
      .flatMap((a) => torsion.map((r) => craft(a, r)))
      .map(([key, statement, signature]) => answers(key, statement, signature)),
  ),
});

async function answers(
  ...signed: readonly [Bytes, Bytes, Bytes]
): Promise<readonly [boolean, boolean, boolean]> {
  return Promise.all([verifyBy('webcrypto', ...signed), verifyBy('noble', ...signed), verify(...signed)]);
}

/** A signature by scalars 5 and 7 whose key and R carry these points of small order. */
function craft(a: (typeof torsion)[number], r: (typeof torsion)[number]): readonly [Bytes, Bytes, Bytes] {
  const key = new Uint8Array(Point.BASE.multiply(5n).add(a).toBytes());
  const point = new Uint8Array(Point.BASE.multiply(7n).add(r).toBytes());
  const statement = utf8('a statement');
  const k = little(sha512(concat(point, key, statement))) % order;
  const s = (7n + k * 5n) % order;
  return [
    key,
    statement,
    concat(
      point,
      Uint8Array.from({ length: 32 }, (_, at) => Number((s >> BigInt(8 * at)) & 0xffn)),
    ),
  ];
}

function little(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
