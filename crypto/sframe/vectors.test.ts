// The official RFC 9605 vectors (crypto/vectors/sframe, whose README lists what is run and why not the rest).
import { hkdf, extract } from '@noble/hashes/hkdf.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex, type Bytes } from '../bytes.ts';
import vectors from '../vectors/sframe/test-vectors.json' with { type: 'json' };
import { setNonce, open, seal } from './frame.ts';
import { decodeHeader, encodeHeader } from './header.ts';
import { deriveFrameKey, importBaseKey, labels, SUITE_4, SUITE_5, type Suite } from './key-schedule.ts';

// JSON.parse rounds integers above 2⁵³: the encoded header, read by hand, says what was meant.
const headers = vectors.header.map((row) => ({
  rounded: row,
  encoded: row.encoded,
  ...readByHand(fromHex(row.encoded)),
}));

describe('RFC 9605 header vectors', () => {
  it('[F1] writes and reads all 289 headers', () => {
    expect(headers).toHaveLength(289);
    for (const { kid, ctr, encoded, rounded } of headers) {
      expect([Number(kid), Number(ctr)]).toEqual([rounded.kid, rounded.ctr]);
      expect(toHex(encodeHeader(kid, ctr)), encoded).toBe(encoded);
      const decoded = decodeHeader(fromHex(encoded));
      expect([BigInt(decoded!.kid), BigInt(decoded!.ctr), decoded!.length]).toEqual([
        kid,
        ctr,
        encoded.length / 2,
      ]);
    }
  });
});

describe('RFC 9605 SFrame vectors', () => {
  for (const row of vectors.sframe) {
    const suite: Suite = [SUITE_4, SUITE_5].find(({ id }) => id === row.cipher_suite) ?? {
      ...SUITE_4,
      id: row.cipher_suite,
    };
    it(`[K2] derives labels, secret, key and salt of suite ${row.cipher_suite}`, async () => {
      const hash = suite.hash === 'SHA-256' ? sha256 : sha512;
      const { key, salt } = labels(row.kid, suite);
      const base = fromHex(row.base_key);
      expect([toHex(key), toHex(salt)]).toEqual([row.sframe_key_label, row.sframe_salt_label]);
      expect(toHex(extract(hash, base, new Uint8Array(0)) as Bytes)).toBe(row.sframe_secret);
      expect(toHex(hkdf(hash, base, new Uint8Array(0), key, row.sframe_key.length / 2) as Bytes)).toBe(
        row.sframe_key,
      );
      const derived = await deriveFrameKey(await importBaseKey(base), {
        kid: row.kid,
        usage: 'encrypt',
        suite,
      });
      expect(toHex(derived.salt)).toBe(row.sframe_salt);
      expect(toHex(setNonce(derived.salt, row.ctr))).toBe(row.nonce);
      expect(toHex(encodeHeader(row.kid, row.ctr)) + row.metadata).toBe(row.aad);
    });
  }

  for (const row of vectors.sframe.filter(({ cipher_suite: id }) => id >= 4)) {
    it(`[F1] seals and opens the frame of suite ${row.cipher_suite}`, async () => {
      const suite = row.cipher_suite === 4 ? SUITE_4 : SUITE_5;
      const base = await importBaseKey(fromHex(row.base_key));
      const sealing = await deriveFrameKey(base, { kid: row.kid, usage: 'encrypt', suite });
      const opening = await deriveFrameKey(base, { kid: row.kid, usage: 'decrypt', suite });
      const metadata = fromHex(row.metadata);
      const parts = seal(sealing, { ctr: row.ctr, metadata }, fromHex(row.pt));
      const sealed = concat(parts.header, new Uint8Array(await parts.body));
      expect(toHex(sealed)).toBe(row.ct);
      const opened = await open(opening, { ...decodeHeader(sealed)!, metadata }, sealed);
      expect(toHex(new Uint8Array(opened!))).toBe(row.pt);
      await expect(open(opening, decodeHeader(sealed)!, sealed)).rejects.toThrow();
    });
  }
});

function readByHand(bytes: Bytes): { kid: bigint; ctr: bigint } {
  const config = bytes[0] as number;
  const number = (from: number, to: number): bigint => BigInt(`0x0${toHex(bytes.slice(from, to))}`);
  const kidBytes = config & 0x80 ? ((config >> 4) & 7) + 1 : 0;
  return {
    kid: kidBytes === 0 ? BigInt((config >> 4) & 7) : number(1, 1 + kidBytes),
    ctr: config & 8 ? number(1 + kidBytes, bytes.length) : BigInt(config & 7),
  };
}
