// One epoch of one call on ts-mls (protocol.md C3–C6, K1; ../types.ts says what each method promises). Holds the library's
// state privately and never changes it. apply.ts does received commits, commit.ts own ones, group-info.ts what a joiner gets.
import type { ClientState, Proposal } from 'ts-mls';
import { mlsExporter } from 'ts-mls/keySchedule.js';
import { wipe, type Bytes } from '../../bytes.ts';
import { CryptoError } from '../../errors.ts';
import { openEnvelope, sealEnvelope } from '../../invite/envelope.ts';
import { leafOf } from '../acceptable.ts';
import { baseKeyExport, deriveBaseKey } from '../base-key.ts';
import type { CallContext, CallState, Change, IsMember, Leaf, Proposed } from '../types.ts';
import { applyCommit } from './apply.ts';
import { makeCommit, type Made } from './commit.ts';
import { sealGroupInfo } from './group-info.ts';
import { asking } from './refusals.ts';
import { wipeSecrets } from './secrets.ts';
import { own, suite } from './suite.ts';
import { candidatesOf, withoutLeaves } from './tree.ts';

export class MlsCallState implements CallState {
  readonly context: CallContext;
  readonly epoch: bigint;
  readonly ownLeaf: Leaf;
  readonly leaves: readonly Leaf[];
  readonly #mls: ClientState;
  #isWiped = false;

  /** `mls` is a trimmed state (secrets.ts) whose leaves were accepted (C3); the new state owns its secrets. */
  constructor(context: CallContext, mls: ClientState) {
    this.context = context;
    this.#mls = mls;
    this.epoch = mls.groupContext.epoch;
    this.leaves = Object.freeze(candidatesOf(mls.ratchetTree).map(leafOf));
    const mine = this.leaves.find(({ index }) => index === mls.privatePath.leafIndex);
    if (mine === undefined) throw new CryptoError('engine', 'a state without its own leaf');
    this.ownLeaf = mine;
  }

  /** For this folder's tests, which forge what an honest client never sends. */
  static mlsOf(state: CallState): ClientState {
    if (!(state instanceof MlsCallState)) throw new TypeError('state must be of this engine');
    return state.#mls;
  }

  async baseKey(): Promise<Bytes> {
    const { exporterSecret } = this.#usable().keySchedule;
    const { label, bytes } = baseKeyExport;
    const exported = own(await mlsExporter(exporterSecret, label, new Uint8Array(0), bytes, suite));
    this.#usable();
    const key = deriveBaseKey(this.context.mediaKey, exported);
    wipe(exported);
    return key;
  }

  epochAuthenticator(): Bytes {
    return own(this.#usable().keySchedule.epochAuthenticator.slice());
  }

  async apply(message: Bytes, isMember: IsMember): Promise<Change> {
    const mls = this.#usable();
    const { context, epoch } = this;
    const opened = openEnvelope(context.handshakeKey, { ...context, epoch, kind: 'commit' }, message);
    const { commit, state } = await applyCommit(mls, opened, { context, isMember });
    const next = this.#whole(() => new MlsCallState(context, state));
    const committer = next.leaves.find(({ index }) => index === commit.committer);
    if (committer === undefined) throw new CryptoError('engine', 'a committer without a leaf');
    return {
      state: next,
      joined: commit.kind === 'external' ? [committer] : [],
      removed: this.leaves.filter(({ index }) => commit.removed.includes(index)),
      committer,
    };
  }

  async remove(leafIndexes: readonly number[]): Promise<Proposed> {
    if (leafIndexes.length === 0) throw new RangeError('leafIndexes must not be empty');
    for (const index of leafIndexes) {
      const isThere = this.leaves.some((leaf) => leaf.index === index);
      if (!isThere || index === this.ownLeaf.index) {
        throw new CryptoError('not_allowed', `leaf ${index} is not another one's`);
      }
    }
    return this.#commit([...new Set(leafIndexes)].sort((a, b) => a - b));
  }

  selfUpdate(): Promise<Proposed> {
    return this.#commit([]);
  }

  wipe(): void {
    this.#isWiped = true;
    wipeSecrets(this.#mls);
  }

  async #commit(removed: readonly number[]): Promise<Proposed> {
    const mls = this.#usable();
    const { groupContext, confirmationTag, keySchedule, privatePath, signaturePrivateKey } = mls;
    const made = await asking(() =>
      makeCommit({
        ...{ groupContext, confirmationTag, signaturePrivateKey },
        ...{ membershipKey: keySchedule.membershipKey, initSecret: keySchedule.initSecret },
        ...{ leafIndex: privatePath.leafIndex, privateKeys: privatePath.privateKeys },
        tree: withoutLeaves(mls.ratchetTree, removed),
        sender: { senderType: 'member', leafIndex: privatePath.leafIndex },
        proposals: removed.map((index): Proposal => ({ proposalType: 'remove', remove: { removed: index } })),
      }),
    );
    return this.#whole(() => proposeCommit(this.context, this.epoch, made));
  }

  /** Throws `TypeError` after `wipe`, also where the wipe came while this state was at work: half of it may be zeros. */
  #usable(): ClientState {
    if (this.#isWiped) throw new TypeError('this state was wiped');
    return this.#mls;
  }

  #whole<T>(result: () => T): T {
    this.#usable();
    return result();
  }
}

/** What the log is asked to take for a commit made in `epoch`. */
export async function proposeCommit(context: CallContext, epoch: bigint, made: Made): Promise<Proposed> {
  const next = new MlsCallState(context, made.state);
  const { generation, handshakeKey } = context;
  return {
    ...{ kind: 'commit', generation, epoch, next },
    message: sealEnvelope(handshakeKey, { ...context, epoch, kind: 'commit' }, made.message),
    groupInfo: await sealGroupInfo(context, made.state),
  };
}
