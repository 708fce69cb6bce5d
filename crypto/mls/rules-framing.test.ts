// Rules of framing (RFC 9420 §6): whose message, of which group and epoch, signed and tagged by whom. Everything is made by Mal, who is a
// member: what is not under test is right.
import { describe, expect, it } from 'vitest';
import { random, type Bytes } from '../bytes.ts';
import { createCommit, decodeMessage, encodeMessage, propose, receive, sendApplication } from './index.ts';
import { signContent, type FramedContent, type PublicMessage, type Sender } from './framing.ts';
import { protect } from './create-commit.ts';
import { protectPrivate } from './private-message.ts';
import { protectPublic } from './public-message.ts';
import type { GroupState } from './state.ts';
import { forgeCommit } from './test/forge.ts';
import { fourPeople } from './test/four.ts';
import { Group } from './test/group.ts';
import { application, person, sharedPskId, suite } from './test/people.ts';
import { expectRefused, expectUntouched } from './test/refusal.ts';

const { group, ada, mal, ben } = await fourPeople();
const [adas, mals, bens] = [group.state(ada), group.state(mal), group.state(ben)];
const proposal = { type: 'psk', psk: sharedPskId() } as const;

/** The public message that `bytes` are, changed. */
function changed(bytes: Bytes, change: (message: PublicMessage) => PublicMessage): Bytes {
  const message = decodeMessage(bytes);
  if (message.wireFormat !== 'public_message') throw new TypeError('not a public message');
  return encodeMessage({ ...message, publicMessage: change(message.publicMessage) });
}

const flipped = (bytes: Bytes): Bytes => bytes.map((byte, at) => (at === 3 ? byte ^ 1 : byte));

/** A proposal as `state` would frame it, with another frame, and a signature and tag that fit it. */
function framedBy(state: GroupState, change: Partial<FramedContent>): Bytes {
  const { context, ownLeaf, secrets } = state;
  const framed: FramedContent = {
    ...{ groupId: context.groupId, epoch: context.epoch, authenticatedData: new Uint8Array(0) },
    ...{ sender: { kind: 'member', leafIndex: ownLeaf }, content: { type: 'proposal', proposal } },
    ...change,
  };
  const wireFormat = 'public_message';
  const signature = signContent(suite, { wireFormat, framed, context }, state.signaturePrivateKey);
  const content = { wireFormat, framed, auth: { signature } } as const;
  const publicMessage = protectPublic(suite, content, { context, membershipKey: secrets.membership });
  return encodeMessage({ wireFormat, publicMessage });
}

describe('who and where', () => {
  it('takes what Mal frames honestly, so that the refusals below are due to what each changes', async () => {
    expect((await receive(adas, framedBy(mals, {}), application)).kind).toBe('proposal');
    expect((await receive(adas, forgeCommit(mals), application)).kind).toBe('commit');
    const wireFormat = 'private_message';
    expect((await receive(adas, forgeCommit(mals, { wireFormat }), application)).kind).toBe('commit');
  });

  it.each([4, 7, 1000, 2 ** 31, 2 ** 32 - 1])(
    '[C10] refuses a sender at leaf %d, which is not in the tree, openly and encrypted',
    async (leafIndex) => {
      const sender: Sender = { kind: 'member', leafIndex };
      await expectRefused(adas, framedBy(mals, { sender }), ['out_of_range', `no leaf at ${leafIndex}`]);
      await expectRefused(adas, forgeCommit(mals, { sender }), ['out_of_range', `no leaf at ${leafIndex}`]);
    },
  );

  it('[O1] refuses another group’s messages', async () => {
    const groupId = random(16);
    await expectRefused(adas, framedBy(mals, { groupId }), ['wrong_group', 'another group']);
    const elsewhere = await Group.byWelcome(person('Ada'), person('Mal'));
    const words = ['wrong_group', 'another group'] as const;
    const theirs = elsewhere.state(elsewhere.members[1]!);
    for (const wireFormat of ['public_message', 'private_message'] as const) {
      await expectRefused(adas, propose(theirs, proposal, { wireFormat }).message, words);
      await expectRefused(adas, (await createCommit(theirs, { wireFormat }, application)).message, words);
    }
    await expectRefused(adas, sendApplication(theirs, random(3)).message, words);
  });

  it('[O1] refuses messages of epochs before and after', async () => {
    const { epoch } = adas.context;
    for (const other of [0n, epoch - 1n, epoch + 1n, 2n ** 64n - 1n]) {
      await expectRefused(adas, framedBy(mals, { epoch: other }), ['wrong_epoch', 'another epoch']);
    }
    const { next } = await createCommit(mals, {}, application);
    const words = ['wrong_epoch', 'another epoch'] as const;
    await expectRefused(adas, sendApplication(next, random(3)).message, words);
    await expectRefused(adas, forgeCommit(next, { wireFormat: 'private_message' }), words);
  });

  it('[O1] refuses senders that are no members, but for joiners who commit', async () => {
    const outside: readonly Sender[] = [
      { kind: 'external', senderIndex: 0 },
      { kind: 'new_member_proposal' },
    ];
    for (const sender of [...outside, { kind: 'new_member_commit' } as const]) {
      await expectRefused(adas, framedBy(mals, { sender }), ['unsupported', 'not a member']);
    }
    for (const sender of outside) {
      await expectRefused(adas, forgeCommit(mals, { sender }), ['not_allowed', 'sender type']);
    }
  });

  it('[O1] refuses a member’s own commit when it comes back, and a Welcome, GroupInfo or key package among messages', async () => {
    await expectRefused(adas, forgeCommit(adas), ['not_allowed', 'my own leaf']);
    const groupInfo = encodeMessage({ wireFormat: 'group_info', groupInfo: group.groupInfo() });
    await expectRefused(adas, groupInfo, ['not_allowed', 'not for a member']);
  });
});

describe('tags and signatures', () => {
  it('[O1] refuses a membership tag that is wrong, short, empty or of another message', async () => {
    const [one, other] = [framedBy(mals, {}), framedBy(mals, { authenticatedData: random(4) })];
    const tags = [one, other].map((bytes) => {
      const message = decodeMessage(bytes);
      return message.wireFormat === 'public_message'
        ? (message.publicMessage.membershipTag as Bytes)
        : random(0);
    });
    const [own, foreign] = tags as [Bytes, Bytes];
    for (const membershipTag of [flipped(own), own.slice(0, 31), random(0), foreign]) {
      const bytes = changed(one, (message) => ({ ...message, membershipTag }));
      await expectRefused(adas, bytes, ['bad_mac', 'membership tag']);
    }
  });

  it('[O1] refuses a proposal and a commit that Mal signs in Ben’s name, openly and encrypted', async () => {
    const asBen = { ...mals, ownLeaf: bens.ownLeaf };
    for (const wireFormat of ['public_message', 'private_message'] as const) {
      const words = ['bad_signature', 'FramedContentTBS'] as const;
      await expectRefused(adas, propose(asBen, proposal, { wireFormat }).message, words);
      await expectRefused(adas, forgeCommit(asBen, { wireFormat }), words);
    }
    await expectRefused(adas, sendApplication(asBen, random(5)).message, [
      'bad_signature',
      'FramedContentTBS',
    ]);
  });

  it('[O1] refuses what was signed for the other wire format', async () => {
    const { context, ownLeaf } = mals;
    const framed: FramedContent = {
      ...{ groupId: context.groupId, epoch: context.epoch, authenticatedData: new Uint8Array(0) },
      ...{ sender: { kind: 'member', leafIndex: ownLeaf }, content: { type: 'proposal', proposal } },
    };
    const signed = { wireFormat: 'public_message', framed, context } as const;
    const auth = { signature: signContent(suite, signed, mals.signaturePrivateKey) };
    const { message } = protect(mals, { wireFormat: 'private_message', framed, auth });
    await expectRefused(adas, message, ['bad_signature', 'FramedContentTBS']);
  });

  it('[O1] refuses a confirmation tag that is wrong, short or empty', async () => {
    for (const tag of [flipped, (bytes: Bytes) => bytes.slice(0, 31), () => random(0)]) {
      for (const wireFormat of ['public_message', 'private_message'] as const) {
        const bytes = forgeCommit(mals, { tag, wireFormat });
        await expectRefused(adas, bytes, ['bad_commit', 'confirmation tag']);
      }
    }
  });
});

describe('application data', () => {
  it('[O1] refuses application data in the open', async () => {
    const { context, ownLeaf } = mals;
    const framed: FramedContent = {
      ...{ groupId: context.groupId, epoch: context.epoch, authenticatedData: new Uint8Array(0) },
      ...{
        sender: { kind: 'member', leafIndex: ownLeaf },
        content: { type: 'application', data: random(4) },
      },
    };
    const wireFormat = 'public_message';
    const signature = signContent(suite, { wireFormat, framed, context }, mals.signaturePrivateKey);
    const publicMessage = { framed, auth: { signature }, membershipTag: random(32) };
    await expectRefused(adas, encodeMessage({ wireFormat, publicMessage }), ['not_allowed', 'in the open']);
  });

  it('[O1] sends no application data while proposals wait, and does again once they are committed', async () => {
    const { message, state } = propose(mals, proposal);
    await expectUntouched(state, () => sendApplication(state, random(3)), ['not_allowed', 'proposals wait']);
    const received = await receive(adas, message, application);
    await expectUntouched(received.state, () => sendApplication(received.state, random(3)), [
      'not_allowed',
      'proposals wait',
    ]);
    const { next } = await createCommit(received.state, {}, application);
    expect(sendApplication(next, random(3)).message.length).toBeGreaterThan(0);
  });

  it('[O1] refuses padding that is not zero', async () => {
    // Padding is what follows the content: the signature of a message whose data are one byte shorter leaves a byte over.
    const { context, ownLeaf, secrets, secretTree } = mals;
    const framed: FramedContent = {
      ...{ groupId: context.groupId, epoch: context.epoch, authenticatedData: new Uint8Array(0) },
      ...{
        sender: { kind: 'member', leafIndex: ownLeaf },
        content: { type: 'application', data: random(4) },
      },
    };
    const wireFormat = 'private_message';
    const signature = signContent(suite, { wireFormat, framed, context }, mals.signaturePrivateKey);
    const keys = { senderDataSecret: secrets.senderData, secretTree, paddingBytes: 9 };
    for (const dirtyAt of [0, 4, 8]) {
      const dirty = { ...suite, aead: { ...suite.aead, seal: dirtySeal(dirtyAt) } };
      const { message } = protectPrivate(dirty, { wireFormat, framed, auth: { signature } }, keys);
      const bytes = encodeMessage({ wireFormat, privateMessage: message });
      await expectRefused(adas, bytes, ['malformed', 'padding that is not zero']);
    }
  });
});

/** Seals with a one in the last nine bytes of longer texts, which are padding. */
function dirtySeal(at: number): typeof suite.aead.seal {
  return (keys, text, aad) => {
    const changedText = text.slice();
    if (text.length > 40) changedText[text.length - 9 + at] = 1;
    return suite.aead.seal(keys, changedText, aad);
  };
}
