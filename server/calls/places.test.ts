import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Place } from '../store/store.ts';
import { awayMs, decide, joiningMs } from './places.ts';

const nowMs = 1_000_000;
const patient = { nowMs, isPatient: true };
const strict = { nowMs, isPatient: false };
const room = (...livekitIdentities: string[]) => ({ roomExists: true, livekitIdentities });

function place(livekitIdentity: string, state: Place['state'], deadlineMs = 0): Place {
  return { identity: `identity of ${livekitIdentity}`, livekitIdentity, state, deadlineMs };
}

describe('what a look at LiveKit means', () => {
  test('who is seen becomes present, from joining and from away', () => {
    const { changes, intruders } = decide(
      [place('a', 'joining', 1), place('b', 'away', 1)],
      room('a', 'b'),
      strict,
    );
    expect(changes).toEqual({ present: ['a', 'b'], away: [], left: [] });
    expect(intruders).toEqual([]);
  });

  test('who is no longer seen becomes away for ten seconds, then left', () => {
    const gone = decide([place('a', 'present')], room(), strict);
    expect(gone.changes.away).toEqual([{ livekitIdentity: 'a', deadlineMs: nowMs + awayMs }]);
    expect(decide([place('a', 'away', nowMs + 1)], room(), strict).changes.left).toEqual([]);
    expect(decide([place('a', 'away', nowMs)], room(), strict).changes.left).toEqual(['a']);
  });

  test('who never appears becomes left after thirty seconds', () => {
    expect(decide([place('a', 'joining', nowMs + 1)], room(), strict).changes.left).toEqual([]);
    expect(decide([place('a', 'joining', nowMs)], room(), strict).changes.left).toEqual(['a']);
  });

  test('a room that LiveKit lost is nobody’s fault: everybody gets the time of a join', () => {
    const lost = decide([place('a', 'present')], { roomExists: false, livekitIdentities: [] }, strict);
    expect(lost.changes.away).toEqual([{ livekitIdentity: 'a', deadlineMs: nowMs + joiningMs }]);
  });

  test('right after an outage nobody is given up', () => {
    const places = [place('a', 'away', 1), place('b', 'joining', 1)];
    expect(decide(places, room(), patient).changes.left).toEqual([]);
  });

  test('[L4] who is in LiveKit without an active place is taken out, and nobody else', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), fc.uniqueArray(fc.string()), (taken, seen) => {
        const places = taken.map((livekitIdentity) => place(livekitIdentity, 'present'));
        const { intruders, changes } = decide(places, room(...seen), strict);
        expect(intruders).toEqual(seen.filter((one) => !taken.includes(one)));
        expect(changes.away.map((one) => one.livekitIdentity)).toEqual(
          taken.filter((one) => !seen.includes(one)),
        );
      }),
    );
  });
});
