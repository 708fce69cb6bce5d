// How long a key package may be valid (RFC 9420 §7.2, §7.3): the application may say, and 85 days hold where it does not.
import { describe, expect, it } from 'vitest';
import { utf8 } from '../bytes.ts';
import type { Application } from './application.ts';
import { createKeyPackage } from './key-package.ts';
import { maxLifetimeSeconds, validateLeaf } from './leaf-validation.ts';
import { suiteX25519 as suite } from './suite-x25519.ts';

const nowSeconds = 1_720_000_000n;
const year = 365n * 24n * 3600n;

/** Judges the leaf of a key package that is valid from `nowSeconds` for so long. */
async function judge(seconds: bigint, given: Omit<Application, 'authenticate'>): Promise<void> {
  const { keyPackage } = createKeyPackage(
    suite,
    {
      credential: { type: 'basic', identity: utf8('somebody') },
      signatureKeys: suite.signature.generateKeyPair(),
    },
    {
      capabilities: { versions: [1], cipherSuites: [1], extensions: [], proposals: [], credentials: [1] },
      lifetime: { notBefore: nowSeconds, notAfter: nowSeconds + seconds },
    },
  );
  const standing = { index: 0, context: { groupId: utf8('group'), extensions: [] } };
  const application = { ...given, authenticate: () => undefined };
  await validateLeaf(suite, keyPackage.leafNode, { standing, application });
}

describe('the lifetime of a key package', () => {
  it('is at most 85 days where the application does not say', async () => {
    expect(maxLifetimeSeconds).toBe(7_344_000n);
    await judge(maxLifetimeSeconds, { nowSeconds });
    await expect(judge(maxLifetimeSeconds + 1n, { nowSeconds })).rejects.toMatchObject({ code: 'expired' });
  });

  it('is at most what the application says', async () => {
    await judge(year, { nowSeconds, maxLifetimeSeconds: year });
    await expect(judge(year + 1n, { nowSeconds, maxLifetimeSeconds: year })).rejects.toMatchObject({
      code: 'expired',
    });
  });

  it('holds from its first second to its last', async () => {
    await judge(10n, { nowSeconds: nowSeconds + 10n });
    await expect(judge(10n, { nowSeconds: nowSeconds + 11n })).rejects.toMatchObject({ code: 'expired' });
    await expect(judge(10n, { nowSeconds: nowSeconds - 1n })).rejects.toMatchObject({ code: 'expired' });
  });

  it('is not looked at without a clock', async () => {
    await judge(2n * year, {});
  });
});
