// I1: the private half of an identity cannot be read, on either path, and what was stored opens again or is refused.
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import { equal, random, utf8, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { mutations } from '../test/fuzz.ts';
import {
  createIdentity,
  createInboxKey,
  identitySeedOf,
  inboxSeedOf,
  openIdentity,
  restoreIdentity,
  restoreInboxKey,
  verify,
  type StoredIdentity,
} from './index.ts';
import { useSeed, type WrappedKey } from './stored-key.ts';

const paths = [
  { name: 'WebCrypto', fallback: false },
  { name: 'the wrapped seed', fallback: true },
];

async function refusalOf(stored: StoredIdentity): Promise<string> {
  const error: unknown = await openIdentity(stored).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CryptoError);
  return (error as CryptoError).code;
}

function keysIn(stored: StoredIdentity): CryptoKey[] {
  return stored.kind === 'native'
    ? [stored.privateKey, ...(stored.seed ? [stored.seed.wrappingKey] : [])]
    : [stored.wrappingKey];
}

describe.each(paths)('an identity by $name', ({ fallback }) => {
  it('[I1] signs, after a structured clone too, what verifies under its public key', async () => {
    const stored = await createIdentity({ fallback });
    expect(stored.kind).toBe(fallback ? 'wrapped' : 'native');
    const ada = await openIdentity(structuredClone(stored));
    const statement = utf8('a statement');
    const signature = await ada.sign(statement);
    expect(ada.publicKey).toEqual(stored.publicKey);
    expect(signature).toHaveLength(64);
    expect(await verify(ada.publicKey, statement, signature)).toBe(true);
    expect(await verify(ada.publicKey, utf8('another'), signature)).toBe(false);
  });

  it('[I1] keeps its private half in keys that cannot be exported', async () => {
    const stored = await createIdentity({ fallback });
    for (const key of keysIn(stored)) {
      expect(key.extractable).toBe(false);
      for (const format of ['pkcs8', 'jwk', 'raw'] as const) {
        await expect(crypto.subtle.exportKey(format as 'jwk', key)).rejects.toThrow();
      }
    }
  });

  it('[I1] is a fresh key every time', async () => {
    const [one, other] = [await createIdentity({ fallback }), await createIdentity({ fallback })];
    expect(equal(one.publicKey, other.publicKey)).toBe(false);
  });

  it('[I1] is refused when its halves do not belong together', async () => {
    const [ada, mal] = [await createIdentity({ fallback }), await createIdentity({ fallback })];
    expect(await refusalOf({ ...ada, publicKey: mal.publicKey })).toBe('malformed');
    expect(await refusalOf({ ...ada, publicKey: random(31) })).toBe('malformed');
  });
});

describe.each(paths)('a seed by $name', ({ fallback }) => {
  it('[B3] is the same identity and the same inbox key again', async () => {
    const stored = await createIdentity({ fallback });
    const restored = await restoreIdentity(await identitySeedOf(structuredClone(stored)));
    expect(restored.publicKey).toEqual(stored.publicKey);
    const statement = utf8('a statement');
    const signature = await (await openIdentity(restored)).sign(statement);
    expect(await verify(stored.publicKey, statement, signature)).toBe(true);
    const inbox = await createInboxKey({ fallback });
    expect((await restoreInboxKey(await inboxSeedOf(inbox.stored))).publicKey).toEqual(inbox.publicKey);
  });

  it('[B3] of another size is none, and a key without one stays where it is', async () => {
    await expect(restoreIdentity(random(31))).rejects.toMatchObject({ code: 'malformed' });
    await expect(restoreInboxKey(random(33))).rejects.toMatchObject({ code: 'malformed' });
    const stored = await createIdentity({ fallback });
    if (stored.kind === 'wrapped') return;
    const { seed: _, ...older } = stored;
    await expect(identitySeedOf(older)).rejects.toMatchObject({ code: 'unsupported' });
    expect((await openIdentity(older)).publicKey).toEqual(stored.publicKey);
  });
});

describe('a wrapped seed', () => {
  it('[I1] does not open after any change of seed, nonce or key', async () => {
    const stored = (await createIdentity({ fallback: true })) as WrappedKey;
    const other = (await createIdentity({ fallback: true })) as WrappedKey;
    for (const sealedSeed of mutations(stored.sealedSeed)) {
      expect(await refusalOf({ ...stored, sealedSeed })).toBe('not_opened');
    }
    for (const iv of mutations(stored.iv)) expect(await refusalOf({ ...stored, iv })).toBe('not_opened');
    expect(await refusalOf({ ...stored, wrappingKey: other.wrappingKey })).toBe('not_opened');
  });

  it('[I1] is wiped after it was lent, also when its user throws', async () => {
    const stored = (await createIdentity({ fallback: true })) as WrappedKey;
    const seen: Bytes[] = [];
    await useSeed('Ed25519', stored, (seed) => {
      expect(ed25519.getPublicKey(seed)).toEqual(stored.publicKey);
      seen.push(seed);
    });
    const failing = useSeed('Ed25519', stored, (seed) => {
      seen.push(seed);
      throw new Error('its user failed');
    });
    await expect(failing).rejects.toThrow('its user failed');
    expect(seen).toEqual([new Uint8Array(32), new Uint8Array(32)]);
  });

  it('[I1] of one curve is not taken for that of another', async () => {
    const { stored } = await createInboxKey({ fallback: true });
    expect(await refusalOf(stored)).toBe('not_opened');
  });
});

describe('an inbox key', () => {
  it.each(paths)(
    '[I1] by $name agrees with others on a secret and is not exportable',
    async ({ fallback }) => {
      const { publicKey, stored } = await createInboxKey({ fallback });
      expect(publicKey).toEqual(stored.publicKey);
      const other = x25519.keygen();
      const expected = x25519.getSharedSecret(other.secretKey, publicKey);
      for (const key of keysIn(structuredClone(stored))) expect(key.extractable).toBe(false);
      if (stored.kind === 'native') {
        const theirs = await crypto.subtle.importKey(
          'raw',
          new Uint8Array(other.publicKey),
          'X25519',
          true,
          [],
        );
        const bits = await crypto.subtle.deriveBits(
          { name: 'X25519', public: theirs },
          stored.privateKey,
          256,
        );
        expect(new Uint8Array(bits)).toEqual(expected);
      } else {
        const shared = await useSeed('X25519', stored, (seed) =>
          x25519.getSharedSecret(seed, other.publicKey),
        );
        expect(shared).toEqual(expected);
      }
    },
  );
});
