// What every state of this engine is made of (protocol.md C1, C4, I3): suite, group id, fresh keys, the least capabilities, and
// nothing kept that is not needed.
import { expect, it } from 'vitest';
import { concat, fromHex, toHex, uint } from '../../bytes.ts';
import { verify } from '../../identity/index.ts';
import { again, Call, newContext } from '../../test/call.ts';
import cases from '../../vectors/ed25519-speccheck/cases.json' with { type: 'json' };
import { engine } from '../index.ts';
import { suite } from './suite.ts';
import { people } from './test/attack.ts';
import { mlsOf } from './test/forge.ts';
import { leafAt } from './tree.ts';

const [ada, ben, , cyd] = await people();

it('[C1] is suite 1 with the group id callId and generation, whatever the group', async () => {
  const context = newContext(ada, 7);
  const { groupContext } = mlsOf((await engine.create(context, ada)).next);
  expect(suite.name).toBe('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519');
  expect(groupContext).toMatchObject({ version: 'mls10', cipherSuite: suite.name, extensions: [] });
  expect(toHex(groupContext.groupId as never)).toBe(toHex(concat(context.callId, uint(7, 4))));
});

it('[C1] makes fresh leaf keys for every join, and the least capabilities', async () => {
  const call = await Call.of(ada, ben);
  const seen = new Set<string>();
  for (const who of [again(ben), again(ben, 3), cyd, again(cyd)]) {
    await call.join(who);
    const state = call.state(who);
    const leaf = leafAt(mlsOf(state).ratchetTree, state.ownLeaf.index);
    seen.add(toHex(leaf.signaturePublicKey)).add(toHex(leaf.hpkePublicKey));
    expect(leaf).toMatchObject({ leafNodeSource: 'commit', extensions: [] });
    expect(leaf.capabilities).toEqual({
      versions: ['mls10'],
      ciphersuites: [suite.name],
      extensions: [],
      proposals: [],
      credentials: ['basic'],
    });
  }
  expect(seen.size).toBe(8);
});

it('[C4] never has unmerged leaves, which the library would misjudge', async () => {
  const call = await Call.of(ada, ben, cyd);
  await call.accept(cyd, await call.state(cyd).remove([0]));
  await call.join(again(ada));
  for (const state of call.states.values()) {
    for (const node of mlsOf(state).ratchetTree) {
      if (node?.nodeType === 'parent') expect(node.parent.unmergedLeaves).toEqual([]);
    }
  }
});

it('[C6] keeps no past epoch, no message ratchet and no private key of a blank node', async () => {
  const call = await Call.of(ada, ben, cyd);
  await call.accept(ada, await call.state(ada).selfUpdate());
  await call.accept(cyd, await call.state(cyd).remove([1]));
  const mls = mlsOf(call.state(ada));
  expect(mls.historicalReceiverData.size).toBe(0);
  expect(mls.secretTree).toEqual([]);
  for (const node of Object.keys(mls.privatePath.privateKeys))
    expect(mls.ratchetTree[Number(node)]).toBeDefined();
});

it('[C6] overwrites every secret when it is wiped', async () => {
  const call = await Call.of(ada, ben);
  const { keySchedule, privatePath, signaturePrivateKey } = mlsOf(call.state(ada));
  call.state(ada).wipe();
  const secrets = [
    ...Object.values(keySchedule),
    ...Object.values(privatePath.privateKeys),
    signaturePrivateKey,
  ] as Uint8Array[];
  expect(secrets.length).toBeGreaterThan(9);
  for (const secret of secrets) expect(secret.every((byte) => byte === 0)).toBe(true);
});

it('[I3] judges signatures in MLS as it judges statements, torsion and odd encodings included', async () => {
  for (const { message, pub_key, signature } of cases) {
    const [m, key, signed] = [fromHex(message), fromHex(pub_key), fromHex(signature)];
    expect(await suite.signature.verify(key, m, signed)).toBe(await verify(key, m, signed));
  }
  const { signKey, publicKey } = await suite.signature.keygen();
  const statement = fromHex('00ff');
  expect(
    await suite.signature.verify(publicKey, statement, await suite.signature.sign(signKey, statement)),
  ).toBe(true);
});
