// What Mal, a member with every key of the group, sends as a commit of its leaf, and what Ada's client makes of it (protocol.md
// C1, C5, C10, O1). Every attack is signed, tagged and sealed validly; after each, Ada's state is what it was.
import { beforeEach, describe, expect, it } from 'vitest';
import { random, type Bytes } from '../bytes.ts';
import type { CryptoErrorCode } from '../errors.ts';
import { suiteX25519 as suite } from '../mls/index.ts';
import { again, Call, person, refused } from '../test/call.ts';
import { createCredential } from './credential.ts';
import { people, refuses } from './test/attack.ts';
import * as forge from './test/forge.ts';

const [ada, ben, mal] = await people();
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal);
});
const adaRefuses = (sealed: Bytes, code: CryptoErrorCode): Promise<void> =>
  refuses({ call, by: ada, witness: ben }, sealed, code);
const commit = (forged?: forge.Forged): Bytes => forge.commit(call.state(mal), forged);

it('[C5] forged by these tests without a change is taken, so that what follows fails for its reason', async () => {
  for (const honest of [{}, { proposals: [forge.removal(1)] }]) {
    const change = await call.state(ada).apply(commit(honest), call.isMember);
    expect(change.committer).toMatchObject({ index: 2, livekitIdentity: 'mal-1' });
  }
});

describe('a member that commits', () => {
  it('[C5] may not leave the path out', async () => {
    await adaRefuses(commit({ proposals: [forge.removal(1)], hasPath: false }), 'not_allowed');
    await adaRefuses(commit({ hasPath: false }), 'not_allowed');
  });

  it('[C5] may not commit by reference', async () => {
    await adaRefuses(commit({ references: [random(32)] }), 'bad_commit');
  });

  it('[C5] may not remove itself, nor a leaf twice', async () => {
    await adaRefuses(commit({ proposals: [forge.removal(2)] }), 'not_allowed');
    await adaRefuses(commit({ proposals: [1, 1].map(forge.removal) }), 'not_allowed');
  });

  it('[C5] may not change its name, credential or signature key on the way', async () => {
    const { signaturePrivateKey } = forge.mlsOf(call.state(mal));
    const own = { context: call.context, leafKey: suite.signature.publicKeyOf(signaturePrivateKey) };
    const renamed = await createCredential(again(mal), own);
    await adaRefuses(commit({ leaf: { credential: { type: 'basic', identity: renamed } } }), 'not_allowed');
    const accomplice = await person('dan');
    call.admit(accomplice);
    const lent = await createCredential(accomplice, own);
    await adaRefuses(commit({ leaf: { credential: { type: 'basic', identity: lent } } }), 'not_allowed');
    const { publicKey: signatureKey, privateKey } = suite.signature.generateKeyPair();
    await adaRefuses(commit({ leaf: { signatureKey }, leafSigner: privateKey }), 'not_allowed');
    const identity = await createCredential(mal, { context: call.context, leafKey: signatureKey });
    const whole = { signatureKey, credential: { type: 'basic', identity } } as const;
    await adaRefuses(commit({ leaf: whole, leafSigner: privateKey }), 'not_allowed');
  });

  it('[C5] may not add extensions to its leaf, drop the suite, or show a certificate', async () => {
    const { capabilities } = forge.mlsOf(call.state(mal)).tree.leafOrThrow(2);
    const unknown = [{ type: 0xf00d, data: random(1) }];
    await adaRefuses(commit({ leaf: { extensions: unknown } }), 'unsupported');
    const listed = { ...capabilities, extensions: [0xf00d] };
    await adaRefuses(commit({ leaf: { extensions: unknown, capabilities: listed } }), 'not_allowed');
    await adaRefuses(commit({ leaf: { extensions: [{ type: 1, data: random(1) }] } }), 'not_allowed');
    const least = [{ cipherSuites: [] }, { versions: [] }, { credentials: [2] }];
    for (const less of least) {
      await adaRefuses(commit({ leaf: { capabilities: { ...capabilities, ...less } } }), 'unsupported');
    }
    const certificate = { type: 'x509', certificates: [{ data: random(9) }] } as const;
    await adaRefuses(commit({ leaf: { credential: certificate } }), 'bad_credential');
  });

  it('[C5] may not bring a leaf of an Update or a key package, or one that it did not sign', async () => {
    const sources = [
      { kind: 'update' },
      { kind: 'key_package', lifetime: { notBefore: 0n, notAfter: 1n } },
    ] as const;
    for (const source of sources) await adaRefuses(commit({ leaf: { source } }), 'not_allowed');
    await adaRefuses(commit({ leafSigner: random(32) }), 'bad_signature');
  });

  it("[C5] may not commit in Ada's or Ben's name", async () => {
    const as = (leafIndex: number): Bytes => commit({ framed: { sender: { kind: 'member', leafIndex } } });
    await adaRefuses(as(0), 'not_allowed');
    await adaRefuses(as(1), 'bad_signature');
    const bens = forge.commitOf(call.context, await call.state(ben).selfUpdate()).path?.leafNode;
    const sender = { kind: 'member', leafIndex: 1 } as const;
    await adaRefuses(commit({ leaf: { ...bens }, framed: { sender } }), 'bad_signature');
  });

  it('[C5] must sign and tag what it sends', async () => {
    await adaRefuses(commit({ messageSigner: random(32) }), 'bad_signature');
    const bytes = forge.commitBytes(call.context, await call.state(mal).selfUpdate());
    const untagged = Uint8Array.from(bytes, (byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte));
    await adaRefuses(forge.sealCommit(call.state(mal), untagged), 'bad_mac');
  });

  it('[C5] gets nowhere by sending me my own commit that lost', async () => {
    const mine = await call.state(ada).selfUpdate();
    await adaRefuses(mine.message, 'not_allowed');
  });

  it('[C5] may not send as an external sender, a proposer or a joiner', async () => {
    const senders = [{ kind: 'external', senderIndex: 0 }, { kind: 'new_member_proposal' }] as const;
    for (const sender of senders) await adaRefuses(commit({ framed: { sender } }), 'not_allowed');
    await adaRefuses(commit({ framed: { sender: { kind: 'new_member_commit' } } }), 'not_allowed');
  });

  it('[C5] may not hide authenticated data in it', async () => {
    await adaRefuses(commit({ framed: { authenticatedData: random(8) } }), 'not_allowed');
  });

  it('[C1] must mean this call, this generation and this epoch, whatever the envelope says', async () => {
    await adaRefuses(commit({ framed: { groupId: random(20) } }), 'wrong_group');
    for (const epoch of [1n, 99n, 2n ** 64n - 1n])
      await adaRefuses(commit({ framed: { epoch } }), 'wrong_epoch');
  });

  it('[C10] must name leaves that are there', async () => {
    for (const index of [3, 4, 1023, 1024, 5000, 2 ** 31, 2 ** 32 - 1]) {
      await adaRefuses(commit({ proposals: [forge.removal(index)] }), 'out_of_range');
      const sender = { kind: 'member', leafIndex: index } as const;
      await adaRefuses(commit({ framed: { sender } }), 'out_of_range');
    }
  });

  it('[O1] is refused where the confirmation tag does not verify', async () => {
    for (const confirmationTag of [random(32), random(31), new Uint8Array(0)]) {
      await adaRefuses(commit({ confirmationTag }), 'bad_commit');
    }
  });
});

describe('removals that would leave nobody', () => {
  it('[C5] lets Mal remove everybody else, who then learn that they are out', async () => {
    const sealed = commit({ proposals: [0, 1].map(forge.removal) });
    for (const out of [ada, ben]) {
      await expect(call.state(out).apply(sealed, call.isMember)).rejects.toMatchObject(refused('removed'));
    }
  });

  it('[C5] believes a removal of its own leaf only from somebody who signed it and may do it', async () => {
    const proposals = [forge.removal(0)];
    await adaRefuses(commit({ proposals, messageSigner: random(32) }), 'bad_signature');
    await adaRefuses(commit({ proposals, hasPath: false }), 'not_allowed');
    await adaRefuses(commit({ proposals, leafSigner: random(32) }), 'bad_signature');
  });
});
