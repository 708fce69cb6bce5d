// Rules of external commits (RFC 9420 §12.4.3.2): one ExternalInit, at most one Remove, by value, with a path, and a GroupInfo that lets
// somebody in. Whose leaf a joiner may remove is for the application to say: it is asked before anything is applied.
import { describe, expect, it } from 'vitest';
import { random, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { Application, CommitView } from './application.ts';
import { bytesOfKey } from './codec.ts';
import { describeGroup, joinByExternalCommit, propose, receive, type GroupState } from './index.ts';
import { extensionTypes } from './extension.ts';
import { signGroupInfo, type GroupInfo, type GroupInfoContent } from './group-info.ts';
import type { Proposal } from './proposal.ts';
import { externalInit, forgeJoin, type Forgery } from './test/forge.ts';
import { fourPeople } from './test/four.ts';
import { application, capabilities, keyPackageOf, person, sharedPskId, suite } from './test/people.ts';
import { expectRefusal, expectRefused, expectUntouched, type Refusal } from './test/refusal.ts';

const { group, ada, mal, ben, cyd } = await fourPeople();
const [adas, mals] = [group.state(ada), group.state(mal)];
const groupInfo = group.groupInfo();
const joiner = person('Mal');
const remove = (removed: number): Proposal => ({ type: 'remove', removed });

async function refuse(forgery: Forgery, refusal: Refusal, state: GroupState = adas): Promise<void> {
  await expectRefused(state, forgeJoin(groupInfo, joiner, forgery), refusal);
}

const notForJoiners: Refusal = ['not_allowed', 'not for joiners'];

describe('an external commit', () => {
  it('is followed when it is right: alone, with a removal, with a PSK', async () => {
    for (const proposals of [
      [],
      [remove(group.leafOf(mal))],
      [{ type: 'psk', psk: sharedPskId() } as const],
    ]) {
      const { kind } = await receive(adas, forgeJoin(groupInfo, joiner, { proposals }), application);
      expect(kind).toBe('commit');
    }
  });

  it('[C4] is refused with two ExternalInits, and with none', async () => {
    await refuse({ proposals: [externalInit, externalInit] }, notForJoiners);
    const bytes = forgeJoin(groupInfo, joiner, {
      framed: (framed) =>
        framed.content.type === 'commit'
          ? { ...framed, content: { type: 'commit', commit: { ...framed.content.commit, proposals: [] } } }
          : framed,
    });
    await expectRefused(adas, bytes, notForJoiners);
  });

  it('[C4] is refused with two removals', async () => {
    await refuse({ proposals: [remove(group.leafOf(ben)), remove(group.leafOf(mal))] }, notForJoiners);
  });

  it('[C4] is refused with any other proposal', async () => {
    const others: readonly Proposal[] = [
      { type: 'add', keyPackage: keyPackageOf(person('Dot')).keyPackage },
      { type: 'group_context_extensions', extensions: [] },
      { type: 'reinit', groupId: random(8), version: 1, cipherSuite: 1, extensions: [] },
    ];
    for (const proposal of others) await refuse({ proposals: [proposal] }, notForJoiners);
    const { leafNode } = { leafNode: mals.tree.leafOrThrow(mals.ownLeaf) };
    await refuse({ proposals: [{ type: 'update', leafNode }], applied: [] }, notForJoiners);
  });

  it('[C4] is refused with a proposal by reference', async () => {
    const sent = propose(mals, remove(group.leafOf(ben)));
    const { state } = await receive(adas, sent.message, application);
    const [[key, cached]] = [...state.proposals] as [[string, { proposal: Proposal; sender: number }]];
    const references = [{ reference: bytesOfKey(key), sent: { ...cached, by: 'reference' as const } }];
    await refuse({ references }, ['not_allowed', 'refers to proposals'], state);
  });

  it('[C4] is refused without a path', async () => {
    await refuse({ hasPath: false }, ['not_allowed', 'a joiner without a path']);
  });

  it.each([4, 7, 2 ** 32 - 1])(
    '[C10] is refused when it removes leaf %d, which is not there',
    async (leaf) => {
      await refuse({ proposals: [remove(leaf)], applied: [] }, ['out_of_range', `no leaf at ${leaf}`]);
    },
  );

  it('[C4] is refused with an ExternalInit of another size or of small order', async () => {
    for (const length of [0, 31, 33]) {
      const proposals: Proposal[] = [{ type: 'external_init', kemOutput: random(length) }];
      await refuse({ proposals }, ['malformed', 'ExternalInit of another size']);
    }
    await refuse({ proposals: [{ type: 'external_init', kemOutput: new Uint8Array(32) }] }, [
      'malformed',
      'small order',
    ]);
  });

  it('[C4] is refused when its ExternalInit is for other members', async () => {
    await refuse(
      { proposals: [{ type: 'external_init', kemOutput: keyPackageOf(mal).keyPackage.initKey }] },
      ['bad_commit', 'confirmation tag'],
    );
  });

  it('[C4] asks the application, with what was removed, before it is applied: a foreign removal can be refused', async () => {
    const seen: CommitView[] = [];
    const strict: Application = {
      ...application,
      permit: (commit) => {
        seen.push(commit);
        if (
          commit.committer === undefined &&
          commit.proposals.some(({ proposal }) => proposal.type === 'remove')
        ) {
          throw new CryptoError('not_allowed', 'a joiner who removes somebody else');
        }
      },
    };
    const bytes = forgeJoin(groupInfo, joiner, { proposals: [remove(group.leafOf(cyd))] });
    await expectUntouched(adas, () => receive(adas, bytes, strict), ['not_allowed', 'removes somebody else']);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.leafNode?.signatureKey).toEqual(joiner.signatureKeys.publicKey);
  });

  it('[C3] is refused with a signature key that a member has', async () => {
    const twin = { ...joiner, signatureKeys: mal.signatureKeys };
    const words: Refusal = ['duplicate_leaf', 'repeats a key of leaf'];
    await expectRefused(adas, forgeJoin(groupInfo, twin), words);
  });
});

describe('a GroupInfo', () => {
  const { signature: _, ...content } = groupInfo;
  const [hasTree, isJoinable] = [true, true];

  /** Signed by Ada, who is its signer. */
  const signed = (change: Partial<GroupInfoContent>): GroupInfo =>
    signGroupInfo(suite, { ...content, ...change }, adas.signaturePrivateKey);

  function join(info: GroupInfo): Promise<{ message: Bytes }> {
    const leaf = { credential: joiner.credential, capabilities, extensions: [] };
    const { signatureKeys } = joiner;
    return joinByExternalCommit(suite, { groupInfo: info, leaf, signatureKeys }, application);
  }

  it('is joined when it is right', async () => {
    expect((await join(signed({}))).message.length).toBeGreaterThan(0);
  });

  it('[C4] is refused without external_pub and without a tree', async () => {
    await expectRefusal(
      () => join(describeGroup(adas, { hasTree, isJoinable: false })),
      ['not_allowed', 'lets nobody join'],
    );
    await expectRefusal(
      () => join(describeGroup(adas, { hasTree: false, isJoinable })),
      ['malformed', 'without a tree'],
    );
  });

  it('[C4] is refused with an external_pub of small order or another size', async () => {
    for (const hex of ['20' + '00'.repeat(32), '1f' + '09'.repeat(31)]) {
      const extensions = content.extensions.map((one) =>
        one.type === extensionTypes.externalPub
          ? { ...one, data: Uint8Array.from(Buffer.from(hex, 'hex')) }
          : one,
      );
      await expectRefusal(() => join(signed({ extensions })), ['malformed', 'encryption key']);
    }
  });

  it('[C4] is refused when another member signed it, when it was changed, and when its signer is not there', async () => {
    const byMal = signGroupInfo(suite, content, mals.signaturePrivateKey);
    await expectRefusal(() => join(byMal), ['bad_signature', 'GroupInfoTBS']);
    await expectRefusal(
      () => join({ ...groupInfo, confirmationTag: random(32) }),
      ['bad_signature', 'GroupInfoTBS'],
    );
    for (const signer of [4, 2 ** 31, 2 ** 32 - 1]) {
      await expectRefusal(() => join(signed({ signer })), ['out_of_range', `no leaf at ${signer}`]);
    }
  });

  it('[C1] is refused for another version, suite or an extension that calls do not know', async () => {
    const { groupContext } = content;
    for (const change of [{ version: 2 }, { cipherSuite: 3 }]) {
      const info = signed({ groupContext: { ...groupContext, ...change } });
      await expectRefusal(() => join(info), ['unsupported', 'another version or suite']);
    }
    for (const type of [extensionTypes.externalSenders, 0x0a0a, 0xf001]) {
      const info = signed({ groupContext: { ...groupContext, extensions: [{ type, data: random(4) }] } });
      await expectRefusal(() => join(info), ['unsupported', `extension ${type}`]);
    }
  });

  it('[O1] is refused in the last epoch that there can be', async () => {
    const info = signed({ groupContext: { ...content.groupContext, epoch: 2n ** 64n - 1n } });
    await expectRefusal(() => join(info), ['out_of_range', 'epoch']);
  });
});
