// What is kept of who is in the call, from pages that tell all of it or only changes.
import { expect, test } from 'vitest';
import { withEverybody, type ParticipantList } from './participants.ts';
import type { Participant } from './schemas.ts';

const one = (name: string, state: Participant['state'] = 'present'): Participant => ({
  ...{ identity: new Uint8Array(32), livekitIdentity: name },
  state,
});
const list = (
  participantsVersion: number,
  participantsSince: number | null,
  ...participants: Participant[]
): ParticipantList => ({ participantsVersion, participantsSince, participants });
const names = (told: ParticipantList | null) =>
  told?.participants.map(({ livekitIdentity, state }) => `${livekitIdentity} ${state}`);

test('changes are laid over what is known: who is gone goes, who is new comes last', () => {
  const known = list(4, null, one('Ada'), one('Ben'), one('Cyd'));
  const next = withEverybody(
    known,
    list(6, 4, one('Dan', 'joining'), one('Ben', 'left'), one('Ada', 'away')),
  );
  expect(names(next)).toEqual(['Ada away', 'Cyd present', 'Dan joining']);
  expect(next).toMatchObject({ participantsVersion: 6, participantsSince: null });
  expect(names(withEverybody(next, list(6, 6)))).toEqual(names(next));
  expect(names(withEverybody(next, list(9, null, one('Eve'))))).toEqual(['Eve present']);
});

test('changes since less than what is known are as good; what is older changes nothing', () => {
  const known = list(6, null, one('Ada'), one('Ben'));
  expect(names(withEverybody(known, list(7, 4, one('Ben', 'left'))))).toEqual(['Ada present']);
  expect(withEverybody(known, list(5, null, one('Ada')))).toEqual(known);
});

test('changes since a version that is not known here tell nothing', () => {
  expect(withEverybody(list(6, null, one('Ada')), list(8, 7, one('Ben')))).toBeNull();
  expect(withEverybody(null, list(8, 7, one('Ben')))).toBeNull();
});
