// Who is in a call, as pages of the log and events show it: all of them, or only what changed since the version that the reader knows,
// where that version is remembered. In memory: after a restart of the service everybody is told everything once.
import type { ParticipantShape } from '../groups/schema.ts';
import type { CallView, Place } from '../store/store.ts';

/** Versions that are remembered of a call, and calls. */
const rememberedVersions = 16;
const rememberedCalls = 256;

type Places = readonly Place[];

/** Part of a page or event. */
export interface ShownParticipants {
  readonly participants: ParticipantShape[];
  readonly participantsVersion: number;
  /** The version since which these changed; null: these are all. */
  readonly participantsSince: number | null;
}

/** Everybody. */
export function everyParticipant({ places, participantsVersion }: CallView): ShownParticipants {
  return { participants: places.map(participantOf), participantsVersion, participantsSince: null };
}

export class ParticipantHistory {
  readonly #calls = new Map<string, Map<number, Places>>();
  /** What was compared already: many readers know the same version. */
  readonly #compared = new WeakMap<Places, Map<number, ParticipantShape[]>>();

  /** What changed since `seen`; everybody for null or for a version that is not remembered. */
  since(view: CallView, seen: number | null): ShownParticipants {
    const versions = this.#remember(view);
    const before = seen === null ? undefined : versions.get(seen);
    if (seen === null || before === undefined) return everyParticipant(view);
    const compared = this.#compared.get(view.places) ?? new Map<number, ParticipantShape[]>();
    this.#compared.set(view.places, compared);
    const participants = compared.get(seen) ?? changes(before, view.places);
    compared.set(seen, participants);
    return { participants, participantsVersion: view.participantsVersion, participantsSince: seen };
  }

  #remember({ callId, participantsVersion, places }: CallView): Map<number, Places> {
    const versions = this.#calls.get(callId) ?? new Map<number, Places>();
    // The call that was asked for last goes to the end: the first is the one to forget.
    this.#calls.delete(callId);
    this.#calls.set(callId, versions);
    if (!versions.has(participantsVersion)) versions.set(participantsVersion, places);
    forgetFirst(versions, rememberedVersions);
    forgetFirst(this.#calls, rememberedCalls);
    return versions;
  }
}

/** New places and those in another state, then the ones that are gone, as `left`. */
function changes(before: Places, after: Places): ParticipantShape[] {
  const states = new Map(before.map(({ livekitIdentity, state }) => [livekitIdentity, state]));
  const isThere = new Set(after.map(({ livekitIdentity }) => livekitIdentity));
  const changed = after.filter(({ livekitIdentity, state }) => states.get(livekitIdentity) !== state);
  const gone = before.filter(({ livekitIdentity }) => !isThere.has(livekitIdentity));
  return [
    ...changed.map(participantOf),
    ...gone.map((place) => ({ ...participantOf(place), state: 'left' as const })),
  ];
}

function participantOf({ identity, livekitIdentity, state }: Place): ParticipantShape {
  return { identity, livekitIdentity, state };
}

function forgetFirst(map: Map<unknown, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
