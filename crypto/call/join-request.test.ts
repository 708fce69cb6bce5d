// Asking to be added and adding in batches (protocol.md C5, C11–C14): everybody agrees, and what is wrong with one request or one commit
// is refused, by who adds and by who is asked to believe it.
import { describe, expect, it } from 'vitest';
import { random, toHex, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { openEnvelope, sealEnvelope } from '../invite/envelope.ts';
import {
  createCommit,
  createKeyPackage,
  decodeMessage,
  suiteX25519 as suite,
  type Proposal,
} from '../mls/index.ts';
import { again, Call, newContext, person, refused, viewOf, type Asking, type Person } from '../test/call.ts';
import { engine, maxAdds, type JoinRequest } from './index.ts';
import { sealRequest } from './join-request.ts';
import { capabilities, newKeyPackage, newLeaf } from './new-leaf.ts';
import { ownCommit } from './rules.ts';
import { MlsCallState, proposeCommit } from './state.ts';

const names = ['ada', 'ben', 'cyd', 'dan', 'eve', 'fay', 'mal'];
const [ada, ben, cyd, dan, eve, fay, mal] = (await Promise.all(names.map(person))) as [
  ...[Person, Person, Person, Person],
  ...[Person, Person, Person],
];

/** What becomes of requests: who is added, and the codes of the others by LiveKit identity. */
async function outcome(call: Call, requests: readonly JoinRequest[]) {
  const { proposed, refused } = await call.state(ada).add(requests, call.isMember);
  const codes = Object.fromEntries(refused.map(({ request, code }) => [request.livekitIdentity, code]));
  return { added: proposed?.welcome?.to ?? [], codes };
}

describe('adding', () => {
  it('[C12] [C14] brings all who ask in with one commit and one Welcome, and everybody agrees', async () => {
    const call = await Call.of(ada, ben);
    const [change] = await call.add(ada, await call.ask(cyd, dan, eve, fay));
    expect(call.epoch).toBe(2n);
    expect(await call.views()).toHaveLength(1);
    expect(change?.joined.map(({ livekitIdentity }) => livekitIdentity)).toEqual([
      'cyd-1',
      'dan-1',
      'eve-1',
      'fay-1',
    ]);
    expect(change?.committer).toEqual(call.state(ada).ownLeaf);
    expect(change?.removed).toEqual([]);
    expect(call.state(fay).leaves).toHaveLength(6);
  });

  it('[C12] works for a call of one, and whoever was added adds, updates, is removed and comes back', async () => {
    const call = await Call.of(ada);
    await call.add(ada, await call.ask(ben, cyd, dan));
    await call.accept(cyd, await call.state(cyd).selfUpdate());
    await call.add(dan, await call.ask(eve, fay));
    const old = call.state(cyd);
    await call.accept(ben, await call.state(ben).remove([old.ownLeaf.index]));
    expect(await viewOf(old)).not.toBe(await viewOf(call.state(ben)));
    await call.join(again(cyd));
    await call.accept(fay, await call.state(fay).selfUpdate());
    await call.add(fay, await call.ask(mal));
    expect(await call.views()).toHaveLength(1);
    expect(call.state(ada).leaves).toHaveLength(7);
  });

  it('[C6] a commit that lost is dropped whole; the same requests are granted from the next epoch', async () => {
    const call = await Call.of(ada, ben);
    const asking = await call.ask(cyd, dan);
    const { proposed } = await call.state(ada).add(asking, call.isMember);
    await call.accept(ben, await call.state(ben).selfUpdate());
    proposed?.next.wipe();
    const [first] = asking as [Asking];
    const { message } = proposed!.welcome!;
    await expect(first.pending.open(call.epoch + 1n, message, call.isMember)).rejects.toMatchObject(
      refused('not_opened'),
    );
    await call.add(ada, asking);
    expect(await call.views()).toHaveLength(1);
  });

  it('[C12] adds at most 64 in one commit, and is never asked for more', async () => {
    const call = await Call.of(ada, ben);
    const many = await Promise.all(Array.from({ length: maxAdds + 1 }, (_, at) => person(`p${at}`)));
    const asking = await call.ask(...many);
    await expect(call.state(ada).add(asking, call.isMember)).rejects.toBeInstanceOf(RangeError);
    await call.add(ada, asking.slice(0, maxAdds));
    expect(await call.views()).toHaveLength(1);
    expect(call.state(ben).leaves).toHaveLength(2 + maxAdds);
  });
});

describe('a request', () => {
  it('[C11] is a key package of suite 1 with the credential of C2, sealed for its generation', async () => {
    const call = await Call.of(ada);
    const [asking] = (await call.ask(ben)) as [Asking];
    const { context } = call;
    const place = { ...context, epoch: 0n, kind: 'joinRequest' } as const;
    const opened = decodeMessage(openEnvelope(context.handshakeKey, place, asking.message));
    expect(opened).toMatchObject({
      wireFormat: 'key_package',
      keyPackage: { version: 1, cipherSuite: 1, extensions: [] },
    });
    const other = { ...place, generation: 2 };
    expect(() => openEnvelope(context.handshakeKey, other, asking.message)).toThrow(/not_opened/);
    expect(asking.message.length).toBeLessThan(1024);
  });

  it('[C11] [C1] is fresh every time', async () => {
    const context = newContext(ada);
    const [one, two] = [await newKeyPackage(context, ada), await newKeyPackage(context, ada)];
    for (const part of ['initKey', 'signature'] as const)
      expect(one.keyPackage[part]).not.toEqual(two.keyPackage[part]);
    expect(one.keyPackage.leafNode.signatureKey).not.toEqual(two.keyPackage.leafNode.signatureKey);
    expect(one.keyPackage.leafNode.encryptionKey).not.toEqual(two.keyPackage.leafNode.encryptionKey);
  });

  it('[C12] is refused alone where it is wrong, whatever comes before or after it', async () => {
    const call = await Call.of(ada, ben);
    const [good, tampered] = (await call.ask(cyd, dan)) as [Asking, Asking];
    const otherCall = new Call({ ...newContext(ada), handshakeKey: call.context.handshakeKey });
    const [elsewhere] = (await otherCall.ask(eve)) as [Asking];
    const older = new Call({ ...call.context, generation: 2 });
    const [past] = (await older.ask(fay)) as [Asking];
    call.admit(eve, fay);
    const stranger = await engine.request(call.context, mal);
    const bytes = tampered.message.slice();
    bytes[bytes.length - 1]! ^= 1;
    const wrong: JoinRequest[] = [
      { ...tampered, message: bytes },
      elsewhere,
      past,
      { livekitIdentity: 'mal-1', message: stranger.message },
    ];
    const codes = {
      'dan-1': 'not_opened',
      'eve-1': 'not_opened',
      'fay-1': 'not_opened',
      'mal-1': 'not_member',
    };
    expect(await outcome(call, [...wrong, good])).toEqual({ added: ['cyd-1'], codes });
    expect(await outcome(call, [good, ...wrong])).toEqual({ added: ['cyd-1'], codes });
    expect(await outcome(call, wrong)).toEqual({ added: [], codes });
  });

  it('[C12] is refused where the service shows it for another place, or where it was made for another call', async () => {
    const call = await Call.of(ada, ben);
    const [cyds] = (await call.ask(cyd)) as [Asking];
    expect(await outcome(call, [{ ...cyds, livekitIdentity: 'dan-1' }])).toEqual({
      added: [],
      codes: { 'dan-1': 'bad_credential' },
    });
    // Sealed for this call by a member who got it in another one.
    const { keyPackage } = await newKeyPackage({ ...call.context, callId: random(16) }, cyd);
    const moved = { livekitIdentity: cyd.livekitIdentity, message: sealRequest(call.context, keyPackage) };
    expect(await outcome(call, [moved])).toEqual({ added: [], codes: { 'cyd-1': 'bad_credential' } });
  });

  it('[C12] repeats nobody: not who is in, not another request, and a bad one takes nobody’s name away', async () => {
    const call = await Call.of(ada, ben);
    const [back, cyds, cydsOther] = (await call.ask(again(ben), cyd, again(cyd))) as [Asking, Asking, Asking];
    expect(await outcome(call, [back, cyds, cydsOther, cyds])).toEqual({
      added: ['cyd-1'],
      codes: { 'ben-2': 'duplicate_leaf', 'cyd-2': 'duplicate_leaf', 'cyd-1': 'duplicate_leaf' },
    });
    // Mal makes one in Cyd's name, which she did not sign.
    const forged = await forgeCredential(call, cyd);
    expect(await outcome(call, [forged, cyds])).toMatchObject({ added: ['cyd-1'] });
    // Once the old leaf is gone, Ben is added.
    await call.accept(ada, await call.state(ada).remove([1]));
    await call.add(ada, [back]);
    expect(await call.views()).toHaveLength(1);
  });

  it('[C12] is refused where its key package copies another’s keys', async () => {
    const call = await Call.of(ada, ben);
    const theirs = await newKeyPackage(call.context, cyd);
    const cyds = {
      livekitIdentity: cyd.livekitIdentity,
      message: sealRequest(call.context, theirs.keyPackage),
    };
    call.admit(cyd, mal);
    const copied = { livekitIdentity: mal.livekitIdentity, message: cyds.message };
    expect(await outcome(call, [cyds, copied])).toEqual({
      added: ['cyd-1'],
      codes: { 'mal-1': 'bad_credential' },
    });
    const mine = await newKeyPackage(call.context, mal);
    const swaps = [
      { ...mine.keyPackage, leafNode: theirs.keyPackage.leafNode },
      { ...mine.keyPackage, initKey: theirs.keyPackage.initKey },
      { ...mine.keyPackage, initKey: mine.keyPackage.leafNode.encryptionKey },
      { ...mine.keyPackage, cipherSuite: 2 },
      { ...mine.keyPackage, extensions: [{ type: 10, data: new Uint8Array(0) }] },
    ];
    for (const keyPackage of swaps) {
      const message = sealRequest(call.context, keyPackage);
      expect((await outcome(call, [cyds, { ...copied, message }])).added).toEqual(['cyd-1']);
    }
  });

  it('[C12] is refused where it is another message than a key package', async () => {
    const call = await Call.of(ada, ben);
    const { context } = call;
    const info = openEnvelope(
      context.handshakeKey,
      { ...context, epoch: call.epoch, kind: 'groupInfo' },
      call.groupInfo,
    );
    const message = sealEnvelope(context.handshakeKey, { ...context, epoch: 0n, kind: 'joinRequest' }, info);
    expect((await outcome(call, [{ livekitIdentity: 'cyd-1', message }])).codes).toEqual({
      'cyd-1': 'not_allowed',
    });
    expect((await outcome(call, [{ livekitIdentity: 'cyd-1', message: random(40) }])).added).toEqual([]);
  });
});

describe('a commit with Adds', () => {
  /** What Ben makes of a commit of Ada's that an honest client would not make. */
  async function verdict(call: Call, proposals: readonly Proposal[], withPath = true): Promise<unknown> {
    const made = await createCommit(MlsCallState.mlsOf(call.state(ada)), { proposals, withPath }, ownCommit);
    const { message } = proposeCommit(call.context, call.epoch, made);
    return call
      .state(ben)
      .apply(message, call.isMember)
      .then(
        () => 'applied',
        (error: unknown) => (error instanceof CryptoError ? error.code : error),
      );
  }

  const addOf = async (call: Call, who: Person): Promise<Proposal> => ({
    type: 'add',
    keyPackage: (await newKeyPackage(call.context, who)).keyPackage,
  });

  it('[C13] [C5] holds Adds by value beside nothing else, with a path', async () => {
    const call = await Call.of(ada, ben, cyd);
    call.admit(dan, eve);
    const [dans, eves] = [await addOf(call, dan), await addOf(call, eve)];
    expect(await verdict(call, [dans, eves])).toBe('applied');
    expect(await verdict(call, [dans], false)).toBe('not_allowed');
    expect(await verdict(call, [dans, { type: 'remove', removed: 2 }])).toBe('not_allowed');
    expect(await verdict(call, [{ type: 'group_context_extensions', extensions: [] }, dans])).toBe(
      'not_allowed',
    );
  });

  it('[C13] [C3] brings only leaves that may stand there, at most 64', async () => {
    const call = await Call.of(ada, ben, cyd);
    call.admit(dan, mal);
    const good = await addOf(call, dan);
    expect(await verdict(call, [good, await addOf(call, fay)])).toBe('not_member');
    expect(await verdict(call, [good, await addOf(call, again(dan))])).toBe('duplicate_leaf');
    expect(await verdict(call, [good, await addOf(call, again(cyd))])).toBe('duplicate_leaf');
    const sameName = { ...mal, livekitIdentity: cyd.livekitIdentity };
    expect(await verdict(call, [await addOf(call, sameName)])).toBe('duplicate_leaf');
    const elsewhere = await newKeyPackage({ ...call.context, callId: random(16) }, dan);
    expect(await verdict(call, [{ type: 'add', keyPackage: elsewhere.keyPackage }])).toBe('bad_credential');
    const many = await Promise.all(Array.from({ length: maxAdds + 1 }, (_, at) => person(`q${at}`)));
    call.admit(...many);
    expect(await verdict(call, await Promise.all(many.map((who) => addOf(call, who))))).toBe('not_allowed');
    expect(call.state(ben).leaves).toHaveLength(3);
  });
});

describe('a Welcome', () => {
  async function granted(call: Call, ...people: readonly Person[]) {
    const asking = await call.ask(...people);
    const { proposed } = await call.state(ada).add(asking, call.isMember);
    if (!proposed?.welcome) throw new TypeError('nobody was added');
    const opened = (by: Asking, epoch = proposed.epoch + 1n, message: Bytes = proposed.welcome!.message) =>
      by.pending.open(epoch, message, call.isMember);
    return { asking, proposed, welcome: proposed.welcome, opened };
  }

  it('[C14] opens for whom it is for, in its epoch, and for nobody else', async () => {
    const call = await Call.of(ada, ben);
    const { asking, welcome, opened, proposed } = await granted(call, cyd);
    const [cyds] = asking as [Asking];
    const [other] = (await call.ask(dan)) as [Asking];
    expect(await opened(other)).toBeNull();
    await expect(opened(cyds, proposed.epoch)).rejects.toMatchObject(refused('not_opened'));
    for (const at of [0, 1, 30, welcome.message.length - 1]) {
      const bytes = welcome.message.slice();
      bytes[at]! ^= 1;
      await expect(opened(cyds, 2n, bytes)).rejects.toMatchObject({ name: 'CryptoError' });
    }
    const state = (await opened(cyds))!;
    expect(await viewOf(state)).toBe(await viewOf(proposed.next));
    cyds.pending.wipe();
    cyds.pending.wipe();
    await expect(opened(cyds)).rejects.toBeInstanceOf(TypeError);
    expect(await viewOf(state)).toBe(await viewOf(proposed.next));
  });

  it('[C14] [C3] is refused where somebody in its tree is not a member, or I am not', async () => {
    const call = await Call.of(ada, ben);
    const { asking, proposed, welcome } = await granted(call, cyd);
    const [{ pending }] = asking as [Asking];
    for (const out of [ben, cyd]) {
      const isMember = (identity: Bytes) => toHex(identity) !== toHex(out.identity.publicKey);
      await expect(pending.open(proposed.epoch + 1n, welcome.message, isMember)).rejects.toMatchObject(
        refused('not_member'),
      );
    }
  });

  it('[C14] [C10] is refused for another generation or epoch than it says, and as another message', async () => {
    const call = await Call.of(ada, ben);
    const { asking, proposed, welcome } = await granted(call, cyd);
    const [{ pending }] = asking as [Asking];
    const { context } = call;
    const key = context.handshakeKey;
    const inner = openEnvelope(key, { ...context, epoch: 2n, kind: 'welcome' }, welcome.message);
    const moved = sealEnvelope(key, { ...context, epoch: 3n, kind: 'welcome' }, inner);
    await expect(pending.open(3n, moved, call.isMember)).rejects.toMatchObject(refused('wrong_epoch'));
    const commit = openEnvelope(key, { ...context, epoch: 1n, kind: 'commit' }, proposed.message);
    const other = sealEnvelope(key, { ...context, epoch: 2n, kind: 'welcome' }, commit);
    await expect(pending.open(2n, other, call.isMember)).rejects.toMatchObject(refused('not_allowed'));
    // The generation is in the MLS group id: a Welcome of another group does not pass for one of this.
    const later = new Call({ ...context, generation: 2 });
    later.admit(ada, cyd);
    const opened = await engine.create(later.context, ada);
    const { proposed: elsewhere } = await opened.next.add(
      [{ livekitIdentity: cyd.livekitIdentity, message: resealed(pending.message, call, later) }],
      later.isMember,
    );
    const foreign = openEnvelope(
      key,
      { ...later.context, epoch: 1n, kind: 'welcome' },
      elsewhere!.welcome!.message,
    );
    const grafted = sealEnvelope(key, { ...context, epoch: 1n, kind: 'welcome' }, foreign);
    await expect(pending.open(1n, grafted, call.isMember)).rejects.toMatchObject(refused('wrong_call'));
  });

  it('[C11] [C4] who cannot open theirs joins by external commit and replaces the leaf that was made for them', async () => {
    const call = await Call.of(ada, ben);
    const { proposed } = await granted(call, cyd);
    await call.accept(ada, proposed);
    const ghost = call.state(ben).leaves.find(({ livekitIdentity }) => livekitIdentity === 'cyd-1');
    expect(ghost).toBeDefined();
    await call.join(cyd);
    expect(await call.views()).toHaveLength(1);
    expect(call.state(ben).leaves).toHaveLength(3);
  });
});

/** The same key package, sealed for another generation. */
function resealed(message: Bytes, from: Call, to: Call): Bytes {
  const key = from.context.handshakeKey;
  const inner = openEnvelope(key, { ...from.context, epoch: 0n, kind: 'joinRequest' }, message);
  return sealEnvelope(key, { ...to.context, epoch: 0n, kind: 'joinRequest' }, inner);
}

/** A request in somebody's name, with keys of the forger's and a credential that was signed for others. */
async function forgeCredential(call: Call, victim: Person): Promise<JoinRequest> {
  const { credential } = await newLeaf(call.context, victim);
  const signatureKeys = suite.signature.generateKeyPair();
  const lifetime = { notBefore: 0n, notAfter: 1n };
  const { keyPackage } = createKeyPackage(suite, { credential, signatureKeys }, { capabilities, lifetime });
  return { livekitIdentity: victim.livekitIdentity, message: sealRequest(call.context, keyPackage) };
}
