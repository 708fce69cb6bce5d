// GroupInfos that Mal, a member with every key of the group, puts before a joiner, and what the joiner makes of them
// (protocol.md C3, C4, C10). All are signed by Mal's leaf and sealed for the right epoch.
import type { LeafNode } from 'ts-mls';
import { encodeGroupInfo } from 'ts-mls/groupInfo.js';
import type { RatchetTree } from 'ts-mls/ratchetTree.js';
import { treeHashRoot } from 'ts-mls/treeHash.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { concat, random, type Bytes } from '../../bytes.ts';
import type { CryptoErrorCode } from '../../errors.ts';
import { openEnvelope } from '../../invite/index.ts';
import { again, Call, refused, rosterOf, type Person } from '../../test/call.ts';
import { createCredential } from '../credential.ts';
import { engine } from '../index.ts';
import { decodeTree } from './decode.ts';
import { suite } from './suite.ts';
import { people, placeOf } from './test/attack.ts';
import * as forge from './test/forge.ts';

const [ada, ben, mal, cyd] = await people();
let call: Call;
let tree: RatchetTree;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal);
  call.admit(cyd);
  tree = forge.mlsOf(call.state(mal)).ratchetTree;
});

async function cydRefuses(groupInfo: Bytes, code: CryptoErrorCode): Promise<void> {
  const joining = engine.join(call.context, cyd, call.epoch, groupInfo, call.isMember);
  await expect(joining).rejects.toMatchObject(refused(code));
}

const honest = (): ReturnType<typeof forge.groupInfoOf> =>
  forge.groupInfoOf(call.context, call.epoch, call.groupInfo);
const forged = (changes: Parameters<typeof forge.forgeGroupInfo>[2]): Promise<Bytes> =>
  forge.forgeGroupInfo(call.state(mal), honest(), changes);

/** A GroupInfo with this tree, its hash right. */
async function withTree(changed: RatchetTree): Promise<Bytes> {
  const treeHash = await treeHashRoot(changed, suite.hash);
  return forged({ tree: changed, groupContext: { ...honest().groupContext, treeHash } });
}

/** The tree with a changed leaf at `index`. */
function withLeaf(index: number, change: (leaf: LeafNode) => LeafNode): RatchetTree {
  return tree.map((node, at) =>
    at === 2 * index && node?.nodeType === 'leaf' ? { nodeType: 'leaf', leaf: change(node.leaf) } : node,
  );
}

describe('a joiner', () => {
  it('[C4] takes a GroupInfo forged by these tests without a change', async () => {
    const proposed = await engine.join(call.context, cyd, call.epoch, await forged({}), call.isMember);
    await call.accept(cyd, proposed);
    expect(await call.views()).toHaveLength(1);
  });

  it('[E2] refuses the GroupInfo of another epoch, call, generation, group or secret, and a commit in its place', async () => {
    const old = call.groupInfo;
    await call.accept(ada, await call.state(ada).selfUpdate());
    await cydRefuses(old, 'not_opened');
    const places = [
      { callId: random(16) },
      { groupId: random(16) },
      { generation: 2 },
      { handshakeKey: random(32) },
    ];
    for (const place of places) {
      const elsewhere = { ...call.context, ...place };
      const joining = engine.join(elsewhere, cyd, call.epoch, call.groupInfo, call.isMember);
      await expect(joining).rejects.toMatchObject(refused('not_opened'));
    }
    await cydRefuses((await call.state(ada).selfUpdate()).message, 'not_opened');
  });

  it('[C4] gets nowhere with a replayed old GroupInfo: nobody in the call applies its commit', async () => {
    const [old, epoch] = [call.groupInfo, call.epoch];
    await call.accept(ada, await call.state(ada).remove([1]));
    const proposed = await engine.join(call.context, cyd, epoch, old, call.isMember);
    for (const state of call.states.values()) {
      await expect(state.apply(proposed.message, call.isMember)).rejects.toMatchObject(refused('not_opened'));
      expect(await state.baseKey()).not.toEqual(await proposed.next.baseKey());
    }
  });

  it('[C1] refuses a GroupInfo that means another call, epoch or suite than its envelope', async () => {
    const { groupContext } = honest();
    await cydRefuses(await forged({ groupContext: { ...groupContext, groupId: random(20) } }), 'wrong_call');
    await cydRefuses(await forged({ groupContext: { ...groupContext, epoch: 1n } }), 'wrong_epoch');
    const cipherSuite = 'MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519';
    await cydRefuses(await forged({ groupContext: { ...groupContext, cipherSuite } }), 'not_allowed');
    const extensions = [{ extensionType: 0xf00d, extensionData: random(1) }];
    await cydRefuses(await forged({ groupContext: { ...groupContext, extensions } }), 'not_allowed');
    await cydRefuses(await forged({ confirmationTag: random(31) }), 'malformed');
    const confirmedTranscriptHash = random(31);
    await cydRefuses(
      await forged({ groupContext: { ...groupContext, confirmedTranscriptHash } }),
      'malformed',
    );
  });

  it('[C4] wants exactly external_pub and ratchet_tree', async () => {
    const { extensions } = honest();
    const more = { extensionType: 0xf00d, extensionData: random(1) };
    for (const wrong of [
      [],
      extensions.slice(1),
      extensions.slice(0, 1),
      [...extensions, more],
      [...extensions, extensions[0]!],
    ]) {
      await cydRefuses(await forged({ extensions: wrong }), 'not_allowed');
    }
    const zero = extensions.map((it) =>
      it.extensionType === 'external_pub' ? { ...it, extensionData: new Uint8Array(32) } : it,
    );
    await cydRefuses(await forged({ extensions: zero }), 'malformed');
  });

  it('[C4] wants the signature of the signer it names', async () => {
    await cydRefuses(await forged({ signer: 0 }), 'bad_signature');
  });
});

describe('the tree', () => {
  it('[C3] may not hold a ghost: an identity that is not a member', async () => {
    const joining = (roster: readonly Person[]): Promise<unknown> =>
      engine.join(call.context, cyd, call.epoch, call.groupInfo, rosterOf(...roster));
    await expect(joining([ada, ben, cyd])).rejects.toMatchObject(refused('not_member'));
    await expect(joining([ada, ben, mal, cyd])).resolves.toMatchObject({ kind: 'commit' });
  });

  it('[C3] may not hold an identity, signature key, encryption key or LiveKit identity twice', async () => {
    const bens = tree[2]?.nodeType === 'leaf' ? tree[2].leaf : undefined;
    const mals = {
      context: call.context,
      leafKey: forge.mlsOf(call.state(mal)).signaturePrivateKey as Bytes,
    };
    const name = await createCredential({ ...cyd, livekitIdentity: 'ben-1' }, mals);
    const doubles: Partial<LeafNode>[] = [
      { credential: bens!.credential },
      { signaturePublicKey: bens!.signaturePublicKey },
      { hpkePublicKey: bens!.hpkePublicKey },
      { credential: { credentialType: 'basic', identity: name } },
    ];
    for (const change of doubles) {
      // The signer must stay who it is for the GroupInfo's own signature: Ada's leaf is changed, Mal signs.
      await cydRefuses(
        await withTree(withLeaf(0, (leaf) => ({ ...leaf, ...change }) as LeafNode)),
        'duplicate_leaf',
      );
    }
  });

  it('[C2] may not hold a credential for another leaf key, call or group', async () => {
    for (const context of [
      call.context,
      { ...call.context, callId: random(16) },
      { ...call.context, groupId: random(16) },
    ]) {
      const identity = await createCredential(ada, { context, leafKey: random(32) });
      const changed = withLeaf(0, (leaf) => ({ ...leaf, credential: { credentialType: 'basic', identity } }));
      await cydRefuses(await withTree(changed), 'bad_credential');
    }
    const x509 = withLeaf(0, (leaf) => ({
      ...leaf,
      credential: { credentialType: 'x509', certificates: [random(9)] },
    }));
    await cydRefuses(await withTree(x509), 'bad_credential');
  });

  it('[C3] may not hold a leaf whose own signature does not verify', async () => {
    await cydRefuses(
      await withTree(withLeaf(0, (leaf) => ({ ...leaf, signature: random(64) }))),
      'bad_commit',
    );
    const other = withLeaf(0, (leaf) => ({ ...leaf, hpkePublicKey: random(32) }));
    await cydRefuses(await withTree(other), 'bad_commit');
  });

  it('[C4] may not hold leaves with extensions, without the suite, or that came by an Update or key package', async () => {
    const wrong: ((leaf: LeafNode) => LeafNode)[] = [
      (leaf) => ({ ...leaf, extensions: [{ extensionType: 'application_id', extensionData: random(1) }] }),
      (leaf) => ({ ...leaf, capabilities: { ...leaf.capabilities, ciphersuites: [] } }),
      (leaf) => ({ ...leaf, leafNodeSource: 'update' }),
      (leaf) => ({ ...leaf, leafNodeSource: 'key_package', lifetime: { notBefore: 0n, notAfter: 1n } }),
    ];
    for (const change of wrong) await cydRefuses(await withTree(withLeaf(1, change)), 'not_allowed');
  });

  it('[C10] may not hold keys of another size or of small order', async () => {
    for (const hpkePublicKey of [random(31), new Uint8Array(32)]) {
      await cydRefuses(await withTree(withLeaf(1, (leaf) => ({ ...leaf, hpkePublicKey }))), 'malformed');
      const parents = tree.map((node) =>
        node?.nodeType === 'parent' ? { ...node, parent: { ...node.parent, hpkePublicKey } } : node,
      );
      await cydRefuses(await withTree(parents), 'malformed');
    }
    await cydRefuses(
      await withTree(withLeaf(1, (leaf) => ({ ...leaf, signaturePublicKey: random(31) }))),
      'malformed',
    );
  });

  it('[C10] may not name unmerged leaves, in range or out of it, nor a signer that is not there', async () => {
    for (const unmerged of [1, 3, 5000, 2 ** 32 - 1]) {
      const changed = tree.map((node) =>
        node?.nodeType === 'parent'
          ? { ...node, parent: { ...node.parent, unmergedLeaves: [unmerged] } }
          : node,
      );
      await cydRefuses(await forged({ tree: changed }), 'not_allowed');
    }
    for (const signer of [3, 4, 1024, 5000, 2 ** 32 - 1])
      await cydRefuses(await forged({ signer }), 'out_of_range');
  });

  it('[C10] may not put a parent where a leaf belongs, or grow beyond 1024 leaves', async () => {
    const parent = tree.find((node) => node?.nodeType === 'parent');
    const leaf = tree[0];
    await cydRefuses(await forged({ tree: [parent, ...tree.slice(1)] }), 'out_of_range');
    await cydRefuses(await forged({ tree: [leaf, leaf, ...tree.slice(2)] }), 'out_of_range');
    const far: RatchetTree = [...tree, ...new Array<undefined>(2048 - tree.length), leaf];
    await cydRefuses(await forged({ tree: far }), 'out_of_range');
  });

  it('[C4] must have the hash that the group context names, and parent hashes that hold', async () => {
    const { groupContext } = honest();
    await cydRefuses(await forged({ groupContext: { ...groupContext, treeHash: random(32) } }), 'bad_commit');
    const parents = tree.map((node) =>
      node?.nodeType === 'parent' ? { ...node, parent: { ...node.parent, hpkePublicKey: random(32) } } : node,
    );
    await cydRefuses(await withTree(parents), 'bad_commit');
    const without = tree.map((node, at) => (at === 0 ? undefined : node));
    await cydRefuses(await withTree(without), 'bad_commit');
  });

  it('[C10] must be encoded in the one way, without a byte behind it', async () => {
    const { extensions } = honest();
    const spoil = (change: (data: Uint8Array) => Uint8Array): Promise<Bytes> =>
      forged({
        extensions: extensions.map((it) =>
          it.extensionType === 'ratchet_tree' ? { ...it, extensionData: change(it.extensionData) } : it,
        ),
      });
    await cydRefuses(await spoil((data) => new Uint8Array([...data, 0])), 'malformed');
    await cydRefuses(await spoil((data) => data.slice(0, -1)), 'malformed');
    await cydRefuses(await spoil(() => new Uint8Array(0)), 'malformed');
    await cydRefuses(await spoil(() => new Uint8Array([0])), 'malformed');
    expect(() => decodeTree(new Uint8Array([0x40, 1, 0]))).toThrow('malformed');
    const opened = openEnvelope(
      call.context.handshakeKey,
      { ...call.context, epoch: call.epoch, kind: 'groupInfo' },
      call.groupInfo,
    );
    await cydRefuses(forge.sealInfo(call.context, call.epoch, concat(opened, random(1))), 'malformed');
    await cydRefuses(
      forge.sealInfo(call.context, call.epoch, encodeGroupInfo(honest()) as Bytes),
      'malformed',
    );
    const { message } = forge.commitOf(call.context, await call.state(ada).selfUpdate());
    await cydRefuses(
      forge.sealInfo(call.context, call.epoch, {
        version: 'mls10',
        wireformat: 'mls_public_message',
        publicMessage: message,
      }),
      'not_allowed',
    );
  });
});

it('[C3] checks an old leaf of my own like any other before it replaces it', async () => {
  const { groupId, signKey } = placeOf(call, mal);
  expect([groupId.length, signKey.length]).toEqual([20, 32]);
  const proposed = await engine.join(call.context, again(ben), call.epoch, call.groupInfo, call.isMember);
  expect(proposed.next.ownLeaf.index).toBe(1);
  const joining = engine.join(call.context, again(ben), call.epoch, call.groupInfo, rosterOf(ada, mal));
  await expect(joining).rejects.toMatchObject(refused('not_member'));
});
