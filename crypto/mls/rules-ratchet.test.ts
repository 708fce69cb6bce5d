// Rules of the secret tree (RFC 9420 §9): a key is used once and not far ahead of what was seen, and what was said one epoch ago can be
// read once, no matter in which order it comes.
import { describe, expect, it } from 'vitest';
import { random } from '../bytes.ts';
import {
  acceptCommit,
  createCommit,
  propose,
  receive,
  sendApplication,
  storeState,
  wipeState,
} from './index.ts';
import { maxSkip, takeAt } from './secret-tree.ts';
import type { GroupState } from './state.ts';
import { forgeCommit } from './test/forge.ts';
import { fourPeople } from './test/four.ts';
import { viewOf } from './test/group.ts';
import { application, person, sharedPskId, suite } from './test/people.ts';
import { expectRefused, expectUntouched } from './test/refusal.ts';

const { group, ada, mal, ben } = await fourPeople();
const [adas, mals] = [group.state(ada), group.state(mal)];
const proposal = { type: 'psk', psk: sharedPskId() } as const;

/** `state` after `count` messages that nobody gets. */
function after(state: GroupState, count: number): GroupState {
  let at = state;
  for (let i = 0; i < count; i++) at = sendApplication(at, random(1)).state;
  return at;
}

describe('replay', () => {
  it('[O1] reads application data once', async () => {
    const { message } = sendApplication(mals, random(7));
    const { state } = await receive(adas, message, application);
    await expectRefused(state, message, ['replayed', 'is gone']);
  });

  it('[O1] reads a message that was overtaken once, also after a forgery under its key', async () => {
    const [overtaken, first] = [sendApplication(mals, random(7)), sendApplication(after(mals, 1), random(7))];
    let { state } = await receive(adas, first.message, application);
    const forged = { ...mals, signaturePrivateKey: person('Eve').signatureKeys.privateKey };
    await expectRefused(state, sendApplication(forged, random(7)).message, [
      'bad_signature',
      'FramedContentTBS',
    ]);
    ({ state } = await receive(state, overtaken.message, application));
    for (const { message } of [overtaken, first])
      await expectRefused(state, message, ['replayed', 'is gone']);
  });

  it('[O1] reads a private proposal once, and keeps a public one once however often it comes', async () => {
    const secret = propose(mals, proposal, { wireFormat: 'private_message' }).message;
    const { state } = await receive(adas, secret, application);
    await expectRefused(state, secret, ['replayed', 'is gone']);
    const open = propose(mals, proposal).message;
    const once = await receive(adas, open, application);
    const twice = await receive(once.state, open, application);
    expect(storeState(twice.state)).toEqual(storeState(once.state));
  });

  it.each(['public_message', 'private_message'] as const)(
    '[O1] follows a commit in a %s once: afterwards it is of another epoch',
    async (wireFormat) => {
      const message = forgeCommit(mals, { wireFormat });
      const { state } = await receive(adas, message, application);
      await expectRefused(state, message, ['wrong_epoch', 'another epoch']);
    },
  );

  it('[O1] reads what comes one epoch late once, and nothing that comes two epochs late', async () => {
    const { message } = sendApplication(mals, random(7));
    const { message: commit } = await createCommit(mals, {}, application);
    const late = (await receive(adas, commit, application)).state;
    const read = await receive(late, message, application);
    expect(read).toMatchObject({ kind: 'application', epoch: adas.context.epoch });
    await expectRefused(read.state, message, ['replayed', 'is gone']);
    const bens = (await receive(group.state(ben), commit, application)).state;
    const { message: another } = await createCommit(bens, {}, application);
    const later = (await receive(late, another, application)).state;
    await expectRefused(later, message, ['wrong_epoch', 'another epoch']);
  });

  it('[O1] reads nothing again that it read while its own commit was on its way', async () => {
    const { message } = sendApplication(mals, random(7));
    const made = await createCommit(adas, {}, application);
    const { state: current } = await receive(adas, message, application);
    const next = acceptCommit(made.next, current);
    expect(viewOf(next)).toBe(viewOf(made.next));
    await expectRefused(next, message, ['replayed', 'is gone']);
    const other = sendApplication(after(mals, 1), random(7)).message;
    wipeState(made.next);
    wipeState(current);
    expect((await receive(next, other, application)).kind).toBe('application');
  });

  it('[O1] keeps no second use of a key after a signature that failed: the real message is still read', async () => {
    const asBen = { ...mals, ownLeaf: group.leafOf(ben) };
    await expectRefused(adas, sendApplication(asBen, random(7)).message, [
      'bad_signature',
      'FramedContentTBS',
    ]);
    const real = sendApplication(group.state(ben), random(7)).message;
    expect((await receive(adas, real, application)).kind).toBe('application');
  });
});

describe('generations', () => {
  it(`[O1] reads ${maxSkip} messages ahead and no further, and those in between afterwards`, async () => {
    const [first, last] = [
      sendApplication(mals, random(2)),
      sendApplication(after(mals, maxSkip), random(2)),
    ];
    const tooFar = sendApplication(after(mals, maxSkip + 1), random(2));
    await expectRefused(adas, tooFar.message, ['out_of_range', 'too far ahead']);
    const { state } = await receive(adas, last.message, application);
    expect((await receive(state, first.message, application)).kind).toBe('application');
  });

  it.each([2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1])(
    '[O1] refuses generation %d at once, of any leaf and ratchet',
    async (generation) => {
      for (const kind of ['handshake', 'application'] as const) {
        const place = { leaf: mals.ownLeaf, kind, generation };
        await expectUntouched(adas, () => takeAt(suite, adas.secretTree, place), [
          'out_of_range',
          'too far ahead',
        ]);
      }
    },
  );

  it.each([4, 5, 2 ** 14, 2 ** 31, 2 ** 32 - 1])('[C10] has no ratchet for leaf %d', async (leaf) => {
    const place = { leaf, kind: 'application', generation: 0 } as const;
    await expectUntouched(adas, () => takeAt(suite, adas.secretTree, place), ['out_of_range', 'no leaf']);
  });

  it('[O1] forgets the oldest of skipped keys, so that no sender can pile them up', async () => {
    const early = sendApplication(mals, random(2)).message;
    let state = adas;
    for (const ahead of [maxSkip, 2 * maxSkip]) {
      state = (await receive(state, sendApplication(after(mals, ahead), random(2)).message, application))
        .state;
    }
    const kept = state.secretTree.ratchets.get(mals.ownLeaf)?.application.skipped.size;
    expect(kept).toBe(maxSkip);
    await expectRefused(state, early, ['replayed', 'is gone']);
  });
});
