// What the vector runners (index.ts) say a value must be. Each throws an Error that names the value; a vector that this client
// has no code for is `Skipped`, with the reason.
import { toHex, type Bytes } from '../../../bytes.ts';
import { CryptoError } from '../../../errors.ts';
import type { CipherSuite } from '../../suite.ts';
import { suiteX25519 } from '../../suite-x25519.ts';

/** Thrown where a vector, or what is left of it, needs something that is not here on purpose. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** The suite of a vector. Throws `Skipped` for one that is not here; `checked` says what was checked all the same. */
export function suiteOf(id: number, checked?: string): CipherSuite {
  if (id === suiteX25519.id) return suiteX25519;
  throw new Skipped(`cipher suite ${id} is not here${checked === undefined ? '' : `; ${checked}`}`);
}

/** Bytes as the vector has them, in hexadecimal. */
export function isHex(what: string, actual: Bytes, expected: string): void {
  const found = toHex(actual);
  if (found === expected) return;
  const byte = (hex: string, at: number): string => hex.slice(2 * at, 2 * at + 2);
  const differs = actual.findIndex((_, at) => byte(found, at) !== byte(expected, at));
  const from = differs < 0 ? actual.length : differs;
  const part = (hex: string): string => hex.slice(2 * from, 2 * from + 64) || 'nothing';
  throw new Error(`${what}: from byte ${from}, got ${part(found)}, expected ${part(expected)}`);
}

/** Numbers, texts and lists of them. */
export function is(what: string, actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`${what}: got ${found}, expected ${wanted}`);
}

/** Throws unless `work` throws a `CryptoError`. */
export async function isRefused(what: string, work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CryptoError) return;
    throw error;
  }
  throw new Error(`${what} was not refused`);
}
