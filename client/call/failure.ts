// How a session ends: the service gave our place away, or nothing is left to try. session.ts throws, `endOf` sums up.
import { ApiError, codeOf } from '../api/errors.ts';
import type { Bytes } from '../../crypto/bytes.ts';
import { CryptoError } from '../../crypto/errors.ts';
import type { SessionEnd } from './types.ts';

/** Refusals of the service after which entering the call again is worth a try. */
const placeLostCodes = new Set(['not_in_call', 'call_ended', 'call_not_found']);

export class SessionFailed extends Error {
  readonly end: SessionEnd;

  constructor(reason: SessionEnd['reason'], code: string, by?: Bytes) {
    super(`${reason}: ${code}`);
    this.name = 'SessionFailed';
    this.end = by === undefined ? { reason, code } : { reason, code, by };
  }
}

/** What to tell of an error that ended the session. */
export function endOf(error: unknown): SessionEnd {
  if (error instanceof SessionFailed) return error.end;
  if (error instanceof CryptoError) return { reason: 'failed', code: 'keys_failed' };
  const code = codeOf(error);
  const isPlaceLost = error instanceof ApiError && placeLostCodes.has(code);
  return { reason: isPlaceLost ? 'place_lost' : 'failed', code };
}
