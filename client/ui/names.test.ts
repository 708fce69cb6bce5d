import { describe, expect, it } from 'vitest';
import { groupsOfFive, initialOf, initialsOf, toneCount, toneOf } from './names.ts';

describe('names', () => {
  it('an initial is a whole letter as a reader sees it', () => {
    expect(['ada', ' émile', '👩‍👩‍👧 house', 'ßen', ''].map(initialOf)).toEqual(['A', 'É', '👩‍👩‍👧', 'SS', '?']);
    expect(['Rehearsal room', 'Cordée', 'the long way home'].map(initialsOf)).toEqual(['RR', 'C', 'TL']);
  });

  it('a tone is steady, in range, and spreads over random ids', () => {
    const ids = Array.from({ length: 400 }, (_, index) => `id ${(index * 2_654_435_761) % 4_294_967_296}`);
    const tones = ids.map(toneOf);
    expect(tones).toEqual(ids.map(toneOf));
    expect(new Set(tones).size).toBe(toneCount);
    expect(tones.every((tone) => Number.isInteger(tone) && tone >= 0 && tone < toneCount)).toBe(true);
  });

  it('digits stand in groups of five and none is lost', () => {
    expect(groupsOfFive('482139057716604')).toEqual(['48213', '90577', '16604']);
    expect(groupsOfFive('1234567')).toEqual(['12345', '67']);
    expect(groupsOfFive('')).toEqual([]);
  });
});
