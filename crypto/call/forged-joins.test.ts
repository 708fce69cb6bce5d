// External commits that Mal, or Cyd outside the roster, sends, and what Ada's client makes of them (protocol.md C2–C4, C10). All are
// signed and encrypted validly; after each, Ada's state is what it was.
import { beforeEach, expect, it, vi } from 'vitest';
import { random, type Bytes } from '../bytes.ts';
import type { CryptoErrorCode } from '../errors.ts';
import { suiteX25519 as suite, type Proposal } from '../mls/index.ts';
import { again, Call, person, viewOf, type Person } from '../test/call.ts';
import { createCredential } from './credential.ts';
import { credentialAt, people, refuses } from './test/attack.ts';
import * as forge from './test/forge.ts';

const [ada, ben, mal, cyd] = await people();
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal);
});
const adaRefuses = (sealed: Bytes, code: CryptoErrorCode): Promise<void> =>
  refuses({ call, by: ada, witness: ben }, sealed, code);
const join = (me: Person, forged?: forge.ForgedJoin): Promise<Bytes> =>
  forge.join(call.state(mal), me, forged);
const init = (): Proposal => ({
  type: 'external_init',
  kemOutput: suite.kem.publicKeyOf(random(32)),
});

it('[C4] forged by these tests without a change is taken, so that what follows fails for its reason', async () => {
  call.admit(cyd);
  const change = await call.state(ada).apply(await join(cyd), call.isMember);
  expect(change.joined).toMatchObject([{ index: 3, livekitIdentity: 'cyd-1' }]);
  const back = await call.state(ada).apply(await join(again(mal), { removed: [2] }), call.isMember);
  expect(back).toMatchObject({ removed: [{ index: 2 }], joined: [{ index: 2, livekitIdentity: 'mal-2' }] });
});

it('[C4] may not remove somebody else', async () => {
  call.admit(cyd);
  for (const victim of [0, 1, 2]) await adaRefuses(await join(cyd, { removed: [victim] }), 'not_allowed');
});

it('[C4] may not remove its own old leaf and somebody else', async () => {
  await adaRefuses(await join(again(mal), { removed: [2, 1] }), 'not_allowed');
});

it('[C4] may not pretend to be who it removes: Mal cannot remove Ada or Ben with their credentials', async () => {
  for (const victim of [0, 1]) {
    const bytes = credentialAt(call, ada, victim);
    await adaRefuses(await join(mal, { removed: [victim], credential: () => bytes }), 'bad_credential');
  }
});

it('[C4] must bring exactly one ExternalInit and nothing but a removal beside it', async () => {
  call.admit(cyd);
  const psk: Proposal = {
    type: 'psk',
    psk: { psk: { kind: 'external', pskId: random(4) }, nonce: random(32) },
  };
  const extensions: Proposal = { type: 'group_context_extensions', extensions: [] };
  for (const proposals of [[], [init(), init()], [init(), psk], [init(), extensions], [psk]]) {
    await adaRefuses(await join(cyd, { proposals }), 'not_allowed');
  }
  await adaRefuses(await join(cyd, { references: [random(32)] }), 'bad_commit');
  const reinit: Proposal = {
    ...{ type: 'reinit', groupId: random(20), version: 1, cipherSuite: 1, extensions: [] },
  };
  await adaRefuses(await join(cyd, { proposals: [init(), reinit] }), 'not_allowed');
});

it('[C4] must bring an ExternalInit that was made for this epoch', async () => {
  call.admit(cyd);
  const short: Proposal = { type: 'external_init', kemOutput: random(31) };
  await adaRefuses(await join(cyd, { proposals: [short] }), 'malformed');
  const zero: Proposal = { type: 'external_init', kemOutput: new Uint8Array(32) };
  await adaRefuses(await join(cyd, { proposals: [zero] }), 'malformed');
  await adaRefuses(await join(cyd, { proposals: [init()] }), 'bad_commit');
});

it('[C4] may not leave the path out', async () => {
  call.admit(cyd);
  await adaRefuses(await join(cyd, { hasPath: false }), 'not_allowed');
});

it('[C10] must name leaves that are there', async () => {
  call.admit(cyd);
  for (const index of [3, 5000, 2 ** 32 - 1]) {
    await adaRefuses(await join(cyd, { proposals: [forge.removal(index), init()] }), 'out_of_range');
  }
});

it('[C3] must be a member of the group, even if the service vouches for it', async () => {
  await adaRefuses(await join(cyd), 'not_member');
});

it('[C3] may not take a second leaf for its identity', async () => {
  await adaRefuses(await join(again(mal)), 'duplicate_leaf');
});

it('[C3] may not copy the credential of somebody who is in, or was', async () => {
  const bens = credentialAt(call, ada, 1);
  await adaRefuses(await join(mal, { credential: () => bens }), 'duplicate_leaf');
  const dan = await person('dan');
  await call.join(dan);
  await call.accept(ada, await call.state(ada).remove([1]));
  const late = await join(mal, { credential: () => bens });
  await refuses({ call, by: ada, witness: dan }, late, 'bad_credential');
});

it("[C2] may not use the identity's signature for another call, group, name or leaf key", async () => {
  call.admit(cyd);
  const scopes = [
    { ...call.context, callId: random(16) },
    { ...call.context, groupId: random(16) },
  ];
  const wrong: ((leafKey: Bytes) => Promise<Bytes>)[] = [
    ...scopes.map((context) => (leafKey: Bytes) => createCredential(cyd, { context, leafKey })),
    () => createCredential(cyd, { context: call.context, leafKey: random(32) }),
    async (leafKey) => {
      const bytes = await createCredential(cyd, { context: call.context, leafKey });
      // The last character of `cyd-1`: version (1), identity (32), length (2), name (5).
      return Uint8Array.from(bytes, (byte, at) => (at === 39 ? 0x32 : byte));
    },
  ];
  for (const credential of wrong) await adaRefuses(await join(cyd, { credential }), 'bad_credential');
});

it('[C2] may not bring a credential in another encoding', async () => {
  call.admit(cyd);
  const honest = (leafKey: Bytes): Promise<Bytes> =>
    createCredential(cyd, { context: call.context, leafKey });
  const wrong: ((leafKey: Bytes) => Promise<Bytes>)[] = [
    async (key) => new Uint8Array([...(await honest(key)), 0]),
    async (key) => (await honest(key)).slice(0, -1),
    async (key) => Uint8Array.from(await honest(key), (byte, at) => (at === 0 ? 2 : byte)),
  ];
  for (const credential of wrong) await adaRefuses(await join(cyd, { credential }), 'malformed');
});

it('[C3] may not share the signature key of another leaf, even if its owner lends it', async () => {
  call.admit(cyd);
  const { signaturePrivateKey: privateKey } = forge.mlsOf(call.state(mal));
  const signatureKeys = { privateKey, publicKey: suite.signature.publicKeyOf(privateKey) };
  await adaRefuses(await join(cyd, { signatureKeys }), 'duplicate_leaf');
});

it("[C3] may not take the LiveKit identity of somebody else's leaf", async () => {
  call.admit(cyd);
  await adaRefuses(await join({ ...cyd, livekitIdentity: ben.livekitIdentity }), 'duplicate_leaf');
});

it('[C4] may not bring extensions, a certificate, or a leaf of another source', async () => {
  call.admit(cyd);
  await adaRefuses(await join(cyd, { leaf: { extensions: [{ type: 1, data: random(1) }] } }), 'not_allowed');
  await adaRefuses(await join(cyd, { leaf: { source: { kind: 'update' } } }), 'not_allowed');
  const credential = { type: 'x509', certificates: [{ data: random(9) }] } as const;
  await adaRefuses(await join(cyd, { leaf: { credential } }), 'bad_credential');
});

it('[C4] must sign what it sends: a changed leaf or message is refused before the roster is asked', async () => {
  call.admit(cyd);
  const asked = vi.fn(() => true);
  for (const signer of [{ messageSigner: random(32) }, { leafSigner: random(32) }]) {
    const sealed = await join(cyd, signer);
    const before = await viewOf(call.state(ada));
    await expect(call.state(ada).apply(sealed, asked)).rejects.toMatchObject({ code: 'bad_signature' });
    expect(await viewOf(call.state(ada))).toBe(before);
  }
  expect(asked).not.toHaveBeenCalled();
  await call.state(ada).apply(await join(cyd), asked);
  expect(asked).toHaveBeenCalledTimes(1);
});
