// What every state of a call is made of (protocol.md C1, C4, I3): suite, group id, fresh keys, the least capabilities.
import { expect, it } from 'vitest';
import { concat, fromHex, toHex, uint, type Bytes } from '../bytes.ts';
import { suiteX25519 as suite } from '../mls/index.ts';
import { again, Call, newContext } from '../test/call.ts';
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

it('[I3] judges signatures in MLS as statements are judged: neither torsion nor odd encodings pass', async () => {
  const passed: number[] = [];
  for (const [at, { message, pub_key, signature }] of cases.entries()) {
    const [m, key, signed] = [message, pub_key, signature].map(fromHex) as [Bytes, Bytes, Bytes];
    if (await suite.signature.verify(key, m, signed)) passed.push(at);
  }
  // Ed25519 without the cofactor, strict about encodings and small order: of the twelve only number 3, whose points are of mixed order.
  expect(passed).toEqual([3]);
});
