// Rules of what may be committed together (RFC 9420 §12.2), and of proposals that calls never use. Mal commits; paths, signatures and
// tags are those of what Mal's commit says, so that the list alone is wrong.
import { describe, expect, it } from 'vitest';
import { random, utf8, type Bytes } from '../bytes.ts';
import { decodeMessage, proposeUpdate, receive } from './index.ts';
import { bytesOfKey } from './codec.ts';
import { signLeafNode } from './leaf-node.ts';
import type { Proposal } from './proposal.ts';
import { newExternalPskId } from './psk.ts';
import type { GroupState } from './state.ts';
import { forgeCommit, type Forgery } from './test/forge.ts';
import { fourPeople } from './test/four.ts';
import { application, keyPackageOf, person, sharedPskId, suite } from './test/people.ts';
import { expectRefused, type Refusal } from './test/refusal.ts';

const { group, ada, mal, ben, cyd } = await fourPeople();
const [adas, mals, bens] = [group.state(ada), group.state(mal), group.state(ben)];
const [bensLeaf, cydsLeaf] = [group.leafOf(ben), group.leafOf(cyd)];
const remove = (removed: number): Proposal => ({ type: 'remove', removed });
const add = (): Proposal => ({ type: 'add', keyPackage: keyPackageOf(person('Dot')).keyPackage });

/** Both ways a message travels. */
async function expectBothRefused(state: GroupState, forgery: Forgery, refusal: Refusal): Promise<void> {
  for (const wireFormat of ['public_message', 'private_message'] as const) {
    await expectRefused(state, forgeCommit(mals, { ...forgery, wireFormat }), refusal);
  }
}

/** Ada's state with proposals in it, and how a commit names them. */
async function proposed(
  ...messages: readonly Bytes[]
): Promise<{ state: GroupState; references: NonNullable<Forgery['references']> }> {
  let state = adas;
  for (const message of messages) state = (await receive(state, message, application)).state;
  const references = [...state.proposals].map(([key, { proposal, sender }]) => ({
    reference: bytesOfKey(key),
    sent: { proposal, sender, by: 'reference' as const },
  }));
  return { state, references };
}

describe('removals', () => {
  it('[C5] refuses a commit by which its maker removes itself', async () => {
    const proposals = [remove(mals.ownLeaf)];
    await expectBothRefused(adas, { proposals }, ['not_allowed', 'removes itself']);
  });

  it.each([4, 5, 8191, 2 ** 31, 2 ** 32 - 1])(
    '[C10] refuses to remove leaf %d, which is not there',
    async (leaf) => {
      const proposals = [remove(leaf)];
      await expectBothRefused(adas, { proposals, applied: [] }, ['out_of_range', `no leaf at ${leaf}`]);
    },
  );

  it('[C10] refuses to remove a leaf that is blank', async () => {
    const { group: other, ada: one, mal: by, ben: out } = await fourPeople();
    const leaf = other.leafOf(out);
    await other.commit(by, { proposals: [remove(leaf)] });
    const bytes = forgeCommit(other.state(by), { proposals: [remove(leaf)], applied: [] });
    await expectRefused(other.state(one), bytes, ['out_of_range', `no leaf at ${leaf}`]);
  });

  it('[C5] refuses two removals of a leaf', async () => {
    const proposals = [remove(bensLeaf), remove(bensLeaf)];
    await expectBothRefused(adas, { proposals, applied: [] }, ['not_allowed', 'updated or removed twice']);
  });

  it('[C5] refuses a removal, an empty commit and new group extensions without a path', async () => {
    const lists: readonly (readonly Proposal[])[] = [
      [remove(bensLeaf)],
      [],
      [add(), remove(bensLeaf)],
      [{ type: 'group_context_extensions', extensions: [] }],
    ];
    for (const proposals of lists) {
      await expectBothRefused(adas, { proposals, hasPath: false }, ['not_allowed', 'needs a path']);
    }
    expect(
      (await receive(adas, forgeCommit(mals, { proposals: [add()], hasPath: false }), application)).kind,
    ).toBe('commit');
  });

  it('[C6] says to whom a commit removes that it is out, and leaves its state as it was', async () => {
    await expectBothRefused(adas, { proposals: [remove(adas.ownLeaf)] }, ['removed', 'removes me']);
  });
});

describe('updates', () => {
  it('[O1] refuses two Updates of a leaf, and an Update with a Remove of the same leaf', async () => {
    const first = proposeUpdate(bens);
    const { state, references } = await proposed(first.message, proposeUpdate(first.state).message);
    expect(references).toHaveLength(2);
    const words = ['not_allowed', 'updated or removed twice'] as const;
    await expectBothRefused(state, { references, applied: [] }, words);
    const one = references.slice(0, 1);
    await expectBothRefused(state, { references: one, proposals: [remove(bensLeaf)], applied: [] }, words);
    const twice = [...one, ...one];
    await expectBothRefused(state, { references: twice, applied: [] }, words);
  });

  it('[O1] refuses an Update of its own committer, by value and by reference', async () => {
    const { message, state: proposing } = proposeUpdate(mals);
    const { state, references } = await proposed(message);
    const { proposal } = references[0]!.sent;
    const words = ['not_allowed', 'an Update of the committer'] as const;
    await expectBothRefused(adas, { proposals: [proposal], applied: [] }, words);
    await expectRefused(state, forgeCommit(proposing, { references, applied: [] }), words);
  });

  it('[O1] refuses an Update that keeps its encryption key, and a path that does', async () => {
    const { signature: _, ...leaf } = bens.tree.leafOrThrow(bensLeaf);
    const by = {
      signaturePrivateKey: bens.signaturePrivateKey,
      place: { groupId: bens.context.groupId, leafIndex: bensLeaf },
    };
    const proposal = {
      type: 'update',
      leafNode: signLeafNode(suite, { ...leaf, source: { kind: 'update' } }, by),
    } as const;
    const sent = { proposal, sender: bensLeaf, by: 'reference' } as const;
    const reference = random(32);
    const state = { ...adas, proposals: new Map([[Buffer.from(reference).toString('hex'), sent]]) };
    await expectBothRefused(state, { references: [{ reference, sent }] }, [
      'not_allowed',
      'key that it replaces',
    ]);
    const { encryptionKey } = mals.tree.leafOrThrow(mals.ownLeaf);
    const keeps: Forgery = { leaf: (content) => ({ ...content, encryptionKey }) };
    await expectBothRefused(adas, keeps, ['not_allowed', 'key that it replaces']);
  });

  it('[O1] refuses an Update of a leaf for another place or another group', async () => {
    const { signature: _, ...leaf } = bens.tree.leafOrThrow(bensLeaf);
    const { signaturePrivateKey, context } = bens;
    const content = {
      ...leaf,
      source: { kind: 'update' },
      encryptionKey: keyPackageOf(ben).keyPackage.initKey,
    } as const;
    const places = [
      { groupId: context.groupId, leafIndex: cydsLeaf },
      { groupId: random(16), leafIndex: bensLeaf },
    ];
    for (const place of places) {
      const leafNode = signLeafNode(suite, content, { signaturePrivateKey, place });
      const sent = { proposal: { type: 'update', leafNode }, sender: bensLeaf, by: 'reference' } as const;
      const reference = random(32);
      const state = { ...adas, proposals: new Map([[Buffer.from(reference).toString('hex'), sent]]) };
      await expectBothRefused(state, { references: [{ reference, sent }] }, ['bad_signature', 'LeafNodeTBS']);
    }
  });
});

describe('references and what calls never use', () => {
  it('[O1] refuses a commit of a proposal that never came', async () => {
    const sent = { proposal: remove(bensLeaf), sender: cydsLeaf, by: 'reference' } as const;
    for (const length of [0, 32, 33]) {
      const references = [{ reference: random(length), sent }];
      await expectBothRefused(adas, { references }, ['bad_commit', 'not here']);
    }
  });

  it('[O1] refuses an ExternalInit of a member', async () => {
    const proposals: Proposal[] = [{ type: 'external_init', kemOutput: random(32) }];
    await expectBothRefused(adas, { proposals }, ['not_allowed', 'ExternalInit of a member']);
  });

  it('[O1] refuses to make the group anew', async () => {
    const reinit: Proposal = {
      type: 'reinit',
      groupId: random(16),
      version: 1,
      cipherSuite: 1,
      extensions: [],
    };
    await expectBothRefused(adas, { proposals: [reinit] }, ['unsupported', 'made anew']);
  });

  it('[O1] refuses group extensions twice', async () => {
    const same: Proposal = { type: 'group_context_extensions', extensions: [] };
    await expectBothRefused(adas, { proposals: [same, same] }, ['not_allowed', 'group extensions twice']);
  });

  it.each([0, 8, 0x0a0a, 0xf000])(
    '[O1] refuses a proposal of type %d, which RFC 9420 does not have',
    async (type) => {
      const bytes = forgeCommit(mals, { proposals: [remove(bensLeaf)] });
      expect(decodeMessage(bytes).wireFormat).toBe('public_message');
      const at = Buffer.from(bytes).indexOf(Buffer.from([1, 0, 3, 0, 0, 0, bensLeaf])); // by value, Remove, leaf
      expect(at).toBeGreaterThan(0);
      const other = bytes.slice();
      other.set([type >> 8, type & 0xff], at + 1);
      await expectRefused(adas, other, ['unsupported', 'names nothing here']);
    },
  );
});

describe('pre-shared keys', () => {
  const psk = (id = sharedPskId()): Proposal => ({ type: 'psk', psk: id });
  const words = (text: string): Refusal => ['not_allowed', text];

  it('[O1] refuses one PSK id twice; one key under two nonces is two ids', async () => {
    const once = psk();
    await expectBothRefused(adas, { proposals: [once, once] }, words('a PSK twice'));
  });

  it('[O1] refuses a PSK that it does not have, and one of an epoch or group that it does not keep', async () => {
    const unknown = psk(newExternalPskId(suite, utf8('unknown')));
    await expectBothRefused(adas, { proposals: [unknown], applied: [] }, ['missing_psk', 'not here']);
    const { groupId, epoch } = adas.context;
    const kept = { kind: 'resumption', usage: 'application', pskGroupId: groupId, pskEpoch: epoch } as const;
    for (const other of [{ pskEpoch: epoch - 2n }, { pskEpoch: epoch + 1n }, { pskGroupId: random(16) }]) {
      const proposals = [psk({ psk: { ...kept, ...other }, nonce: random(32) })];
      await expectBothRefused(adas, { proposals, applied: [] }, ['missing_psk', 'not here']);
    }
  });

  it('[O1] refuses PSKs of re-initialisation and branching', async () => {
    const { groupId, epoch } = adas.context;
    for (const usage of ['reinit', 'branch'] as const) {
      const id = { kind: 'resumption', usage, pskGroupId: groupId, pskEpoch: epoch } as const;
      const proposals = [psk({ psk: id, nonce: random(32) })];
      await expectBothRefused(adas, { proposals }, ['unsupported', `a PSK for ${usage}`]);
    }
  });

  it('[O1] refuses a PSK nonce of another size', async () => {
    for (const length of [0, 31, 33]) {
      const proposals = [psk({ ...sharedPskId(), nonce: random(length) })];
      await expectBothRefused(adas, { proposals }, ['malformed', 'a PSK nonce']);
    }
  });
});
