// The rules for leaves and commits without any message (protocol.md C3–C5): what rules.ts answers when crypto/mls asks it about
// leaves of a tree, and about a joiner's beside those that stay.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { random, type Bytes } from '../bytes.ts';
import type { Application, CommitView, LeafNode } from '../mls/index.ts';
import { RatchetTree } from '../mls/ratchet-tree.ts';
import { again, newContext, person, refused, rosterOf, type Person } from '../test/call.ts';
import { createCredential } from './credential.ts';
import { capabilities } from './new-leaf.ts';
import { people } from './test/attack.ts';
import { rulesForCommit, rulesForTree, type LeafRules } from './rules.ts';

const [ada, ben, mal, cyd] = await people();
const context = newContext(ada);

/** A leaf as MLS hands it over: its own signature is MLS' business. */
async function leafOf(who: Person, signatureKey: Bytes = random(32)): Promise<LeafNode> {
  const identity = await createCredential(who, { context, leafKey: signatureKey });
  return {
    ...{ signatureKey, encryptionKey: random(32), capabilities, extensions: [], signature: random(64) },
    credential: { type: 'basic', identity },
    source: { kind: 'commit', parentHash: new Uint8Array(0) },
  };
}

/** Asks about every leaf, in order. */
async function judge(application: Application, leaves: readonly LeafNode[]): Promise<void> {
  for (const [index, leaf] of leaves.entries()) await application.authenticate(leaf, index);
}

describe('a tree of leaves', () => {
  it('[C3] is accepted with every leaf a verified member, once', async () => {
    const leaves = [await leafOf(ada), await leafOf(ben)];
    await expect(
      judge(rulesForTree({ context, isMember: rosterOf(ada, ben) }), leaves),
    ).resolves.toBeUndefined();
  });

  it('[C3] asks for every leaf, and only after its credential verified', async () => {
    const asked = vi.fn(() => Promise.resolve(true));
    await judge(rulesForTree({ context, isMember: asked }), [await leafOf(ada), await leafOf(ben)]);
    expect(asked.mock.calls).toEqual([[ada.identity.publicKey], [ben.identity.publicKey]]);
    asked.mockClear();
    const stolen = { ...(await leafOf(mal)), credential: (await leafOf(ada)).credential };
    const judging = judge(rulesForTree({ context, isMember: asked }), [stolen]);
    await expect(judging).rejects.toMatchObject(refused('bad_credential'));
    expect(asked).not.toHaveBeenCalled();
  });

  it('[C3] refuses somebody who is not a member', async () => {
    const judging = judge(rulesForTree({ context, isMember: rosterOf(ada, ben) }), [
      await leafOf(ada),
      await leafOf(mal),
    ]);
    await expect(judging).rejects.toMatchObject(refused('not_member'));
  });

  it('[C3] refuses a second leaf of an identity or a LiveKit identity', async () => {
    const leaf = await leafOf(ada);
    const doubles = [await leafOf(again(ada)), await leafOf({ ...ben, livekitIdentity: 'ada-1' })];
    for (const double of doubles) {
      const judging = judge(rulesForTree({ context, isMember: () => true }), [leaf, double]);
      await expect(judging).rejects.toMatchObject(refused('duplicate_leaf'));
    }
  });

  it('[K2] has room for leaves 0 to 1023', async () => {
    const rules = { context, isMember: () => true };
    const leaf = await leafOf(ada);
    await expect(rulesForTree(rules).authenticate(leaf, 1023)).resolves.toBeUndefined();
    await expect((async () => rulesForTree(rules).authenticate(leaf, 1024))()).rejects.toMatchObject(
      refused('out_of_range'),
    );
  });
});

describe('a joiner beside those who stay', () => {
  let tree: RatchetTree;
  let rules: LeafRules & { isMember: ReturnType<typeof vi.fn<() => boolean>> };
  beforeEach(async () => {
    tree = RatchetTree.of(await leafOf(ada));
    tree.addLeaf(await leafOf(ben));
    rules = { context, isMember: vi.fn(() => true) };
  });

  async function join(leafNode: LeafNode, removed: readonly number[] = []): Promise<void> {
    const application = rulesForCommit(tree, rules);
    await application.permit?.(joinOf(leafNode, removed));
    await application.authenticate(leafNode, 2);
  }

  it('[C3] is accepted once it verified, and asked about by its identity', async () => {
    await expect(join(await leafOf(cyd))).resolves.toBeUndefined();
    expect(rules.isMember.mock.calls).toEqual([[cyd.identity.publicKey]]);
    await expect(join(await leafOf(again(ben)), [1])).resolves.toBeUndefined();
  });

  it('[C3] refuses it where it is not a member, or its credential is not for its key', async () => {
    rules.isMember.mockReturnValue(false);
    await expect(join(await leafOf(cyd))).rejects.toMatchObject(refused('not_member'));
    const stolen = { ...(await leafOf(mal)), credential: (await leafOf(cyd)).credential };
    await expect(join(stolen)).rejects.toMatchObject(refused('bad_credential'));
  });

  it('[C3] refuses it where an identity or LiveKit identity of a leaf that stays is the same', async () => {
    const doubles = [await leafOf(again(ben)), await leafOf({ ...cyd, livekitIdentity: 'ben-1' })];
    for (const double of doubles) await expect(join(double)).rejects.toMatchObject(refused('duplicate_leaf'));
    const namesake = await leafOf({ ...again(ben), livekitIdentity: 'ada-1' });
    await expect(join(namesake, [1])).rejects.toMatchObject(refused('duplicate_leaf'));
  });

  it('[C4] refuses it where it removes somebody else', async () => {
    for (const removed of [[0], [1, 0]]) {
      await expect(join(await leafOf(again(ben)), removed)).rejects.toMatchObject(refused('not_allowed'));
    }
  });
});

function joinOf(leafNode: LeafNode, removed: readonly number[]): CommitView {
  const init = { type: 'external_init', kemOutput: random(32) } as const;
  const removals = removed.map((index) => ({ type: 'remove', removed: index }) as const);
  return {
    ...{ committer: undefined, leafNode, authenticatedData: new Uint8Array(0) },
    proposals: [init, ...removals].map((proposal) => ({ proposal, sender: undefined, by: 'value' })),
  };
}

it('[C5] lets a member remove and update by value and asks about nobody, whose leaf stays who it was', async () => {
  const [old, isMember] = [await leafOf(ada), vi.fn(() => true)];
  const tree = RatchetTree.of(old);
  tree.addLeaf(await leafOf(await person('eve')));
  const removal = { proposal: { type: 'remove', removed: 1 }, sender: 0, by: 'value' } as const;
  const view: CommitView = {
    ...{
      committer: 0,
      leafNode: { ...old, encryptionKey: random(32) },
      authenticatedData: new Uint8Array(0),
    },
    proposals: [removal],
  };
  const application = rulesForCommit(tree, { context, isMember });
  await application.permit?.(view);
  await application.authenticate(view.leafNode!, 0);
  expect(isMember).not.toHaveBeenCalled();
  const wrong: Partial<CommitView>[] = [
    { leafNode: undefined },
    { authenticatedData: random(2) },
    ...[0, 3, 255].map((code) => ({ authenticatedData: Uint8Array.of(code) })),
    { authenticatedData: Uint8Array.of(1), proposals: [] },
    { proposals: [{ ...removal, by: 'reference' }] },
    { leafNode: await leafOf(ada) },
    { leafNode: { ...old, credential: (await leafOf(mal, old.signatureKey)).credential } },
  ];
  for (const change of wrong) {
    expect(() => rulesForCommit(tree, { context, isMember }).permit?.({ ...view, ...change })).toThrow(
      'not_allowed',
    );
  }
});
