// Rules of key packages and their leaves (RFC 9420 §7.2, §7.3, §10.1): keys, signatures, lifetimes. Mal adds somebody whose key package is
// signed with its own keys, whatever it says.
import { describe, expect, it } from 'vitest';
import { random } from '../bytes.ts';
import { createCommit, receive } from './index.ts';
import { signKeyPackage, type KeyPackage } from './key-package.ts';
import { maxLifetimeSeconds } from './leaf-validation.ts';
import { forgeCommit } from './test/forge.ts';
import { fourPeople } from './test/four.ts';
import { adding, forgePackage, type Change } from './test/key-packages.ts';
import { application, keyPackageOf, lifetime, nowSeconds, person, suite } from './test/people.ts';
import { expectRefusal, expectRefused, type Refusal } from './test/refusal.ts';

const { group, ada, mal, ben } = await fourPeople();
const [adas, mals] = [group.state(ada), group.state(mal)];
const dot = person('Dot');

const packageOf = (change: Change, who = dot): KeyPackage => forgePackage(who, change, adas.context.groupId);

async function refuse(keyPackage: KeyPackage, refusal: Refusal): Promise<void> {
  const proposals = adding(keyPackage);
  await expectRefused(adas, forgeCommit(mals, { proposals }), refusal);
  await expectRefusal(() => createCommit(adas, { proposals }, application), refusal);
}

async function accept(keyPackage: KeyPackage): Promise<void> {
  const bytes = forgeCommit(mals, { proposals: adding(keyPackage) });
  expect((await receive(adas, bytes, application)).kind).toBe('commit');
}

describe('keys', () => {
  const { encryptionKey, signatureKey } = adas.tree.leafOrThrow(group.leafOf(ben));

  it('[C3] refuses a copied key package, which has a member’s signature key', async () => {
    await refuse(packageOf({}, ben), ['duplicate_leaf', 'repeats a key of leaf']);
    expect(packageOf({}, ben).leafNode.signatureKey).toEqual(signatureKey);
  });

  it('[C3] refuses a key package with the encryption key of a member or of a parent node', async () => {
    await refuse(packageOf({ leaf: { encryptionKey } }), ['duplicate_leaf', 'repeats a key of leaf']);
    const parent = adas.tree.parent(5)!.encryptionKey;
    await refuse(packageOf({ leaf: { encryptionKey: parent } }), [
      'duplicate_leaf',
      'repeats the key of node',
    ]);
  });

  it('[C3] refuses the same key package twice in a commit, and two that share one key', async () => {
    const one = packageOf({});
    const sameSignatureKey = packageOf({});
    const sameEncryptionKey = packageOf(
      { leaf: { encryptionKey: one.leafNode.encryptionKey } },
      person('Eve'),
    );
    for (const other of [one, sameSignatureKey, sameEncryptionKey]) {
      const bytes = forgeCommit(mals, { proposals: adding(one, other) });
      await expectRefused(adas, bytes, ['duplicate_leaf', 'repeats a key of leaf']);
    }
  });

  it('[O1] refuses a key package whose init key is its encryption key', async () => {
    const { keyPackage } = keyPackageOf(dot);
    const initKey = keyPackage.initKey;
    await refuse(packageOf({ leaf: { encryptionKey: initKey }, packet: { initKey } }), [
      'duplicate_leaf',
      'init key',
    ]);
  });

  it('[C10] refuses init and encryption keys of small order or another size', async () => {
    for (const key of [new Uint8Array(32), random(31), random(33), new Uint8Array(0)]) {
      const proposals = adding(packageOf({ packet: { initKey: key } }));
      const words = key.length === 32 ? 'small order' : `key of ${key.length} bytes`;
      const refusal = ['malformed', words] as const;
      await expectRefused(adas, forgeCommit(mals, { proposals, applied: [] }), refusal);
      await refuse(packageOf({ leaf: { encryptionKey: key } }), refusal);
    }
  });
});

describe('signatures and lifetimes', () => {
  it('[O1] refuses a key package that was changed, and a leaf that was', async () => {
    const honest = packageOf({});
    await refuse({ ...honest, initKey: keyPackageOf(dot).keyPackage.initKey }, [
      'bad_signature',
      'KeyPackageTBS',
    ]);
    const { signature: _, ...content } = honest;
    const renamed = { ...content.leafNode, credential: person('Eve').credential };
    const source = {
      kind: 'key_package',
      lifetime: { ...lifetime, notBefore: lifetime.notBefore - 1n },
    } as const;
    for (const leafNode of [renamed, { ...content.leafNode, source }]) {
      const keyPackage = signKeyPackage(suite, { ...content, leafNode }, dot.signatureKeys.privateKey);
      await refuse(keyPackage, ['bad_signature', 'LeafNodeTBS']);
    }
  });

  it('[O1] refuses a key package before, after and with too long a lifetime, and takes the longest', async () => {
    const words = ['expired', 'outside its lifetime'] as const;
    const source = (notBefore: bigint, notAfter: bigint): Change => ({
      leaf: { source: { kind: 'key_package', lifetime: { notBefore, notAfter } } },
    });
    const longest = maxLifetimeSeconds;
    for (const [from, to] of [
      [nowSeconds + 1n, nowSeconds + 2n],
      [nowSeconds - 2n, nowSeconds - 1n],
      [nowSeconds + 1n, nowSeconds - 1n],
      [nowSeconds, nowSeconds + longest + 1n],
      [0n, 2n ** 64n - 1n],
    ] as const) {
      await refuse(packageOf(source(from, to)), words);
    }
    await accept(packageOf(source(nowSeconds, nowSeconds + longest)));
    await accept(packageOf(source(nowSeconds, nowSeconds)));
  });

  it('[O1] refuses a leaf of an Update or a commit in a key package', async () => {
    for (const source of [{ kind: 'update' }, { kind: 'commit', parentHash: random(32) }] as const) {
      await refuse(packageOf({ leaf: { source } }), ['not_allowed', 'where one of a key_package belongs']);
    }
  });

  it('[O1] asks the application about who is added', async () => {
    await refuse(packageOf({ leaf: { credential: { type: 'basic', identity: random(0) } } }), [
      'bad_credential',
      'name',
    ]);
  });
});
