// A3: what members say to each other, as bytes and back, and what is refused.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { concat, fromHex, random, toHex, uint, utf8 } from '../../crypto/bytes.ts';
import vectors from '../../crypto/vectors/aparte/messages.json' with { type: 'json' };
import { contexts, decodeContent, encodeContent, type Content, type StreamMap } from './message-content.ts';

const pictureCodecs = ['vp9', 'av1'] as const;
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes));
const track = fc.stringMatching(/^TR_[A-Za-z0-9]{1,20}$/);
const streams: fc.Arbitrary<StreamMap> = fc
  .dictionary(fc.constantFrom(...contexts), track)
  .map((found) => ({ ...found }));
const content: fc.Arbitrary<Content> = fc.oneof(
  fc.constant({ kind: 'acknowledgement' } as const),
  fc.record({
    kind: fc.constant('heartbeat' as const),
    transcriptHash: bytes32,
    isMuted: fc.boolean(),
    isWithholding: fc.boolean(),
    decodes: fc.subarray([...pictureCodecs]),
    hand: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    streams,
  }),
  fc.record({
    kind: fc.constant('mute' as const),
    leaf: fc.option(fc.integer({ min: 0, max: 1023 })),
  }),
  fc.record({
    kind: fc.constant('history' as const),
    version: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    head: bytes32,
  }),
  fc.record({ kind: fc.constant('text' as const), text: fc.string({ minLength: 1, maxLength: 300 }) }),
);

it('[A3] comes back as it went', () => {
  fc.assert(
    fc.property(content, (one) => {
      expect(decodeContent(encodeContent(one))).toEqual(one);
    }),
  );
});

it('[A3] is these bytes', () => {
  const transcriptHash = new Uint8Array(32).fill(7);
  const streamMap = { microphone: 'TR_a', screen: 'TR_b' };
  const said = {
    kind: 'heartbeat',
    transcriptHash,
    isMuted: true,
    isWithholding: false,
    decodes: ['av1'],
    hand: 258,
    streams: streamMap,
  } as const;
  const heartbeat = encodeContent(said);
  expect(toHex(encodeContent({ kind: 'acknowledgement' }))).toBe('01');
  expect(toHex(heartbeat)).toBe(
    `0220${'07'.repeat(32)}010200000102020004${toHex(utf8('TR_a'))}0204${toHex(utf8('TR_b'))}`,
  );
  const withheld = { ...said, isMuted: false, isWithholding: true, decodes: [], hand: 0, streams: {} };
  expect(toHex(encodeContent(withheld))).toBe(`0220${'07'.repeat(32)}02000000000000`);
  expect(toHex(encodeContent({ kind: 'text', text: 'Aparté' }))).toBe(`030007${toHex(utf8('Aparté'))}`);
});

it('[A3] is the one of the independent vectors, both ways', () => {
  expect(new Set(vectors.contents.map(({ content }) => content.kind)).size).toBe(5);
  for (const { content, bytes } of vectors.contents) {
    const meant = contentOf(content);
    expect(toHex(encodeContent(meant))).toBe(bytes);
    expect(decodeContent(fromHex(bytes))).toEqual(meant);
  }
});

it.each(vectors.refused)('[A3] refuses $what', ({ bytes, code }) => {
  expect(() => decodeContent(fromHex(bytes))).toThrow(expect.objectContaining({ code }));
});

it('[A3] refuses every other encoding', () => {
  const wrong = [
    '',
    '0100',
    '02',
    `0220${'07'.repeat(32)}04000000000000`,
    `0220${'07'.repeat(32)}00040000000000`,
    `0220${'07'.repeat(32)}00800000000000`,
    `021f${'07'.repeat(31)}00000000000000`,
    `0220${'07'.repeat(32)}000000000000020100000000`,
    `0220${'07'.repeat(32)}000000000000010400`,
    `0220${'07'.repeat(32)}0000000000000000`,
    `0220${'07'.repeat(32)}000000000000`,
    '030000',
    '030001ff',
    '03000261',
  ];
  for (const hex of wrong) {
    expect(() => decodeContent(fromHex(hex)), hex).toThrow(expect.objectContaining({ code: 'malformed' }));
  }
  expect(() => decodeContent(fromHex('06'))).toThrow(expect.objectContaining({ code: 'unsupported' }));
  expect(() => encodeContent({ kind: 'text', text: '' })).toThrow(RangeError);
  expect(() => encodeContent({ kind: 'text', text: 'é'.repeat(2049) })).toThrow(RangeError);
  const long = concat(uint(3, 1), uint(5000, 2), random(5000));
  expect(() => decodeContent(long)).toThrow(expect.objectContaining({ code: 'malformed' }));
});

function contentOf(given: (typeof vectors.contents)[number]['content']): Content {
  if (given.kind === 'acknowledgement') return { kind: 'acknowledgement' };
  if (given.kind === 'mute') return { kind: 'mute', leaf: given.leaf ?? null };
  if (given.kind === 'history')
    return { kind: 'history', version: given.version ?? 0, head: fromHex(given.head ?? '') };
  if (given.kind === 'text') return { kind: 'text', text: given.text ?? '' };
  const { transcriptHash = '', isMuted = false, isWithholding = false, hand = 0, streams = {} } = given;
  const decodes = pictureCodecs.filter((codec) => given.decodes?.some((one) => one === codec));
  const said = { isMuted, isWithholding, decodes, hand, streams };
  return { kind: 'heartbeat', transcriptHash: fromHex(transcriptHash), ...said };
}
