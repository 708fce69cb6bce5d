// Mal's client for the tests of this folder: commits that an honest client never makes, signed, tagged, encrypted and sealed as
// validly as a member with every key of the group can. It is made of crypto/mls's own parts, without their checks. What Mal
// does not change is honest, so that what is refused is refused for what was changed. forge-info.ts makes GroupInfos.
import { equal, type Bytes } from '../../bytes.ts';
import { openEnvelope, sealEnvelope } from '../../invite/index.ts';
import { nextEpoch, provisionalContext } from '../../mls/epoch.ts';
import { encodeMessage, signContent, type FramedContent, type MlsMessage } from '../../mls/framing.ts';
import { decodeMessage } from '../../mls/framing.ts';
import { externalKeys, sendExternalInit } from '../../mls/key-schedule.ts';
import { signLeafNode, type LeafContent } from '../../mls/leaf-node.ts';
import { applyProposals } from '../../mls/proposal-list.ts';
import type { Proposal, ProposalOrRef } from '../../mls/proposal.ts';
import { protectPublic } from '../../mls/public-message.ts';
import type { RatchetTree } from '../../mls/ratchet-tree.ts';
import type { GroupState } from '../../mls/state.ts';
import type { CipherSuite, KeyPair } from '../../mls/suite.ts';
import { createPath, encryptPath } from '../../mls/treekem.ts';
import type { Commit, UpdatePathNode } from '../../mls/update-path.ts';
import { createCredential } from '../credential.ts';
import { capabilities } from '../new-leaf.ts';
import { MlsCallState } from '../state.ts';
import type { CallContext, CallState, Me, Proposed } from '../types.ts';

export const mlsOf = (state: CallState): GroupState => MlsCallState.mlsOf(state);

export const removal = (removed: number): Proposal => ({ type: 'remove', removed });

/** What Mal changes of a commit. */
export interface Forged {
  /** By value; they are applied as far as they can be. */
  readonly proposals?: readonly Proposal[];
  /** By reference, behind those. */
  readonly references?: readonly Bytes[];
  readonly hasPath?: boolean;
  /** In the leaf of the path, which is signed again. */
  readonly leaf?: Partial<LeafContent>;
  /** Seeds to sign with, where they are not the leaf's own. */
  readonly leafSigner?: Bytes;
  readonly messageSigner?: Bytes;
  /** The path's nodes, once they are encrypted. */
  readonly nodes?: (nodes: readonly UpdatePathNode[]) => readonly UpdatePathNode[];
  readonly framed?: Partial<Omit<FramedContent, 'content'>>;
  /** One that lies. */
  readonly suite?: CipherSuite;
  readonly confirmationTag?: Bytes;
}

/** Where a forged commit starts from. */
interface Base {
  readonly inside: GroupState;
  /** After the proposals, with the committer's leaf in it. */
  readonly tree: RatchetTree;
  readonly leafIndex: number;
  readonly content: Omit<LeafContent, 'encryptionKey' | 'source'>;
  readonly signaturePrivateKey: Bytes;
  readonly initSecret: Bytes;
  readonly sender: FramedContent['sender'];
  readonly proposals: readonly Proposal[];
}

/** A sealed commit by Mal's leaf. */
export function commit(mal: CallState, forged: Forged = {}): Bytes {
  const inside = mlsOf(mal);
  const { ownLeaf: leafIndex, signaturePrivateKey } = inside;
  const { signatureKey, credential, capabilities, extensions } = inside.tree.leafOrThrow(leafIndex);
  const proposals = forged.proposals ?? [];
  const base: Base = {
    ...{ inside, leafIndex, signaturePrivateKey, proposals, initSecret: inside.secrets.init },
    tree: applied(inside.tree, proposals, leafIndex),
    content: { signatureKey, credential, capabilities, extensions },
    sender: { kind: 'member', leafIndex },
  };
  return sealCommit(mal, make(base, forged));
}

/** What Mal changes of an external join. `proposals` stand instead of the ExternalInit and the removals. */
export interface ForgedJoin extends Forged {
  /** Leaves it removes; an honest joiner's own old one at most. */
  readonly removed?: readonly number[];
  /** Of the new leaf, where they are not fresh. */
  readonly signatureKeys?: KeyPair;
  /** Credential bytes for a leaf key. */
  readonly credential?: (leafKey: Bytes) => Promise<Bytes> | Bytes;
}

/** A sealed external commit into the epoch of `state`. */
export async function join(state: CallState, me: Me, forged: ForgedJoin = {}): Promise<Bytes> {
  const inside = mlsOf(state);
  const { suite, secrets } = inside;
  const keys = forged.signatureKeys ?? suite.signature.generateKeyPair();
  const credentialOf =
    forged.credential ?? ((leafKey) => createCredential(me, { context: state.context, leafKey }));
  const identity = await credentialOf(keys.publicKey);
  const external = externalKeys(suite, secrets);
  const init = sendExternalInit(suite, external.publicKey);
  const proposals = forged.proposals ?? [
    { type: 'external_init', kemOutput: init.kemOutput },
    ...(forged.removed ?? []).map(removal),
  ];
  const tree = applied(inside.tree, proposals);
  const content = {
    ...{ signatureKey: keys.publicKey, credential: { type: 'basic', identity } as const },
    ...{ capabilities, extensions: [] },
  };
  const place = { groupId: inside.context.groupId, leafIndex: 0 };
  const standIn = signLeafNode(
    suite,
    { ...content, encryptionKey: external.publicKey, source: { kind: 'update' } },
    { signaturePrivateKey: keys.privateKey, place },
  );
  const base: Base = {
    ...{ inside, tree, content, proposals, signaturePrivateKey: keys.privateKey, initSecret: init.secret },
    leafIndex: tree.addLeaf(standIn),
    sender: { kind: 'new_member_commit' },
  };
  return sealCommit(state, make(base, forged));
}

/** The tree after those proposals that can be applied to it. */
function applied(tree: RatchetTree, proposals: readonly Proposal[], committer?: number): RatchetTree {
  const possible = proposals.filter(
    (it, at) =>
      it.type === 'add' ||
      (it.type === 'remove' &&
        it.removed !== committer &&
        tree.leaf(it.removed) !== undefined &&
        !proposals.slice(0, at).some((other) => other.type === 'remove' && other.removed === it.removed)),
  );
  const list = possible.map((proposal) => ({ proposal, sender: committer, by: 'value' }) as const);
  return applyProposals(list, { tree, extensions: [] }).tree;
}

function make(base: Base, forged: Forged): Bytes {
  const { inside, tree, leafIndex, content, signaturePrivateKey, initSecret } = base;
  const { context, secrets, interimTranscriptHash } = inside;
  const suite = forged.suite ?? inside.suite;
  const { groupId } = context;
  const made = createPath(suite, tree, { content, groupId, leafIndex, signaturePrivateKey });
  if (forged.leaf !== undefined || forged.leafSigner !== undefined) {
    const changed = { ...tree.leafOrThrow(leafIndex), ...forged.leaf };
    const by = {
      signaturePrivateKey: forged.leafSigner ?? signaturePrivateKey,
      place: { groupId, leafIndex },
    };
    tree.setLeaf(leafIndex, signLeafNode(suite, changed, by));
  }
  const provisional = provisionalContext(suite, context, { tree, extensions: context.extensions });
  const honest = encryptPath(suite, tree, { path: made, added: [], context: provisional });
  const path = { leafNode: tree.leafOrThrow(leafIndex), nodes: forged.nodes?.(honest) ?? honest };
  const framed: FramedContent = {
    ...{ groupId, epoch: context.epoch, sender: base.sender, authenticatedData: new Uint8Array(0) },
    ...forged.framed,
    content: {
      type: 'commit',
      commit: { proposals: named(base, forged), path: forged.hasPath === false ? undefined : path },
    },
  };
  const wireFormat = 'public_message';
  const signature = signContent(
    suite,
    { wireFormat, framed, context },
    forged.messageSigner ?? signaturePrivateKey,
  );
  const epoch = nextEpoch(suite, {
    ...{ interimTranscriptHash, provisional, entry: { wireFormat, framed, signature }, initSecret },
    commitSecret: forged.hasPath === false ? new Uint8Array(32) : made.commitSecret,
    pskSecret: new Uint8Array(32),
  });
  const auth = { signature, confirmationTag: forged.confirmationTag ?? epoch.confirmationTag };
  const by = { context, membershipKey: secrets.membership };
  const publicMessage = protectPublic(suite, { wireFormat, framed, auth }, by);
  return encodeMessage({ wireFormat, publicMessage });
}

function named({ proposals }: Base, { references = [] }: Forged): ProposalOrRef[] {
  return [
    ...proposals.map((proposal) => ({ by: 'value', proposal }) as const),
    ...references.map((reference) => ({ by: 'reference', reference }) as const),
  ];
}

/** A suite whose `at`-th new key pair (1 is the leaf's, then those of the path from below) has this public key. */
export function lying(suite: CipherSuite, at: number, publicKey: Bytes): CipherSuite {
  let made = 0;
  const deriveKeyPair = (ikm: Bytes): KeyPair => {
    const pair = suite.kem.deriveKeyPair(ikm);
    return ++made === at ? { ...pair, publicKey } : pair;
  };
  return { ...suite, kem: { ...suite.kem, deriveKeyPair } };
}

/** The MLS bytes in an honest client's sealed commit. */
export function commitBytes(context: CallContext, { epoch, message }: Proposed): Bytes {
  return openEnvelope(context.handshakeKey, { ...context, epoch, kind: 'commit' }, message);
}

/** The commit in an honest client's proposal. */
export function commitOf(context: CallContext, proposed: Proposed): Commit {
  const message = decodeMessage(commitBytes(context, proposed));
  if (message.wireFormat !== 'public_message' || message.publicMessage.framed.content.type !== 'commit') {
    throw new TypeError('not a commit');
  }
  return message.publicMessage.framed.content.commit;
}

/** Seals any bytes as a commit of the state's epoch. */
export function sealCommit({ context, epoch }: CallState, message: Bytes | MlsMessage): Bytes {
  const bytes = message instanceof Uint8Array ? message : encodeMessage(message);
  return sealEnvelope(context.handshakeKey, { ...context, epoch, kind: 'commit' }, bytes);
}

/** The bytes with the only occurrence of `from` replaced: for what no codec of ours writes. */
export function patched(bytes: Bytes, from: Bytes, to: Bytes): Bytes {
  const places = [...bytes.keys()].filter((at) => equal(bytes.subarray(at, at + from.length), from));
  const [at] = places;
  if (at === undefined || places.length > 1) throw new TypeError(`from occurs ${places.length} times`);
  return new Uint8Array([...bytes.subarray(0, at), ...to, ...bytes.subarray(at + from.length)]);
}
