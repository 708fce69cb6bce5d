// What the library throws, as the codes of crypto/errors.ts (protocol.md O1). Only calls into the library are wrapped:
// our own checks throw CryptoError themselves, and a mistake of ours must stay visible as what it is.
import { InternalError, MlsError } from 'ts-mls/mlsError.js';
import { CryptoError } from '../../errors.ts';

/**
 * Runs a step of the library. Throws `CryptoError`: `bad_commit` where it says why it refuses, `engine` where it fails
 * without a reason (an index it did not check, a value it did not expect).
 */
export async function asking<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof CryptoError) throw error;
    const named = error instanceof MlsError && !(error instanceof InternalError);
    throw new CryptoError(named ? 'bad_commit' : 'engine', `MLS refused: ${nameOf(error)}`);
  }
}

/** Class names only: messages of libraries may quote what they were given. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
