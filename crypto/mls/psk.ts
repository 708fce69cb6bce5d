// Pre-shared keys (RFC 9420 §8.4): their ids, and the one secret that those of a commit make together.
import { random, wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { encode, enumeration, keyOf, opaque, select, struct, u16, u64, type Codec } from './codec.ts';
import { expandWithLabel } from './labels.ts';
import type { CipherSuite } from './suite.ts';

export type ResumptionUsage = 'application' | 'reinit' | 'branch';

export type PskKind =
  | { readonly kind: 'external'; readonly pskId: Bytes }
  | {
      readonly kind: 'resumption';
      readonly usage: ResumptionUsage;
      readonly pskGroupId: Bytes;
      readonly pskEpoch: bigint;
    };

/** `PreSharedKeyID`. */
export interface PskId {
  readonly psk: PskKind;
  readonly nonce: Bytes;
}

const pskKind: Codec<PskKind> = select(
  'kind',
  enumeration<PskKind['kind']>(1, { external: 1, resumption: 2 }),
  {
    external: struct({ pskId: opaque }),
    resumption: struct({
      usage: enumeration<ResumptionUsage>(1, { application: 1, reinit: 2, branch: 3 }),
      pskGroupId: opaque,
      pskEpoch: u64,
    }),
  },
);

export const pskId: Codec<PskId> = struct({ psk: pskKind, nonce: opaque });

/** PSKLabel counts in 16 bits (§8.4). */
const maxPsks = 2 ** 16 - 1;

const pskLabel: Codec<{ id: PskId; index: number; count: number }> = struct({
  id: pskId,
  index: u16,
  count: u16,
});

/** The id of an external PSK with a fresh nonce of `suite.hashBytes`. */
export function newExternalPskId(suite: CipherSuite, id: Bytes): PskId {
  return { psk: { kind: 'external', pskId: id }, nonce: random(suite.hashBytes) };
}

/** The id as a key of a map. Two ids with another nonce are two, though the pre-shared key is one (§8.4, §12.2). */
export function pskName(id: PskId): string {
  return keyOf(encode(pskId, id));
}

/**
 * Throws `CryptoError`: `malformed` for a nonce of another size, `unsupported` for keys of re-initialisation and branching, which
 * calls never use.
 */
function checkPskId(suite: CipherSuite, { psk, nonce }: PskId): void {
  if (nonce.length !== suite.hashBytes)
    throw new CryptoError('malformed', `a PSK nonce of ${nonce.length} bytes`);
  if (psk.kind === 'resumption' && psk.usage !== 'application') {
    throw new CryptoError('unsupported', `a PSK for ${psk.usage}`);
  }
}

/** All ids of a commit or Welcome. Throws `CryptoError`: as `checkPskId`, `not_allowed` for a key twice, `out_of_range` for too many to number. */
export function checkPskIds(suite: CipherSuite, ids: readonly PskId[]): void {
  for (const id of ids) checkPskId(suite, id);
  if (ids.length > maxPsks) throw new CryptoError('out_of_range', `${ids.length} PSKs`);
  if (new Set(ids.map(pskName)).size !== ids.length) throw new CryptoError('not_allowed', 'a PSK twice');
}

/** `psk_secret` (§8.4): zeros where there is none. */
export function pskSecret(
  suite: CipherSuite,
  psks: readonly { readonly id: PskId; readonly psk: Bytes }[],
): Bytes {
  const zero = new Uint8Array(suite.hashBytes);
  let secret: Bytes = zero.slice();
  for (const [index, { id, psk }] of psks.entries()) {
    const extracted = suite.extract(zero, psk);
    const context = encode(pskLabel, { id, index, count: psks.length });
    const input = expandWithLabel(suite, extracted, {
      label: 'derived psk',
      context,
      length: suite.hashBytes,
    });
    const next = suite.extract(input, secret);
    wipe(extracted, input, secret);
    secret = next;
  }
  return secret;
}
