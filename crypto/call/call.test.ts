// One call followed by everybody: joining, leaving, rejoining, updating, losing a race (protocol.md C1, C4–C6, K1).
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { random, toHex } from '../bytes.ts';
import { engine } from './index.ts';
import { deriveBaseKey } from './base-key.ts';
import { again, Call, newContext, person, refused, rosterOf, viewOf, type Person } from '../test/call.ts';

const [ada, ben, cyd] = (await Promise.all(['ada', 'ben', 'cyd'].map(person))) as [Person, Person, Person];

describe('joining', () => {
  it('[C4] opens generation 1 at epoch 0 with the creator as its only leaf', async () => {
    const opened = await engine.create(newContext(ada), ada);
    expect(opened).toMatchObject({ kind: 'open', generation: 1, epoch: 0n });
    expect(opened.message).toHaveLength(0);
    expect(opened.next.epoch).toBe(0n);
    expect(opened.next.leaves).toEqual([
      { index: 0, identity: ada.identity.publicKey, livekitIdentity: 'ada-1' },
    ]);
    expect(opened.next.ownLeaf).toEqual(opened.next.leaves[0]);
  });

  it('[C4] agrees on epoch, base key, authenticator and leaves after two external joins', async () => {
    const call = await Call.of(ada, ben);
    const [change] = await call.join(cyd);
    expect(await call.views()).toHaveLength(1);
    expect(call.state(ada).epoch).toBe(2n);
    expect(call.state(ada).leaves.map(({ index, livekitIdentity }) => [index, livekitIdentity])).toEqual([
      [0, 'ada-1'],
      [1, 'ben-1'],
      [2, 'cyd-1'],
    ]);
    expect(change?.joined).toEqual([call.state(cyd).ownLeaf]);
    expect(change?.committer).toEqual(call.state(cyd).ownLeaf);
    expect(change?.removed).toEqual([]);
  });

  it('[K1] gives every epoch its own base key, as a copy that the caller may wipe', async () => {
    const call = await Call.of(ada, ben);
    const before = await call.state(ada).baseKey();
    const kept = toHex(before);
    before.fill(0);
    expect(toHex(await call.state(ada).baseKey())).toBe(kept);
    await call.join(cyd);
    expect(toHex(await call.state(ada).baseKey())).not.toBe(kept);
  });
});

describe('leaving', () => {
  it('[C5] lets the lowest leaf remove who left; the others agree', async () => {
    const call = await Call.of(ada, ben, cyd);
    const bens = call.state(ben);
    const proposed = await call.state(ada).remove([1]);
    const [change] = await call.accept(ada, proposed);
    expect(await call.views()).toHaveLength(1);
    expect(change?.removed).toEqual([bens.ownLeaf]);
    expect(change?.committer).toEqual(call.state(ada).ownLeaf);
    expect([...call.states.keys()]).toEqual([ada, cyd]);
    await expect(bens.apply(proposed.message, call.isMember)).rejects.toMatchObject(refused('removed'));
  });

  it('[C5] leaves the removed state unable to apply anything later, with another base key', async () => {
    const call = await Call.of(ada, ben, cyd);
    const bens = call.state(ben);
    await call.accept(ada, await call.state(ada).remove([1]));
    const later = await call.state(cyd).selfUpdate();
    await call.accept(cyd, later);
    await expect(bens.apply(later.message, call.isMember)).rejects.toMatchObject(refused('not_opened'));
    expect(await viewOf(bens)).not.toBe(await viewOf(call.state(ada)));
    expect(toHex(await bens.baseKey())).not.toBe(toHex(await call.state(ada).baseKey()));
  });
});

describe('rejoining', () => {
  it('[C4] replaces its own old leaf', async () => {
    const call = await Call.of(ada, ben, cyd);
    const [old, back] = [call.state(ben), again(ben)];
    const proposed = await call.proposeJoin(back);
    await expect(old.apply(proposed.message, call.isMember)).rejects.toMatchObject(refused('removed'));
    const [change] = await call.accept(back, proposed);
    expect(await call.views()).toHaveLength(1);
    expect(change?.removed).toEqual([old.ownLeaf]);
    expect(change?.joined).toEqual([call.state(back).ownLeaf]);
    expect(call.state(ada).leaves).toHaveLength(3);
  });

  it('[C4] replaces the only leaf of a call, and others can join after', async () => {
    const call = await Call.of(ada);
    const back = again(ada);
    const old = call.state(ada);
    const proposed = await call.proposeJoin(back);
    await expect(old.apply(proposed.message, rosterOf(ada))).rejects.toMatchObject(refused('removed'));
    await call.accept(back, proposed);
    await call.join(ben);
    await call.join(cyd);
    expect([...call.states.keys()]).toEqual([back, ben, cyd]);
    expect(await call.views()).toHaveLength(1);
  });

  it('[C1] makes a fresh leaf for every join: nothing of the old state is in the new one', async () => {
    const call = await Call.of(ada, ben);
    const [first, second] = [await call.proposeJoin(again(ben)), await call.proposeJoin(again(ben))];
    expect(toHex(await first.next.baseKey())).not.toBe(toHex(await second.next.baseKey()));
  });

  it('[C4] refuses to join beside a leaf that has my LiveKit identity already', async () => {
    const call = await Call.of(ada, ben);
    call.admit(cyd);
    const twin = { ...cyd, livekitIdentity: ben.livekitIdentity };
    await expect(call.proposeJoin(twin)).rejects.toMatchObject(refused('duplicate_leaf'));
  });
});

describe('updating', () => {
  it('[C8] renews the keys without changing who is in', async () => {
    const call = await Call.of(ada, ben, cyd);
    const { leaves } = call.state(ada);
    const before = toHex(await call.state(ada).baseKey());
    const [change] = await call.accept(ben, await call.state(ben).selfUpdate());
    expect(await call.views()).toHaveLength(1);
    expect(toHex(await call.state(ada).baseKey())).not.toBe(before);
    expect(call.state(ada).leaves).toEqual(leaves);
    expect(change).toMatchObject({ joined: [], removed: [], committer: { index: 1 } });
  });

  it('[C8] works for somebody who is alone, who can be joined afterwards', async () => {
    const call = await Call.of(ada);
    await call.accept(ada, await call.state(ada).selfUpdate());
    await call.join(ben);
    expect(await call.views()).toHaveLength(1);
  });
});

describe('removing', () => {
  it('[C5] takes several leaves in one commit, also the first and the last', async () => {
    const people = await Promise.all(['dan', 'eve', 'fay', 'gus'].map((name) => person(name)));
    const call = await Call.of(ada, ben, cyd, ...people);
    const [change] = await call.accept(cyd, await call.state(cyd).remove([6, 0, 3, 0]));
    expect(change?.removed.map(({ index }) => index)).toEqual([0, 3, 6]);
    expect(call.state(cyd).leaves.map(({ index }) => index)).toEqual([1, 2, 4, 5]);
    expect(await call.views()).toHaveLength(1);
    await call.join(again(ada));
    expect(call.state(cyd).leaves.map(({ index }) => index)).toEqual([0, 1, 2, 4, 5]);
    expect(await call.views()).toHaveLength(1);
  });

  it('[C5] leaves one person alone, who can be joined again', async () => {
    const call = await Call.of(ada, ben, cyd);
    await call.accept(cyd, await call.state(cyd).remove([0, 1]));
    expect(call.state(cyd).leaves).toEqual([call.state(cyd).ownLeaf]);
    await call.join(again(ben));
    await call.join(again(ada));
    expect(await call.views()).toHaveLength(1);
  });

  it('[C5] never commits a removal of myself or of nobody', async () => {
    const call = await Call.of(ada, ben);
    const state = call.state(ada);
    for (const wrong of [[0], [1, 0], [2], [-1], [0.5], [5000]]) {
      await expect(state.remove(wrong)).rejects.toMatchObject(refused('not_allowed'));
    }
    await expect(state.remove([])).rejects.toBeInstanceOf(RangeError);
  });
});

describe('losing a race', () => {
  it('[C6] applies the winner from the old state and drops its own commit whole', async () => {
    const call = await Call.of(ada, ben, cyd);
    const [mine, theirs] = [await call.state(ada).selfUpdate(), await call.state(ben).selfUpdate()];
    await call.accept(ben, theirs);
    expect(await call.views()).toHaveLength(1);
    expect(await viewOf(mine.next)).not.toBe(await viewOf(call.state(ada)));
    await expect(call.state(cyd).apply(mine.message, call.isMember)).rejects.toMatchObject(
      refused('not_opened'),
    );
  });

  it('[C6] lets a joiner that lost join again from the newer GroupInfo', async () => {
    const call = await Call.of(ada, ben);
    call.admit(cyd);
    const lost = await call.proposeJoin(cyd);
    await call.accept(ada, await call.state(ada).selfUpdate());
    lost.next.wipe();
    await call.join(cyd);
    expect(await call.views()).toHaveLength(1);
  });

  it('[C6] survives wiping what lost: the old state still applies the winner', async () => {
    const call = await Call.of(ada, ben);
    const mine = await call.state(ada).selfUpdate();
    mine.next.wipe();
    await call.accept(ben, await call.state(ben).selfUpdate());
    expect(await call.views()).toHaveLength(1);
  });

  it('[C6] survives wiping the state before: its successor owns its secrets', async () => {
    const call = await Call.of(ada, ben);
    const old = [call.state(ada), call.state(ben)];
    await call.accept(ada, await call.state(ada).selfUpdate());
    for (const state of old) state.wipe();
    await call.accept(ben, await call.state(ben).selfUpdate());
    expect(await call.views()).toHaveLength(1);
  });

  it('[C6] refuses to work on after a wipe, also one that comes in the middle', async () => {
    const call = await Call.of(ada, ben);
    const state = call.state(ada);
    const busy = [state.selfUpdate(), state.baseKey(), state.remove([1])];
    state.wipe();
    state.wipe();
    for (const work of busy) await expect(work).rejects.toBeInstanceOf(TypeError);
    await expect(state.selfUpdate()).rejects.toBeInstanceOf(TypeError);
    expect(() => state.epochAuthenticator()).toThrow(TypeError);
  });
});

describe('the base key', () => {
  it('[K1] needs the media key of the group secret too', async () => {
    const call = await Call.of(ada, ben);
    const other = { ...call.context, mediaKey: random(32) };
    const proposed = await engine.join(other, again(ben), call.epoch, call.groupInfo, call.isMember);
    const change = await call.state(ada).apply(proposed.message, call.isMember);
    expect(change.state.epochAuthenticator()).toEqual(proposed.next.epochAuthenticator());
    expect(await change.state.baseKey()).not.toEqual(await proposed.next.baseKey());
  });

  it('[K1] is HKDF-Extract with the media key as salt (an HMAC, RFC 5869 §2.2)', () => {
    const [salt, ikm] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const expected = createHmac('sha256', salt).update(ikm).digest('hex');
    expect(toHex(deriveBaseKey(salt, ikm))).toBe(expected);
    expect(() => deriveBaseKey(salt.subarray(1), ikm)).toThrow(RangeError);
    expect(() => deriveBaseKey(salt, ikm.subarray(1))).toThrow(RangeError);
  });
});
