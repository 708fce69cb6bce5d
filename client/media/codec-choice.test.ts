// Which codec my pictures go out in (M7), for every case of what others can decode and this device can encode.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betterCodecs, CodecChoice, mayKeep, nothingKnown, type BetterCodec } from './codec-choice.ts';

const codecs = fc.subarray([...betterCodecs]);
const sources = ['camera', 'screen'] as const;

function choice(encodes: readonly BetterCodec[], wish: 'best' | 'vp8' | 'h264' = 'best'): CodecChoice {
  return new CodecChoice({ decodes: [], encodes: { camera: encodes, screen: encodes } }, () => wish);
}

describe('[M7] of a picture that is turned on', () => {
  it.each([
    { others: ['av1', 'vp9'], mine: ['av1', 'vp9'], is: 'av1' },
    { others: ['av1', 'vp9'], mine: ['vp9'], is: 'vp9' },
    { others: ['vp9'], mine: ['av1', 'vp9'], is: 'vp9' },
    { others: ['av1'], mine: ['av1', 'vp9'], is: 'av1' },
    { others: ['av1'], mine: ['vp9'], is: 'vp8' },
    { others: [], mine: ['av1', 'vp9'], is: 'vp8' },
    { others: ['av1', 'vp9'], mine: [], is: 'vp8' },
    { others: [], mine: [], is: 'vp8' },
  ] as const)('others $others, mine $mine: $is', ({ others, mine, is }) => {
    const one = choice(mine);
    one.receivable = { toStart: others, toKeep: others };
    for (const source of sources) expect(one.for(source)).toBe(is);
  });

  it('is nothing that somebody cannot decode, or this device not encode; and VP8 before anything is known', () => {
    fc.assert(
      fc.property(codecs, codecs, codecs, fc.constantFrom(...sources), (toStart, camera, screen, source) => {
        const one = new CodecChoice({ decodes: [], encodes: { camera, screen } }, () => 'best');
        expect(one.for(source)).toBe('vp8');
        one.receivable = { toStart, toKeep: betterCodecs };
        const chosen = one.for(source);
        const encodes = source === 'camera' ? camera : screen;
        const both = betterCodecs.filter((codec) => toStart.includes(codec) && encodes.includes(codec));
        expect(chosen).toBe(both[0] ?? 'vp8');
      }),
    );
  });

  it('is what the group wants instead', () => {
    const one = choice(betterCodecs, 'vp8');
    one.receivable = { toStart: betterCodecs, toKeep: betterCodecs };
    expect(one.for('camera')).toBe('vp8');
  });
});

describe('[M7] of a picture that runs', () => {
  it('goes on as long as nobody is known who cannot decode it', () => {
    fc.assert(
      fc.property(codecs, fc.constantFrom(...betterCodecs), (toKeep, codec) => {
        expect(mayKeep(codec, toKeep)).toBe(toKeep.includes(codec));
        expect(mayKeep('vp8', toKeep)).toBe(true);
        expect(mayKeep('h264', toKeep)).toBe(false);
      }),
    );
    expect(choice(betterCodecs).mayKeep('av1')).toBe(false);
    expect(nothingKnown.toKeep).toEqual([]);
  });

  it('does not change for a wish about the next one, and a wish is kept whatever others can', () => {
    const one = choice(betterCodecs, 'vp8');
    one.receivable = { toStart: ['vp9'], toKeep: ['vp9'] };
    expect([one.mayKeep('vp9'), one.mayKeep('av1')]).toEqual([true, false]);
    expect(choice([], 'h264').mayKeep('h264')).toBe(true);
  });
});
