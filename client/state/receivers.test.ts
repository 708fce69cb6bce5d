// What everybody else in a call can decode (M7), by a clock that the test moves.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { betterCodecs, type BetterCodec, type Receivable } from '../media/codec-choice.ts';
import { ManualClock } from '../testing/clock.ts';
import { Receivers, wordWithinMs } from './receivers.ts';

type Word = readonly BetterCodec[] | null;
const peers = (words: Record<string, Word>) =>
  new Map(Object.entries(words).map(([name, decodes]) => [name, { decodes }]));

describe('[M7] what the others can decode', () => {
  let clock: ManualClock;
  let told: Receivable[];
  let receivers: Receivers;
  beforeEach(() => {
    clock = new ManualClock();
    told = [];
    receivers = new Receivers(clock, (receivable) => told.push(receivable));
  });
  const both = ['av1', 'vp9'];

  it('is everything while nobody else is there', () => {
    receivers.note(new Map());
    expect(told).toEqual([{ toStart: both, toKeep: both }]);
  });

  it('is VP8 alone for a picture that is turned on before somebody has said what they can', () => {
    receivers.note(peers({ ben: ['vp9', 'av1'], cyd: null }));
    expect(told.at(-1)).toEqual({ toStart: [], toKeep: both });
    receivers.note(peers({ ben: ['vp9', 'av1'], cyd: ['vp9'] }));
    expect(told.at(-1)).toEqual({ toStart: ['vp9'], toKeep: ['vp9'] });
  });

  it('is waited for while a picture runs, and not for ever', async () => {
    receivers.note(peers({ ben: ['vp9', 'av1'] }));
    receivers.note(peers({ ben: ['vp9', 'av1'], cyd: null }));
    await clock.pass(wordWithinMs - 1);
    // Another change of the others does not make the wait longer.
    receivers.note(peers({ ben: ['vp9', 'av1'], cyd: null }));
    expect(told.at(-1)).toEqual({ toStart: [], toKeep: both });
    await clock.pass(1);
    expect(told.at(-1)).toEqual({ toStart: [], toKeep: [] });
    receivers.note(peers({ ben: ['vp9', 'av1'], cyd: ['vp9', 'av1'] }));
    expect(told.at(-1)).toEqual({ toStart: both, toKeep: both });
  });

  it('is not waited for in somebody who says that they cannot', () => {
    receivers.note(peers({ ben: ['vp9', 'av1'] }));
    receivers.note(peers({ ben: ['vp9', 'av1'], cyd: [] }));
    expect(told.at(-1)).toEqual({ toStart: [], toKeep: [] });
  });

  it('counts nobody who is gone', () => {
    receivers.note(peers({ ben: ['vp9', 'av1'], cyd: [] }));
    receivers.note(peers({ ben: ['vp9', 'av1'] }));
    expect(told.at(-1)).toEqual({ toStart: both, toKeep: both });
  });

  it('is VP8 alone in a crowd, where not everybody is heard', () => {
    const crowd = (size: number) =>
      peers(Object.fromEntries(Array.from({ length: size }, (_, i) => [`p${i}`, ['vp9'] as const])));
    receivers.note(crowd(19));
    expect(told.at(-1)).toEqual({ toStart: ['vp9'], toKeep: ['vp9'] });
    receivers.note(crowd(20));
    expect(told.at(-1)).toEqual({ toStart: [], toKeep: [] });
  });

  it('is told once, and not after the end', async () => {
    receivers.note(peers({ ben: ['vp9'] }));
    receivers.note(peers({ ben: ['vp9'] }));
    receivers.note(peers({ ben: ['vp9'], cyd: null }));
    const before = [...told];
    receivers.stop();
    await clock.pass(2 * wordWithinMs);
    expect(told).toEqual(before);
    expect(told).toHaveLength(2);
  });

  it('is never more than each of them said', () => {
    const word = fc.option(fc.subarray([...betterCodecs]));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 25 }), (words) => {
        let last: Receivable = { toStart: [], toKeep: [] };
        const one = new Receivers(new ManualClock(), (receivable) => (last = receivable));
        one.note(peers(Object.fromEntries(words.map((decodes, i) => [`p${i}`, decodes]))));
        for (const codec of betterCodecs) {
          const isSmall = words.length < 20;
          expect(last.toStart.includes(codec)).toBe(
            isSmall && words.every((said) => said?.includes(codec) === true),
          );
          expect(last.toKeep.includes(codec)).toBe(
            isSmall && words.every((said) => said?.includes(codec) !== false),
          );
        }
      }),
    );
  });
});
