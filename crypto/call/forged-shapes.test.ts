// The shape of ratchet trees that Mal, a member with every key of the group, puts into a GroupInfo for a joiner: what stands where, how
// wide, and who is unmerged (protocol.md C4, C10; RFC 9420 §4.1.1, §7.8, §12.4.3.3).
import { afterEach, beforeEach, expect, it } from 'vitest';
import { concat, toHex, uint, type Bytes } from '../bytes.ts';
import type { CryptoErrorCode } from '../errors.ts';
import { decode, encode, opaque } from '../mls/codec.ts';
import {
  createCommit,
  createKeyPackage,
  describeGroup,
  receive,
  suiteX25519 as suite,
} from '../mls/index.ts';
import { signLeafNode, type LeafNode } from '../mls/leaf-node.ts';
import { ratchetTree, RatchetTree } from '../mls/ratchet-tree.ts';
import { Call, person, refused } from '../test/call.ts';
import { createCredential } from './credential.ts';
import { capabilities } from './new-leaf.ts';
import { engine, type Proposed } from './index.ts';
import { people } from './test/attack.ts';
import { flatTree, forgeInfo, forgeTree, groupInfoOf, sealInfo, withTreeData } from './test/forge-info.ts';
import { commitBytes, mlsOf } from './test/forge.ts';

const [ada, ben, mal, cyd] = await people();
const dan = await person('dan');
const permissive = { authenticate: () => undefined };
let call: Call;
beforeEach(async () => {
  call = await Call.of(ada, ben, mal);
  call.admit(cyd, dan);
});
afterEach(async () => {
  await call.join(cyd);
  expect(await call.views()).toHaveLength(1);
});

const malTree = (): RatchetTree => mlsOf(call.state(mal)).tree.clone();

function joining(groupInfo: Bytes, epoch = call.epoch): Promise<Proposed> {
  return engine.join(call.context, cyd, epoch, groupInfo, call.isMember);
}

/** The bytes of a tree, whatever its hash. */
async function cydRefuses(data: Bytes, code: CryptoErrorCode): Promise<void> {
  const honest = groupInfoOf(call.context, call.epoch, call.groupInfo);
  const forged = forgeInfo(call.state(mal), honest, { extensions: withTreeData(honest, data) });
  await expect(joining(forged)).rejects.toMatchObject(refused(code));
}

/** A tree, its hash right. */
function info(tree: RatchetTree): Bytes {
  return forgeTree(call.state(mal), groupInfoOf(call.context, call.epoch, call.groupInfo), tree);
}

/** Dan's key package, valid for this call, and a leaf like that at any place. */
async function dans(leafIndex: number): Promise<{ keyPackage: ReturnType<typeof make>; leaf: LeafNode }> {
  const signatureKeys = suite.signature.generateKeyPair();
  const identity = await createCredential(dan, { context: call.context, leafKey: signatureKeys.publicKey });
  const keyPackage = make({ credential: { type: 'basic', identity }, signatureKeys });
  const place = { groupId: mlsOf(call.state(mal)).context.groupId, leafIndex };
  const by = { signaturePrivateKey: signatureKeys.privateKey, place };
  const source = { kind: 'commit', parentHash: new Uint8Array(0) } as const;
  return { keyPackage, leaf: signLeafNode(suite, { ...keyPackage.leafNode, source }, by) };
}

function make(me: Parameters<typeof createKeyPackage>[1]) {
  const lifetime = { notBefore: 0n, notAfter: 2n ** 64n - 1n };
  return createKeyPackage(suite, me, { capabilities, lifetime }).keyPackage;
}

it('[C10] may not put a parent where a leaf belongs, or a leaf in the place of a parent', async () => {
  const nodes = malTree().toNodes();
  const [leaf, parent] = [nodes[0], nodes[1]];
  await cydRefuses(encode(ratchetTree, RatchetTree.fromNodes([parent, ...nodes.slice(1)])), 'out_of_range');
  await cydRefuses(
    encode(ratchetTree, RatchetTree.fromNodes([leaf, leaf, ...nodes.slice(2)])),
    'out_of_range',
  );
});

it('[C10] may not end in a blank, nor be empty', async () => {
  const nodes = decode(opaque, encode(ratchetTree, malTree()));
  await cydRefuses(encode(opaque, concat(nodes, uint(0, 1))), 'malformed');
  await cydRefuses(encode(opaque, uint(0, 1)), 'malformed');
  await cydRefuses(encode(opaque, new Uint8Array(0)), 'malformed');
  await cydRefuses(encode(opaque, concat(nodes, uint(2, 1))), 'malformed');
});

it('[C10] may have a leaf at 1023 and none beyond it', async () => {
  const nodes = flatTree(call.state(mal)).toNodes();
  const wide = async (index: number): Promise<RatchetTree> => {
    const blank = new Array<undefined>(2 * index - nodes.length).fill(undefined);
    return RatchetTree.fromNodes([...nodes, ...blank, (await dans(index)).leaf]);
  };
  const last = await joining(info(await wide(1023)));
  expect(last.next.leaves.map(({ index }) => index)).toEqual([0, 1, 2, 3, 1023]);
  for (const index of [1024, 5000]) {
    await expect(joining(info(await wide(index)))).rejects.toMatchObject(refused('out_of_range'));
  }
  const blanks = new Uint8Array(2 * 20_000);
  const leaf = decode(opaque, encode(ratchetTree, RatchetTree.of((await dans(20_000)).leaf)));
  await cydRefuses(encode(opaque, concat(blanks, leaf)), 'out_of_range');
});

it('[C10] may not have parent nodes over nobody: such a tree cannot even be read', () => {
  const nodes = [...flatTree(call.state(mal)).toNodes(), undefined, undefined];
  const over = () => RatchetTree.fromNodes([...nodes, malTree().parent(malTree().root)]);
  expect(over).toThrow(expect.objectContaining(refused('malformed')));
});

it('[C10] may have unmerged leaves that really are, whose next commit everybody follows', async () => {
  const { keyPackage } = await dans(3);
  const proposals = [{ type: 'add', keyPackage } as const];
  const made = await createCommit(mlsOf(call.state(mal)), { proposals, withPath: false }, permissive);
  expect(made.next.tree.parent(made.next.tree.root)?.unmergedLeaves).toEqual([3]);
  const groupInfo = describeGroup(made.next, { isJoinable: true, hasTree: true });
  const epoch = call.epoch + 1n;
  const sealed = sealInfo(call.context, epoch, { wireFormat: 'group_info', groupInfo });
  const proposed = await joining(sealed, epoch);
  expect(proposed.next.leaves.map(({ livekitIdentity }) => livekitIdentity)).toEqual([
    ...['ada-1', 'ben-1', 'mal-1', 'dan-1', 'cyd-1'],
  ]);
  const { state } = await receive(made.next, commitBytes(call.context, proposed), permissive);
  expect(toHex(state.secrets.authentication)).toBe(toHex(proposed.next.epochAuthenticator()));
});

it('[C10] may not name leaves unmerged that are not, are not there, or stand elsewhere', async () => {
  const wrong: readonly (readonly [number, readonly number[], CryptoErrorCode])[] = [
    [3, [1], 'bad_commit'],
    [3, [2], 'bad_commit'],
    [3, [3], 'bad_commit'],
    [1, [0], 'bad_commit'],
    [3, [2, 1], 'malformed'],
    [3, [1, 1], 'malformed'],
    [1, [2], 'malformed'],
    ...[4, 1024, 5000, 2 ** 14, 2 ** 31, 2 ** 32 - 1].map((leaf) => [3, [leaf], 'malformed'] as const),
  ];
  for (const [node, unmergedLeaves, code] of wrong) {
    const tree = malTree();
    const parent = tree.parent(node);
    if (parent === undefined) throw new TypeError('Mal has that node');
    tree.setParent(node, { ...parent, unmergedLeaves });
    if (code === 'malformed') await cydRefuses(encode(ratchetTree, tree), code);
    else await expect(joining(info(tree)), String(unmergedLeaves)).rejects.toMatchObject(refused(code));
  }
});
