// In which order people stand, who spoke lately, what is heard when somebody comes, and what of one's wishes is kept.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seed } from '../../crypto/test/fuzz.ts';
import { ManualClock } from '../testing/clock.ts';
import { chimeBetween, type ChimeMoment } from './chimes.ts';
import { inOrder } from './order.ts';
import { firstPreferences, mostVolumes, PreferenceStore, withVolume } from './preferences.ts';
import { Speakers } from './speakers.ts';
import type { CallRow } from './view.ts';

const row = (id: string, more: Partial<CallRow> = {}): CallRow => ({
  ...{ id, name: id, face: { kind: 'initials' }, excerpt: null, isMe: id === 'me' },
  ...{ verification: { state: 'unverified' }, isMuted: true, isSpeaking: false, level: 0, hand: 0, can: [] },
  status: 'here',
  ...more,
});
const names = (rows: readonly CallRow[]): string => rows.map(({ id }) => id).join(' ');

describe('the order of people', () => {
  it('me, who presents, who spoke lately, hands, cameras, the others, who has no key', () => {
    const rows = [
      ...[row('me'), row('other'), row('camera'), row('hand2', { hand: 2 }), row('hand1', { hand: 1 })],
      ...[row('second'), row('first'), row('presenter'), row('stranger', { status: 'outsider' })],
    ];
    const tiles = [
      { personId: 'presenter', source: 'screen' as const },
      { personId: 'camera', source: 'camera' as const },
    ];
    expect(names(inOrder(rows, { recent: ['first', 'second', 'gone'], tiles }))).toBe(
      'me presenter first second hand1 hand2 camera other stranger',
    );
  });

  it('has everybody once, whoever does what, for 0 to 200 people, and moves nobody without a reason', () => {
    const people = fc.array(fc.record({ hand: fc.nat(5), isOut: fc.boolean() }), { maxLength: 200 });
    const more = fc.record({ recent: fc.uniqueArray(fc.nat(200)), on: fc.array(fc.nat(200)) });
    fc.assert(
      fc.property(people, more, (drawn, { recent, on }) => {
        const rows = drawn.map(({ hand, isOut }, n) =>
          row(n === 0 ? 'me' : `p${n}`, { hand, status: isOut && n > 0 ? 'outsider' : 'here' }),
        );
        const prominence = {
          recent: recent.map((n) => `p${n}`),
          tiles: on.map((n) => ({
            personId: `p${n}`,
            source: n % 3 === 0 ? ('screen' as const) : ('camera' as const),
          })),
        };
        const shown = inOrder(rows, prominence);
        expect(new Set(shown)).toEqual(new Set(rows));
        expect(shown).toHaveLength(rows.length);
        expect(inOrder(shown, prominence)).toEqual(shown);
        if (rows.length > 0) expect(shown[0]!.isMe).toBe(true);
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe('who spoke lately', () => {
  it('is who spoke for a second, in the order of that, until a minute of silence', async () => {
    const clock = new ManualClock();
    const speakers = new Speakers(clock);
    const talk = async (ids: string[], ms: number): Promise<readonly string[]> => {
      let recent = speakers.update(ids);
      for (let passed = 0; passed < ms; passed += 100) {
        await clock.pass(100);
        recent = speakers.update(ids);
      }
      return recent;
    };
    expect(await talk(['Ada'], 900)).toEqual([]);
    expect(await talk(['Ada'], 100)).toEqual(['Ada']);
    // A cough is none.
    expect(await talk(['Ben'], 300)).toEqual(['Ada']);
    await talk([], 1_000);
    expect(await talk(['Ben'], 900)).toEqual(['Ada']);
    expect(await talk(['Ben', 'Ada'], 200)).toEqual(['Ada', 'Ben']);
    await talk(['Ben'], 200);
    expect(speakers.latest).toBe('Ben');
    const same = speakers.update([]);
    expect(speakers.update([])).toBe(same);
    await talk(['Ada'], 59_000);
    expect(await talk([], 2_000)).toEqual(['Ada']);
    expect(await talk([], 60_000)).toEqual([]);
    expect(speakers.latest).toBe(null);
  });
});

describe('sounds', () => {
  const moment = (others: string[], more: Partial<ChimeMoment> = {}): ChimeMoment => ({
    ...{ others, changed: [], maySpeak: true, isInCall: true },
    ...more,
  });
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

  it('two notes when somebody comes or goes, up to eight people', () => {
    expect(chimeBetween(moment(['a']), moment(['a', 'b']))).toBe('join');
    expect(chimeBetween(moment(['a', 'b']), moment(['a']))).toBe('leave');
    expect(chimeBetween(moment(many.slice(1)), moment(many))).toBe('join');
    expect(chimeBetween(moment(many), moment([...many, 'h']))).toBe(null);
    expect(chimeBetween(moment([...many, 'h']), moment(many))).toBe(null);
    expect(chimeBetween(moment(['a']), moment(['a']))).toBe(null);
  });

  it('a changed number and the right to speak in a call of any size; nothing while I come in or am away', () => {
    const crowd = [...many, 'h', 'i'];
    expect(chimeBetween(moment(crowd), moment([...crowd, 'x'], { changed: ['x'] }))).toBe('keyChanged');
    expect(chimeBetween(moment(crowd, { maySpeak: false }), moment(crowd))).toBe('allowed');
    expect(chimeBetween(moment([], { isInCall: false }), moment(['a']))).toBe(null);
    expect(chimeBetween(moment(['a']), moment([], { isInCall: false }))).toBe(null);
  });
});

describe('preferences', () => {
  const storage = (first: string | null = null) => {
    let kept = first;
    return { getItem: () => kept, setItem: (_: string, value: string) => void (kept = value) };
  };
  const id = (n: number): string => String(n).padStart(43, 'A');

  it('come back as they were kept; what makes no sense counts as nothing', () => {
    const store = new PreferenceStore(storage());
    const wish = withVolume({ ...firstPreferences, sounds: false }, id(1), 1.3);
    store.write(wish);
    expect(store.read()).toEqual(wish);
    for (const broken of ['{', '7', '{"volumes":{"x":1}}', `{"volumes":{"${id(1)}":3}}`, '{"sounds":"no"}'])
      expect(new PreferenceStore(storage(broken)).read()).toEqual(firstPreferences);
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new Error('full');
      },
    };
    expect(() => new PreferenceStore(full).write(wish)).not.toThrow();
  });

  it('as loud as it comes is not kept, nor more people than so many', () => {
    let wish = withVolume(firstPreferences, id(1), 0.5);
    expect(withVolume(wish, id(1), 1).volumes).toEqual({});
    for (let n = 2; n <= mostVolumes + 1; n++) wish = withVolume(wish, id(n), 9);
    expect(Object.keys(wish.volumes)).toHaveLength(mostVolumes);
    expect(wish.volumes[id(1)]).toBe(undefined);
    expect(wish.volumes[id(2)]).toBe(2);
  });
});
