// Keys and ciphertexts that Mal puts into the path of a commit, and what Ada's client makes of them (protocol.md C3, C10, O1). Mal's
// suite lies about a public key and all else is consistent with it: tree hash, parent hashes, signatures and tags.
import { beforeEach, describe, expect, it } from 'vitest';
import { concat, random, type Bytes } from '../bytes.ts';
import type { CryptoErrorCode } from '../errors.ts';
import { suiteX25519 as suite } from '../mls/index.ts';
import { Call, viewOf } from '../test/call.ts';
import { people, refuses } from './test/attack.ts';
import * as forge from './test/forge.ts';

const [ada, ben, mal, cyd] = await people();
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal, cyd);
});
const adaRefuses = (sealed: Bytes, code: CryptoErrorCode): Promise<void> =>
  refuses({ call, by: ada, witness: ben }, sealed, code);
const commit = (forged: forge.Forged): Bytes => forge.commit(call.state(mal), forged);
const fresh = (): Bytes => suite.kem.publicKeyOf(random(32));
/** Where `forge.lying` may lie: Mal's leaf, the node above Mal and Cyd, the root. */
const places = [1, 2, 3];

/** Every encryption key in the tree. */
function keysInTree(): Bytes[] {
  const { tree } = forge.mlsOf(call.state(mal));
  return [...tree.leaves(), ...tree.parents()].map(([, { encryptionKey }]) => encryptionKey);
}

describe('keys in a path', () => {
  it("[C3] may not be a copy of another node's or leaf's encryption key, or of the one it replaces", async () => {
    const count = keysInTree().length;
    expect(count).toBe(7);
    for (const at of places) {
      for (let nth = 0; nth < count; nth++) {
        const isOwn = at === 1 && nth === 2;
        const sealed = commit({ suite: forge.lying(suite, at, keysInTree()[nth]!) });
        await adaRefuses(sealed, isOwn ? 'not_allowed' : 'duplicate_leaf');
      }
    }
  });

  it('[C3] may not stand twice in the path', async () => {
    const key = fresh();
    for (const [first, second] of [
      [1, 2],
      [1, 3],
      [2, 3],
    ] as const) {
      const lying = forge.lying(forge.lying(suite, first, key), second, key);
      await adaRefuses(commit({ suite: lying }), 'duplicate_leaf');
    }
  });

  it('[C10] must be 32 bytes and not of small order', async () => {
    const one = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));
    for (const wrong of [new Uint8Array(32), one, random(31), random(33), new Uint8Array(0)]) {
      for (const at of places)
        await adaRefuses(commit({ suite: forge.lying(suite, at, wrong) }), 'malformed');
    }
  });

  it('[C10] includes the signature key of a joiner, which must be one', async () => {
    call.admit(cyd);
    await call.accept(ada, await call.state(ada).remove([3]));
    const [none, smallOrder] = [new Uint8Array(32).fill(0xff), Uint8Array.of(1, ...new Uint8Array(31))];
    for (const publicKey of [none, smallOrder, random(31), random(33)]) {
      const signatureKeys = { privateKey: random(32), publicKey };
      const credential = (): Bytes => random(104);
      const sealed = await forge.join(call.state(mal), cyd, { signatureKeys, credential });
      await adaRefuses(sealed, 'bad_signature');
    }
  });

  it('[O1] must come with one ciphertext of the right size for everybody', async () => {
    const spoilt: NonNullable<forge.Forged['nodes']>[] = [
      () => [],
      (nodes) => nodes.slice(1),
      (nodes) => nodes.slice(0, -1),
      (nodes) => [...nodes, ...nodes.map((node) => ({ ...node, encryptionKey: fresh() }))],
      (nodes) => nodes.map((node) => ({ ...node, encryptedPathSecrets: [] })),
      (nodes) =>
        nodes.map((node) => ({
          ...node,
          encryptedPathSecrets: [...node.encryptedPathSecrets, ...node.encryptedPathSecrets],
        })),
    ];
    for (const nodes of spoilt) await adaRefuses(commit({ nodes }), 'bad_commit');
  });

  it('[O1] must come with ciphertexts that open', async () => {
    const each =
      (change: Partial<{ kemOutput: Bytes; ciphertext: Bytes }>): NonNullable<forge.Forged['nodes']> =>
      (nodes) =>
        nodes.map((node) => ({
          ...node,
          encryptedPathSecrets: node.encryptedPathSecrets.map((it) => ({ ...it, ...change })),
        }));
    for (const kemOutput of [random(31), random(33), new Uint8Array(0), new Uint8Array(32)]) {
      await adaRefuses(commit({ nodes: each({ kemOutput }) }), 'malformed');
    }
    for (const ciphertext of [new Uint8Array(0), random(15)]) {
      await adaRefuses(commit({ nodes: each({ ciphertext }) }), 'malformed');
    }
    for (const change of [{ kemOutput: fresh() }, { ciphertext: random(47) }, { ciphertext: random(48) }]) {
      await adaRefuses(commit({ nodes: each(change) }), 'not_opened');
    }
  });

  it('[C10] must be vouched for by the parent hash in the leaf, or nobody could join after', async () => {
    for (const parentHash of [random(32), random(31), new Uint8Array(0)]) {
      await adaRefuses(commit({ leaf: { source: { kind: 'commit', parentHash } } }), 'bad_commit');
    }
  });

  it('[O1] must belong to the path secrets', async () => {
    // For Ada, on the other side of the tree, the root's key is derived; for Cyd also that of the node above Mal and Cyd.
    await adaRefuses(commit({ suite: forge.lying(suite, 3, fresh()) }), 'bad_commit');
    const sealed = commit({ suite: forge.lying(suite, 2, fresh()) });
    await refuses({ call, by: cyd, witness: ben }, sealed, 'bad_commit');
  });

  it('[C9] that only half of the call can follow leave the other half with the state they had', async () => {
    const sealed = commit({ suite: forge.lying(suite, 2, fresh()) });
    const before = await viewOf(call.state(cyd));
    const { state } = await call.state(ada).apply(sealed, call.isMember);
    await expect(call.state(cyd).apply(sealed, call.isMember)).rejects.toMatchObject({ code: 'bad_commit' });
    expect(state.epoch).toBe(call.state(cyd).epoch + 1n);
    expect(await viewOf(call.state(cyd))).toBe(before);
  });

  it('[O1] must carry path secrets of the one size', async () => {
    // Mal encrypts a byte more to everybody.
    const seal: typeof suite.aead.seal = (keys, text, aad) =>
      suite.aead.seal(keys, concat(text, random(1)), aad);
    const longer = { ...suite, aead: { ...suite.aead, seal } };
    await adaRefuses(commit({ suite: longer }), 'malformed');
  });
});
