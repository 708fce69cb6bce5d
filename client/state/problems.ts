// From what was thrown to a code that i18n has words for. Several reasons that call for the same words share a code.
import { codeOf } from '../api/errors.ts';
import type { Problem } from './view.ts';

const words: Readonly<Record<string, string>> = {
  timeout: 'connection_lost',
  bad_answer: 'refused',
  group_moving: 'connection_lost',
  group_refused: 'refused',
  invalid_request: 'refused',
  group_gone: 'removed_from_group',
  storage_full: 'storage_failed',
  storage_unavailable: 'storage_failed',
  rate_limited: 'too_many_requests',
  too_many_streams: 'too_many_requests',
  session_required: 'session_expired',
  challenge_refused: 'session_expired',
  bad_signature: 'session_expired',
  wrong_host: 'session_expired',
  overloaded: 'service_unavailable',
  stopping: 'service_unavailable',
  payload_too_large: 'too_large',
  not_in_call: 'call_ended',
  log_behind: 'keys_failed',
  failed: 'unknown',
};

/** The code to show for `code` of the service or of the client. */
export function shownCode(code: string): string {
  return words[code] ?? (/^http_5/.test(code) ? 'service_unavailable' : code);
}

/** What to show for anything that was thrown. */
export function problemOf(error: unknown, retry?: () => void): Problem {
  // The only RangeErrors that bytes of a person cause are names that G7 does not take.
  const code = error instanceof RangeError ? 'name_invalid' : shownCode(codeOf(error));
  return retry ? { code, retry } : { code };
}
