// What became of an entry of mine that was offered to the log (C6, D2, D3), also when the answer got lost on the way: the
// log itself tells, since a sealed message never occurs twice.
import { equal } from '../../crypto/bytes.ts';
import type { Proposed } from '../../crypto/call/types.ts';
import type { LogEntry, LogPage } from '../api/schemas.ts';

/** Whether `entry` is the commit that I offered. An `open` carries no message: see `isMyOpen`. */
export function isMine(proposed: Proposed, entry: LogEntry): boolean {
  return proposed.kind === 'commit' && entry.kind === 'commit' && equal(proposed.message, entry.message);
}

/** Whether the generation that the page shows is the one that I opened, as far as its GroupInfo still tells. */
export function isMyOpen(proposed: Proposed, page: LogPage): boolean {
  return (
    proposed.kind === 'open' &&
    page.generation === proposed.generation &&
    page.epoch === 0n &&
    page.groupInfo !== null &&
    equal(page.groupInfo, proposed.groupInfo)
  );
}
