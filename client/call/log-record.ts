// What the log said last, to hold it against what it says later (protocol.md C9): the log of a service that is honest never changes, gets
// shorter, keeps an entry back or calls another epoch its present one. session.ts asks after every page.
import { equal } from '../../crypto/bytes.ts';
import type { CallState } from '../../crypto/call/types.ts';
import type { LogEntry, LogPage } from '../api/schemas.ts';

/** The entry that led to the state that I hold. */
type Taken = Pick<LogEntry, 'message'>;

export class LogRecord {
  #taken: Taken | null = null;

  take(entry: Taken): void {
    this.#taken = entry;
  }

  /** Whether the log shows another entry now where it showed the one that I took: it tells others another history. */
  isForked(again: LogEntry): boolean {
    return this.#taken !== null && !equal(this.#taken.message, again.message);
  }
}

/** Whether a page whose entries I all have is about the very state that I hold. */
export function agrees(
  page: LogPage,
  position: number,
  state: Pick<CallState, 'context' | 'epoch'>,
): boolean {
  return (
    page.position === position && page.generation === state.context.generation && page.epoch === state.epoch
  );
}
