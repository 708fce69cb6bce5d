// Whoever is removed can derive nothing of the next epoch, also where the one who removes is left alone (protocol.md C5): the path
// is empty there, and a commit secret of zeros would be one that everybody knows.
import { expect, it } from 'vitest';
import { random, toHex, type Bytes } from '../bytes.ts';
import { createCommit, createKeyPackage, type GroupState } from '../mls/index.ts';
import { epochSecrets, joinerSecret } from '../mls/key-schedule.ts';
import { again, Call, person } from '../test/call.ts';
import { capabilities } from './new-leaf.ts';
import { people } from './test/attack.ts';
import { commitOf, mlsOf } from './test/forge.ts';

const [ada, ben] = await people();
const zeros = new Uint8Array(32);

/** The exporter secret that somebody who holds the old epoch derives for the new one with a guessed commit secret. */
function guess(old: GroupState, next: GroupState, commitSecret: Bytes): string {
  const { suite, context } = next;
  const joiner = joinerSecret(suite, { initSecret: old.secrets.init, commitSecret }, context);
  return toHex(epochSecrets(suite, { joinerSecret: joiner, pskSecret: zeros }, context).exporter);
}

it('[C5] keeps the removed one of two out', async () => {
  const call = await Call.of(ada, ben);
  const bens = mlsOf(call.state(ben));
  const proposed = await call.state(ada).remove([1]);
  expect(commitOf(call.context, proposed).path?.nodes).toEqual([]);
  const next = mlsOf(proposed.next);
  expect(guess(bens, next, zeros)).not.toBe(toHex(next.secrets.exporter));
});

it('[C5] keeps everybody out whom one commit removes, so that one is left alone', async () => {
  const call = await Call.of(ada, ben, await person('cyd'), await person('dan'));
  const old = mlsOf(call.state(ben));
  const next = mlsOf((await call.state(ada).remove([1, 2, 3])).next);
  expect(guess(old, next, zeros)).not.toBe(toHex(next.secrets.exporter));
  expect(next.tree.leafCount).toBe(1);
});

it('[C8] renews the keys of somebody who is alone', async () => {
  const call = await Call.of(ada);
  const old = mlsOf(call.state(ada));
  const next = mlsOf((await call.state(ada).selfUpdate()).next);
  expect(guess(old, next, zeros)).not.toBe(toHex(next.secrets.exporter));
});

it('[C4] keeps the replaced one out where a joiner replaces the only leaf', async () => {
  const call = await Call.of(ada);
  const old = mlsOf(call.state(ada));
  const proposed = await call.proposeJoin(again(ada));
  const { proposals, path } = commitOf(call.context, proposed);
  expect(path?.nodes).toEqual([]);
  expect(proposals.map((it) => it.by === 'value' && it.proposal.type)).toEqual(['external_init', 'remove']);
  expect(proposals[1]).toEqual({ by: 'value', proposal: { type: 'remove', removed: 0 } });
  const next = mlsOf(proposed.next);
  expect(guess(old, next, zeros)).not.toBe(toHex(next.secrets.exporter));
});

it('[C5] is tried, in these tests, by what does open the epoch of a commit without a path', async () => {
  const call = await Call.of(ada, ben);
  const [adas, bens] = [mlsOf(call.state(ada)), mlsOf(call.state(ben))];
  const signatureKeys = adas.suite.signature.generateKeyPair();
  const me = { credential: { type: 'basic', identity: random(9) }, signatureKeys } as const;
  const lifetime = { notBefore: 0n, notAfter: 1n };
  const { keyPackage } = createKeyPackage(adas.suite, me, { capabilities, lifetime });
  const options = { proposals: [{ type: 'add', keyPackage } as const], withPath: false };
  const { next } = await createCommit(adas, options, { authenticate: () => undefined });
  expect(guess(bens, next, zeros)).toBe(toHex(next.secrets.exporter));
});
