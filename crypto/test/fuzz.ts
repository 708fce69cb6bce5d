// What the fuzz and property tests of this room share: one printed seed, and every small change of some bytes.
import fc from 'fast-check';
import { expect } from 'vitest';
import { random, type Bytes } from '../bytes.ts';
import { CryptoError, type CryptoErrorCode } from '../errors.ts';

/** `FUZZ_SEED=n` repeats a run. */
export const seed = Number(process.env['FUZZ_SEED'] ?? new DataView(random(4).buffer).getInt32(0));
process.stdout.write(`fuzz seed ${seed} (repeat with FUZZ_SEED=${seed})\n`);
fc.configureGlobal({ seed });

/** Random bytes of any length in range, as the `Bytes` that the code takes. */
export function anyBytes(minLength: number, maxLength = minLength): fc.Arbitrary<Bytes> {
  return fc.uint8Array({ minLength, maxLength }).map((bytes) => new Uint8Array(bytes));
}

/** Every single flipped bit, every truncation, and `bytes` with something behind or in front. */
export function* mutations(bytes: Bytes): Generator<Bytes> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    yield flipped;
  }
  for (let length = 0; length < bytes.length; length++) yield bytes.slice(0, length);
  yield new Uint8Array([...bytes, 0]);
  yield new Uint8Array([...bytes, ...bytes]);
  yield new Uint8Array([0, ...bytes]);
}

/** The code with which `act` refuses; the test fails if it succeeds or throws anything but a `CryptoError`. */
export function refusal(act: () => unknown): CryptoErrorCode {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(CryptoError);
    return (error as CryptoError).code;
  }
  throw new Error('expected a CryptoError, got a result');
}
