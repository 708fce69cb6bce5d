// What is no commit of a member's Remove or update: other proposals, other messages, other versions of MLS, as Mal, a member with every
// key of the group, can send them (protocol.md C5, C10, O1). What MLS here does not know at all is `unsupported`.
import { beforeEach, describe, expect, it } from 'vitest';
import { concat, random, uint, type Bytes } from '../bytes.ts';
import type { CryptoErrorCode } from '../errors.ts';
import {
  createKeyPackage,
  propose,
  proposeUpdate,
  sendApplication,
  suiteX25519 as suite,
  type GroupState,
  type KeyPackage,
  type Proposal,
} from '../mls/index.ts';
import { createCommit } from '../mls/create-commit.ts';
import { createSecretTree } from '../mls/secret-tree.ts';
import type { MlsMessage } from '../mls/framing.ts';
import { Call } from '../test/call.ts';
import { createCredential } from './credential.ts';
import { capabilities } from './new-leaf.ts';
import { people, refuses } from './test/attack.ts';
import { groupInfoOf } from './test/forge-info.ts';
import * as forge from './test/forge.ts';

const [ada, ben, mal, cyd] = await people();
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal);
  call.admit(cyd);
});
const adaRefuses = (sealed: Bytes, code: CryptoErrorCode): Promise<void> =>
  refuses({ call, by: ada, witness: ben }, sealed, code);
const sealed = (message: Bytes | MlsMessage): Bytes => forge.sealCommit(call.state(mal), message);

/** Mal's state as one that could send private messages: honest ones have no keys for them. */
function sending(): GroupState {
  const mls = forge.mlsOf(call.state(mal));
  return { ...mls, secretTree: createSecretTree(random(32), mls.tree.leafCount) };
}

/** Cyd's, valid for this call. */
async function keyPackage(): Promise<KeyPackage> {
  const signatureKeys = suite.signature.generateKeyPair();
  const identity = await createCredential(cyd, { context: call.context, leafKey: signatureKeys.publicKey });
  const me = { credential: { type: 'basic', identity }, signatureKeys } as const;
  const lifetime = { notBefore: 0n, notAfter: 2n ** 64n - 1n };
  return createKeyPackage(suite, me, { capabilities, lifetime }).keyPackage;
}

describe('a member that commits', () => {
  const external = { kind: 'external', pskId: random(4) } as const;
  const resumption = { kind: 'resumption', pskGroupId: random(20), pskEpoch: 1n } as const;
  const others: Record<string, readonly [Proposal, CryptoErrorCode]> = {
    'an ExternalInit': [{ type: 'external_init', kemOutput: random(32) }, 'not_allowed'],
    GroupContextExtensions: [{ type: 'group_context_extensions', extensions: [] }, 'not_allowed'],
    'external senders': [
      { type: 'group_context_extensions', extensions: [{ type: 5, data: random(9) }] },
      'not_allowed',
    ],
    'a ReInit': [
      { type: 'reinit', groupId: random(20), version: 1, cipherSuite: 1, extensions: [] },
      'unsupported',
    ],
    'a PSK': [{ type: 'psk', psk: { psk: external, nonce: random(32) } }, 'not_allowed'],
    'a PSK with a short nonce': [{ type: 'psk', psk: { psk: external, nonce: random(31) } }, 'malformed'],
    'a PSK of an old epoch': [
      { type: 'psk', psk: { psk: { ...resumption, usage: 'application' }, nonce: random(32) } },
      'not_allowed',
    ],
    'a PSK of a branch': [
      { type: 'psk', psk: { psk: { ...resumption, usage: 'branch' }, nonce: random(32) } },
      'unsupported',
    ],
  };
  it.each(Object.entries(others))('[C5] may not propose %s', async (_name, [proposal, code]) => {
    await adaRefuses(forge.commit(call.state(mal), { proposals: [proposal] }), code);
  });

  it('[C13] may not add beside a removal, nor without a path, not even as crypto/mls itself makes it', async () => {
    const add: Proposal = { type: 'add', keyPackage: await keyPackage() };
    const both = forge.commit(call.state(mal), { proposals: [add, forge.removal(1)] });
    await adaRefuses(both, 'not_allowed');
    const mls = forge.mlsOf(call.state(mal));
    const options = { proposals: [add], withPath: false };
    const made = await createCommit(mls, options, { authenticate: () => undefined });
    await adaRefuses(sealed(made.message), 'not_allowed');
  });

  it('[C5] may not propose an Update', async () => {
    const { leafNode } = await keyPackage();
    await adaRefuses(
      forge.commit(call.state(mal), { proposals: [{ type: 'update', leafNode }] }),
      'not_allowed',
    );
  });

  it('[C5] may not propose a type of its own', async () => {
    const made = forge.commit(call.state(mal), { proposals: [forge.removal(0x1020304)] });
    const bytes = forge.commitBytes(call.context, { ...(await call.state(mal).selfUpdate()), message: made });
    const own = forge.patched(
      bytes,
      concat(uint(3, 2), uint(0x1020304, 4)),
      concat(uint(0xf00d, 2), uint(0, 4)),
    );
    await adaRefuses(sealed(own), 'unsupported');
  });

  it('[C5] may not encrypt its commit inside the envelope', async () => {
    const options = { wireFormat: 'private_message' } as const;
    const made = await createCommit(sending(), options, { authenticate: () => undefined });
    await adaRefuses(sealed(made.message), 'not_allowed');
  });
});

describe('in the place of a commit', () => {
  it("[C5] refuses proposals, which would wait for somebody's commit", async () => {
    const mls = forge.mlsOf(call.state(mal));
    const made = [propose(mls, forge.removal(1)), proposeUpdate(mls)];
    for (const { message } of made) await adaRefuses(sealed(message), 'not_allowed');
  });

  it('[C5] refuses application data', async () => {
    const { message } = sendApplication(sending(), random(9));
    await adaRefuses(sealed(message), 'not_allowed');
    const { groupId, epoch } = forge.mlsOf(call.state(mal)).context;
    const sender = { kind: 'member', leafIndex: 2 } as const;
    const content = { type: 'application', data: random(9) } as const;
    const framed = { groupId, epoch, sender, authenticatedData: new Uint8Array(0), content };
    const publicMessage = { framed, auth: { signature: random(64) }, membershipTag: random(32) };
    await adaRefuses(sealed({ wireFormat: 'public_message', publicMessage }), 'not_allowed');
  });

  it('[C5] refuses Welcomes, GroupInfos and key packages', async () => {
    const welcome = { cipherSuite: suite.id, secrets: [], encryptedGroupInfo: random(9) };
    await adaRefuses(sealed({ wireFormat: 'welcome', welcome }), 'not_allowed');
    const groupInfo = groupInfoOf(call.context, call.epoch, call.groupInfo);
    await adaRefuses(sealed({ wireFormat: 'group_info', groupInfo }), 'not_allowed');
    await adaRefuses(sealed({ wireFormat: 'key_package', keyPackage: await keyPackage() }), 'not_allowed');
  });

  it('[C10] refuses another version of MLS, and another wire format', async () => {
    const bytes = forge.commitBytes(call.context, await call.state(mal).selfUpdate());
    expect([...bytes.subarray(0, 4)]).toEqual([0, 1, 0, 1]);
    await adaRefuses(sealed(concat(uint(2, 2), bytes.subarray(2))), 'unsupported');
    await adaRefuses(sealed(concat(bytes.subarray(0, 2), uint(6, 2), bytes.subarray(4))), 'malformed');
  });

  it('[C10] refuses a commit with a byte behind it', async () => {
    const bytes = forge.commitBytes(call.context, await call.state(mal).selfUpdate());
    await adaRefuses(sealed(concat(bytes, uint(0, 1))), 'malformed');
  });
});
