// Keys and ciphertexts that Mal puts into the path of a commit, and what Ada's client makes of them (protocol.md C3, C10, O1).
import { x25519 } from '@noble/curves/ed25519.js';
import { emptyPskIndex } from 'ts-mls/pskIndex.js';
import { processPublicMessage } from 'ts-mls/processMessages.js';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { random, type Bytes } from '../../bytes.ts';
import type { CryptoErrorCode } from '../../errors.ts';
import { Call, refused } from '../../test/call.ts';
import { decodeCommit } from './decode.ts';
import { suite } from './suite.ts';
import { people, placeOf, refuses, updateOf } from './test/attack.ts';
import * as forge from './test/forge.ts';

const [ada, ben, mal] = await people();
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal);
});
const adaRefuses = (sealed: Bytes, code: CryptoErrorCode): Promise<void> =>
  refuses({ call, by: ada, witness: ben }, sealed, code);

describe('keys in a path', () => {
  it("[C3] may not be a copy of another leaf's encryption key", async () => {
    const commit = await updateOf(call, mal);
    const { ratchetTree } = forge.mlsOf(call.state(mal));
    for (const node of ratchetTree.filter((it) => it !== undefined)) {
      const hpkePublicKey = node.nodeType === 'leaf' ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey;
      const leafNode = await forge.resignLeaf(commit.path.leafNode, { hpkePublicKey }, placeOf(call, mal));
      const sealed = await forge.sign(call.state(mal), {
        commit: { ...commit, path: { ...commit.path, leafNode } },
      });
      await expect(call.state(ada).apply(sealed, call.isMember)).rejects.toMatchObject(
        refused('duplicate_leaf'),
      );
    }
  });

  it('[C3] may not stand in the tree already, nor twice in the path', async () => {
    const commit = await updateOf(call, mal);
    const { nodes, leafNode } = commit.path;
    const bens = forge.mlsOf(call.state(ben)).ratchetTree[2];
    const bensKey = bens?.nodeType === 'leaf' ? bens.leaf.hpkePublicKey : new Uint8Array(0);
    for (const hpkePublicKey of [bensKey, leafNode.hpkePublicKey]) {
      const path = { leafNode, nodes: nodes.map((node) => ({ ...node, hpkePublicKey })) };
      const sealed = await forge.sign(call.state(mal), { commit: { ...commit, path } });
      await expect(call.state(ada).apply(sealed, call.isMember)).rejects.toMatchObject(
        refused('duplicate_leaf'),
      );
    }
  });

  it('[C10] must be 32 bytes and not of small order', async () => {
    const commit = await updateOf(call, mal);
    for (const hpkePublicKey of [new Uint8Array(32), random(31), new Uint8Array(0)]) {
      const leafNode = await forge.resignLeaf(commit.path.leafNode, { hpkePublicKey }, placeOf(call, mal));
      const inLeaf = { ...commit.path, leafNode };
      const inPath = { ...commit.path, nodes: commit.path.nodes.map((node) => ({ ...node, hpkePublicKey })) };
      for (const path of [inLeaf, inPath]) {
        const sealed = await forge.sign(call.state(mal), { commit: { ...commit, path } });
        await expect(call.state(ada).apply(sealed, call.isMember)).rejects.toMatchObject(
          refused('malformed'),
        );
      }
    }
  });

  it('[O1] must come with one ciphertext of the right size for everybody', async () => {
    const commit = await updateOf(call, mal);
    const { nodes } = commit.path;
    const spoilt = [
      [],
      [...nodes, ...nodes],
      nodes.map((node) => ({ ...node, encryptedPathSecret: [] })),
      nodes.map((node) => ({
        ...node,
        encryptedPathSecret: [...node.encryptedPathSecret, ...node.encryptedPathSecret],
      })),
      nodes.map((node) => ({
        ...node,
        encryptedPathSecret: node.encryptedPathSecret.map((it) => ({ ...it, kemOutput: random(31) })),
      })),
      nodes.map((node) => ({
        ...node,
        encryptedPathSecret: node.encryptedPathSecret.map((it) => ({ ...it, ciphertext: random(47) })),
      })),
    ];
    for (const [at, wrong] of spoilt.entries()) {
      const path = {
        ...commit.path,
        nodes: wrong.map((node, n) =>
          at === 1 ? { ...node, hpkePublicKey: x25519.getPublicKey(random(32)), n } : node,
        ),
      };
      const sealed = await forge.sign(call.state(mal), { commit: { ...commit, path } });
      await expect(call.state(ada).apply(sealed, call.isMember), String(at)).rejects.toMatchObject(
        refused('bad_commit'),
      );
    }
  });

  it('[O1] must belong to the path secrets, which the library does not compare', async () => {
    // Mal's suite names a public key for the path node that its path secret does not give; all else is consistent.
    const deriveKeyPair = suite.hpke.deriveKeyPair.bind(suite.hpke);
    let calls = 0;
    const lying = vi.spyOn(suite.hpke, 'deriveKeyPair').mockImplementation(async (ikm) => {
      const pair = await deriveKeyPair(ikm);
      return ++calls === 2 ? { ...pair, publicKey: (await deriveKeyPair(random(32))).publicKey } : pair;
    });
    const made = await forge.commit(call.state(mal), []);
    lying.mockRestore();
    const { message } = { message: decodeCommit(made.message) };
    const alone = await processPublicMessage(forge.mlsOf(call.state(ada)), message, emptyPskIndex, suite);
    expect(alone.newState.groupContext.epoch).toBe(3n);
    await adaRefuses(forge.sealCommit(call.state(mal), made.message), 'bad_commit');
  });
});
