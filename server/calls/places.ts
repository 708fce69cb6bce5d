// What a look at LiveKit means for the places of a call (L3, L4): a pure function, so that every transition can be tested.
// `livekit/reconcile.ts` looks, this decides, the store applies.
import type { Place, PlaceChanges } from '../store/store.ts';

/** A minted place that is not seen in LiveKit within this time becomes `left`. */
export const joiningMs = 30_000;
/** A place whose participant vanished from LiveKit becomes `left` after this time. */
export const awayMs = 10_000;

/** What LiveKit showed of one call's room. */
export interface Seen {
  /** False if LiveKit lost the room (it restarted): nobody's fault, so everybody gets the time of a join to come back. */
  readonly roomExists: boolean;
  readonly livekitIdentities: readonly string[];
}

export interface Decision {
  readonly changes: PlaceChanges;
  /** In LiveKit without an active place: to be taken out (L4). */
  readonly intruders: readonly string[];
}

/** Decides at `nowMs`; with `isPatient` no deadline ends a place (the service or LiveKit has only just come back). */
export function decide(
  places: readonly Place[],
  seen: Seen,
  { nowMs, isPatient }: { nowMs: number; isPatient: boolean },
): Decision {
  const inLivekit = new Set(seen.livekitIdentities);
  const active = new Set(places.map((place) => place.livekitIdentity));
  const absent = places.filter((place) => !inLivekit.has(place.livekitIdentity));
  const graceMs = seen.roomExists ? awayMs : joiningMs;
  return {
    changes: {
      present: places
        .filter((place) => place.state !== 'present' && inLivekit.has(place.livekitIdentity))
        .map((place) => place.livekitIdentity),
      away: absent
        .filter((place) => place.state === 'present')
        .map(({ livekitIdentity }) => ({ livekitIdentity, deadlineMs: nowMs + graceMs })),
      left: absent
        .filter((place) => place.state !== 'present' && place.deadlineMs <= nowMs && !isPatient)
        .map((place) => place.livekitIdentity),
    },
    intruders: seen.livekitIdentities.filter((identity) => !active.has(identity)),
  };
}

/** Whether a decision changes nothing in the store. */
export function isQuiet({ changes }: Decision): boolean {
  return changes.present.length + changes.away.length + changes.left.length === 0;
}
