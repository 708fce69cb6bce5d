// What the fuzz starts from: a group in the middle of its life, members in every state that a member can be in, and one honest message of
// every kind and way of travelling, all made by Mal, who holds a member's keys.
import { random, utf8, type Bytes } from '../../bytes.ts';
import { bytesOfKey, encode } from '../codec.ts';
import { extensionTypes, requiredCapabilities } from '../extension.ts';
import {
  createCommit,
  encodeMessage,
  joinByWelcome,
  propose,
  proposeUpdate,
  receive,
  sendApplication,
  type GroupState,
} from '../index.ts';
import type { Proposal } from '../proposal.ts';
import { newExternalPskId } from '../psk.ts';
import { forgeCommit, forgeJoin } from './forge.ts';
import { Group, welcomeIn } from './group.ts';
import { application, keyPackageOf, person, sharedPskId, suite, type KeptKeyPackage } from './people.ts';

export interface Scenario {
  /** Members of one epoch, and one who is an epoch behind. */
  readonly states: Readonly<Record<string, GroupState>>;
  readonly mal: GroupState;
  readonly messages: readonly Bytes[];
  /** For somebody who is invited by `welcome`. */
  readonly invited: KeptKeyPackage;
  readonly welcome: Bytes;
  readonly groupInfo: Bytes;
  readonly keyPackage: Bytes;
  /** Proposals of every type. */
  readonly proposals: readonly Proposal[];
}

export async function newScenario(): Promise<Scenario> {
  const [ada, ben, cyd, mal, out] = [
    person('Ada'),
    person('Ben'),
    person('Cyd'),
    person('Mal'),
    person('Out'),
  ];
  const group = await Group.byWelcome(ada, mal, ben, cyd, out);
  for (const who of [cyd, mal, ben]) await group.commit(who);
  await group.commit(ada, { proposals: [{ type: 'remove', removed: group.leafOf(out) }] });
  const behind = group.state(cyd);
  const late = sendApplication(group.state(mal), utf8('late')).message;
  const [dot, eve] = [person('Dot'), person('Eve')];
  const stale = { ...behind };
  await keeping(group, [cyd], async () => {
    await group.add(mal, [dot], { withPath: false });
    await group.join(eve);
  });
  const mals = group.state(mal);
  const waiting = await withProposals(group.state(ben), mals);
  const invited = keyPackageOf(person('Zed'));
  const add: Proposal = { type: 'add', keyPackage: invited.keyPackage };
  const { welcome } = await createCommit(mals, { proposals: [add, psk()] }, application);
  const proposals = everyProposal(mals, add);
  return {
    states: {
      'a member': group.state(ada),
      'a member with proposals': waiting,
      'who came by Welcome': group.state(dot),
      'who came by external commit': group.state(eve),
      'who is behind': stale,
    },
    mal: mals,
    messages: [...spoken(mals, proposals), ...(await committed(mals, waiting, add)), ...joined(group), late],
    invited,
    welcome: welcome as Bytes,
    groupInfo: encodeMessage({ wireFormat: 'group_info', groupInfo: group.groupInfo(mal) }),
    keyPackage: encodeMessage({
      wireFormat: 'key_package',
      keyPackage: keyPackageOf(person('Fay')).keyPackage,
    }),
    proposals,
  };
}

const psk = (): Proposal => ({ type: 'psk', psk: sharedPskId() });

/** Some people look away while others act. */
async function keeping(
  group: Group,
  away: readonly (typeof group.members)[number][],
  act: () => Promise<void>,
): Promise<void> {
  for (const who of away) group.states.delete(who);
  await act();
}

/** Ben's state with three proposals in it, one of them his own Update, and keys that were skipped. */
async function withProposals(ben: GroupState, mal: GroupState): Promise<GroupState> {
  let state = proposeUpdate(ben).state;
  for (const proposal of [psk(), { type: 'remove', removed: 0 } as const]) {
    state = (await receive(state, propose(mal, proposal).message, application)).state;
  }
  const ahead = sendApplication(sendApplication(mal, utf8('skipped')).state, utf8('read')).message;
  return (await receive(state, ahead, application)).state;
}

function everyProposal(mal: GroupState, add: Proposal): Proposal[] {
  const { context } = mal;
  const data = encode(requiredCapabilities, { extensions: [1], proposals: [1], credentials: [1] });
  const resumption = { kind: 'resumption', usage: 'application', pskGroupId: context.groupId } as const;
  return [
    add,
    psk(),
    { type: 'psk', psk: newExternalPskId(suite, utf8('unknown')) },
    { type: 'psk', psk: { psk: { ...resumption, pskEpoch: context.epoch }, nonce: random(32) } },
    { type: 'remove', removed: 0 },
    { type: 'remove', removed: 2 },
    { type: 'group_context_extensions', extensions: [] },
    { type: 'group_context_extensions', extensions: [{ type: extensionTypes.requiredCapabilities, data }] },
    { type: 'reinit', groupId: random(16), version: 1, cipherSuite: 1, extensions: [] },
    { type: 'external_init', kemOutput: keyPackageOf(person('x')).keyPackage.initKey },
  ];
}

const wireFormats = ['public_message', 'private_message'] as const;

function spoken(mal: GroupState, proposals: readonly Proposal[]): Bytes[] {
  return wireFormats.flatMap((wireFormat) => [
    ...proposals.map(
      (proposal) => propose(mal, proposal, { wireFormat, authenticatedData: utf8('seen') }).message,
    ),
    proposeUpdate(mal, { wireFormat }).message,
    sendApplication(mal, utf8('hello'), { paddingBytes: 7 }).message,
  ]);
}

/** Commits of every shape; the last ones name proposals that `waiting` has. */
async function committed(mal: GroupState, waiting: GroupState, add: Proposal): Promise<Bytes[]> {
  const lists: readonly (readonly Proposal[])[] = [
    [],
    [add],
    [psk()],
    [{ type: 'remove', removed: 2 }, add, psk()],
  ];
  const references = [...waiting.proposals].map(([key, sent]) => ({
    reference: bytesOfKey(key),
    sent: { ...sent, by: 'reference' as const },
  }));
  const made: Bytes[] = [];
  for (const wireFormat of wireFormats) {
    for (const proposals of lists) {
      made.push((await createCommit(mal, { proposals, wireFormat }, application)).message);
    }
    made.push(
      (await createCommit(mal, { proposals: [add], wireFormat, withPath: false }, application)).message,
    );
    made.push(forgeCommit(mal, { references, wireFormat }));
  }
  return made;
}

function joined(group: Group): Bytes[] {
  const info = group.groupInfo();
  const who = person('Gil');
  return [[], [{ type: 'remove', removed: 1 } as const], [psk()]].map((proposals) =>
    forgeJoin(info, who, { proposals }),
  );
}

/** Joins by bytes that should be a Welcome. */
export function joinBy(welcome: Bytes, { keyPackage, secrets }: KeptKeyPackage): Promise<GroupState> {
  return joinByWelcome(suite, { welcome: welcomeIn(welcome), keyPackage, secrets }, application);
}
