// From one epoch to the next (RFC 9420 §12.4.1, §12.4.2), for who commits, who receives and who joins: the group context, the
// transcript, the key schedule, the confirmation tag, always in this order.
import { wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import type { Application } from './application.ts';
import type { Extension } from './extension.ts';
import type { GroupContext } from './group-context.ts';
import { confirmationTag, epochSecrets, joinerSecret, type EpochSecrets } from './key-schedule.ts';
import { isSame } from './key-set.ts';
import { pskSecret, type PskId, type PskKind } from './psk.ts';
import type { RatchetTree } from './ratchet-tree.ts';
import { createSecretTree } from './secret-tree.ts';
import { keptSecrets, type GroupState } from './state.ts';
import type { CipherSuite } from './suite.ts';
import { confirmedTranscriptHash, interimTranscriptHash, type TranscriptEntry } from './transcript.ts';
import { treeHash } from './tree-hash.ts';

const lastEpoch = 2n ** 64n - 1n;

/** The provisional group context: of the new epoch, with the transcript of the old. Throws `CryptoError('out_of_range')` after the last. */
export function provisionalContext(
  suite: CipherSuite,
  before: GroupContext,
  after: { readonly tree: RatchetTree; readonly extensions: readonly Extension[] },
): GroupContext {
  if (before.epoch >= lastEpoch) throw new CryptoError('out_of_range', 'a group in its last epoch');
  return {
    ...before,
    epoch: before.epoch + 1n,
    treeHash: treeHash(suite, after.tree),
    extensions: after.extensions,
  };
}

export interface EpochInput {
  readonly interimTranscriptHash: Bytes;
  readonly provisional: GroupContext;
  readonly entry: TranscriptEntry;
  readonly initSecret: Bytes;
  readonly commitSecret: Bytes;
  readonly pskSecret: Bytes;
}

export interface Epoch {
  readonly context: GroupContext;
  readonly secrets: EpochSecrets;
  /** For a Welcome; to be wiped. */
  readonly joinerSecret: Bytes;
  readonly confirmationTag: Bytes;
  readonly interimTranscriptHash: Bytes;
}

/** Everything that follows from a commit. The secrets it is given stay the caller's to wipe. */
export function nextEpoch(suite: CipherSuite, given: EpochInput): Epoch {
  const confirmed = confirmedTranscriptHash(suite, given.interimTranscriptHash, given.entry);
  const context: GroupContext = { ...given.provisional, confirmedTranscriptHash: confirmed };
  const joiner = joinerSecret(suite, given, context);
  const secrets = epochSecrets(suite, { joinerSecret: joiner, pskSecret: given.pskSecret }, context);
  const tag = confirmationTag(suite, secrets, confirmed);
  return {
    ...{ context, secrets, joinerSecret: joiner, confirmationTag: tag },
    interimTranscriptHash: interimTranscriptHash(suite, confirmed, tag),
  };
}

/** What every new epoch's state is made of. `epoch.secrets.encryption` is wiped: it is the secret tree now. */
export function stateOf(
  suite: CipherSuite,
  epoch: Omit<Epoch, 'joinerSecret'>,
  rest: Pick<GroupState, 'tree' | 'ownLeaf' | 'privateKeys' | 'signaturePrivateKey' | 'past'>,
): GroupState {
  const { context, secrets } = epoch;
  const secretTree = createSecretTree(secrets.encryption, rest.tree.leafCount);
  wipe(secrets.encryption);
  return {
    ...{ suite, context, secretTree },
    interimTranscriptHash: epoch.interimTranscriptHash,
    confirmationTag: epoch.confirmationTag,
    secrets: keptSecrets(secrets),
    proposals: new Map(),
    pendingUpdates: new Map(),
    ...rest,
  };
}

/** `psk_secret` of the keys that a commit or Welcome names. Throws `CryptoError('missing_psk')`. */
export function resolvePsks(
  suite: CipherSuite,
  ids: readonly PskId[],
  from: { readonly application: Application; readonly state?: GroupState },
): Bytes {
  const psks = ids.map((id) => {
    const psk = (from.state && resumptionPsk(from.state, id.psk)) ?? from.application.psk?.(id.psk);
    if (psk === undefined) throw new CryptoError('missing_psk', 'a pre-shared key that is not here');
    return { id, psk };
  });
  return pskSecret(suite, psks);
}

/** Resumption PSKs of this epoch and the one before (§8.6); others are the application's to keep. */
function resumptionPsk({ context, secrets, past }: GroupState, psk: PskKind): Bytes | undefined {
  if (psk.kind !== 'resumption' || !isSame(psk.pskGroupId, context.groupId)) return undefined;
  if (psk.pskEpoch === context.epoch) return secrets.resumption;
  return psk.pskEpoch === past?.context.epoch ? past.resumption : undefined;
}
