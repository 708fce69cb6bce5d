// What large calls leave unsaid (protocol.md A4, A5): a message from everybody to everybody is too much for many. A state with a stand-in
// for the seal, so that what is meant to be said can be read.
import { describe, expect, it } from 'vitest';
import type { CallState, Leaf } from '../../crypto/call/types.ts';
import { ManualClock } from '../testing/clock.ts';
import { CallMessages } from './messages.ts';

const leaf = (index: number): Leaf => ({
  ...{ index, livekitIdentity: `p${index}` },
  identity: new Uint8Array(32).fill(index),
});

function stateOf(size: number, epoch: bigint): CallState {
  const leaves = Array.from({ length: size }, (_, index) => leaf(index));
  const messages = { epoch, seal: (data: Uint8Array) => data, open: () => new Promise(() => undefined) };
  const state = {
    ...{ leaves, ownLeaf: leaf(0), context: { generation: 1 } },
    messages: () => ({ ...messages, wipe: () => undefined }),
    transcriptHash: () => new Uint8Array(32),
  };
  return state as unknown as CallState;
}

/** What is said, first byte first, within two seconds of somebody joining a call that has `size` leaves then. */
async function saidAfterAJoin(size: number, isSending: boolean): Promise<number[]> {
  const clock = new ManualClock();
  const said: number[] = [];
  const quiet = {
    onSwitch: () => undefined,
    onPeers: () => undefined,
    onText: () => undefined,
    onMute: () => undefined,
  };
  const messages = new CallMessages({
    ...{
      clock,
      random: () => 0.5,
      ...quiet,
      onStray: () => undefined,
      history: () => null,
      onHistory: () => undefined,
      onDoubt: () => undefined,
    },
    send: (message) => said.push(message[0]!),
  });
  messages.noteSenders(new Set(['p1']));
  messages.tell({
    isMuted: false,
    isWithholding: false,
    decodes: [],
    hand: 0,
    streams: isSending ? { microphone: 'TR_1' } : {},
  });
  const before = stateOf(size - 1, 4n);
  messages.enter(null, before, { groupId: new Uint8Array(20) });
  await clock.pass(5_000);
  said.length = 0;
  messages.enter(before, stateOf(size, 5n), { groupId: new Uint8Array(20) });
  messages.installed(1, 5n);
  await clock.pass(2_000);
  messages.stop();
  return said;
}

const [acknowledgement, heartbeat] = [1, 2];

describe('when somebody joins', () => {
  it('[A4] an epoch is acknowledged in calls of up to 32, and no more above', async () => {
    expect(await saidAfterAJoin(32, false)).toContain(acknowledgement);
    expect(await saidAfterAJoin(33, true)).not.toContain(acknowledgement);
  });

  it('[A5] everybody says how things stand in calls of up to 20, above it who sends', async () => {
    expect(await saidAfterAJoin(20, false)).toContain(heartbeat);
    expect(await saidAfterAJoin(21, false)).not.toContain(heartbeat);
    expect(await saidAfterAJoin(21, true)).toContain(heartbeat);
  });
});
