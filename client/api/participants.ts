// Who is in a call, from answers that tell all of them or only what changed (docs/service.md): log pages and events. Sessions and groups
// keep the result, against which the next answer is read.
import type { Participant } from './schemas.ts';

export interface ParticipantList {
  readonly participants: Participant[];
  readonly participantsVersion: number;
  /** The version since which these changed; null: they are all. */
  readonly participantsSince: number | null;
}

/**
 * `told` with everybody who has a place: by itself, or laid over what is `known`; by `known` alone where that is newer.
 * Null for changes since a version that is not known here: then all have to be asked for.
 */
export function withEverybody<T extends ParticipantList>(known: ParticipantList | null, told: T): T | null {
  const { participantsSince: since, participantsVersion: version } = told;
  if (known !== null && version < known.participantsVersion) return { ...told, ...listOf(known) };
  if (since === null) return told;
  if (known === null || since > known.participantsVersion) return null;
  const participants = changed(known.participants, told.participants);
  return { ...told, participants, participantsSince: null };
}

/** In the order of their places: a change keeps its place, who is new comes last. */
function changed(known: Participant[], changes: readonly Participant[]): Participant[] {
  if (changes.length === 0) return known;
  const all = new Map(known.map((participant) => [participant.livekitIdentity, participant]));
  for (const participant of changes) all.set(participant.livekitIdentity, participant);
  return [...all.values()].filter(({ state }) => state !== 'left');
}

function listOf({ participants, participantsVersion, participantsSince }: ParticipantList): ParticipantList {
  return { participants, participantsVersion, participantsSince };
}
