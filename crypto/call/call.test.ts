// One call followed by everybody: joining, leaving, rejoining, updating, losing a race (protocol.md C1, C4–C6, K1).
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes.ts';
import { engine } from './index.ts';
import { again, Call, newContext, person, refused, rosterOf, viewOf, type Person } from './people.fixture.ts';

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
    expect([...call.states.keys()]).toEqual([back]);
  });
});
