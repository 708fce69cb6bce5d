// Which sound a change of the call makes, if any. Somebody who comes or goes is heard in a small call only; that a number has changed, or
// that I may speak now, always. Pure; call.svelte.ts asks, client/media/chimes.ts plays.

export type Chime = 'join' | 'leave' | 'allowed' | 'keyChanged';

/** People, me among them, above which comings and goings make no sound. */
const mostHeard = 8;

export interface ChimeMoment {
  /** Ids of the others who hold a key. */
  readonly others: readonly string[];
  /** Whose number is another one than was compared (S3). */
  readonly changed: readonly string[];
  readonly maySpeak: boolean;
  readonly isInCall: boolean;
}

export function chimeBetween(before: ChimeMoment, after: ChimeMoment): Chime | null {
  if (!before.isInCall || !after.isInCall) return null;
  if (isAnyNew(before.changed, after.changed)) return 'keyChanged';
  if (after.maySpeak && !before.maySpeak) return 'allowed';
  if (Math.max(before.others.length, after.others.length) + 1 > mostHeard) return null;
  if (isAnyNew(before.others, after.others)) return 'join';
  return isAnyNew(after.others, before.others) ? 'leave' : null;
}

function isAnyNew(before: readonly string[], after: readonly string[]): boolean {
  const known = new Set(before);
  return after.some((id) => !known.has(id));
}
