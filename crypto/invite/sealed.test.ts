// E1, E2, G7: what is sealed under the group secret opens for its own place only; every changed byte is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, random, toHex, uint, utf8, type Bytes } from '../bytes.ts';
import { anyBytes, mutations, refusal } from '../test/fuzz.ts';
import vectors from '../vectors/aparte/sealed.json' with { type: 'json' };
import { sealBox } from './box.ts';
import {
  maxEnvelopeBytes,
  openEnvelope,
  sealEnvelope,
  sealEnvelopeWithNonce,
  type EnvelopeContext,
  type EnvelopeKind,
} from './envelope.ts';
import {
  isSealableText,
  openText,
  sealText,
  sealTextWithNonce,
  type SealedTextPlace,
} from './sealed-text.ts';

const groupId = fromHex(vectors.groupId);
const callId = fromHex(vectors.callId);
const handshakeKey = fromHex(vectors.handshakeKey);
const keys = { seal: fromHex(vectors.sealKey) };
const ada = random(32);
const ben = random(32);

function contextOf(row: { kind: string; generation: number; epoch: string }): EnvelopeContext {
  return {
    groupId,
    callId,
    generation: row.generation,
    epoch: BigInt(row.epoch),
    kind: row.kind as EnvelopeKind,
  };
}

function placeOf(row: { what: string; subject: string }): SealedTextPlace {
  return { groupId, what: row.what as SealedTextPlace['what'], subject: fromHex(row.subject) };
}

describe('an envelope', () => {
  it('[E1] is the one of the independent vectors', () => {
    for (const row of vectors.envelopes) {
      const given = { message: fromHex(row.message), nonce: fromHex(row.nonce) };
      expect(toHex(sealEnvelopeWithNonce(handshakeKey, contextOf(row), given))).toBe(row.sealed);
      expect(toHex(openEnvelope(handshakeKey, contextOf(row), fromHex(row.sealed)))).toBe(row.message);
    }
  });

  it('[E1] opens for what it was sealed for, and has a fresh nonce every time', () => {
    fc.assert(
      fc.property(
        fc.record({
          groupId: anyBytes(16),
          callId: anyBytes(16),
          generation: fc.nat(2 ** 32 - 1),
          epoch: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
          kind: fc.constantFrom('groupInfo' as const, 'commit' as const),
        }),
        anyBytes(0, 300),
        (context, message) => {
          const [one, other] = [
            sealEnvelope(handshakeKey, context, message),
            sealEnvelope(handshakeKey, context, message),
          ];
          expect(openEnvelope(handshakeKey, context, one)).toEqual(message);
          expect(one).toHaveLength(41 + message.length);
          expect(toHex(one.slice(1, 25))).not.toBe(toHex(other.slice(1, 25)));
        },
      ),
    );
  });

  it('[E2] does not open for another group, call, generation, epoch, kind or key', () => {
    const context: EnvelopeContext = { groupId, callId, generation: 1, epoch: 7n, kind: 'commit' };
    const envelope = sealEnvelope(handshakeKey, context, utf8('commit'));
    const others: Partial<EnvelopeContext>[] = [
      { groupId: callId },
      { callId: groupId },
      { groupId: callId, callId: groupId },
      { generation: 2 },
      { epoch: 8n },
      { epoch: 6n },
      ...(['groupInfo', 'joinRequest', 'welcome'] as const).map((kind) => ({ kind })),
    ];
    for (const other of others) {
      expect(refusal(() => openEnvelope(handshakeKey, { ...context, ...other }, envelope))).toBe(
        'not_opened',
      );
    }
    expect(refusal(() => openEnvelope(random(32), context, envelope))).toBe('not_opened');
    expect(openEnvelope(handshakeKey, context, envelope)).toEqual(utf8('commit'));
  });

  it('[E2] with any bit changed, cut or lengthened is refused', () => {
    const context: EnvelopeContext = { groupId, callId, generation: 1, epoch: 7n, kind: 'commit' };
    for (const message of [new Uint8Array(), utf8('a commit of some bytes')]) {
      const sealed = sealEnvelope(handshakeKey, context, message);
      for (const changed of mutations(sealed)) {
        const code = refusal(() => openEnvelope(handshakeKey, context, changed));
        const broken = changed[0] !== 1 || changed.length < 41;
        expect(code, toHex(changed)).toBe(broken ? 'malformed' : 'not_opened');
      }
    }
    fc.assert(
      fc.property(anyBytes(0, 200), (bytes) => {
        expect(refusal(() => openEnvelope(handshakeKey, context, bytes))).toMatch(/^(malformed|not_opened)$/);
      }),
    );
  });

  it('[E2] is at most 256 KiB, sealed or opened', () => {
    const context: EnvelopeContext = { groupId, callId, generation: 1, epoch: 0n, kind: 'groupInfo' };
    const largest = sealEnvelope(handshakeKey, context, new Uint8Array(maxEnvelopeBytes - 41));
    expect(largest).toHaveLength(262_144);
    expect(openEnvelope(handshakeKey, context, largest)).toHaveLength(maxEnvelopeBytes - 41);
    expect(refusal(() => sealEnvelope(handshakeKey, context, new Uint8Array(maxEnvelopeBytes - 40)))).toBe(
      'out_of_range',
    );
    expect(refusal(() => openEnvelope(handshakeKey, context, concat(largest, uint(0, 1))))).toBe(
      'out_of_range',
    );
  });
});

describe('a sealed name', () => {
  it('[G7] is the one of the independent vectors', () => {
    for (const row of vectors.texts) {
      const given = { text: row.text, nonce: fromHex(row.nonce) };
      expect(toHex(sealTextWithNonce(keys, placeOf(row), given))).toBe(row.sealed);
      expect(openText(keys, placeOf(row), fromHex(row.sealed))).toBe(row.text);
    }
  });

  it('[G7] cannot be moved to another subject, use or group', () => {
    const place = { groupId, what: 'memberName', subject: ada } as const;
    const sealed = sealText(keys, place, 'Ada');
    expect(openText(keys, place, sealed)).toBe('Ada');
    const empty = new Uint8Array();
    for (const other of [
      { ...place, subject: ben },
      { ...place, groupId: callId },
      { groupId, what: 'groupName', subject: empty } as const,
    ]) {
      expect(refusal(() => openText(keys, other, sealed))).toBe('not_opened');
    }
    expect(refusal(() => openText({ seal: random(32) }, place, sealed))).toBe('not_opened');
  });

  it('[G7] with any bit changed, cut or lengthened is refused', () => {
    const place = { groupId, what: 'memberName', subject: ben } as const;
    for (const changed of mutations(sealText(keys, place, 'Ben'))) {
      expect(refusal(() => openText(keys, place, changed))).toMatch(/^(malformed|not_opened)$/);
    }
  });

  it('[G7] takes 1 to 64 characters and at most 256 bytes, trimmed and visible', () => {
    for (const good of [
      'A',
      'Ada',
      'Zoë',
      '李',
      'O’Neil, Jr.',
      'a'.repeat(64),
      '🌿'.repeat(64),
      'عادة',
      '👩‍👩‍👧 us',
      '∑',
    ]) {
      expect(isSealableText(good), good).toBe(true);
    }
    const bad = [
      '',
      ' ',
      ' Ada',
      'Ada ',
      'a'.repeat(65),
      '🌿'.repeat(65),
      'a\nb',
      'a\tb',
      'a\u0000',
      'a\u007fb',
      'a\u0085b',
      'a\u2028b',
    ];
    const unseen = ['\u200b', '\u200d\u2060', '\u0301', '\ufeffAda', 'Ada\u202egnp', '\u2066Ada', 'a\ud800b'];
    for (const text of [...bad, ...unseen]) {
      expect(isSealableText(text), JSON.stringify(text)).toBe(false);
      expect(() => sealText(keys, { groupId, what: 'groupName', subject: new Uint8Array() }, text)).toThrow(
        RangeError,
      );
    }
  });

  it('[G7] that a member sealed although it is no name is refused on opening', () => {
    const place = { groupId, what: 'groupName', subject: new Uint8Array() } as const;
    const label = utf8('Aparté/1 sealed');
    const aad = concat(uint(label.length, 2), label, groupId, uint(1, 1));
    const force = (plaintext: Bytes) => sealBox({ key: keys.seal, aad }, random(24), plaintext);
    expect(openText(keys, place, force(utf8('Les voisins')))).toBe('Les voisins');
    for (const plaintext of [
      utf8(''),
      utf8(' x'),
      utf8('a\u202eb'),
      utf8('x'.repeat(300)),
      fromHex('ff'),
      fromHex('eda080'),
    ]) {
      expect(refusal(() => openText(keys, place, force(plaintext)))).toBe('malformed');
    }
  });

  it('[G7] is read back as it was sealed, for every text it takes', () => {
    const place = { groupId, what: 'memberName', subject: ada } as const;
    const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(isSealableText(text));
        expect(openText(keys, place, sealText(keys, place, text))).toBe(text);
      }),
    );
  });

  it('[G7] for a subject of the wrong length is misuse', () => {
    expect(() => sealText(keys, { groupId, what: 'memberName', subject: random(31) }, 'Ada')).toThrow(
      RangeError,
    );
    expect(() => sealText(keys, { groupId, what: 'groupName', subject: ada }, 'Ada')).toThrow(RangeError);
    expect(() => sealText(keys, { groupId: random(15), what: 'memberName', subject: ada }, 'Ada')).toThrow(
      RangeError,
    );
  });
});
