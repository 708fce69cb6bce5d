// External commits that Mal, or Cyd outside the roster, sends, and what Ada's client makes of them (protocol.md C2–C4, C10).
import { x25519 } from '@noble/curves/ed25519.js';
import type { Proposal } from 'ts-mls';
import { emptyPskIndex } from 'ts-mls/pskIndex.js';
import { processPublicMessage } from 'ts-mls/processMessages.js';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { random, type Bytes } from '../../bytes.ts';
import type { CryptoErrorCode } from '../../errors.ts';
import { again, Call, refused, type Person } from '../../test/call.ts';
import { createCredential } from '../credential.ts';
import { decodeCommit } from './decode.ts';
import { suite } from './suite.ts';
import { credentialAt, people, placeOf, refuses } from './test/attack.ts';
import * as forge from './test/forge.ts';

const [ada, ben, mal, cyd] = await people();
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal);
});
const adaRefuses = (sealed: Bytes, code: CryptoErrorCode): Promise<void> =>
  refuses({ call, by: ada, witness: ben }, sealed, code);

describe('a joiner', () => {
  const sealed = async (me: Person, forged: forge.ForgedJoin): Promise<Bytes> =>
    forge.sealCommit(call.state(ada), (await forge.join(call.state(ada), me, forged)).message);

  it('[C4] forged by these tests without a change is taken, so that what follows fails for its reason', async () => {
    call.admit(cyd);
    const change = await call.state(ada).apply(await sealed(cyd, {}), call.isMember);
    expect(change.joined).toMatchObject([{ index: 3, livekitIdentity: 'cyd-1' }]);
  });

  it('[C4] may not remove somebody else, which the library alone would let it', async () => {
    call.admit(cyd);
    const made = await forge.join(call.state(ada), cyd, { removed: [1] });
    const message = decodeCommit(made.message);
    const alone = await processPublicMessage(forge.mlsOf(call.state(ada)), message, emptyPskIndex, suite);
    expect(alone.newState.groupContext.epoch).toBe(3n);
    await adaRefuses(forge.sealCommit(call.state(ada), made.message), 'not_allowed');
  });

  it('[C4] may not remove its own old leaf and somebody else', async () => {
    await adaRefuses(await sealed(again(mal), { removed: [2, 1] }), 'not_allowed');
  });

  it("[C4] may not pretend to be removed by somebody: Mal cannot remove Ada with Ada's credential", async () => {
    const bytes = credentialAt(call, ada, 0);
    await adaRefuses(await sealed(mal, { removed: [0], credential: () => bytes }), 'bad_credential');
  });

  it('[C4] must bring exactly one ExternalInit and nothing but removals beside it', async () => {
    call.admit(cyd);
    const init: Proposal = {
      proposalType: 'external_init',
      externalInit: { kemOutput: x25519.getPublicKey(random(32)) },
    };
    const psk: Proposal = {
      proposalType: 'psk',
      psk: { preSharedKeyId: { psktype: 'external', pskId: random(4), pskNonce: random(32) } },
    };
    for (const proposals of [[], [init, init], [init, psk]]) {
      const bytes = await sealed(cyd, { proposals });
      await expect(call.state(ada).apply(bytes, call.isMember)).rejects.toMatchObject(refused('not_allowed'));
    }
    const short: Proposal = { proposalType: 'external_init', externalInit: { kemOutput: random(31) } };
    await adaRefuses(await sealed(cyd, { proposals: [short] }), 'malformed');
  });

  it('[C10] must name leaves that are there', async () => {
    call.admit(cyd);
    const init: Proposal = { proposalType: 'external_init', externalInit: { kemOutput: random(32) } };
    for (const index of [3, 5000, 2 ** 32 - 1]) {
      const bytes = await sealed(cyd, { proposals: [forge.removal(index), init] });
      await expect(call.state(ada).apply(bytes, call.isMember)).rejects.toMatchObject(
        refused('out_of_range'),
      );
    }
  });

  it('[C3] must be a member of the group, even if the service vouches for it', async () => {
    await adaRefuses(await sealed(cyd, {}), 'not_member');
  });

  it('[C3] may not take a second leaf for its identity', async () => {
    await adaRefuses(await sealed(again(mal), {}), 'duplicate_leaf');
  });

  it('[C3] may not copy the credential of somebody who is in, or was', async () => {
    const bens = credentialAt(call, ada, 1);
    await expect(
      call.state(ada).apply(await sealed(mal, { credential: () => bens }), call.isMember),
    ).rejects.toMatchObject(refused('duplicate_leaf'));
    await call.accept(ada, await call.state(ada).remove([1]));
    const later = await sealed(mal, { credential: () => bens });
    await expect(call.state(ada).apply(later, call.isMember)).rejects.toMatchObject(
      refused('bad_credential'),
    );
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
    ];
    for (const credential of wrong) {
      const bytes = await sealed(cyd, { credential });
      await expect(call.state(ada).apply(bytes, call.isMember)).rejects.toMatchObject(
        refused('bad_credential'),
      );
    }
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
    for (const credential of wrong) {
      const bytes = await sealed(cyd, { credential });
      await expect(call.state(ada).apply(bytes, call.isMember)).rejects.toMatchObject(refused('malformed'));
    }
  });

  it('[C3] may not share the signature key of another leaf, even if its owner lends it', async () => {
    call.admit(cyd);
    await adaRefuses(await sealed(cyd, { signKey: placeOf(call, mal).signKey }), 'duplicate_leaf');
  });

  it("[C3] may not take the LiveKit identity of somebody else's leaf", async () => {
    call.admit(cyd);
    await adaRefuses(await sealed({ ...cyd, livekitIdentity: ben.livekitIdentity }, {}), 'duplicate_leaf');
  });

  it('[C4] must sign what it sends: a changed leaf or message is refused before the roster is asked', async () => {
    call.admit(cyd);
    const commit = forge.commitOf(call.context, await call.proposeJoin(cyd)).commit;
    const asked = vi.fn(() => true);
    const sender = { senderType: 'new_member_commit' } as const;
    const bytes = await forge.sign(call.state(mal), { commit, sender, signKey: random(32) });
    await expect(call.state(ada).apply(bytes, asked)).rejects.toMatchObject(refused('bad_signature'));
    expect(asked).not.toHaveBeenCalled();
  });
});
