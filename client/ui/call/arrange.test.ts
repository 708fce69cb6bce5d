// Which pictures stand large, for any number of people; and zooming a screen.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange } from './arrange.ts';
import { moved, whole, zoomed, type View } from './zoom.svelte.ts';

interface Tile {
  readonly id: string;
  readonly personId: string;
  readonly source: 'camera' | 'screen';
  readonly isMe: boolean;
}
const tile = (personId: string, source: Tile['source'] = 'camera'): Tile => ({
  ...{ id: `${personId}:${source}`, personId, source, isMe: personId === 'me' },
});
const calm = { pins: [], isFollowing: false, speakerId: null };
const ids = (tiles: readonly Tile[]): string[] => tiles.map(({ id }) => id);

describe('large pictures', () => {
  const room = [tile('Ada', 'screen'), tile('Ben', 'screen'), tile('me'), tile('Ada'), tile('Cyd')];

  it('a screen of somebody else, unless something is pinned; several pins in their order', () => {
    expect(ids(arrange(room, calm).focus)).toEqual(['Ada:screen']);
    expect(ids(arrange(room, { ...calm, pins: ['Cyd:camera'] }).focus)).toEqual(['Cyd:camera']);
    const two = arrange(room, { ...calm, pins: ['Cyd:camera', 'Ben:screen', 'gone:camera'] });
    expect(ids(two.focus)).toEqual(['Cyd:camera', 'Ben:screen']);
    expect(ids(two.rest)).toEqual(['Ada:screen', 'me:camera', 'Ada:camera']);
  });

  it('my own screen never by itself', () => {
    const mine = [tile('me', 'screen'), tile('Ada')];
    expect(arrange(mine, calm).focus).toEqual([]);
    expect(ids(arrange(mine, { ...calm, pins: ['me:screen'] }).focus)).toEqual(['me:screen']);
  });

  it('who speaks, where I follow; the first of the others before anybody did; nobody where there is one picture', () => {
    const faces = [tile('me'), tile('Ada'), tile('Ben')];
    const follow = { ...calm, isFollowing: true };
    expect(ids(arrange(faces, { ...follow, speakerId: 'Ben' }).focus)).toEqual(['Ben:camera']);
    expect(ids(arrange(faces, { ...follow, speakerId: 'without a camera' }).focus)).toEqual(['Ada:camera']);
    expect(arrange([tile('Ada')], { ...follow, speakerId: 'Ada' }).focus).toEqual([]);
    expect(arrange(faces, { ...calm, speakerId: 'Ben' }).focus).toEqual([]);
  });

  it('every picture is in one place, once, for 0 to 200 people', () => {
    const people = fc.array(fc.constantFrom('camera', 'screen', 'both', 'none'), { maxLength: 200 });
    const wishes = {
      pins: fc.array(fc.nat(250), { maxLength: 5 }),
      isFollowing: fc.boolean(),
      speaker: fc.nat(250),
    };
    fc.assert(
      fc.property(people, fc.record(wishes), (shown, wish) => {
        const tiles = shown.flatMap((what, n) => {
          const id = n === 0 ? 'me' : `p${n}`;
          if (what === 'none') return [];
          return what === 'both' ? [tile(id, 'screen'), tile(id)] : [tile(id, what)];
        });
        const { focus, rest } = arrange(tiles, {
          pins: [...new Set(wish.pins)].map((n) => `p${n}:camera`),
          isFollowing: wish.isFollowing,
          speakerId: `p${wish.speaker}`,
        });
        expect(ids([...focus, ...rest]).sort()).toEqual(ids(tiles).sort());
        expect(rest).toEqual(tiles.filter((one) => !focus.includes(one)));
      }),
      { numRuns: 300 },
    );
  });
});

describe('zoom', () => {
  const point = fc.record({
    x: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    y: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  });
  const turn = fc.oneof(
    fc.record({ factor: fc.double({ min: 0.2, max: 5, noNaN: true }), at: point }),
    fc.record({ by: point }),
  );
  const after = (
    view: View,
    one: { factor: number; at: { x: number; y: number } } | { by: { x: number; y: number } },
  ): View => ('factor' in one ? zoomed(view, one.factor, one.at) : moved(view, one.by));

  it('never shows what is beside the picture, and is the whole picture at scale 1', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 40 }), (turns) => {
        const view = turns.reduce(after, whole);
        expect(view.scale).toBeGreaterThanOrEqual(1);
        expect(view.scale).toBeLessThanOrEqual(6);
        const most = (view.scale - 1) / 2 + 1e-9;
        expect(Math.abs(view.x)).toBeLessThanOrEqual(most);
        expect(Math.abs(view.y)).toBeLessThanOrEqual(most);
        if (view.scale === 1) expect(view).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('what is under the pointer stays there', () => {
    const at = { x: 0.2, y: -0.1 };
    const view = zoomed(zoomed(whole, 2, at), 1.5, at);
    // The point of the picture at `at`, in the picture's own coordinates, before and after.
    expect((at.x - view.x) / view.scale).toBeCloseTo(at.x);
    expect((at.y - view.y) / view.scale).toBeCloseTo(at.y);
  });
});
