// S1, S2, S4 and the part of S3 that is cryptography: what people compare is the same on both sides and nowhere else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, random, toHex, utf8 } from '../bytes.ts';
import { anyBytes, mutations, refusal } from '../test/fuzz.ts';
import vectors from '../vectors/aparte/safety.json' with { type: 'json' };
import { callCode, fingerprint, matchQr, ownDigits, qrPayload, safetyNumber } from './index.ts';

const mine = fromHex(vectors.mine);
const theirs = fromHex(vectors.theirs);

describe('the safety number', () => {
  it('[S1] has the digits of Signal’s published vector', () => {
    // libsignal, NumericFingerprintGenerator tests: Alice and Bob, versions 0 and 1, 5200 iterations.
    const alice = fromHex('0506863bc66d02b40d27b8d49ca7c09e9239236f9d7d25d6fcca5ce13c7064d868');
    const bob = fromHex('05f781b6fb32fed9ba1cf2de978d4d5da28dc34046ae814402b5c0dbd96fda907b');
    const halves = [
      fingerprint(alice, utf8('+14152222222'), 5200),
      fingerprint(bob, utf8('+14153333333'), 5200),
    ];
    expect(halves.sort().join('')).toBe('300354477692869396892869876765458257569162576843440918079131');
  });

  it('[S1] is the one of the independent vector, from both sides', async () => {
    expect(await safetyNumber(mine, theirs)).toBe(vectors.safetyNumber);
    expect(await safetyNumber(theirs, mine)).toBe(vectors.safetyNumber);
  });

  it('[S1] [S5] is made of the halves of the two, of which each has the same in every number', async () => {
    const [half, other] = [await ownDigits(mine), await ownDigits(theirs)];
    expect([half, other].sort().join('')).toBe(vectors.safetyNumber);
    expect(await safetyNumber(mine, random(32))).toContain(half);
    await expect(ownDigits(random(31))).rejects.toThrow(RangeError);
  });

  it('[S1] is 60 digits, equal on both screens and different for every pair', async () => {
    const people = Array.from({ length: 4 }, () => random(32));
    const seen = new Set<string>();
    for (const [i, one] of people.entries()) {
      for (const other of people.slice(i + 1)) {
        const number = await safetyNumber(one, other);
        expect(number).toMatch(/^[0-9]{60}$/);
        expect(await safetyNumber(other, one)).toBe(number);
        seen.add(number);
      }
    }
    expect(seen.size).toBe(6);
  });

  it('[S1] writes every group with five digits, small ones with zeros in front, the lower half first', async () => {
    fc.assert(
      fc.property(anyBytes(32), fc.nat(3), (key, rounds) => {
        expect(fingerprint(key, utf8('id'), rounds + 1)).toMatch(/^[0-9]{30}$/);
      }),
    );
    const number = await safetyNumber(mine, theirs);
    expect(number.slice(0, 30) < number.slice(30)).toBe(true);
  });

  it('[S1] lets the caller pause on its way and takes keys of 32 bytes only', async () => {
    let pauses = 0;
    const pause = () => {
      pauses++;
      return Promise.resolve();
    };
    expect(await safetyNumber(mine, theirs, { pause })).toBe(vectors.safetyNumber);
    expect(pauses).toBe(8);
    await expect(safetyNumber(mine, random(31))).rejects.toThrow(RangeError);
    await expect(safetyNumber(random(33), theirs)).rejects.toThrow(RangeError);
  });

  it('[S3] depends on the two identity keys alone, so that one check holds in every group, and not on another key', async () => {
    const changed = theirs.slice();
    changed[31]! ^= 1;
    const half = (number: string, own: string) => number.replace(own, '');
    const own = fingerprint(mine, utf8('Aparté/1 identity'), 5200);
    const [before, after] = [await safetyNumber(mine, theirs), await safetyNumber(mine, changed)];
    expect(before).toContain(own);
    expect(after).toContain(own);
    expect(half(before, own)).not.toBe(half(after, own));
  });
});

describe('the QR code', () => {
  it('[S2] is the one of the independent vector', () => {
    expect(toHex(qrPayload(mine, theirs))).toBe(vectors.qrShownByMine);
  });

  it('[S2] matches only with own and their keys exchanged', () => {
    const third = random(32);
    expect(matchQr(qrPayload(theirs, mine), mine, theirs)).toBe(true);
    expect(matchQr(qrPayload(mine, theirs), theirs, mine)).toBe(true);
    expect(matchQr(qrPayload(mine, theirs), mine, theirs)).toBe(false); // my own screen
    expect(matchQr(qrPayload(theirs, third), mine, theirs)).toBe(false); // they see somebody else as me
    expect(matchQr(qrPayload(third, mine), mine, theirs)).toBe(false); // somebody else shows it
  });

  it('[S2] with any bit changed does not match, and cut or lengthened is no payload', () => {
    const shown = qrPayload(theirs, mine);
    for (const changed of mutations(shown)) {
      if (changed.length === shown.length && changed[0] === 1)
        expect(matchQr(changed, mine, theirs)).toBe(false);
      else expect(refusal(() => matchQr(changed, mine, theirs))).toBe('malformed');
    }
    fc.assert(
      fc.property(anyBytes(0, 64), (bytes) => {
        expect(refusal(() => matchQr(bytes, mine, theirs))).toBe('malformed');
      }),
    );
    expect(() => qrPayload(random(31), theirs)).toThrow(RangeError);
  });
});

describe('the call code', () => {
  it('[S4] is the one of the independent vector', () => {
    expect(callCode(fromHex(vectors.authenticator))).toBe(vectors.callCode);
  });

  it('[S4] is 30 digits and another for every authenticator', () => {
    const codes = [...mutations(fromHex(vectors.authenticator))].map(callCode);
    for (const code of codes) expect(code).toMatch(/^[0-9]{30}$/);
    expect(new Set([...codes, vectors.callCode]).size).toBe(codes.length + 1);
  });
});
