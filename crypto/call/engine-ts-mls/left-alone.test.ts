// Whoever is removed can derive nothing of the next epoch, also where the one who removes is left alone (protocol.md C5).
// ts-mls' own `createCommit` uses an all-zero commit secret there: the first test shows that, and that ours does not.
import type { ClientState } from 'ts-mls';
import { createCommit } from 'ts-mls/createCommit.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import { expect, it } from 'vitest';
import { toHex } from '../../bytes.ts';
import { again, Call } from '../../test/call.ts';
import { people } from './test/attack.ts';
import { commitOf, mlsOf, removal } from './test/forge.ts';
import { suite } from './suite.ts';

const [ada, ben] = await people();

/** The exporter secret that somebody who holds the old epoch derives for the new one with a guessed commit secret. */
async function guess(old: ClientState, next: ClientState, commitSecret: Uint8Array): Promise<string> {
  const none = new Uint8Array(32);
  const { initSecret } = old.keySchedule;
  const epoch = await initializeEpoch(initSecret, commitSecret, next.groupContext, none, suite.kdf);
  return toHex(epoch.keySchedule.exporterSecret);
}

it('[C5] keeps the removed one of two out, whom the library alone would let follow', async () => {
  const call = await Call.of(ada, ben);
  const bens = mlsOf(call.state(ben));
  const zeros = new Uint8Array(32);

  const options = { wireAsPublicMessage: true, extraProposals: [removal(1)] };
  const theirs = await createCommit({ state: mlsOf(call.state(ada)), cipherSuite: suite }, options);
  const follows = toHex(theirs.newState.keySchedule.exporterSecret);
  expect(await guess(bens, theirs.newState, zeros)).toBe(follows);

  const ours = mlsOf((await call.state(ada).remove([1])).next);
  expect(await guess(bens, ours, zeros)).not.toBe(toHex(ours.keySchedule.exporterSecret));
});

it('[C8] renews the keys of somebody who is alone', async () => {
  const call = await Call.of(ada);
  const old = mlsOf(call.state(ada));
  const next = mlsOf((await call.state(ada).selfUpdate()).next);
  expect(await guess(old, next, new Uint8Array(32))).not.toBe(toHex(next.keySchedule.exporterSecret));
});

it('[C4] sends an empty path, and no removal of anybody else, when the only leaf is replaced', async () => {
  const call = await Call.of(ada);
  const { commit } = commitOf(call.context, await call.proposeJoin(again(ada)));
  expect(commit.path?.nodes).toEqual([]);
  expect(commit.proposals).toMatchObject([
    { proposal: { proposalType: 'remove', remove: { removed: 0 } } },
    { proposal: { proposalType: 'external_init' } },
  ]);
});
