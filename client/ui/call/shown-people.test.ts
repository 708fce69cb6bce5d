import { expect, test } from 'vitest';
import type { CallRow, TileView } from '../../state/view.ts';
import { ShownPeople } from './shown-people.ts';

const row = (id: string, more: Partial<CallRow> = {}): CallRow => ({
  ...{ id, name: id, face: { kind: 'initials' }, excerpt: null, isMe: false, can: [], hand: 0 },
  ...{ verification: { state: 'unverified' }, isMuted: true, isSpeaking: false, level: 0 },
  ...{ status: 'here', volume: 1, isMutedForMe: false, quality: null },
  ...more,
});
const tile = (personId: string, source: 'camera' | 'screen'): TileView =>
  ({ id: `${personId} ${source}`, personId, source }) as TileView;
const call = { phase: 'inCall', mic: 'live', tiles: [] } as const;

test('a row that shows the same is the same object, whoever else speaks, mutes or comes', () => {
  const people = new ShownPeople();
  const [ada, ben] = [row('ada', { isMe: true }), row('ben')];
  const first = people.of({ ...call, rows: [ada, ben] }, []);
  const loud = row('ben', { isMuted: false, isSpeaking: true, level: 0.5 });
  const second = people.of({ ...call, rows: [loud, ada, row('cyd')] }, []);
  expect(second.map(({ row: { id }, condition }) => [id, condition])).toEqual([
    ['ben', 'speaking'],
    ['ada', 'muted'],
    ['cyd', 'listening'],
  ]);
  expect(second[1]).toBe(first[0]);
  expect(second[0]).not.toBe(first[1]);
  // What I do changes my own row alone.
  const third = people.of({ ...call, mic: 'denied', rows: [loud, ada, second[2]!.row] }, []);
  expect(third.map((person, i) => person === second[i])).toEqual([true, false, true]);
});

test('the picture that can be pinned is the screen before the camera, and where there is one alone, none', () => {
  const people = new ShownPeople();
  const rows = [row('ada'), row('ben')];
  const tiles = [tile('ada', 'screen'), tile('ada', 'camera')];
  const shown = people.of({ ...call, rows, tiles }, ['ada screen']);
  expect(shown.map(({ tileId, isPinned }) => [tileId, isPinned])).toEqual([
    ['ada screen', true],
    [null, false],
  ]);
  const unpinned = people.of({ ...call, rows, tiles }, []);
  expect(unpinned.map((person, i) => person === shown[i])).toEqual([false, true]);
  expect(people.of({ ...call, rows, tiles: tiles.slice(1) }, [])[0]!.tileId).toBeNull();
});
