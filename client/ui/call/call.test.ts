// The pure parts of the call screen: where tiles stand, what the strip, a row, the bar and the live region say.
import { describe, expect, it } from 'vitest';
import { en } from '../../i18n/en.ts';
import type { CallRow, CallView } from '../../state/view.ts';
import { changeBetween, type Moment } from './announce.ts';
import { conditionOf, conditionWords } from './condition.ts';
import { isWholeRow, stageColumns, stageStart } from './grid.ts';
import { lampOf, pressOf, stateWords } from './lamp.ts';
import { trustOf, trustWords, verdictWords } from './trust.ts';

const row = (name: string, more: Partial<CallRow> = {}): CallRow => ({
  id: name,
  name,
  face: { kind: 'initials' },
  excerpt: null,
  isMe: name === 'Me',
  verification: { state: 'unverified' },
  isMuted: false,
  isSpeaking: false,
  level: 0,
  hand: 0,
  can: [],
  status: 'here',
  ...more,
});
const calm = { isHandUp: false, mutedBy: null, isTalkHeld: false, isTalkingMuted: false } as const;
const me = row('Me');
const ada = row('Ada', { verification: { state: 'verified', atMs: 1 } });
const ben = row('Ben');
const moment = (rows: readonly CallRow[], more: Partial<Moment> = {}): Moment => ({
  rows,
  phase: 'inCall',
  callCode: '1'.repeat(30),
  using: { microphone: null, camera: null },
  ...more,
});

describe('tiles', () => {
  it('the stage has one column more at 3, 7, 13 and 25 pictures', () => {
    expect([1, 2, 3, 6, 7, 12, 13, 24, 25, 90].map(stageColumns)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });

  it('an incomplete last row stands in the middle: its empty tracks are shared by both sides', () => {
    for (let count = 1; count <= 40; count += 1) {
      const columns = stageColumns(count);
      const starts = Array.from({ length: count }, (_, index) => stageStart(index, count));
      const left = count % columns;
      expect(starts.filter((start) => start !== null)).toEqual(left === 0 ? [] : [columns - left + 1]);
      if (left !== 0) expect(starts.indexOf(columns - left + 1)).toBe(count - left);
    }
  });

  it('in the panel an odd first tile has a whole row', () => {
    expect([isWholeRow(0, 1), isWholeRow(0, 2), isWholeRow(0, 3), isWholeRow(2, 3)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('trust', () => {
  const changed = row('Cyd', { verification: { state: 'changed' } });
  const waiting = row('Dora', { status: 'waiting' });
  const outsider = row('p_1', { status: 'outsider' });
  const words = (call: Moment): string => trustWords(en, trustOf(call));

  it('[S3] a changed key comes before everything else', () => {
    expect(words(moment([me, ada, changed, waiting, outsider]))).toBe('Cyd’s key changed. Compare again');
  });

  it('[M3] somebody without a leaf is named before a missing key, and never counted as a person', () => {
    expect(words(moment([me, ada, waiting, outsider]))).toBe('Somebody without a key');
    expect(trustOf(moment([me, ada, outsider])).others).toBe(1);
  });

  it('[F4] forged frames under a name are said before a missing key, and not before somebody without one', () => {
    const forged = row('Ada', { isForged: true });
    expect(words(moment([me, forged, waiting]))).toBe('False sound or picture under Ada’s name is kept out');
    expect(words(moment([me, forged, outsider]))).toBe('Somebody without a key');
  });

  it('counts others only, and says all only when it is all', () => {
    expect(words(moment([me, ada, ben]))).toBe('1 of 2 verified');
    expect(words(moment([me, ada]))).toBe('All verified');
    expect(words(moment([me]))).toBe('Only you here');
    expect(words(moment([me, ada, waiting]))).toBe('Waiting for Dora’s key');
    expect(words(moment([me, ada, { ...waiting, status: 'wrongKey' }]))).toBe('Waiting for Dora’s key');
  });

  it('says nothing good before there are keys', () => {
    expect(words(moment([me], { phase: 'joining', callCode: null }))).toBe('Agreeing on keys');
    expect(words(moment([me, ada], { callCode: null }))).toBe('Agreeing on keys');
  });

  it('the verdict names who is not compared yet', () => {
    expect(verdictWords(en, trustOf(moment([me, ada, ben])))).toEqual({
      title: 'Encrypted, one of two verified',
      why: 'Nobody but the three of you holds the key. Ben you have not compared yet.',
    });
    expect(verdictWords(en, trustOf(moment([me, ben]))).title).toBe('Encrypted, nobody verified yet');
  });
});

describe('rows', () => {
  const call = { phase: 'inCall', mic: 'live' } as const;

  it('trouble comes before speech', () => {
    const speaking = { isSpeaking: true };
    expect(conditionOf(row('Ben', { ...speaking, status: 'damaged' }), call)).toBe('damaged');
    expect(conditionOf(row('Ben', { ...speaking, status: 'outsider' }), call)).toBe('outsider');
    expect(conditionOf(row('Ben', speaking), { phase: 'reconnecting', mic: 'live' })).toBe('lost');
    expect(conditionOf(row('Ben', speaking), call)).toBe('speaking');
    expect(conditionOf(row('Ben', { ...speaking, isMuted: true }), call)).toBe('listening');
  });

  it('I am live only in the call with a microphone that is open', () => {
    expect(conditionOf(me, call)).toBe('live');
    expect(conditionOf(me, { phase: 'joining', mic: 'live' })).toBe('entering');
    expect(conditionOf(me, { phase: 'inCall', mic: 'denied' })).toBe('mute');
    expect(conditionOf({ ...me, isMuted: true }, call)).toBe('muted');
  });
});

describe('the lamp', () => {
  it('is green only when others can hear me', () => {
    const phases: readonly CallView['phase'][] = ['joining', 'inCall', 'reconnecting', 'restarting', 'ended'];
    const mics: readonly CallView['mic'][] = ['live', 'muted', 'starting', 'denied', 'missing', 'failed'];
    const all = phases.flatMap((phase) => mics.map((mic) => ({ ...calm, phase, mic })));
    const live = all.filter((call) => lampOf(call) === 'live');
    expect(live).toEqual([{ ...calm, phase: 'inCall', mic: 'live' }]);
    expect(all.filter((call) => stateWords(en, call).state === en.bar.live)).toEqual(live);
  });
});

describe('a raised hand', () => {
  const call = { phase: 'inCall', mic: 'live' } as const;
  const words = (one: CallRow) => conditionWords(en, conditionOf(one, call), one);

  it('stands on its row with its place in the line, also while they speak, unless something is wrong', () => {
    const ben2 = row('Ben', { hand: 2, isMuted: true });
    expect(words(ben2)).toBe('Hand raised, number 2 in line');
    expect(words(row('Ben', { hand: 1, isListener: true }))).toBe('Hand raised, first in line');
    expect(words(row('Ben', { hand: 1, isSpeaking: true }))).toBe('Hand raised, first in line');
    expect(words(row('Ben', { hand: 1, status: 'away' }))).toBe(en.row.away);
    expect(words(row('Ben', { isListener: true, isMuted: true }))).toBe('Listens only');
    expect(words(row('Me', { hand: 1, isMuted: true }))).toBe('Hand raised, first in line');
  });

  it('is what the lamp of a listener does, who has no microphone', () => {
    const mine = { ...calm, phase: 'inCall', mic: 'listener' } as const;
    expect([lampOf(mine), pressOf(mine), stateWords(en, mine).hint]).toEqual([
      ...['held', 'raise', 'Tap to raise your hand'],
    ]);
    const up = { ...mine, isHandUp: true };
    expect([lampOf(up), pressOf(up), stateWords(en, up).state]).toEqual([
      ...['held', 'lower', 'Your hand is up'],
    ]);
    expect(pressOf({ ...mine, mic: 'muted' })).toBe('unmute');
  });

  it('has the colour of who was muted by another, who talks again with a tap', () => {
    const muted = { ...calm, phase: 'inCall', mic: 'muted', mutedBy: 'Ada' } as const;
    expect([lampOf(muted), pressOf(muted), stateWords(en, muted)]).toEqual([
      ...['held', 'unmute', { state: 'Ada muted you', hint: 'Tap or hold to talk' }],
    ]);
    expect(lampOf({ ...muted, mutedBy: null })).toBe('muted');
  });

  it('is said once, when it goes up', () => {
    const up = moment([me, { ...ada, hand: 1 }]);
    expect(changeBetween(moment([me, ada]), up, en)).toEqual({ direction: '', spoken: 'Ada raises a hand' });
    expect(changeBetween(up, up, en).spoken).toBe('');
    expect(changeBetween(up, moment([me, ada]), en).spoken).toBe('');
  });
});

describe('announcements', () => {
  it('tell who comes and goes together, in one sentence each', () => {
    const change = changeBetween(moment([me, ada]), moment([me, ben, row('Cyd')]), en);
    expect(change.direction).toBe('Ben and Cyd enter. Ada leaves');
    expect(change.spoken).toContain('Security: 0 of 2 verified');
  });

  it('tell a change of safety without a coming or going', () => {
    const after = moment([me, { ...ada, verification: { state: 'changed' } }]);
    expect(changeBetween(moment([me, ada]), after, en)).toEqual({
      direction: '',
      spoken: 'Security: Ada’s key changed. Compare again',
    });
  });

  it('say nothing of levels and speech, and nobody "enters" whom I find', () => {
    expect(
      changeBetween(moment([me, ada]), moment([me, { ...ada, isSpeaking: true, level: 0.4 }]), en).spoken,
    ).toBe('');
    const joining = moment([me], { phase: 'joining', callCode: null });
    expect(changeBetween(joining, moment([me, ada]), en)).toEqual({ direction: '', spoken: '2 people' });
  });

  it('tell which device I am heard by when it is another one than before, and not the first one', () => {
    const by = (microphone: string | null, camera: string | null = null) =>
      moment([me, ada], { using: { microphone, camera } });
    expect(changeBetween(by('Headset'), by('Built-in'), en).direction).toBe('Microphone: Built-in');
    expect(changeBetween(by('Headset'), by('Built-in'), en).spoken).toContain('Microphone: Built-in');
    expect(changeBetween(by(null), by('Built-in', 'Webcam'), en).direction).toBe('');
    expect(changeBetween(by('Built-in', 'Front'), by('Built-in', 'Back'), en).direction).toBe('Camera: Back');
    expect(changeBetween(by('Built-in', 'Front'), by('Built-in', null), en).direction).toBe('');
  });

  it('tell that the line is lost', () => {
    const spoken = changeBetween(moment([me, ada]), moment([me, ada], { phase: 'reconnecting' }), en).spoken;
    expect(spoken).toBe('Reconnecting. Your key is safe. You’ll be back without joining again.');
  });
});
