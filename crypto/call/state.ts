// One epoch of one call on crypto/mls (protocol.md C3–C6, C12, K1; types.ts says what each method promises). Holds the group state
// privately and never changes it; rules.ts says what a commit may do.
import { wipe, type Bytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { openEnvelope, sealEnvelope } from '../invite/envelope.ts';
import {
  createCommit,
  decodeMessage,
  exportSecret,
  forgetMessageKeys,
  receive,
  wipeState,
  type CommitView,
  type GroupState,
  type Proposal,
} from '../mls/index.ts';
import { baseKeyExport, deriveBaseKey } from './base-key.ts';
import { sealGroupInfo } from './group-info.ts';
import { judgeRequests } from './join-request.ts';
import { leavesOf } from './leaves.ts';
import { MlsEpochMessages } from './messages.ts';
import { purposeBytes, purposeOf, RemovedByCommit, type RemovalPurpose } from './removal.ts';
import { ownCommit, rulesForCommit } from './rules.ts';
import type {
  Addition,
  CallContext,
  CallState,
  Change,
  EpochMessages,
  IsMember,
  JoinRequest,
  Leaf,
  Proposed,
} from './types.ts';

export class MlsCallState implements CallState {
  readonly context: CallContext;
  readonly epoch: bigint;
  readonly ownLeaf: Leaf;
  readonly leaves: readonly Leaf[];
  readonly #mls: GroupState;
  readonly #messages: MlsEpochMessages;
  /** Somebody has them, and wipes them. */
  #hasGivenMessages = false;
  #isWiped = false;

  /** The leaves of `mls` were accepted (C3); the new state owns its secrets. Message keys live in `messages` alone, so that none is used twice. */
  constructor(context: CallContext, mls: GroupState) {
    this.context = context;
    this.epoch = mls.context.epoch;
    this.leaves = leavesOf(mls);
    this.#messages = new MlsEpochMessages(mls, this.leaves);
    this.#mls = forgetMessageKeys(mls);
    this.ownLeaf = leafIn(this.leaves, mls.ownLeaf);
  }

  /** For this folder's tests, which forge what an honest client never sends. */
  static mlsOf(state: CallState): GroupState {
    if (!(state instanceof MlsCallState)) throw new TypeError('state must be of this engine');
    return state.#mls;
  }

  baseKey(): Promise<Bytes> {
    return this.#working((mls) => {
      const { label, bytes } = baseKeyExport;
      const { exporter } = mls.secrets;
      const exported = exportSecret(mls.suite, exporter, {
        label,
        context: new Uint8Array(0),
        length: bytes,
      });
      const key = deriveBaseKey(this.context.mediaKey, exported);
      wipe(exported);
      return key;
    });
  }

  epochAuthenticator(): Bytes {
    return this.#usable().secrets.authentication.slice();
  }

  transcriptHash(): Bytes {
    return this.#usable().context.confirmedTranscriptHash.slice();
  }

  messages(): EpochMessages {
    if (!this.#hasGivenMessages) this.#usable();
    this.#hasGivenMessages = true;
    return this.#messages;
  }

  apply(message: Bytes, isMember: IsMember): Promise<Change> {
    const { context, epoch } = this;
    return this.#working(async (mls) => {
      const opened = openEnvelope(context.handshakeKey, { ...context, epoch, kind: 'commit' }, message);
      refuseAllButCommits(opened);
      const rules = rulesForCommit(mls.tree, { context, isMember });
      const view: { commit?: CommitView } = {};
      const permit = (commit: CommitView): void | Promise<void> => {
        view.commit = commit;
        return rules.permit?.(commit);
      };
      const received = await receive(mls, opened, { ...rules, permit }).catch((error: unknown) => {
        throw this.#explained(error, view.commit);
      });
      if (received.kind !== 'commit')
        throw new CryptoError('not_allowed', `a ${received.kind} where a commit belongs`);
      const { added, removed, committer } = received.change;
      const next = new MlsCallState(context, received.state);
      return {
        state: next,
        joined: next.leaves.filter(({ index }) => added.includes(index)),
        removed: this.leaves.filter(({ index }) => removed.includes(index)),
        committer: leafIn(next.leaves, committer),
        purpose: view.commit === undefined ? null : purposeOf(view.commit),
      };
    });
  }

  async remove(leafIndexes: readonly number[], purpose: RemovalPurpose | null = null): Promise<Proposed> {
    if (leafIndexes.length === 0) throw new RangeError('leafIndexes must not be empty');
    for (const index of leafIndexes) {
      const isThere = this.leaves.some((leaf) => leaf.index === index);
      if (!isThere || index === this.ownLeaf.index) {
        throw new CryptoError('not_allowed', `leaf ${index} is not another one's`);
      }
    }
    return this.#commit(
      [...new Set(leafIndexes)].sort((a, b) => a - b),
      purpose,
    );
  }

  add(requests: readonly JoinRequest[], isMember: IsMember): Promise<Addition> {
    const { context, epoch } = this;
    return this.#working(async (mls) => {
      const { good, refused } = await judgeRequests(mls, requests, { context, isMember });
      if (good.length === 0) return { proposed: null, refused };
      const proposals = good.map(({ keyPackage }): Proposal => ({ type: 'add', keyPackage }));
      const made = await createCommit(mls, { proposals }, ownCommit);
      const to = good.map(({ request }) => request.livekitIdentity);
      return { proposed: proposeCommit(context, epoch, { ...made, to }), refused };
    });
  }

  selfUpdate(): Promise<Proposed> {
    return this.#commit([], null);
  }

  wipe(): void {
    this.#isWiped = true;
    wipeState(this.#mls);
    if (!this.#hasGivenMessages) this.#messages.wipe();
  }

  /** Who removed me, where they say why: the signature was checked before. */
  #explained(error: unknown, commit: CommitView | undefined): unknown {
    if (!(error instanceof CryptoError) || error.code !== 'removed' || commit?.committer === undefined)
      return error;
    const purpose = purposeOf(commit);
    return purpose === null ? error : new RemovedByCommit(leafIn(this.leaves, commit.committer), purpose);
  }

  #commit(leaves: readonly number[], purpose: RemovalPurpose | null): Promise<Proposed> {
    return this.#working(async (mls) => {
      const proposals = leaves.map((removed): Proposal => ({ type: 'remove', removed }));
      const options = { proposals, authenticatedData: purposeBytes(purpose) };
      return proposeCommit(this.context, this.epoch, await createCommit(mls, options, ownCommit));
    });
  }

  /** Throws `TypeError` after `wipe`, also where the wipe came while this state was at work: half of it may be zeros. */
  async #working<T>(work: (mls: GroupState) => T | Promise<T>): Promise<T> {
    const result = await work(this.#usable());
    this.#usable();
    return result;
  }

  #usable(): GroupState {
    if (this.#isWiped) throw new TypeError('this state was wiped');
    return this.#mls;
  }
}

/** What the log is asked to take for a commit made in `epoch`. */
export function proposeCommit(
  context: CallContext,
  epoch: bigint,
  made: {
    readonly message: Bytes;
    readonly next: GroupState;
    readonly welcome?: Bytes | undefined;
    readonly to?: readonly string[];
  },
): Proposed {
  const { generation, handshakeKey } = context;
  const { welcome, to = [] } = made;
  const later = { ...context, epoch: epoch + 1n, kind: 'welcome' } as const;
  return {
    ...{ kind: 'commit', generation, epoch },
    next: new MlsCallState(context, made.next),
    message: sealEnvelope(handshakeKey, { ...context, epoch, kind: 'commit' }, made.message),
    groupInfo: sealGroupInfo(context, made.next),
    welcome: welcome === undefined ? null : { message: sealEnvelope(handshakeKey, later, welcome), to },
  };
}

/** Handshake messages of a call are public: the envelope hides them (E1). */
function refuseAllButCommits(bytes: Bytes): void {
  const message = decodeMessage(bytes);
  const isCommit =
    message.wireFormat === 'public_message' && message.publicMessage.framed.content.type === 'commit';
  if (!isCommit) throw new CryptoError('not_allowed', `a ${message.wireFormat} that is not a public commit`);
}

function leafIn(leaves: readonly Leaf[], index: number): Leaf {
  const leaf = leaves.find((one) => one.index === index);
  if (leaf === undefined) throw new RangeError(`index must be that of a leaf, got ${index}`);
  return leaf;
}
