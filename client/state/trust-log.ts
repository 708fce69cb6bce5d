// The trust log of a call: who came to hold the key, who went, and why, newest first. Names are fixed when the line is
// written: somebody who is removed has none afterwards.
import type { TrustEvent } from './view.ts';

/** More than anybody reads; the oldest go. */
const maxLines = 200;

export function withEvent(log: readonly TrustEvent[], event: Omit<TrustEvent, 'id'>): readonly TrustEvent[] {
  const id = (log[0]?.id ?? 0) + 1;
  return [{ ...event, id }, ...log].slice(0, maxLines);
}
