// psk_secret.json: RFC 9420 §8.4, the one secret of several external pre-shared keys.
import { fromHex } from '../../../bytes.ts';
import { pskSecret as combine } from '../../psk.ts';
import { isHex, suiteOf } from './check.ts';

interface PskSecretVector {
  readonly cipher_suite: number;
  readonly psks: readonly { readonly psk_id: string; readonly psk: string; readonly psk_nonce: string }[];
  readonly psk_secret: string;
}

export function pskSecret(vector: PskSecretVector): void {
  const suite = suiteOf(vector.cipher_suite);
  const psks = vector.psks.map(({ psk_id: id, psk, psk_nonce: nonce }) => ({
    id: { psk: { kind: 'external', pskId: fromHex(id) }, nonce: fromHex(nonce) } as const,
    psk: fromHex(psk),
  }));
  isHex('psk_secret', combine(suite, psks), vector.psk_secret);
}
