// What every state of a call is made of (protocol.md C1, C4, C6, I3): suite, group id, fresh keys, the least capabilities, and nothing
// kept that is not needed.
import { expect, it } from 'vitest';
import { concat, fromHex, toHex, uint, type Bytes } from '../bytes.ts';
import { suiteX25519 as suite, type GroupState } from '../mls/index.ts';
import { again, Call, newContext, person } from '../test/call.ts';
import cases from '../vectors/ed25519-speccheck/cases.json' with { type: 'json' };
import { engine } from './index.ts';
import { people } from './test/attack.ts';
import { mlsOf } from './test/forge.ts';

const [ada, ben, , cyd] = await people();

it('[C1] is suite 1 with the group id callId and generation, whatever the group', async () => {
  const context = newContext(ada, 7);
  const mls = mlsOf((await engine.create(context, ada)).next);
  expect(mls.suite.name).toBe('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519');
  expect(mls.context).toMatchObject({ version: 1, cipherSuite: 1, epoch: 0n, extensions: [] });
  expect(toHex(mls.context.groupId)).toBe(toHex(concat(context.callId, uint(7, 4))));
});

it('[C1] makes fresh leaf keys for every join, and the least capabilities', async () => {
  const call = await Call.of(ada, ben);
  const seen = new Set<string>();
  for (const who of [again(ben), again(ben, 3), cyd, again(cyd)]) {
    await call.join(who);
    const state = call.state(who);
    const leaf = mlsOf(state).tree.leafOrThrow(state.ownLeaf.index);
    seen.add(toHex(leaf.signatureKey)).add(toHex(leaf.encryptionKey));
    expect(leaf).toMatchObject({ source: { kind: 'commit' }, extensions: [] });
    expect(leaf.capabilities).toEqual({
      versions: [1],
      cipherSuites: [1],
      extensions: [],
      proposals: [],
      credentials: [1],
    });
  }
  expect(seen.size).toBe(8);
});

it('[C4] leaves no leaf unmerged, since everybody joins with a path of their own', async () => {
  const call = await Call.of(ada, ben, cyd);
  await call.accept(cyd, await call.state(cyd).remove([0]));
  await call.join(again(ada));
  for (const state of call.states.values()) {
    const parents = [...mlsOf(state).tree.parents()];
    expect(parents.length).toBeGreaterThan(0);
    for (const [, { unmergedLeaves }] of parents) expect(unmergedLeaves).toEqual([]);
  }
});

it('[C6] keeps no past epoch, no message ratchet, no proposal and no private key of a blank node', async () => {
  const call = await Call.of(ada, ben, cyd, await person('dan'));
  await call.accept(ada, await call.state(ada).selfUpdate());
  await call.accept(cyd, await call.state(cyd).remove([1]));
  for (const state of call.states.values()) {
    const mls = mlsOf(state);
    expect(mls.past).toBeUndefined();
    expect([mls.secretTree.nodes.size, mls.secretTree.ratchets.size]).toEqual([0, 0]);
    expect([mls.proposals.size, mls.pendingUpdates.size]).toEqual([0, 0]);
    expect(mls.privateKeys.size).toBeGreaterThan(0);
    for (const [node, key] of mls.privateKeys) {
      expect(toHex(suite.kem.publicKeyOf(key))).toBe(toHex(mls.tree.encryptionKey(node)));
    }
  }
});

it('[C6] overwrites every secret when it is wiped', async () => {
  const call = await Call.of(ada, ben);
  const secrets = secretsIn(mlsOf(call.state(ada)));
  expect(secrets.length).toBe(8 + 2 + 1);
  for (const secret of secrets) expect(secret.some((byte) => byte !== 0)).toBe(true);
  call.state(ada).wipe();
  for (const secret of secrets) expect(secret.every((byte) => byte === 0)).toBe(true);
});

/** Table 4 of RFC 9420 without `encryption`; Ada's leaf and the root; the signature key. */
function secretsIn({ secrets, privateKeys, signaturePrivateKey }: GroupState): Bytes[] {
  return [...Object.values<Bytes>({ ...secrets }), ...privateKeys.values(), signaturePrivateKey];
}

it('[I3] judges signatures in MLS as statements are judged: neither torsion nor odd encodings pass', async () => {
  const passed: number[] = [];
  for (const [at, { message, pub_key, signature }] of cases.entries()) {
    const [m, key, signed] = [message, pub_key, signature].map(fromHex) as [Bytes, Bytes, Bytes];
    if (await suite.signature.verify(key, m, signed)) passed.push(at);
  }
  // Ed25519 without the cofactor, strict about encodings and small order: of the twelve only number 3, whose points are of mixed order.
  expect(passed).toEqual([3]);
});
