// Whether an entry of the log is the one that I offered (C6), which I meet in a page before the log has answered: a sealed message never
// occurs twice. session.ts asks.
import { equal } from '../../crypto/bytes.ts';
import type { Proposed } from '../../crypto/call/types.ts';
import type { LogEntry } from '../api/schemas.ts';

/** Whether `entry` is the commit that I offered. An `open` carries no message. */
export function isMine(proposed: Proposed, entry: LogEntry): boolean {
  return proposed.kind === 'commit' && entry.kind === 'commit' && equal(proposed.message, entry.message);
}
