// Talking into a muted microphone, and how loud the sounds of a call are.
import { describe, expect, it } from 'vitest';
import { notes } from './chimes.ts';
import { loudRms, MutedSpeech } from './muted-speech.ts';

describe('talking while muted', () => {
  const hear = (speech: MutedSpeech, samples: readonly number[], fromMs = 0): boolean[] =>
    samples.map((rms, i) => speech.note(rms, fromMs + i * 100));
  const times = (rms: number, count: number): number[] => Array.from({ length: count }, () => rms);

  it('is said after most of a second of it, and for a while after', () => {
    const speech = new MutedSpeech();
    const said = hear(speech, [...times(0.1, 10), ...times(0, 60)]);
    expect(said.indexOf(true)).toBe(6);
    expect(said.lastIndexOf(true)).toBeGreaterThan(30);
    expect(said.lastIndexOf(true)).toBeLessThan(50);
  });

  it('a cough, a door and what is left of a fan are none', () => {
    const speech = new MutedSpeech();
    const cough = [...times(0.4, 4), ...times(0, 16)];
    expect(hear(speech, [...cough, ...cough, ...times(loudRms * 0.9, 100)])).not.toContain(true);
  });

  it('begins anew when it is unmuted in between', () => {
    const speech = new MutedSpeech();
    hear(speech, times(0.1, 8));
    speech.reset();
    expect(speech.note(0.1, 900)).toBe(false);
  });
});

describe('sounds of a call', () => {
  it('are shorter than 0.3 s; coming goes up, going goes down', () => {
    for (const name of Object.keys(notes) as (keyof typeof notes)[])
      for (const { atS, lastsS } of notes[name]) expect(atS + lastsS).toBeLessThan(0.3);
    const [low, high] = notes.join;
    expect(high!.hz).toBeGreaterThan(low!.hz);
    const [first, last] = notes.leave;
    expect(last!.hz).toBeLessThan(first!.hz);
  });
});
