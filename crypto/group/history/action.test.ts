// G9: every action has one encoding, and nothing else is read as one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CryptoError } from '../../errors.ts';
import { random, toHex, uint, concat, type Bytes } from '../../bytes.ts';
import { anyBytes, mutations, refusal } from '../../test/fuzz.ts';
import { firstPolicy } from './policy.ts';
import { encodeAction, parseAction, type Action } from './index.ts';

const identity = anyBytes(32);
const callId = anyBytes(16);
const anyPolicy = fc.record({
  admission: fc.constantFrom('open' as const, 'approval' as const),
  speaking: fc.constantFrom('everybody' as const, 'listen' as const),
  isVerifiedOnly: fc.boolean(),
  codec: fc.constantFrom('any' as const, 'vp8' as const),
  picture: fc.constantFrom('any' as const, '720p' as const, '360p' as const),
});
const ascending = (list: Bytes[]): Bytes[] =>
  [...new Map(list.map((one) => [toHex(one), one]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);
const anyAction: fc.Arbitrary<Action> = fc.oneof(
  fc
    .record({ policy: anyPolicy, present: fc.array(identity, { maxLength: 5 }) })
    .map(({ policy, present }) => ({ kind: 'policy' as const, policy, present: ascending(present) })),
  fc.record({
    kind: fc.constant('role' as const),
    identity,
    role: fc.constantFrom('listener' as const, 'member' as const, 'admin' as const),
  }),
  fc.record({ kind: fc.constant('removal' as const), identity, isBanned: fc.boolean() }),
  fc.record({
    kind: fc.constantFrom('pardon' as const, 'admission' as const, 'handover' as const),
    identity,
  }),
  fc.record({
    kind: fc.constant('rotation' as const),
    secretVersion: fc.nat(2 ** 32 - 1),
    doorHash: identity,
  }),
  fc.constantFrom<Action>({ kind: 'departure' }, { kind: 'return' }),
  fc.record({ kind: fc.constant('profile' as const), hash: identity }),
  fc.record({ kind: fc.constant('lock' as const), callId, isLocked: fc.boolean() }),
  fc.record({ kind: fc.constant('speaker' as const), callId, identity, isAllowed: fc.boolean() }),
);

/** Reads bytes as an action, which must then be the one that has these bytes. */
function readsInOneWay(bytes: Bytes): void {
  try {
    expect(toHex(encodeAction(parseAction(bytes)))).toBe(toHex(bytes));
  } catch (error) {
    expect(error).toBeInstanceOf(CryptoError);
  }
}

describe('an action', () => {
  it('[G9] is read back from its bytes', () => {
    fc.assert(
      fc.property(anyAction, (action) => {
        expect(parseAction(encodeAction(action))).toEqual(action);
      }),
    );
  });

  it('[G9] has one encoding only, whatever is changed in it', () => {
    fc.assert(
      fc.property(anyAction, (action) => {
        for (const bytes of mutations(encodeAction(action))) readsInOneWay(bytes);
      }),
      { numRuns: 60 },
    );
    fc.assert(fc.property(anyBytes(0, 90), readsInOneWay), { numRuns: 2000 });
  });

  it('[G9] of a kind that is not known here is refused as such', () => {
    for (const kind of [0, 13, 255]) {
      expect(refusal(() => parseAction(concat(uint(kind, 1), random(32))))).toBe('unsupported');
    }
    expect(refusal(() => parseAction(new Uint8Array(0)))).toBe('malformed');
  });

  it('[G9] names who is present in ascending order, each once, at most 1024', () => {
    const present = Array.from({ length: 1024 }, () => random(32));
    const made = encodeAction({ kind: 'policy', policy: firstPolicy, present });
    const read = parseAction(made) as Extract<Action, { kind: 'policy' }>;
    expect(read.present).toEqual(ascending(present));
    const head = made.slice(0, 6);
    const [low, high] = read.present as [Bytes, Bytes];
    for (const wrong of [
      [high, low],
      [low, low],
    ])
      expect(refusal(() => parseAction(concat(head, uint(2, 2), ...wrong)))).toBe('malformed');
    const many = Array.from({ length: 1025 }, (_, at) => concat(uint(at, 4), new Uint8Array(28)));
    expect(refusal(() => parseAction(concat(head, uint(1025, 2), ...many)))).toBe('malformed');
    expect(() => encodeAction({ kind: 'policy', policy: firstPolicy, present: many })).toThrow(RangeError);
    expect(() => encodeAction({ kind: 'policy', policy: firstPolicy, present: [low, low] })).toThrow(
      RangeError,
    );
  });

  it('[G9] of wrong lengths is not made', () => {
    expect(() => encodeAction({ kind: 'pardon', identity: random(31) })).toThrow(RangeError);
    expect(() => encodeAction({ kind: 'lock', callId: random(17), isLocked: true })).toThrow(RangeError);
    expect(() => encodeAction({ kind: 'rotation', secretVersion: 2, doorHash: random(33) })).toThrow(
      RangeError,
    );
  });
});
