// Rules of stored states: what was stored comes back and goes on; what does not fit together is refused, so that no later step can fail in
// any way but a refusal.
import { describe, expect, it } from 'vitest';
import { concat, random, uint, type Bytes } from '../bytes.ts';
import {
  createCommit,
  proposeUpdate,
  receive,
  restoreState,
  sendApplication,
  storeState,
  type GroupState,
} from './index.ts';
import { keyOf } from './codec.ts';
import { fourPeople } from './test/four.ts';
import { application, suite } from './test/people.ts';
import { expectRefusal, type Refusal } from './test/refusal.ts';

const { group, ada, mal, ben } = await fourPeople();
const spoken = sendApplication(group.state(mal), random(3));
const afterSkip = sendApplication(spoken.state, random(3));
const { state: reading } = await receive(group.state(ada), afterSkip.message, application);
const { state } = proposeUpdate(reading);
const own = 2 * state.ownLeaf;

function refuse(change: Partial<GroupState>, refusal: Refusal): Promise<void> {
  const bytes = storeState({ ...state, ...change });
  return expectRefusal(() => restoreState(suite, bytes), refusal);
}

const malformed = (words: string): Refusal => ['malformed', words];
const ratchets = (change: object): GroupState['secretTree'] => ({
  ...state.secretTree,
  ratchets: new Map(
    [...state.secretTree.ratchets].map(([leaf, both]) => [
      leaf,
      { ...both, application: { ...both.application, ...change } },
    ]),
  ),
});

describe('a stored state', () => {
  it('[C6] comes back as it was, with skipped keys, a proposal and a past epoch, and goes on', async () => {
    const bytes = storeState(state);
    expect(state.past).toBeDefined();
    expect([state.proposals.size, state.pendingUpdates.size]).toEqual([1, 1]);
    const restored = restoreState(suite, bytes);
    expect(storeState(restored)).toEqual(bytes);
    expect((await receive(restored, spoken.message, application)).kind).toBe('application');
    const { message } = await createCommit(group.state(ben), {}, application);
    expect((await receive(restored, message, application)).kind).toBe('commit');
  });

  it('[O1] is refused with bytes behind it, at every length short of its own, and of another version', async () => {
    const bytes = storeState(state);
    await expectRefusal(() => restoreState(suite, concat(bytes, random(1))), malformed('trailing'));
    for (let length = 0; length < bytes.length; length += 7) {
      await expectRefusal(() => restoreState(suite, bytes.slice(0, length)), malformed(''));
    }
    await expectRefusal(
      () => restoreState(suite, concat(uint(2, 2), bytes.slice(2))),
      ['unsupported', 'version'],
    );
  });

  it('[O1] is refused with another version, suite, tree or past than belongs to it', async () => {
    const { context, past } = state;
    await refuse({ context: { ...context, cipherSuite: 2 } }, ['unsupported', 'suite']);
    await refuse({ context: { ...context, version: 2 } }, ['unsupported', 'version']);
    await refuse({ tree: group.state(ben).past!.tree }, malformed('a tree of another hash'));
    await refuse({ past: { ...past!, tree: state.tree } }, malformed('a tree of another hash'));
    const elsewhere = { ...past!.context, groupId: random(16) };
    await refuse({ past: { ...past!, context: elsewhere } }, malformed('a past of another group'));
    const older = { ...past!.context, epoch: past!.context.epoch - 1n };
    await refuse({ past: { ...past!, context: older } }, malformed('not the epoch before'));
  });

  it('[O1] is refused at a leaf that is not there or is not its own', async () => {
    for (const ownLeaf of [4, 2 ** 32 - 1]) await refuse({ ownLeaf }, ['out_of_range', 'no leaf at']);
    await refuse({ ownLeaf: group.leafOf(ben) }, malformed('its leaf’s key'));
  });

  it('[O1] is refused with private keys that are not those of their nodes, or no keys at all', async () => {
    const withKey = (node: number, key: Bytes) => ({
      privateKeys: new Map(state.privateKeys).set(node, key),
    });
    for (const length of [0, 31, 32, 33])
      await refuse(withKey(own, random(length)), malformed('not its node’s'));
    for (const node of [4, 100, 2 ** 31])
      await refuse(withKey(node, random(32)), malformed('not its node’s'));
    await refuse({ privateKeys: new Map() }, malformed('without its leaf’s key'));
    for (const length of [0, 31, 32]) {
      const words = 'signature key is not its leaf’s';
      await refuse({ signaturePrivateKey: random(length) }, malformed(words));
      const pendingUpdates = new Map([[keyOf(random(32)), random(length)]]);
      await refuse({ pendingUpdates }, malformed('an Update with another key'));
    }
  });

  it('[O1] is refused with secrets of another size', async () => {
    for (const name of Object.keys(state.secrets)) {
      const secrets = { ...state.secrets, [name]: random(31) };
      await refuse({ secrets }, malformed('without its secrets'));
    }
    const { past } = state;
    await refuse({ past: { ...past!, senderData: random(31) } }, malformed('without its secrets'));
    await refuse({ past: { ...past!, resumption: random(0) } }, malformed('without its secrets'));
  });

  it('[O1] is refused with a secret tree that is not one', async () => {
    const { secretTree } = state;
    for (const leafCount of [0, 3, 8, 2 ** 32 - 1]) {
      await refuse({ secretTree: { ...secretTree, leafCount } }, malformed('another width'));
    }
    const withNode = (node: number, length: number) => ({
      secretTree: { ...secretTree, nodes: new Map(secretTree.nodes).set(node, random(length)) },
    });
    for (const [node, length] of [
      [7, 32],
      [2 ** 31, 32],
      [3, 31],
    ] as const) {
      await refuse(withNode(node, length), malformed('a node of a secret tree'));
    }
    await refuse({ secretTree: ratchets({ secret: random(31) }) }, malformed('a ratchet'));
    const keys = { key: random(16), nonce: random(12) };
    for (const skipped of [
      new Map([[0, { ...keys, key: random(15) }]]),
      new Map([[0, { ...keys, nonce: random(0) }]]),
      new Map([[1000, keys]]),
    ]) {
      await refuse({ secretTree: ratchets({ skipped }) }, malformed('a skipped key'));
    }
    const many = new Map(Array.from({ length: 257 }, (_, at) => [at, keys]));
    await refuse({ secretTree: ratchets({ skipped: many, generation: 300 }) }, malformed('a ratchet'));
    const [[, both]] = [...secretTree.ratchets] as [[number, never]];
    await refuse(
      { secretTree: { ...secretTree, ratchets: new Map([[4, both]]) } },
      malformed('without a leaf'),
    );
  });
});
