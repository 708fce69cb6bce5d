// Rules of the update path (RFC 9420 §7.5, §7.9, §12.4.2): keys that are new, ciphertexts for everybody, parent hashes and a leaf that
// stands where it was signed for. Mal's own arithmetic follows whatever Mal changes.
import { describe, expect, it } from 'vitest';
import { fromHex, random, type Bytes } from '../bytes.ts';
import { receive } from './index.ts';
import type { UpdatePathNode } from './update-path.ts';
import { forgeCommit, type Forgery } from './test/forge.ts';
import { fourPeople } from './test/four.ts';
import { application, person, suite } from './test/people.ts';
import { expectRefused, type Refusal } from './test/refusal.ts';

const { group, ada, mal, ben, cyd } = await fourPeople();
const [adas, mals, bens] = [group.state(ada), group.state(mal), group.state(ben)];

async function refuse(forgery: Forgery, refusal: Refusal): Promise<void> {
  for (const state of [adas, bens]) await expectRefused(state, forgeCommit(mals, forgery), refusal);
}

const replaced = (at: number, key: Bytes) => (keys: readonly Bytes[]) => keys.with(at, key);
const onNodes =
  (at: number, change: (node: UpdatePathNode) => UpdatePathNode) => (nodes: readonly UpdatePathNode[]) =>
    nodes.map((node, index) => (index === at ? change(node) : node));

describe('keys of a path', () => {
  it('takes a path as Mal makes it, of a length of two', async () => {
    let length = 0;
    const bytes = forgeCommit(mals, { nodes: (nodes) => ((length = nodes.length), nodes) });
    expect((await receive(adas, bytes, application)).kind).toBe('commit');
    expect(length).toBe(2);
  });

  it('[O1] refuses a path key that stands in the tree: of a leaf, a parent, Mal’s own leaf, the old path', async () => {
    const { tree } = mals;
    const parents = [...tree.parents()].map(([, parent]) => parent.encryptionKey);
    const leaves = [...tree.leaves()].map(([, leaf]) => leaf.encryptionKey);
    expect([parents.length, leaves.length]).toEqual([3, 4]);
    for (const key of [...parents, ...leaves]) {
      for (const at of [0, 1]) await refuse({ pathKeys: replaced(at, key) }, ['duplicate_leaf', 'not new']);
    }
  });

  it('[O1] refuses a key twice in a path, and a path key that is its leaf’s', async () => {
    await refuse({ pathKeys: (keys) => [keys[0]!, keys[0]!] }, ['duplicate_leaf', 'not new']);
    const { publicKey } = suite.kem.deriveKeyPair(random(32));
    const leaf: Forgery['leaf'] = (content) => ({ ...content, encryptionKey: publicKey });
    await refuse({ leaf, pathKeys: replaced(0, publicKey) }, ['duplicate_leaf', 'not new']);
  });

  it('[O1] refuses a leaf whose encryption or signature key another leaf has, or a parent', async () => {
    const { encryptionKey, signatureKey } = mals.tree.leafOrThrow(group.leafOf(cyd));
    const parent = mals.tree.parent(5)!.encryptionKey;
    await refuse({ leaf: (content) => ({ ...content, encryptionKey }) }, [
      'duplicate_leaf',
      'repeats a key of leaf',
    ]);
    await refuse({ leaf: (content) => ({ ...content, signatureKey }) }, [
      'duplicate_leaf',
      'repeats a key of leaf',
    ]);
    await refuse({ leaf: (content) => ({ ...content, encryptionKey: parent }) }, [
      'duplicate_leaf',
      'repeats the key of node',
    ]);
  });

  it('[C10] refuses path and leaf keys of small order and of another size', async () => {
    const small = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
      `ec${'ff'.repeat(30)}7f`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(31)}`,
      `01${'00'.repeat(30)}80`,
    ].map(fromHex);
    for (const key of small) {
      for (const at of [0, 1]) await refuse({ pathKeys: replaced(at, key) }, ['malformed', 'small order']);
      await refuse({ leaf: (content) => ({ ...content, encryptionKey: key }) }, ['malformed', 'small order']);
    }
    for (const length of [0, 31, 33]) {
      await refuse({ pathKeys: replaced(1, random(length)) }, ['malformed', `key of ${length} bytes`]);
    }
  });

  it('[O1] refuses a path key that its path secret does not lead to', async () => {
    const { publicKey } = suite.kem.deriveKeyPair(random(32));
    await refuse({ pathKeys: replaced(1, publicKey) }, ['bad_commit', 'does not belong to its path secret']);
  });
});

describe('the shape of a path', () => {
  it('[O1] refuses a path that is too short or too long', async () => {
    const words = ['bad_commit', 'another length'] as const;
    await refuse({ nodes: (nodes) => nodes.slice(0, 1) }, words);
    await refuse({ nodes: () => [] }, words);
    const more = { encryptionKey: suite.kem.deriveKeyPair(random(32)).publicKey, encryptedPathSecrets: [] };
    await refuse({ nodes: (nodes) => [...nodes, more] }, words);
  });

  it('[O1] refuses too many and too few ciphertexts, also where the reader’s own is right', async () => {
    const words = ['bad_commit', 'too many or too few'] as const;
    for (const at of [0, 1]) {
      const fewer = (node: UpdatePathNode) => ({
        ...node,
        encryptedPathSecrets: node.encryptedPathSecrets.slice(1),
      });
      const more = (node: UpdatePathNode) => ({
        ...node,
        encryptedPathSecrets: [...node.encryptedPathSecrets, node.encryptedPathSecrets[0]!],
      });
      for (const change of [fewer, more]) await refuse({ nodes: onNodes(at, change) }, words);
    }
  });

  it('[O1] refuses a ciphertext that does not open, is shorter than its tag or comes from a key of small order', async () => {
    const withCiphertext = (
      change: (one: UpdatePathNode['encryptedPathSecrets'][number]) => object,
    ): Forgery => ({
      nodes: (nodes) =>
        nodes.map((node) => ({
          ...node,
          encryptedPathSecrets: node.encryptedPathSecrets.map((one) => ({ ...one, ...change(one) })),
        })),
    });
    const flipped = withCiphertext(({ ciphertext }) => ({ ciphertext: ciphertext.map((byte) => byte ^ 1) }));
    await refuse(flipped, ['not_opened', 'did not open']);
    await refuse(
      withCiphertext(() => ({ ciphertext: random(15) })),
      ['malformed', 'without a tag'],
    );
    await refuse(
      withCiphertext(() => ({ kemOutput: new Uint8Array(32) })),
      ['malformed', 'small order'],
    );
    await refuse(
      withCiphertext(() => ({ kemOutput: random(31) })),
      ['malformed', 'key of 31 bytes'],
    );
  });
});

describe('the leaf of a path', () => {
  it('[O1] refuses a parent hash that is not that of the path', async () => {
    for (const length of [0, 31, 32]) {
      const parentHash = random(length);
      await refuse({ leaf: (content) => ({ ...content, source: { kind: 'commit', parentHash } }) }, [
        'bad_commit',
        'another parent hash',
      ]);
    }
  });

  it('[O1] refuses a leaf of an Update or a key package in a path', async () => {
    const lifetime = { notBefore: 0n, notAfter: 2n ** 63n };
    for (const source of [{ kind: 'update' }, { kind: 'key_package', lifetime }] as const) {
      await refuse({ leaf: (content) => ({ ...content, source }) }, [
        'not_allowed',
        'where one of a commit belongs',
      ]);
    }
  });

  it('[O1] refuses a leaf that another key signed', async () => {
    const { publicKey } = person('Mal').signatureKeys;
    await refuse({ leaf: (content) => ({ ...content, signatureKey: publicKey }) }, [
      'bad_signature',
      'LeafNodeTBS',
    ]);
  });

  it('[O1] asks the application about the new leaf', async () => {
    const leaf: Forgery['leaf'] = (content) => ({
      ...content,
      credential: { type: 'basic', identity: new Uint8Array(0) },
    });
    await refuse({ leaf }, ['bad_credential', 'without a name']);
  });
});
