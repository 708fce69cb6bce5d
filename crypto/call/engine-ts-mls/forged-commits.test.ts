// What Mal, a member with every key of the group, sends as a commit of its leaf, and what Ada's client makes of it (protocol.md
// C1, C5, C10, O1). Every attack is signed and sealed validly; after each, Ada's state is what it was.
import { ed25519 } from '@noble/curves/ed25519.js';
import type { MLSMessage, Proposal } from 'ts-mls';
import { createProposal } from 'ts-mls/createMessage.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { random, type Bytes } from '../../bytes.ts';
import type { CryptoErrorCode } from '../../errors.ts';
import { again, Call, refused } from '../../test/call.ts';
import { createCredential } from '../credential.ts';
import { suite } from './suite.ts';
import { byValue, people, placeOf, refuses, updateOf } from './test/attack.ts';
import * as forge from './test/forge.ts';
import { withoutLeaves } from './tree.ts';

const [ada, ben, mal] = await people();
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal);
});
const adaRefuses = (sealed: Bytes, code: CryptoErrorCode): Promise<void> =>
  refuses({ call, by: ada, witness: ben }, sealed, code);

describe('a member that commits', () => {
  it('[C5] may not leave the path out', async () => {
    const removing = { proposals: [byValue(forge.removal(1))], path: undefined };
    await adaRefuses(await forge.sign(call.state(mal), { commit: removing }), 'not_allowed');
  });

  const others: Record<string, Proposal> = {
    'an ExternalInit': { proposalType: 'external_init', externalInit: { kemOutput: random(32) } },
    GroupContextExtensions: {
      proposalType: 'group_context_extensions',
      groupContextExtensions: { extensions: [] },
    },
    'a ReInit': {
      proposalType: 'reinit',
      reinit: { groupId: random(20), version: 'mls10', cipherSuite: suite.name, extensions: [] },
    },
    'a PSK': {
      proposalType: 'psk',
      psk: { preSharedKeyId: { psktype: 'external', pskId: random(4), pskNonce: random(32) } },
    },
    'a type of its own': { proposalType: 0xf00d, proposalData: random(8) },
  };
  it.each(Object.entries(others))('[C5] may not propose %s', async (_name, proposal) => {
    const made = await forge.commit(call.state(mal), [proposal]);
    await adaRefuses(forge.sealCommit(call.state(mal), made.message), 'not_allowed');
  });

  it('[C5] may not propose an Add', async () => {
    const { commit } = forge.commitOf(call.context, await call.proposeJoin(again(ben)));
    const leafNode = {
      ...commit.path!.leafNode,
      leafNodeSource: 'key_package' as const,
      lifetime: { notBefore: 0n, notAfter: 1n },
    };
    const keyPackage = {
      version: 'mls10' as const,
      cipherSuite: suite.name,
      initKey: random(32),
      leafNode,
      extensions: [],
      signature: random(64),
    };
    const proposals = [byValue({ proposalType: 'add', add: { keyPackage } })];
    await adaRefuses(
      await forge.sign(call.state(mal), { commit: { ...(await updateOf(call, mal)), proposals } }),
      'not_allowed',
    );
  });

  it('[C5] may not commit by reference', async () => {
    const proposals = [{ proposalOrRefType: 'reference' as const, reference: random(32) }];
    await adaRefuses(
      await forge.sign(call.state(mal), { commit: { ...(await updateOf(call, mal)), proposals } }),
      'not_allowed',
    );
  });

  it('[C5] may not remove itself, nor a leaf twice', async () => {
    await adaRefuses((await sealedRemoval([2])).sealed, 'not_allowed');
    await adaRefuses((await sealedRemoval([1, 1])).sealed, 'not_allowed');
  });

  it('[C5] may not change its name, credential or signature key on the way', async () => {
    const commit = await updateOf(call, mal);
    const other = again(mal);
    const { groupContext, signaturePrivateKey } = forge.mlsOf(call.state(mal));
    const identity = await createCredential(other, {
      context: call.context,
      leafKey: ed25519.getPublicKey(signaturePrivateKey),
    });
    const renamed = await forge.resignLeaf(
      commit.path.leafNode,
      { credential: { credentialType: 'basic', identity } },
      placeOf(call, mal),
    );
    await adaRefuses(
      await forge.sign(call.state(mal), {
        commit: { ...commit, path: { ...commit.path, leafNode: renamed } },
      }),
      'not_allowed',
    );
    const signKey = random(32);
    const rekeyed = await forge.resignLeaf(
      commit.path.leafNode,
      { signaturePublicKey: ed25519.getPublicKey(signKey) },
      { groupId: groupContext.groupId, leafIndex: 2, signKey },
    );
    const state = call.state(mal);
    await adaRefuses(
      await forge.sign(state, { commit: { ...commit, path: { ...commit.path, leafNode: rekeyed } } }),
      'not_allowed',
    );
  });

  it('[C5] may not add extensions to its leaf or drop the suite', async () => {
    const commit = await updateOf(call, mal);
    const changed = [
      { extensions: [{ extensionType: 0xf00d, extensionData: random(1) }] },
      { capabilities: { ...commit.path.leafNode.capabilities, ciphersuites: [] } },
    ];
    for (const change of changed) {
      const leafNode = await forge.resignLeaf(commit.path.leafNode, change, placeOf(call, mal));
      const { proposals, path } = commit;
      const sealed = await forge.sign(call.state(mal), {
        commit: { proposals, path: { ...path, leafNode } },
      });
      await expect(call.state(ada).apply(sealed, call.isMember)).rejects.toMatchObject(
        refused('not_allowed'),
      );
    }
  });

  it("[C5] may not commit in Ada's or Ben's name", async () => {
    const commit = await updateOf(call, mal);
    const as = (leafIndex: number): Promise<Bytes> =>
      forge.sign(call.state(mal), { commit, sender: { senderType: 'member', leafIndex } });
    await expect(call.state(ada).apply(await as(0), call.isMember)).rejects.toMatchObject(
      refused('not_allowed'),
    );
    await adaRefuses(await as(1), 'not_allowed');
    const bens = forge.pathOf(call.context, await call.state(ben).selfUpdate());
    const sender = { senderType: 'member', leafIndex: 1 } as const;
    await adaRefuses(
      await forge.sign(call.state(mal), { commit: { proposals: [], path: bens }, sender }),
      'bad_commit',
    );
  });

  it('[C5] gets nowhere by sending me my own commit that lost', async () => {
    const mine = await call.state(ada).selfUpdate();
    await adaRefuses(mine.message, 'not_allowed');
  });

  it('[C5] may not send as an external sender or as a proposer', async () => {
    for (const sender of [
      { senderType: 'external', senderIndex: 0 },
      { senderType: 'new_member_proposal' },
    ] as const) {
      const sealed = await forge.sign(call.state(mal), { commit: await updateOf(call, mal), sender });
      await expect(call.state(ada).apply(sealed, call.isMember)).rejects.toMatchObject(
        refused('not_allowed'),
      );
    }
  });

  it('[C5] may not hide authenticated data in it', async () => {
    const forged = { commit: await updateOf(call, mal), authenticatedData: random(8) };
    await adaRefuses(await forge.sign(call.state(mal), forged), 'not_allowed');
  });

  it('[C1] must mean this call, this generation and this epoch, whatever the envelope says', async () => {
    const commit = await updateOf(call, mal);
    const sign = (change: Partial<forge.Forged>): Promise<Bytes> =>
      forge.sign(call.state(mal), { commit, ...change });
    await adaRefuses(await sign({ groupId: random(20) }), 'wrong_call');
    await adaRefuses(await sign({ epoch: 1n }), 'wrong_epoch');
    await adaRefuses(await sign({ epoch: 99n }), 'wrong_epoch');
  });

  it('[C10] must name leaves that are there', async () => {
    for (const index of [3, 4, 1023, 1024, 5000, 2 ** 31, 2 ** 32 - 1]) {
      const { sealed } = await sealedRemoval([index]);
      await expect(call.state(ada).apply(sealed, call.isMember)).rejects.toMatchObject(
        refused('out_of_range'),
      );
    }
  });

  it('[O1] is refused where the confirmation tag does not verify', async () => {
    await adaRefuses(await forge.sign(call.state(mal), { commit: await updateOf(call, mal) }), 'bad_commit');
  });

  /** Valid but for the indexes it removes. */
  async function sealedRemoval(indexes: readonly number[]): Promise<{ sealed: Bytes }> {
    const made = await forge.commit(call.state(mal), indexes.map(forge.removal));
    return { sealed: forge.sealCommit(call.state(mal), made.message) };
  }
});

describe('other messages', () => {
  it('[C5] refuses application messages, proposals, GroupInfos and anything else in the place of a commit', async () => {
    const { groupContext } = forge.mlsOf(call.state(mal));
    const place = {
      groupId: groupContext.groupId,
      epoch: groupContext.epoch,
      contentType: 'application',
    } as const;
    const hidden = {
      authenticatedData: new Uint8Array(0),
      encryptedSenderData: random(28),
      ciphertext: random(64),
    };
    const wrong: MLSMessage[] = [
      { version: 'mls10', wireformat: 'mls_private_message', privateMessage: { ...place, ...hidden } },
      {
        version: 'mls10',
        wireformat: 'mls_private_message',
        privateMessage: { ...place, ...hidden, contentType: 'commit' },
      },
      {
        version: 'mls10',
        wireformat: 'mls_welcome',
        welcome: { cipherSuite: suite.name, secrets: [], encryptedGroupInfo: random(9) },
      },
    ];
    for (const message of wrong) {
      const sealed = forge.sealCommit(call.state(mal), message);
      await expect(call.state(ada).apply(sealed, call.isMember)).rejects.toMatchObject(
        refused('not_allowed'),
      );
    }
    const state = forge.mlsOf(call.state(mal));
    const { message } = await createProposal(state, true, forge.removal(1), suite);
    await adaRefuses(forge.sealCommit(call.state(mal), message), 'not_allowed');
    const groupInfo = forge.groupInfoOf(call.context, call.epoch, call.groupInfo);
    await adaRefuses(
      forge.sealCommit(call.state(mal), { version: 'mls10', wireformat: 'mls_group_info', groupInfo }),
      'not_allowed',
    );
  });
});

describe('removals that would leave nobody', () => {
  it('[C5] lets Mal remove everybody else, who then learn that they are out', async () => {
    const { ratchetTree } = forge.mlsOf(call.state(mal));
    const made = await forge.commit(
      call.state(mal),
      [0, 1].map(forge.removal),
      withoutLeaves(ratchetTree, [0, 1]),
    );
    const bytes = forge.sealCommit(call.state(mal), made.message);
    await expect(call.state(ada).apply(bytes, call.isMember)).rejects.toMatchObject(refused('removed'));
  });
});
