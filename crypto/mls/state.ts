// One epoch of one group as one member knows it. State in, new state out: nothing changes a state but `wipe`. Every state owns its
// secrets: wiping one leaves those that came from it whole, so a commit that lost its race is dropped by wiping what it led to,
// and an epoch is left by wiping it once its successor is accepted.
import { wipe, type Bytes } from '../bytes.ts';
import { keyOf } from './codec.ts';
import type { GroupContext } from './group-context.ts';
import type { EpochSecrets } from './key-schedule.ts';
import type { Proposal } from './proposal.ts';
import type { RatchetTree } from './ratchet-tree.ts';
import { copySecretTree, wipeSecretTree, type SecretTree } from './secret-tree.ts';
import type { CipherSuite } from './suite.ts';
import type { PrivateKeys } from './treekem.ts';
import type { LeafIndex } from './tree-math.ts';

/** The secrets that are kept for the whole epoch; `encryption` became the secret tree. */
export type KeptSecrets = Omit<EpochSecrets, 'encryption'>;

/** A proposal that was received or sent in this epoch and may be committed by reference. */
export interface CachedProposal {
  readonly proposal: Proposal;
  readonly sender: LeafIndex;
}

/** What is needed to read messages of the epoch before that come late. */
export interface PastEpoch {
  readonly context: GroupContext;
  readonly tree: RatchetTree;
  readonly senderData: Bytes;
  readonly resumption: Bytes;
  readonly secretTree: SecretTree;
}

export interface GroupState {
  readonly suite: CipherSuite;
  readonly context: GroupContext;
  readonly tree: RatchetTree;
  readonly ownLeaf: LeafIndex;
  readonly interimTranscriptHash: Bytes;
  readonly confirmationTag: Bytes;
  readonly secrets: KeptSecrets;
  readonly secretTree: SecretTree;
  /** Of my leaf and of the nodes above it that I know. */
  readonly privateKeys: PrivateKeys;
  readonly signaturePrivateKey: Bytes;
  /** By `keyOf` their reference. */
  readonly proposals: ReadonlyMap<string, CachedProposal>;
  /** Private keys of Update proposals of mine, by `keyOf` their public key. */
  readonly pendingUpdates: ReadonlyMap<string, Bytes>;
  readonly past: PastEpoch | undefined;
}

/** The same state with some parts replaced and secrets of its own. The parts are taken over as they are, not copied. */
export function successor(state: GroupState, changed: Partial<GroupState>): GroupState {
  return { ...state, ...copiedSecrets(state, changed), ...changed };
}

function copiedSecrets(state: GroupState, changed: Partial<GroupState>): Partial<GroupState> {
  const isKept = (part: keyof GroupState): boolean => !(part in changed);
  return {
    ...(isKept('secrets') && { secrets: mapSecrets(state.secrets, (secret) => secret.slice()) }),
    ...(isKept('secretTree') && { secretTree: copySecretTree(state.secretTree) }),
    ...(isKept('privateKeys') && { privateKeys: copyKeys(state.privateKeys) }),
    ...(isKept('signaturePrivateKey') && { signaturePrivateKey: state.signaturePrivateKey.slice() }),
    ...(isKept('pendingUpdates') && { pendingUpdates: copyKeys(state.pendingUpdates) }),
    ...(isKept('past') && { past: state.past && copyPast(state.past) }),
  };
}

/** What stays of an epoch that is left, with secrets of its own. */
export function pastOf(state: GroupState): PastEpoch {
  return {
    context: state.context,
    tree: state.tree,
    senderData: state.secrets.senderData.slice(),
    resumption: state.secrets.resumption.slice(),
    secretTree: copySecretTree(state.secretTree),
  };
}

/**
 * The state that counts once my commit was accepted: `next` as it was made, with what was read in the old epoch until then, so that nothing
 * is read a second time as a message that comes late. `current` is what I went on with in the meantime.
 */
export function acceptCommit(next: GroupState, current: GroupState): GroupState {
  return successor(next, { past: pastOf(current) });
}

/** Splits what the key schedule made; `encryption` is the caller's to wipe. */
export function keptSecrets({ encryption: _, ...kept }: EpochSecrets): KeptSecrets {
  return kept;
}

/** Every array of secret bytes that a state holds outside its secret trees. */
function secretsOf(state: GroupState): Bytes[] {
  const past = state.past === undefined ? [] : [state.past.senderData, state.past.resumption];
  const { secrets, privateKeys, pendingUpdates, signaturePrivateKey } = state;
  return [
    ...Object.values<Bytes>(secrets),
    ...privateKeys.values(),
    ...pendingUpdates.values(),
    signaturePrivateKey,
    ...past,
  ];
}

/** Overwrites every secret of the state, which is of no use afterwards. */
export function wipeState(state: GroupState): void {
  wipe(...secretsOf(state));
  wipeSecretTree(state.secretTree);
  if (state.past !== undefined) wipeSecretTree(state.past.secretTree);
}

/**
 * The same state without any key of private messages, of this epoch or the one before, for a group that sends none. Takes the other
 * secrets over and wipes those.
 */
export function forgetMessageKeys(state: GroupState): GroupState {
  wipeSecretTree(state.secretTree);
  if (state.past !== undefined) {
    wipe(state.past.senderData, state.past.resumption);
    wipeSecretTree(state.past.secretTree);
  }
  const { leafCount } = state.secretTree;
  return { ...state, secretTree: { leafCount, nodes: new Map(), ratchets: new Map() }, past: undefined };
}

export function copyPast(past: PastEpoch): PastEpoch {
  return {
    ...past,
    senderData: past.senderData.slice(),
    resumption: past.resumption.slice(),
    secretTree: copySecretTree(past.secretTree),
  };
}

/** Copies of private keys. */
export function copyKeys<K>(keys: ReadonlyMap<K, Bytes>): Map<K, Bytes> {
  return new Map([...keys].map(([name, key]) => [name, key.slice()]));
}

/** Copies of the keys that still belong to their nodes in `after`, and of no others (§7.5: outdated ones are deleted). */
export function keysThatStay(
  keys: PrivateKeys,
  trees: { readonly before: RatchetTree; readonly after: RatchetTree },
): Map<number, Bytes> {
  const kept = new Map<number, Bytes>();
  for (const [node, key] of keys) {
    if (isSameKey(trees, node)) kept.set(node, key.slice());
  }
  return kept;
}

function isSameKey({ before, after }: { before: RatchetTree; after: RatchetTree }, node: number): boolean {
  if (after.isBlank(node) || before.isBlank(node)) return false;
  return keyOf(after.encryptionKey(node)) === keyOf(before.encryptionKey(node));
}

function mapSecrets(secrets: KeptSecrets, map: (secret: Bytes) => Bytes): KeptSecrets {
  return Object.fromEntries(
    Object.entries<Bytes>(secrets).map(([name, secret]) => [name, map(secret)]),
  ) as unknown as KeptSecrets;
}
