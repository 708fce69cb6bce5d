// Pre-shared keys in commits (RFC 9420 §8.4, §12.2): what a list may not name twice is an id, which has a nonce in it. The same key
// under two nonces is valid, and OpenMLS, mls-rs and ts-mls send it.
import { expect, it } from 'vitest';
import { random, utf8, type Bytes } from '../bytes.ts';
import {
  createCommit,
  createGroup,
  createKeyPackage,
  decodeMessage,
  joinByWelcome,
  propose,
  receive,
  suiteX25519 as suite,
  type Application,
  type GroupState,
} from './index.ts';
import { newExternalPskId, type PskId } from './psk.ts';

const key = random(32);
const application: Application = { authenticate: () => undefined, psk: () => key };
const capabilities = { versions: [1], cipherSuites: [1], extensions: [], proposals: [], credentials: [1] };
const lifetime = { notBefore: 0n, notAfter: 1n << 62n };

async function pair(): Promise<[GroupState, GroupState]> {
  const [ada, ben] = ['Ada', 'Ben'].map((name) => {
    const credential = { type: 'basic', identity: utf8(name) } as const;
    const me = { credential, signatureKeys: suite.signature.generateKeyPair() };
    return createKeyPackage(suite, me, { capabilities, lifetime });
  });
  const alone = createGroup(suite, ada!, { groupId: random(16) });
  const proposals = [{ type: 'add', keyPackage: ben!.keyPackage } as const];
  const made = await createCommit(alone, { proposals }, application);
  const message = decodeMessage(made.welcome as Bytes);
  if (message.wireFormat !== 'welcome') throw new TypeError('not a Welcome');
  return [made.next, await joinByWelcome(suite, { welcome: message.welcome, ...ben! }, application)];
}

const named = (psk: PskId): { readonly type: 'psk'; readonly psk: PskId } => ({ type: 'psk', psk });
const fresh = (): PskId => newExternalPskId(suite, utf8('shared'));

it('takes one pre-shared key twice in a commit, under two nonces, by value and by reference', async () => {
  const [ada, ben] = await pair();
  const proposed = propose(ada, named(fresh()));
  const heard = await receive(ben, proposed.message, application);
  const proposals = [named(fresh()), named(fresh())];
  const made = await createCommit(proposed.state, { proposals }, application);
  const followed = await receive(heard.state, made.message, application);
  expect(followed.kind).toBe('commit');
  expect(followed.state.secrets).toEqual(made.next.secrets);
});

it('refuses one id of a pre-shared key twice', async () => {
  const [ada] = await pair();
  const id = fresh();
  const made = createCommit(ada, { proposals: [named(id), named(id)] }, application);
  await expect(made).rejects.toMatchObject({ name: 'CryptoError', code: 'not_allowed' });
});
