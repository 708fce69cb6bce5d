// GroupInfos that Mal, a member with every key of the group, puts before a joiner, and what the joiner makes of them (protocol.md C1,
// C4, C10, E2). All are signed by Mal's leaf and sealed for the right epoch. What stands in their trees: forged-trees.test.ts.
import { beforeEach, describe, expect, it } from 'vitest';
import { concat, random, uint, type Bytes } from '../bytes.ts';
import type { CryptoErrorCode } from '../errors.ts';
import { encode } from '../mls/codec.ts';
import { extensionTypes, externalPub } from '../mls/extension.ts';
import { encodeMessage } from '../mls/framing.ts';
import { groupInfo as groupInfoCodec, type GroupInfo, type GroupInfoContent } from '../mls/group-info.ts';
import { again, Call, refused, rosterOf } from '../test/call.ts';
import { engine } from './index.ts';
import { people } from './test/attack.ts';
import { forgeInfo, groupInfoOf, infoBytes, sealInfo, withTreeData } from './test/forge-info.ts';
import { commitBytes } from './test/forge.ts';

const [ada, ben, mal, cyd] = await people();
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal);
  call.admit(cyd);
});

async function cydRefuses(groupInfo: Bytes, code: CryptoErrorCode): Promise<void> {
  const joining = engine.join(call.context, cyd, call.epoch, groupInfo, call.isMember);
  await expect(joining).rejects.toMatchObject(refused(code));
}

const honest = (): GroupInfo => groupInfoOf(call.context, call.epoch, call.groupInfo);
const forged = (changes: Partial<GroupInfoContent>): Bytes => forgeInfo(call.state(mal), honest(), changes);
const sealed = (bytes: Bytes): Bytes => sealInfo(call.context, call.epoch, bytes);

describe('a joiner', () => {
  it('[C4] takes a GroupInfo forged by these tests without a change', async () => {
    const proposed = await engine.join(call.context, cyd, call.epoch, forged({}), call.isMember);
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

  it('[C3] checks an old leaf of its own like any other before it replaces it', async () => {
    const proposed = await engine.join(call.context, again(ben), call.epoch, call.groupInfo, call.isMember);
    expect(proposed.next.ownLeaf.index).toBe(1);
    const joining = engine.join(call.context, again(ben), call.epoch, call.groupInfo, rosterOf(ada, mal));
    await expect(joining).rejects.toMatchObject(refused('not_member'));
  });
});

describe('a GroupInfo', () => {
  it('[C1] must mean the call, generation and epoch of its envelope, and suite 1 of MLS 1.0', async () => {
    const { groupContext } = honest();
    const other = (change: Partial<typeof groupContext>): Bytes =>
      forged({ groupContext: { ...groupContext, ...change } });
    const { callId } = call.context;
    for (const groupId of [random(20), concat(callId, uint(2, 4)), callId]) {
      await cydRefuses(other({ groupId }), 'wrong_call');
    }
    for (const epoch of [1n, 3n, 2n ** 64n - 1n]) await cydRefuses(other({ epoch }), 'wrong_epoch');
    for (const cipherSuite of [0, 2, 3]) await cydRefuses(other({ cipherSuite }), 'unsupported');
    await cydRefuses(other({ version: 2 }), 'unsupported');
  });

  it('[C4] must be of a group without extensions', async () => {
    const { groupContext } = honest();
    const required = { type: extensionTypes.requiredCapabilities, data: new Uint8Array(3) };
    for (const extension of [{ type: 0xf00d, data: random(1) }, { type: 5, data: random(9) }, required]) {
      const changed = { ...groupContext, extensions: [extension] };
      await cydRefuses(forged({ groupContext: changed }), 'not_allowed');
    }
  });

  it('[C10] must have hashes and a tag of the one size', async () => {
    const { groupContext } = honest();
    for (const wrong of [new Uint8Array(0), random(31), random(33)]) {
      await cydRefuses(forged({ confirmationTag: wrong }), 'malformed');
      const changed = { ...groupContext, confirmedTranscriptHash: wrong };
      await cydRefuses(forged({ groupContext: changed }), 'malformed');
    }
  });

  it('[C4] must bring exactly external_pub and ratchet_tree', async () => {
    const { extensions } = honest();
    const more = { type: 0xf00d, data: random(1) };
    const [first, second] = [extensions[0]!, extensions[1]!];
    for (const wrong of [[], [first], [second], [first, more], [first, second, more]]) {
      await cydRefuses(forged({ extensions: wrong }), 'not_allowed');
    }
    await cydRefuses(forged({ extensions: [first, second, first] }), 'malformed');
  });

  it('[C10] must bring an external key of the one size, not of small order, and nothing behind it', async () => {
    const withKey = (data: Bytes): Bytes => {
      const { externalPub: type } = extensionTypes;
      return forged({
        extensions: honest().extensions.map((it) => (it.type === type ? { type, data } : it)),
      });
    };
    for (const key of [new Uint8Array(32), random(31), new Uint8Array(0)]) {
      await cydRefuses(withKey(encode(externalPub, { key })), 'malformed');
    }
    await cydRefuses(withKey(concat(encode(externalPub, { key: random(32) }), random(1))), 'malformed');
    await cydRefuses(withKey(new Uint8Array(0)), 'malformed');
  });

  it('[C4] must have the signature of the signer that it names, who is there', async () => {
    for (const signer of [0, 1]) await cydRefuses(forged({ signer }), 'bad_signature');
    for (const signer of [3, 4, 1024, 5000, 2 ** 31, 2 ** 32 - 1]) {
      await cydRefuses(forged({ signer }), 'out_of_range');
    }
    const unsigned = { ...honest(), signature: random(64) };
    await cydRefuses(
      sealed(encodeMessage({ wireFormat: 'group_info', groupInfo: unsigned })),
      'bad_signature',
    );
  });

  it('[C10] must be encoded in the one way, without a byte behind it or behind its tree', async () => {
    const tree = honest().extensions.find(({ type }) => type === extensionTypes.ratchetTree)!.data;
    const withTree = (data: Bytes): Bytes => forged({ extensions: withTreeData(honest(), data) });
    // The length of the tree is two bytes long: here in four.
    expect(tree[0]! >> 6).toBe(1);
    const longer = concat(Uint8Array.of(0x80, 0, tree[0]! & 0x3f, tree[1]!), tree.subarray(2));
    for (const wrong of [
      concat(tree, uint(0, 1)),
      tree.slice(0, -1),
      new Uint8Array(0),
      uint(0, 1),
      longer,
    ]) {
      await cydRefuses(withTree(wrong), 'malformed');
    }
    const bytes = infoBytes(call.context, call.epoch, call.groupInfo);
    await cydRefuses(sealed(concat(bytes, random(1))), 'malformed');
    await cydRefuses(sealed(bytes.slice(0, -1)), 'malformed');
    await cydRefuses(sealed(concat(uint(2, 2), bytes.subarray(2))), 'unsupported');
  });

  it('[C4] is a message of its own: neither a bare one, nor a commit', async () => {
    await cydRefuses(sealed(encode(groupInfoCodec, honest())), 'malformed');
    await cydRefuses(sealed(commitBytes(call.context, await call.state(ada).selfUpdate())), 'not_allowed');
  });
});
