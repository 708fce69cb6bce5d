// I2: the bytes of every statement are those of the protocol page, and no two statements are ever the same bytes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, Reader, fromUtf8, toHex, type Bytes } from '../bytes.ts';
import { anyBytes } from '../test/fuzz.ts';
import vectors from '../vectors/aparte/statements.json' with { type: 'json' };
import {
  changeStatement,
  deletionStatement,
  leafStatement,
  memberStatement,
  profileStatement,
  sessionStatement,
} from './statements.ts';
import { verify } from './verify.ts';

/** Builds the statement of a row of the vectors with the code under test. */
function build(kind: string, fields: Record<string, string | number>): Bytes {
  const text = (name: string) => fields[name] as string;
  const bytes = (name: string) => fromHex(text(name));
  const groupId = 'groupId' in fields ? bytes('groupId') : new Uint8Array();
  switch (kind) {
    case 'session':
      return sessionStatement(text('audience'), bytes('challenge'));
    case 'member':
      return memberStatement({
        groupId,
        secretVersion: fields['secretVersion'] as number,
        identity: bytes('identity'),
        inboxKey: bytes('inboxKey'),
        mac: bytes('mac'),
      });
    case 'change':
      return changeStatement({
        groupId,
        version: fields['version'] as number,
        previous: bytes('previous'),
        author: bytes('author'),
        atMs: fields['atMs'] as number,
        action: bytes('action'),
      });
    case 'profile':
      return profileStatement({
        groupId,
        identity: bytes('identity'),
        revision: fields['revision'] as number,
        secretVersion: fields['secretVersion'] as number,
        hash: bytes('hash'),
      });
    case 'deletion':
      return deletionStatement({
        groupId,
        version: fields['version'] as number,
        head: bytes('head'),
        author: bytes('author'),
      });
    case 'leaf':
      return leafStatement({
        groupId,
        callId: bytes('callId'),
        leafKey: bytes('leafKey'),
        livekitIdentity: text('livekitIdentity'),
      });
    default:
      throw new Error(`no statement of kind ${kind}`);
  }
}

const id = anyBytes(16);
const key = anyBytes(32);
const atMs = fc.nat(Number.MAX_SAFE_INTEGER);
const anyStatement: fc.Arbitrary<{ kind: string; given: unknown; bytes: Bytes }> = fc.oneof(
  fc.tuple(fc.string(), key).map((given) => ({ kind: 'session', given, bytes: sessionStatement(...given) })),
  fc
    .record({ groupId: id, secretVersion: fc.nat(2 ** 32 - 1), identity: key, inboxKey: key, mac: key })
    .map((given) => ({ kind: 'member', given, bytes: memberStatement(given) })),
  fc
    .record({
      groupId: id,
      version: fc.nat(2 ** 32 - 1),
      previous: key,
      author: key,
      atMs,
      action: anyBytes(0, 99),
    })
    .map((given) => ({ kind: 'change', given, bytes: changeStatement(given) })),
  fc
    .record({
      groupId: id,
      identity: key,
      revision: fc.nat(2 ** 32 - 1),
      secretVersion: fc.nat(2 ** 32 - 1),
      hash: key,
    })
    .map((given) => ({ kind: 'profile', given, bytes: profileStatement(given) })),
  fc
    .record({ groupId: id, version: fc.integer({ min: 0, max: 2 ** 32 - 1 }), head: key, author: key })
    .map((given) => ({ kind: 'deletion', given, bytes: deletionStatement(given) })),
  fc
    .record({ groupId: id, callId: id, leafKey: key, livekitIdentity: fc.string() })
    .map((given) => ({ kind: 'leaf', given, bytes: leafStatement(given) })),
);

describe('statements', () => {
  it('[I2] are the bytes of the independent vectors, and their signatures verify', async () => {
    expect(vectors.statements.map((row) => row.kind)).toEqual([
      'session',
      'member',
      'change',
      'profile',
      'leaf',
      'deletion',
    ]);
    for (const row of vectors.statements) {
      const statement = build(row.kind, row.fields);
      expect(toHex(statement), row.kind).toBe(row.statement);
      expect(await verify(fromHex(vectors.signer), statement, fromHex(row.signature)), row.kind).toBe(true);
    }
  });

  it('[I2] have their kind as label and split into fields in one way only', () => {
    const count = { session: 2, member: 5, change: 6, profile: 5, leaf: 4, deletion: 4 } as Record<
      string,
      number
    >;
    fc.assert(
      fc.property(anyStatement, ({ kind, bytes }) => {
        const reader = new Reader(bytes);
        expect(fromUtf8(reader.vector(2, 99))).toBe(`Aparté/1 ${kind}`);
        const fields = Array.from({ length: count[kind]! }, () => reader.vector(2, 65_535));
        reader.end();
        expect(fields).toHaveLength(count[kind]!);
      }),
    );
  });

  it('[I2] of different kinds or fields are different bytes', () => {
    fc.assert(
      fc.property(anyStatement, anyStatement, (one, other) => {
        const same = one.kind === other.kind && fc.stringify(one.given) === fc.stringify(other.given);
        expect(toHex(one.bytes) === toHex(other.bytes)).toBe(same);
      }),
    );
  });

  it('[I2] a signature over one kind is not valid for another', async () => {
    for (const one of vectors.statements)
      for (const other of vectors.statements.filter(({ kind }) => kind !== one.kind))
        expect(await verify(fromHex(vectors.signer), fromHex(other.statement), fromHex(one.signature))).toBe(
          false,
        );
  });

  it('[I2] of wrong lengths are not made', () => {
    const long = new Uint8Array(33);
    const short = new Uint8Array(15);
    expect(() => sessionStatement('host', long)).toThrow(RangeError);
    expect(() => sessionStatement('h'.repeat(65_536), new Uint8Array(32))).toThrow(RangeError);
    const change = {
      groupId: new Uint8Array(16),
      version: 1,
      previous: long,
      author: new Uint8Array(32),
      atMs: 1,
    };
    expect(() => changeStatement({ ...change, action: short })).toThrow(RangeError);
    expect(() =>
      changeStatement({ ...change, previous: new Uint8Array(32), groupId: short, action: short }),
    ).toThrow(RangeError);
    const previous = new Uint8Array(32);
    expect(() => changeStatement({ ...change, previous, action: new Uint8Array(65_536) })).toThrow(
      RangeError,
    );
    for (const wrong of [-1, 0.5, Number.NaN, 2 ** 60]) {
      expect(() => changeStatement({ ...change, previous, action: short, atMs: wrong })).toThrow(RangeError);
    }
  });
});
