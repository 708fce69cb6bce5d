// What the delivery log, or whoever sits in its place, can do with sealed messages (protocol.md E1, E2, O2): replay them, give
// them to another call, generation, epoch or group, or as another kind. None opens, and nothing changes.
import { beforeEach, describe, expect, it } from 'vitest';
import { random, uint, type Bytes } from '../bytes.ts';
import { sealEnvelope } from '../invite/index.ts';
import { Call, newContext, person, refused, viewOf, type Person } from '../test/call.ts';
import { engine, type CallContext, type CallState } from './index.ts';

const [ada, ben] = (await Promise.all(['ada', 'ben'].map((name) => person(name)))) as [Person, Person];
let call: Call;
let opened: Awaited<ReturnType<typeof engine.create>>;
beforeEach(async () => {
  call = new Call(newContext(ada));
  call.admit(ada, ben);
  opened = await engine.create(call.context, ada);
  call.states.set(ada, opened.next);
  call.groupInfo = opened.groupInfo;
  await call.join(ben);
});

/** Ada's state as it would be in another context: same secrets, another place. */
async function elsewhere(change: Partial<CallContext>): Promise<CallState> {
  const context = { ...call.context, ...change };
  const other = await engine.create(context, ada);
  const joined = await engine.join(context, ben, 0n, other.groupInfo, call.isMember);
  return (await other.next.apply(joined.message, call.isMember)).state;
}

async function refusesUnchanged(state: CallState, message: Bytes): Promise<void> {
  const before = await viewOf(state);
  await expect(state.apply(message, call.isMember)).rejects.toMatchObject(refused('not_opened'));
  expect(await viewOf(state)).toBe(before);
}

describe('a sealed commit', () => {
  it('[O2] is refused when it comes again', async () => {
    const proposed = await call.state(ben).selfUpdate();
    await call.accept(ben, proposed);
    await refusesUnchanged(call.state(ada), proposed.message);
    await refusesUnchanged(call.state(ben), proposed.message);
  });

  it('[E2] opens in no other call, generation, group or group secret', async () => {
    const { message } = await call.state(ben).selfUpdate();
    const places = [
      { callId: random(16) },
      { generation: 2 },
      { groupId: random(16) },
      { handshakeKey: random(32) },
    ];
    for (const place of places) await refusesUnchanged(await elsewhere(place), message);
  });

  it('[E2] opens in no other epoch, before or after', async () => {
    const early = await call.state(ben).selfUpdate();
    await refusesUnchanged(opened.next, early.message);
    await call.accept(ada, await call.state(ada).selfUpdate());
    await refusesUnchanged(call.state(ada), early.message);
    expect(early.epoch).toBe(1n);
  });

  it('[E1] is no GroupInfo, and a GroupInfo no commit', async () => {
    const { message, groupInfo } = await call.state(ben).selfUpdate();
    await refusesUnchanged(call.state(ada), groupInfo);
    const joining = engine.join(call.context, ben, 1n, message, call.isMember);
    await expect(joining).rejects.toMatchObject(refused('not_opened'));
  });

  it('[E2] is at most 256 KiB and at least an envelope', async () => {
    const state = call.state(ada);
    await expect(state.apply(new Uint8Array(256 * 1024 + 1), call.isMember)).rejects.toMatchObject(
      refused('out_of_range'),
    );
    for (const bytes of [new Uint8Array(0), new Uint8Array(30)]) {
      await expect(state.apply(bytes, call.isMember)).rejects.toMatchObject(refused('malformed'));
    }
  });

  it('[C10] is refused where the envelope opens on what is not MLS', async () => {
    for (const inner of [new Uint8Array(0), uint(1, 2), random(5), random(2000), new Uint8Array(2000)]) {
      const place = { ...call.context, epoch: 1n, kind: 'commit' } as const;
      const sealed = sealEnvelope(call.context.handshakeKey, place, inner);
      // Other versions of MLS are `unsupported`, and that is what most bytes begin with.
      const code: unknown = expect.stringMatching(/^(malformed|unsupported)$/);
      await expect(call.state(ada).apply(sealed, call.isMember)).rejects.toMatchObject({ code });
    }
  });
});

describe('another generation', () => {
  it('[C9] is another MLS group: nothing of the one before opens or agrees', async () => {
    const next = await engine.create({ ...call.context, generation: 2 }, ada);
    expect(next).toMatchObject({ kind: 'open', generation: 2, epoch: 0n });
    expect(await next.next.baseKey()).not.toEqual(await call.state(ada).baseKey());
    await refusesUnchanged(next.next, (await call.state(ben).selfUpdate()).message);
    const joined = await engine.join(
      { ...call.context, generation: 2 },
      ben,
      0n,
      next.groupInfo,
      call.isMember,
    );
    const { state } = await next.next.apply(joined.message, call.isMember);
    expect(await viewOf(state)).toBe(await viewOf(joined.next));
  });
});
