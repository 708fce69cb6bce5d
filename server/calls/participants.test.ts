// Pages that tell what changed among the participants are as good as pages that tell everybody, for every reader and every history.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallView, Place } from '../store/store.ts';
import { ParticipantHistory } from './participants.ts';

const states = ['joining', 'present', 'away'] as const;
const place = (n: number, state: Place['state']): Place => ({
  ...{ identity: `identity ${n}`, livekitIdentity: `place ${n}`, deadlineMs: 0 },
  state,
});
const viewOf = (participantsVersion: number, places: readonly Place[], callId = 'call'): CallView =>
  ({ callId, participantsVersion, places }) as unknown as CallView;
const told = ({ identity, livekitIdentity, state }: Place) => ({ identity, livekitIdentity, state });

/** Places as they follow each other: each version is a subset of ten seats in some state. */
const histories = fc.array(
  fc.uniqueArray(fc.tuple(fc.nat(9), fc.constantFrom(...states)), { selector: ([n]) => n }),
  { minLength: 2, maxLength: 12 },
);

test('whoever applies the changes since any version has what a page with everybody shows', () => {
  fc.assert(
    fc.property(histories, (versions) => {
      const history = new ParticipantHistory();
      const views = versions.map((places, i) =>
        viewOf(
          i,
          places.map(([n, state]) => place(n, state)),
        ),
      );
      for (const view of views) history.since(view, null);
      const last = views.at(-1)!;
      for (const [seen, { places }] of views.entries()) {
        const shown = history.since(last, seen);
        expect(shown.participantsSince).toBe(seen);
        const known = new Map(places.map((one) => [one.livekitIdentity, told(one).state as string]));
        for (const { livekitIdentity, state } of shown.participants) known.set(livekitIdentity, state);
        const there = [...known].filter(([, state]) => state !== 'left').sort();
        expect(there).toEqual(last.places.map((one) => [one.livekitIdentity, one.state]).sort());
      }
    }),
  );
});

test('who knows nothing, or a version that is forgotten, is told everybody', () => {
  const history = new ParticipantHistory();
  const places = [place(1, 'present'), place(2, 'joining')];
  expect(history.since(viewOf(1, places), null)).toMatchObject({
    participants: places.map(told),
    participantsSince: null,
  });
  expect(history.since(viewOf(2, places), 1)).toMatchObject({ participants: [], participantsSince: 1 });
  for (let version = 3; version < 40; version++) history.since(viewOf(version, places), null);
  expect(history.since(viewOf(40, places), 1).participantsSince).toBeNull();
  expect(history.since(viewOf(40, places, 'another call'), 39).participantsSince).toBeNull();
});
