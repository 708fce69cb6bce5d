// Rules of trees that are new to us (RFC 9420 §7.1, §7.8, §7.9, §12.4.3.1–3): Mal, a member, describes the group with another tree and signs
// for its hash. Leaf 7 is unmerged at nodes 7 (the root) and 11, node 13 is blank.
import { describe, expect, it } from 'vitest';
import { random, type Bytes } from '../bytes.ts';
import { joinByExternalCommit, type GroupState } from './index.ts';
import { signLeafNode, type LeafNode } from './leaf-node.ts';
import { RatchetTree, type ParentNode } from './ratchet-tree.ts';
import { parentHashAt } from './tree-hash.ts';
import { Group } from './test/group.ts';
import { application, capabilities, person, suite } from './test/people.ts';
import { expectRefusal, type Refusal } from './test/refusal.ts';
import { infoWithNodes, type Node } from './test/trees.ts';

const people = ['Ada', 'Mal', 'Ben', 'Cyd', 'p4', 'p5', 'p6'].map(person);
const [ada, mal] = people as [(typeof people)[0], (typeof people)[0]];
const group = await Group.byWelcome(ada, ...people.slice(1));
for (const who of people.slice(1)) await group.commit(who);
await group.add(mal, [person('p7')], { withPath: false });
const mals = group.state(mal);
const nodes = mals.tree.toNodes();
const joiner = person('Dot');

const parentAt = (at: number): ParentNode => nodes[at] as ParentNode;
const leafAt = (at: number): LeafNode => nodes[2 * at] as LeafNode;
const unmerged = (at: number, unmergedLeaves: readonly number[]): Node[] =>
  nodes.with(at, { ...parentAt(at), unmergedLeaves });

function join(
  given: readonly Node[],
  { signer = mals, hash }: { signer?: GroupState; hash?: Bytes } = {},
): Promise<{ message: Bytes }> {
  const leaf = { credential: joiner.credential, capabilities, extensions: [] };
  const groupInfo = infoWithNodes(signer, given, hash);
  return joinByExternalCommit(suite, { groupInfo, leaf, signatureKeys: joiner.signatureKeys }, application);
}

async function refuse(given: readonly Node[], refusal: Refusal): Promise<void> {
  await expectRefusal(() => join(given), refusal);
}

/** Somebody's leaf, changed and signed by them for its place. */
function resigned(at: number, change: Partial<LeafNode>, place = at): LeafNode {
  const { signature: _, ...content } = leafAt(at);
  const { privateKey } = people[at]!.signatureKeys;
  const { groupId } = mals.context;
  return signLeafNode(
    suite,
    { ...content, ...change },
    { signaturePrivateKey: privateKey, place: { groupId, leafIndex: place } },
  );
}

describe('the places of a tree', () => {
  it('takes the tree as it is, with the unmerged leaves that the other tests play with', async () => {
    expect((await join(nodes)).message.length).toBeGreaterThan(0);
    expect([7, 11].map((at) => parentAt(at).unmergedLeaves)).toEqual([[7], [7]]);
    expect(nodes[13]).toBeUndefined();
    expect(nodes).toHaveLength(15);
  });

  it('[C10] refuses a tree that is empty or ends in blanks', async () => {
    for (const given of [[], [undefined], [...nodes, undefined], [...nodes, undefined, undefined]]) {
      await refuse(given, ['malformed', 'ends in a blank']);
    }
  });

  it('[C10] refuses a tree that ends in a parent node, also where a parent hash vouches for it', async () => {
    await refuse(nodes.slice(0, 8), ['malformed', 'ends in a parent']);
    const alone = await aloneUnderAParent();
    await expectRefusal(() => join(alone.nodes, { signer: alone.signer }), ['malformed', 'ends in a parent']);
    await refuse([...nodes, parentAt(3)], ['malformed', 'ends in a parent']);
  });

  it('[C10] refuses a parent where a leaf belongs and a leaf where a parent belongs', async () => {
    await refuse(nodes.with(4, parentAt(3)), ['out_of_range', 'a parent at node 4']);
    await refuse(nodes.with(3, leafAt(2)), ['out_of_range', 'a leaf at node 3']);
  });

  it('[C10] refuses a tree of more than 2¹⁴ leaves, however few are there', async () => {
    const wide = [...nodes, ...new Array<Node>(2 ** 15 - nodes.length).fill(undefined), leafAt(6)];
    await refuse(wide, ['out_of_range', `a tree of ${2 ** 15 + 1} nodes`]);
  });

  it('[O1] refuses a tree whose hash is not the one that was signed', async () => {
    for (const length of [0, 31, 32]) {
      await expectRefusal(() => join(nodes, { hash: random(length) }), ['bad_commit', 'another hash']);
    }
  });
});

describe('unmerged leaves', () => {
  const shape = (at: number): Refusal => ['malformed', `unmerged leaves of node ${at}`];

  it('[C10] refuses unmerged leaves that do not ascend, or twice the same', async () => {
    await refuse(unmerged(7, [7, 6]), shape(7));
    await refuse(unmerged(7, [7, 7]), shape(7));
    await refuse(unmerged(7, [0, 2, 1]), shape(7));
  });

  it.each([0, 3, 8, 2 ** 14, 2 ** 31, 2 ** 32 - 1])(
    '[C10] refuses unmerged leaf %d, which is not below',
    async (leaf) => {
      await refuse(unmerged(11, [leaf]), shape(11));
    },
  );

  it('[C10] refuses an unmerged leaf that is blank', async () => {
    const blank = nodes.with(12, undefined).with(7, { ...parentAt(7), unmergedLeaves: [6, 7] });
    const known = blank.with(11, { ...parentAt(11), unmergedLeaves: [6, 7] });
    await refuse(known, ['bad_commit', 'leaf 6 is not unmerged']);
  });

  it('[C10] refuses an unmerged leaf that a node in between does not know', async () => {
    await refuse(unmerged(11, []), ['bad_commit', 'leaf 7 is not unmerged below node 7']);
    await refuse(unmerged(7, [0, 7]), ['bad_commit', 'leaf 0 is not unmerged below node 7']);
  });

  it('[O1] refuses unmerged leaves that hide or add somebody: the parent hash no longer vouches', async () => {
    await refuse(unmerged(7, []), ['bad_commit', 'no parent hash vouches']);
    await refuse(unmerged(11, [6, 7]).with(7, { ...parentAt(7), unmergedLeaves: [6, 7] }), [
      'bad_commit',
      'no parent hash vouches',
    ]);
  });
});

describe('parent hashes', () => {
  it('[O1] refuses a parent whose key Mal chose, at every level', async () => {
    for (const at of [1, 3, 5, 7, 9, 11]) {
      const { publicKey: encryptionKey } = suite.kem.deriveKeyPair(random(32));
      await refuse(nodes.with(at, { ...parentAt(at), encryptionKey }), [
        'bad_commit',
        'no parent hash vouches',
      ]);
    }
  });

  it('[O1] refuses a parent hash that is another, and a parent where nobody below committed', async () => {
    await refuse(nodes.with(3, { ...parentAt(3), parentHash: random(32) }), [
      'bad_commit',
      'no parent hash vouches',
    ]);
    const { publicKey: encryptionKey } = suite.kem.deriveKeyPair(random(32));
    const parentHash = parentAt(11).parentHash;
    await refuse(nodes.with(13, { encryptionKey, parentHash, unmergedLeaves: [7] }), [
      'bad_commit',
      'no parent hash vouches',
    ]);
  });

  it('[O1] refuses a member’s leaf taken out from under the nodes that it vouches for', async () => {
    await refuse(nodes.with(8, undefined).with(9, undefined), ['bad_commit', 'no parent hash vouches']);
  });
});

describe('the leaves of a tree', () => {
  it('[C3] refuses a signature key or an encryption key twice', async () => {
    const words: Refusal = ['duplicate_leaf', 'twice in the tree'];
    const { signatureKey, encryptionKey } = leafAt(1);
    await refuse(nodes.with(14, resigned(1, {}, 7)), words);
    await refuse(nodes.with(12, resigned(6, { signatureKey })), words);
    await refuse(nodes.with(12, resigned(6, { encryptionKey })), words);
    await refuse(nodes.with(12, resigned(6, { encryptionKey: parentAt(3).encryptionKey })), words);
    await refuse(nodes.with(11, { ...parentAt(11), encryptionKey: parentAt(3).encryptionKey }), words);
  });

  it('[C10] refuses keys of small order and of another size, of leaves and of parents', async () => {
    for (const encryptionKey of [new Uint8Array(32), random(31)]) {
      await refuse(nodes.with(7, { ...parentAt(7), encryptionKey }), ['malformed', 'encryption key']);
      await refuse(nodes.with(14, { ...leafAt(7), encryptionKey }), ['malformed', 'encryption key']);
    }
    await refuse(nodes.with(14, { ...leafAt(7), signatureKey: random(31) }), ['malformed', 'signature key']);
  });

  it('[O1] refuses a leaf that its key did not sign for this place and group', async () => {
    const { signature: _, ...content } = leafAt(7);
    const p7 = person('p7');
    const source = { kind: 'update' } as const;
    const changed = { ...content, source, signatureKey: p7.signatureKeys.publicKey };
    const { groupId } = mals.context;
    const by = (place: { groupId: Bytes; leafIndex: number }): LeafNode =>
      signLeafNode(suite, changed, { signaturePrivateKey: p7.signatureKeys.privateKey, place });
    expect((await join(nodes.with(14, by({ groupId, leafIndex: 7 })))).message.length).toBeGreaterThan(0);
    for (const place of [
      { groupId, leafIndex: 6 },
      { groupId: random(16), leafIndex: 7 },
    ]) {
      await refuse(nodes.with(14, by(place)), ['bad_signature', 'LeafNodeTBS']);
    }
    await refuse(nodes.with(14, { ...leafAt(7), credential: ada.credential }), [
      'bad_signature',
      'LeafNodeTBS',
    ]);
  });

  it('[C3] asks the application about every leaf', async () => {
    const asked: number[] = [];
    const groupInfo = infoWithNodes(mals, nodes);
    const leaf = { credential: joiner.credential, capabilities, extensions: [] };
    const counting = { ...application, authenticate: (_: LeafNode, index: number) => void asked.push(index) };
    await joinByExternalCommit(suite, { groupInfo, leaf, signatureKeys: joiner.signatureKeys }, counting);
    expect(asked.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

/** Mal's leaf and a parent above it that nobody else is under, with the parent hash that vouches for it. */
async function aloneUnderAParent(): Promise<{ nodes: Node[]; signer: GroupState }> {
  const { publicKey: encryptionKey } = suite.kem.deriveKeyPair(random(32));
  const pair = await Group.byWelcome(mal, ada);
  const signer = pair.state(mal);
  const { tree, context } = signer;
  const alone = tree.clone();
  alone.removeLeaf(1);
  const parent = { encryptionKey, parentHash: new Uint8Array(0), unmergedLeaves: [] };
  const two = RatchetTree.fromNodes([alone.leafOrThrow(0), undefined, alone.leafOrThrow(0)]);
  two.setLeaf(1, undefined as never);
  two.setParent(1, parent);
  const parentHash = parentHashAt(suite, two, { node: 1, copathChild: 2 });
  const { signature: _, ...content } = alone.leafOrThrow(0);
  const by = {
    signaturePrivateKey: mal.signatureKeys.privateKey,
    place: { groupId: context.groupId, leafIndex: 0 },
  };
  const leaf = signLeafNode(suite, { ...content, source: { kind: 'commit', parentHash } }, by);
  return { nodes: [leaf, parent], signer };
}
